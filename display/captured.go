package display

// Captured is what a cell has printed and shown while it was captured.
type Captured struct {
	Stdout, Stderr string
	Shown          []Bundle // the result of the cell is the last
}

// Show shows all that was shown, once more.
func (c *Captured) Show() error {
	for _, b := range c.Shown {
		if err := Show(b); err != nil {
			return err
		}
	}
	return nil
}

// String is what was printed to standard output.
func (c *Captured) String() string { return c.Stdout }
