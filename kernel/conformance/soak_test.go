package conformance_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

var (
	soakFlag = flag.Bool("soak", false, "run the soak: thousands of cells with interrupts, deaths and restarts")
	soakSeed = flag.Uint64("soak-seed", 1, "of the soak's random moments")
)

// What the soak does. The last life of the kernel is the long one: the host's
// memory is watched there.
const (
	soakCells      = 10_000
	soakInterrupts = 200
	soakDeaths     = 50
	soakRestarts   = 20
	soakShortLife  = 150 // cells of a life that a restart ends
	soakAhead      = 8   // cells that each client sends without waiting for answers

	soakGrowth = 16 << 20 // bytes that the host may grow in its long life
)

// TestSoak uses a kernel hard: two clients send cells at the same time, which are
// interrupted and kill their process, and the kernel is restarted with the same
// connection file, as Jupyter does. No reply and no idle may be lost, and nothing
// may be left behind.
func TestSoak(t *testing.T) {
	if !*soakFlag {
		t.Skip("it takes minutes: make soak runs it")
	}
	s := newSoak(t)
	begun := time.Now()
	for life := range soakRestarts + 1 {
		cells, interrupts, deaths := soakShortLife, soakInterrupts/soakRestarts/2, 1
		if life == soakRestarts {
			cells = soakCells - soakRestarts*soakShortLife
			interrupts, deaths = soakInterrupts-soakRestarts*interrupts, soakDeaths-soakRestarts*deaths
		}
		s.live(cells, interrupts, deaths)
		s.shutdown(life < soakRestarts)
	}
	s.clean()
	t.Logf("seed %d, %v\n%s", *soakSeed, time.Since(begun).Round(time.Second), s.summary())
	if died := s.died(); died < soakDeaths {
		t.Errorf("%d workers have died, want %d", died, soakDeaths)
	}
}

// soak is the state of the soak.
type soak struct {
	*testing.T
	ctx     context.Context
	rnd     *rand.Rand
	mark    string // in the environment of all processes of the kernel
	temp    string // where they put temporary files
	log     *textLog
	process *conformance.Process

	mu       sync.Mutex
	statuses map[string]int // of the replies to cells
	errors   map[string]int // names of the errors
	stops    int            // interrupts that were sent
	host     []uint64       // samples of the host's memory in its long life
	worker   []uint64       // and of the worker's
}

