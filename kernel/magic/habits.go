package magic

// habit is the answer to a command of another kernel.
func habit(name string) (error, bool) { return nil, false }

// foreignHabit is the answer to a line that is no command here.
func foreignHabit(text string) error { return &problem{"no command", ""} }
