package magic

// commands are those of this package.
func commands() []Command {
	return []Command{
		// looking and measuring
		help(), page(), version(), timing(), timeit(), tier(), native(), memory(),
		// what cells have defined
		who(), whos(), reset(), strict(), seed(), formatting(),
		// the world outside
		cd(), pwd(), environment(), get(), writefile(), bash(), sh(), anyScript(),
		// what a cell shows
		capture(), html(), markdown(), latex(), svg(), quit(),
		// what ran before
		historyCommand(), rerunCommand(), recallCommand(), saveCommand(), loadCommand(), runCommand(), outputCommand(),
	}
}
