package magic

import (
	"bufio"
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// libraries are those that cells meet.
var libraries = []string{
	"github.com/traefik/yaegi", "golang.org/x/tools", "github.com/go-zeromq/zmq4", "gonum.org/v1/gonum", "gonum.org/v1/plot", "gorgonia.org/tensor",
}

func version() Command {
	return Command{
		Name: "version", Usage: "[-a]", Form: Line,
		Short: "show the versions of the kernel, Go, the protocol and the libraries, and the machine",
		Setup: func(options *pflag.FlagSet) Runner {
			all := options.BoolP("all", "a", false, "all modules that the kernel is built from")
			return func(_ context.Context, c *Call) error {
				t := display.NewTable("What", "Version").
					Add("Nascent", c.Config.Version).Add("Go", runtime.Version()).Add("Jupyter messaging protocol", wire.ProtocolVersion).
					Add("system", runtime.GOOS+"/"+runtime.GOARCH).Add("processor", processor())
				if info, ok := debug.ReadBuildInfo(); ok {
					for _, m := range info.Deps {
						if *all || slices.Contains(libraries, m.Path) {
							t.Add(m.Path, m.Version)
						}
					}
				}
				return c.Show(t)
			}
		},
	}
}

// processor is its name, as far as the system tells, and how many there are.
func processor() string {
	count := counted(uint64(runtime.GOMAXPROCS(0)), "thread") + " for Go"
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return count
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value) + ", " + count
		}
	}
	return count
}
