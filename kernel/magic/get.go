package magic

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/modules"
)

func get() Command {
	return Command{
		Name: "get", Usage: "MODULE[@VERSION]...", Form: Line, Least: 1, Most: -1,
		Short: "fetch Go modules, to be imported by cells",
		Long: "MODULE is a module or a package of one; VERSION is a version such as v1.2.3, the beginning of one, a branch, a commit\n" +
			"or latest. What the module needs is fetched too. It is recorded in go.mod and go.sum of the folder that cells run in, or of the\n" +
			"nearest folder above it that has a go.mod; without one, both are made. GOPROXY, GOPRIVATE, GONOSUMDB and GOMODCACHE\n" +
			"count as they do for the go command, which is not needed.\n" +
			"Packages that are pure Go can be imported; they run in the interpreter, as cells do.",
		Setup: func(*pflag.FlagSet) Runner { return runGet },
	}
}

func runGet(ctx context.Context, c *Call) error {
	report := func(format string, args ...any) { c.Printf(format, args...) } //nolint:errcheck // nobody reads it
	var queries []modules.Query
	for _, word := range c.Args { // all of them, before anything is fetched
		query, err := modules.ParseQuery(word)
		if err != nil {
			return err
		}
		queries = append(queries, query)
	}
	for _, query := range queries {
		m, required, err := modules.Get(ctx, query, report)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
		if err := c.Printf("%s %s is in go.mod\n", m.Path, m.Version); err != nil {
			return err
		}
		for _, r := range required {
			if v := c.Go.ModuleVersion(r.Path); v != "" && v != r.Version {
				c.Warn("go.mod now has " + r.Path + " " + r.Version + "; this session stays with " + v + ", of which packages were imported, until the kernel is restarted")
			}
		}
	}
	return nil
}
