//go:build unix

package worker

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guard is a process that outlives the host, however that is killed, and then ends
// what is left of its family. It is a shell, which is small and starts at once. It
// finds all but what has left both the worker's process group and its environment,
// and that only if host and worker are killed in the same moment.
type guard struct {
	cmd  *exec.Cmd
	host io.WriteCloser // it reads what it is to know, until the host has gone
}

// guardScript reads process groups, the last one counts, until "end" or the end of
// the input. The second means that the host is dead: when the worker has had a moment
// to end by itself, its group is killed, then all processes whose environment has
// the mark $1, until there is none. The other arguments are files that the host would
// have removed.
const guardScript = `
trap '' HUP INT QUIT TERM
group=
while read -r line; do group=$line; done
[ "$group" = end ] && exit 0
sleep 1
[ -n "$group" ] && kill -9 -- "-$group"
mark=$1
shift
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	found=
	for p in /proc/[0-9]*; do
		[ "$p" != "/proc/$$" ] && grep -q "$mark" "$p/environ" && kill -9 "${p#/proc/}" && found=1
	done
	[ -n "$found" ] || break
done
rm -f -- "$@"
`

// newGuard starts a guard; it returns nil if that is not possible. Then what
// workers have started can outlive a host that is killed together with them, and
// only then.
func newGuard(o *orphans, mark string, remove []string) *guard {
	cmd := exec.Command("/bin/sh", append([]string{"-c", guardScript, "guard", markEnv + "=" + mark}, remove...)...)
	cmd.Env = append(os.Environ(), markEnv+"="+mark)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what is sent to the host's group is not for it
	host, err := cmd.StdinPipe()
	if err != nil || o.start(cmd) != nil {
		return nil
	}
	return &guard{cmd, host}
}

// watch tells the guard the process group of a worker; 0: of none.
func (g *guard) watch(group int) {
	if g == nil {
		return
	}
	line := "\n"
	if group > 0 {
		line = fmt.Sprintln(group)
	}
	// If it has been killed there is nothing to be told.
	_, _ = io.WriteString(g.host, line)
}

// end tells the guard that nothing is left to be done, and waits for it.
func (g *guard) end() {
	if g == nil {
		return
	}
	_, _ = io.WriteString(g.host, "end\n")
	g.host.Close()
	_ = g.cmd.Wait() // how it ends changes nothing
}
