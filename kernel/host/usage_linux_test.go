package host

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

func TestProbe(t *testing.T) {
	root, me := t.TempDir(), strconv.Itoa(os.Getpid())
	other := func(n int) string { return strconv.Itoa(os.Getpid() + n) } // a process that this one is not
	write := func(text string, names ...string) {
		t.Helper()
		path := filepath.Join(append([]string{root}, names...)...)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// 100 seconds after the machine's start, the host has run for 50, its worker for 10.
	write("100.00 5.00\n", "uptime")
	write(me+" (host) S 1 0 0 0 0 0 0 0 0 0 400 100 0 0 0 0 1 0 5000 0 0\n", me, "stat")
	write("Rss: 999 kB\nPss: 10 kB\nPss_Dirty: 1 kB\n", me, "smaps_rollup")
	write(other(1)+" (a (b) c) R "+me+" 0 0 0 0 0 0 0 0 0 900 100 0 0 0 0 1 0 9000 0 0\n", other(1), "stat")
	write("Name:\tx\nVmRSS:\t     20 kB\n", other(1), "status")
	write(other(2)+" (other) R 1 0 0 0 0 0 0 0 0 0 900 100 0 0 0 0 1 0 9000 0 0\n", other(2), "stat")
	write("no process", other(3), "stat")
	write("cpu  10 0 10 70 10 0 0 0 99 99\ncpu0 1 1 1 1\n", "stat")
	write("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 250 kB\nActive: 300 kB\nActive(anon): 1 kB\nInactive: 200 kB\nHugePages_Total: 7\n", "meminfo")

	p := probe{root: root}
	u := p.look()
	if u.CPU == nil {
		t.Fatal("CPU is not known")
	}
	if *u.CPU != 110 || u.Memory != 30<<10 { // 5 of 50 seconds, and 10 of 10
		t.Fatalf("CPU %v, memory %d; want 110 and 30 KiB", *u.CPU, u.Memory)
	}
	if u.HostCPU != nil {
		t.Errorf("the machine's CPU is known at the first look: %v", *u.HostCPU)
	}
	if want := (wire.VirtualMemory{Total: 1000 << 10, Available: 250 << 10, Percent: 75, Used: 750 << 10, Free: 100 << 10, Active: 300 << 10, Inactive: 200 << 10}); u.HostMemory == nil || *u.HostMemory != want {
		t.Errorf("memory of the machine %+v, want %+v", u.HostMemory, want)
	}
	if u.PID != os.Getpid() || u.CPUCount < 1 || u.Hostname == "" {
		t.Errorf("%+v", u)
	}

	write("cpu  20 0 20 130 30 0 0 0\n", "stat")
	p.at = time.Now().Add(-time.Hour) // so the host's last 20 seconds of work were in 1 hour, but not more than it lives
	write(me+" (host) S 1 0 0 0 0 0 0 0 0 0 2400 100 0 0 0 0 1 0 5000 0 0\n", me, "stat")
	if err := os.RemoveAll(filepath.Join(root, other(1))); err != nil {
		t.Fatal(err)
	}
	u = p.look()
	if u.CPU == nil || *u.CPU != 40 || u.Memory != 10<<10 {
		t.Errorf("then CPU %v, memory %d; want 40 and 10 KiB", *u.CPU, u.Memory)
	}
	if u.HostCPU == nil || *u.HostCPU != 20 {
		t.Errorf("then the machine's CPU %v, want 20", u.HostCPU)
	}

	empty := probe{root: t.TempDir()}
	if u := empty.look(); u.CPU != nil || u.HostCPU != nil || u.HostMemory != nil || u.Memory != 0 || u.PID == 0 {
		t.Errorf("from an empty /proc: %+v", u)
	}
}
