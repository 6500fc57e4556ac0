//go:build unix

package magic

import (
	"syscall"
	"time"
)

// processorTime is that of this process and of its children that have ended.
func processorTime() (user, system time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil { // it only fails for a wrong who
			user += time.Duration(u.Utime.Nano())
			system += time.Duration(u.Stime.Nano())
		}
	}
	return user, system
}
