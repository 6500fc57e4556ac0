package magic

// commands are those of this package.
func commands() []Command {
	return []Command{
		bash(), help(), sh(),
	}
}
