package rt

import (
	"os"
	"os/exec"
	"reflect"
	"time"
)

// killTime is how long a process may go on after its cell has been interrupted.
const killTime = 300 * time.Millisecond

// execOverrides makes the processes that a cell starts end when it is interrupted, as
// they do in a terminal.
func (r *Runtime) execOverrides(m map[symbol]override) {
	m[symbol{"os/exec", "Command"}] = func(a []any) []any {
		args, _ := a[1].([]string)
		return []any{r.FromBin(reflect.ValueOf(r.command(a[0].(string), args)))}
	}
}

func (r *Runtime) command(name string, args []string) *exec.Cmd {
	c := r.Current()
	if c == nil {
		return exec.Command(name, args...)
	}
	cmd := exec.CommandContext(c.life, name, args...)
	cmd.Cancel = func() error {
		time.AfterFunc(killTime, func() {
			_ = cmd.Process.Kill() // an error says that it has ended
		})
		return cmd.Process.Signal(os.Interrupt)
	}
	return cmd
}
