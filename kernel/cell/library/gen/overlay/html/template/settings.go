//lint:file-ignore U1000 the rest of the package, which is taken as it is, refers to these

// Package template has no settings here: GODEBUG is read by Go's run time alone.
package template

type setting struct{}

func (setting) Value() string  { return "" }
func (setting) IncNonDefault() {}

var debugAllowActionJSTmpl setting

var htmlmetacontenturlescape setting