func newSoak(t *testing.T) *soak {
	spec, _ := judged(t)
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	t.Cleanup(cancel)
	s := &soak{
		T: t, ctx: ctx, rnd: rand.New(rand.NewPCG(*soakSeed, 0)), mark: "NASCENT_SOAK=" + wire.NewID(), temp: t.TempDir(),
		log: &textLog{}, statuses: map[string]int{}, errors: map[string]int{},
	}
	own := *spec
	name, value, _ := strings.Cut(s.mark, "=")
	own.Env = map[string]string{name: value, "TMPDIR": s.temp}
	var err error
	if s.process, err = conformance.Start(&own, t.TempDir(), s.log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.process.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// live is a life of the kernel.
func (s *soak) live(cells, interrupts, deaths int) {
	long := cells > soakShortLife
	var clients []*soakClient
	for range 2 {
		k, err := s.process.Connect(s.ctx)
		if err != nil {
			s.Fatal(err)
		}
		clients = append(clients, &soakClient{soak: s, Client: k, rnd: rand.New(rand.NewPCG(s.rnd.Uint64(), 1))})
	}
	one, two := clients[0], clients[1]
	one.other, two.other = two, one
	for i, c := range clients {
		c.plan(cells/2, interrupts/2+i*(interrupts%2), deaths/2+i*(deaths%2))
	}
	stop := make(chan struct{})
	var watching, all sync.WaitGroup
	if long {
		watching.Go(func() { s.watch(stop) })
	}
	for _, c := range clients {
		all.Go(c.run)
	}
	all.Wait()
	close(stop)
	watching.Wait()
	for _, c := range clients {
		c.end()
	}
}

// soakClient is one of the two clients.
type soakClient struct {
	*soak
	*conformance.Client
	other *soakClient
	rnd   *rand.Rand

	cells      []soakCell
	interrupts map[int]bool // after which cells one is sent
}

// soakCell is a cell that the soak runs.
type soakCell struct {
	wire.ExecuteRequest
	deadly   bool // it ends its process
	stubborn bool // when it is interrupted
}

// plan chooses the cells of a life and the moments of what disturbs them.
func (c *soakClient) plan(cells, interrupts, deaths int) {
	c.cells = make([]soakCell, cells)
	for i := range c.cells {
		c.cells[i] = soakCell{ExecuteRequest: wire.ExecuteRequest{
			Code: soakCode(c.rnd, i), StoreHistory: c.rnd.IntN(10) > 0, Silent: c.rnd.IntN(20) == 0, StopOnError: c.rnd.IntN(5) == 0,
		}}
	}
	places := c.rnd.Perm(cells)
	for i, at := range places[:deaths] {
		c.cells[at] = deadly(c.rnd.IntN(1000) + i)
	}
	c.interrupts = map[int]bool{}
	for _, at := range places[deaths : deaths+interrupts] {
		c.interrupts[at] = true
	}
}

// soakCode is a cell of a random kind.
func soakCode(rnd *rand.Rand, i int) string {
	switch n := rnd.IntN(100); {
	case n < 30:
		return fmt.Sprintf("x%d := %d\nx%[1]d * 2", rnd.IntN(50), i)
	case n < 50:
		return fmt.Sprintf("fmt.Println(%q, %d)", strings.Repeat("text ", rnd.IntN(20)), i)
	case n < 60:
		return fmt.Sprintf("for i := range %d {\n\tfmt.Println(\"line\", i)\n}", rnd.IntN(500))
	case n < 70:
		return fmt.Sprintf("display.Show(display.HTML(strings.Repeat(\"<b>x</b>\", %d)))", rnd.IntN(2000))
	case n < 76:
		return "panic(\"on purpose\")"
	case n < 80:
		return "does not compile"
	case n < 84:
		return "go func() {\n\ttime.Sleep(2 * time.Millisecond)\n\tfmt.Println(\"late\")\n}()"
	case n < 88:
		return "h := display.ShowLive(display.Text(\"a\"))\nfor range 5 {\n\th.Update(display.Text(\"b\"))\n}"
	case n < 92:
		return "fmt.Fprint(os.Stderr, \"err\")\nfmt.Print(\"out\")"
	case n < 94:
		return "for begun := time.Now(); time.Since(begun) < 100*time.Millisecond; {\n}"
	case n < 97:
		return "%who"
	}
	return ""
}

// deadly is a cell that ends its process, one of many kinds.
func deadly(n int) soakCell {
	const wait = "\nselect {}"
	codes := []string{
		"syscall.Kill(os.Getpid(), syscall.SIGKILL)" + wait,
		"syscall.Kill(os.Getpid(), syscall.SIGSEGV)" + wait,
		"syscall.Kill(os.Getpid(), syscall.SIGABRT)" + wait,
		"syscall.Kill(0, syscall.SIGKILL)" + wait,
		"syscall.Exit(7)",
		"debug.SetMaxStack(1 << 20)\nfunc down(n int) int { return down(n+1) + 1 }\ndown(0)", // sooner full than the kernel knows
		"m := map[int]int{}\nfor range 8 {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n\t\t\tm[i%10] = i\n\t\t}\n\t}()\n}" + wait,
		"*(*int)(unsafe.Pointer(uintptr(4096))) = 1",
		"syscall.Exec(\"/bin/sh\", []string{\"sh\", \"-c\", \"echo other; exit 5\"}, nil)",
		"exec.Command(\"sleep\", \"1000\").Start()\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)" + wait,
		"syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 4 << 30, Max: 4 << 30})\nvar eaten [][]byte\nfor {\n\teaten = append(eaten, make([]byte, 1<<24))\n\tclear(eaten[len(eaten)-1])\n}",
		"syscall.Kill(os.Getpid(), syscall.SIGSTOP)" + wait,
	}
	n %= len(codes)
	return soakCell{wire.ExecuteRequest{Code: codes[n], StoreHistory: true}, true, n == len(codes)-1}
}

// run sends the cells, some ahead of their answers.
func (c *soakClient) run() {
	var ahead []*wire.Message
	for i, cell := range c.cells {
		m, err := c.Send(wire.Shell, wire.TypeExecuteRequest, cell.ExecuteRequest)
		if err != nil {
			c.Error(err)
			return
		}
		if c.interrupts[i] {
			c.interrupt(time.Duration(c.rnd.IntN(5000)) * time.Microsecond)
		}
		if ahead = append(ahead, m); len(ahead) < soakAhead && i < len(c.cells)-1 && !cell.deadly {
			continue
		}
		for _, m := range ahead {
			r, ok := c.collect(m, cell.stubborn)
			for tries := 1; ok && cell.deadly && m == ahead[len(ahead)-1] && !hasKilled(r); tries++ { // it was interrupted, or aborted by another
				if tries == 20 {
					c.Errorf("this does not end its process: %s", cell.Code)
					return
				}
				if m, err = c.Send(wire.Shell, wire.TypeExecuteRequest, cell.ExecuteRequest); err != nil {
					c.Error(err)
					return
				}
				ahead[len(ahead)-1] = m
				r, ok = c.collect(m, cell.stubborn)
			}
			if !ok {
				return
			}
		}
		ahead = nil
	}
}

// hasKilled says whether a cell has ended its process.
func hasKilled(r wire.ExecuteReply) bool {
	return r.Status == wire.StatusError && (r.Error.Name != "interrupt" || strings.Contains(r.Error.Value, "its process was ended"))
}

// interrupt interrupts the kernel after a while, by a message or a signal.
func (c *soakClient) interrupt(after time.Duration) {
	time.Sleep(after) // a random moment is what is wanted
	c.mu.Lock()
	c.stops++
	c.mu.Unlock()
	if c.rnd.IntN(4) == 0 {
		if err := c.process.Signal(os.Interrupt); err != nil {
			c.Error(err)
		}
		return
	}
	if _, err := c.Ask(c.ctx, wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		c.Errorf("interrupt: %v", err)
	}
}

// collect waits for all about a cell, at both clients. If it is stubborn, it is
// interrupted again and again: an interrupt that comes too early is for another cell.
func (c *soakClient) collect(m *wire.Message, stubborn bool) (r wire.ExecuteReply, ok bool) {
	ctx, cancel := context.WithTimeout(c.ctx, time.Minute)
	var interrupting sync.WaitGroup
	defer interrupting.Wait()
	defer cancel()
	if stubborn {
		interrupting.Go(func() {
			for ctx.Err() == nil {
				c.interrupt(500 * time.Millisecond)
			}
		})
	}
	a, err := c.Collect(ctx, m)
	if err != nil {
		c.Errorf("lost: %v; its code is %s", err, m.Content)
		return r, false
	}
	if _, err := c.other.CollectPublished(ctx, m); err != nil {
		c.Errorf("lost at the other client: %v; the code is %s", err, m.Content)
		return r, false
	}
	if r, err = a.ExecuteReply(); err != nil {
		c.Error(err)
		return r, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statuses[r.Status]++
	if r.Status == wire.StatusError {
		c.errors[r.Error.Name]++
	}
	return r, true
}

// end looks at what the judge has found.
func (c *soakClient) end() {
	for _, b := range c.Blames(true) {
		c.Error(b)
	}
	c.Drop()
}

// shutdown ends the kernel by one of two clients, and starts it again with the same
// connection file.
func (s *soak) shutdown(restart bool) {
	k, err := s.process.Connect(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	defer k.Close()
	if _, err := k.Ask(s.ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{Restart: restart}); err != nil {
		s.Errorf("shutdown: %v", err)
	}
	if err := s.process.Wait(s.ctx); err != nil {
		s.Fatalf("the kernel has ended with %v", err)
	}
	if restart {
		if err := s.process.Again(); err != nil {
			s.Fatal(err)
		}
	}
}

// watch samples the memory of host and worker.
func (s *soak) watch(stop <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		host := s.process.PID()
		s.mu.Lock()
		if rss := residentBytes(host); rss > 0 {
			s.host = append(s.host, rss)
		}
		var worker uint64 // the largest child
		for _, child := range childrenOf(host) {
			worker = max(worker, residentBytes(child))
		}
		if worker > 0 {
			s.worker = append(s.worker, worker)
		}
		s.mu.Unlock()
	}
}

// clean checks that nothing is left of the kernel.
func (s *soak) clean() {
	var left []int
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) { // processes that were killed take a moment
		if left = processesWith(s.mark); len(left) == 0 || time.Now().After(deadline) {
			break
		}
	}
	if len(left) > 0 {
		s.Errorf("these processes are left: %v", left)
	}
	files, err := filepath.Glob(filepath.Join(s.temp, "*"))
	if err != nil || len(files) > 0 {
		s.Errorf("these temporary files are left: %v, %v", files, err)
	}
	if quarter := len(s.host) / 4; quarter > 0 {
		first, last := middle(s.host[:quarter]), middle(s.host[len(s.host)-quarter:])
		if last > first+soakGrowth {
			s.Errorf("the host's memory has grown from %s to %s", mebibytes(first), mebibytes(last))
		}
	}
}

// died is how many workers have died.
func (s *soak) died() int { return strings.Count(s.log.String(), " died: ") }

func (s *soak) summary() string {
	var b strings.Builder
	for _, counts := range []map[string]int{s.statuses, s.errors} {
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, "%7d %s\n", counts[name], name)
		}
	}
	fmt.Fprintf(&b, "%7d interrupts were sent\n%7d workers died\n%7d restarts\n", s.stops, s.died(), soakRestarts)
	for name, list := range map[string][]uint64{"host": s.host, "worker": s.worker} {
		if quarter := len(list) / 4; quarter > 0 {
			fmt.Fprintf(&b, "%s: %s at first, %s at last, at most %s (medians of quarters of %d samples)\n",
				name, mebibytes(middle(list[:quarter])), mebibytes(middle(list[len(list)-quarter:])), mebibytes(slices.Max(list)), len(list))
		}
	}
	return b.String()
}

func middle(list []uint64) uint64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
