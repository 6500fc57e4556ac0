package magic

import (
	"context"
	"errors"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/limit"
)

// Memory is the memory of the session and its limit. *limit.Memory is one.
type Memory interface {
	Limit() limit.Bytes
	SetLimit(limit.Bytes) error
	Used() limit.Bytes
	Free() limit.Bytes // collects garbage first
}

func memory() Command {
	return Command{
		Name: "memory", Usage: "[-c] [LIMIT]", Form: Line, Most: 1,
		Short: "show how much memory the session uses and may use, or set the limit",
		Long: "LIMIT is an amount such as 4GiB or 512MiB, a share of the machine such as 50%, or none. A cell that goes over it is\n" +
			"stopped; what the session holds is kept. %reset NAME lets the value of a variable go.",
		Setup: func(options *pflag.FlagSet) Runner {
			collect := options.BoolP("collect", "c", false, "collect garbage first, and give it back to the system")
			return func(_ context.Context, c *Call) error {
				m := c.Config.Memory
				if len(c.Args) > 0 {
					if m == nil {
						return errors.New("the memory of this session can't be limited: it was started without a limit")
					}
					bytes, err := limit.ParseBytes(c.Args[0])
					if err != nil {
						return err
					}
					if err := m.SetLimit(bytes); err != nil {
						return err
					}
				}
				if *collect {
					if m != nil {
						m.Free()
					} else {
						runtime.GC()
					}
				}
				return c.Show(memoryTable(m))
			}
		},
		Complete: func(context.Context, Go, []string, string) []cell.CompletionItem {
			return items("value", "50%", "none")
		},
	}
}

func memoryTable(m Memory) *display.Table {
	t := display.NewTable("Memory", "")
	if m != nil {
		t.Add("in use by the session", m.Used().String()).Add("limit", m.Limit().String())
	}
	if machine := limit.Machine(); machine != limit.None {
		t.Add("of this machine", machine.String())
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	t.Add("Go values, with garbage", size(stats.HeapAlloc)).Add("collections of garbage", grouped(uint64(stats.NumGC)))
	return t.Add("goroutines", grouped(uint64(runtime.NumGoroutine())))
}

// items are completions of one type.
func items(kind string, texts ...string) []cell.CompletionItem {
	out := make([]cell.CompletionItem, len(texts))
	for i, t := range texts {
		out[i] = cell.CompletionItem{Text: t, Type: kind}
	}
	return out
}
