// Command nascent is a Jupyter kernel for Go with a package for neural
// architecture search, and what goes with it: it runs notebooks and Go files
// headless and installs the kernel.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/install"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/history/store"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/limit"
	"github.com/nascent-go/nascent/kernel/magic"
	"github.com/nascent-go/nascent/kernel/modules"
	"github.com/nascent-go/nascent/kernel/notebook"
	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/gpucheck"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/symbols"
	"github.com/nascent-go/nascent/nasext/viz"
)

func main() {
	root := &cobra.Command{
		Use: "nascent", Short: "Go in Jupyter, and neural architecture search in Go",
		Version: version(), SilenceUsage: true, SilenceErrors: true,
		Args: noCommand, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; %s --help says what there is", err, c.CommandPath())
	})
	root.AddCommand(kernelCommand(), sessionCommand(), installCommand(), uninstallCommand(), runCommand(), verifyCommand(), execCommand(), doctorCommand(), gpuCheckCommand(), lowerCommand())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	var status exitStatus
	switch err := root.ExecuteContext(ctx); {
	case errors.As(err, &status):
		os.Exit(int(status))
	case err != nil:
		fmt.Fprintln(os.Stderr, "nascent:", err)
		os.Exit(1)
	}
}

// noCommand is what someone is told who names a command that there is not.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	near := ""
	if s := root.SuggestionsFor(args[0]); len(s) > 0 {
		near = fmt.Sprintf("did you mean %s? ", s[0])
	}
	return fmt.Errorf("there is no command %q; %sthere are %s, and each has --help", args[0], near, strings.Join(names, ", "))
}

// takes checks how many arguments a command gets; most < 0 is without limit.
func takes(least, most int, usage string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return fmt.Errorf("arguments given: %d; the usage is: %s", len(args), usage)
		}
		return nil
	}
}

// pairs is a flag that may be repeated, each time with a NAME=VALUE. The value may
// hold commas and equal signs.
type pairs map[string]string

func (p pairs) String() string { return "" }
func (p pairs) Type() string   { return "NAME=VALUE" }
func (p pairs) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("NAME=VALUE is expected")
	}
	p[name] = value
	return nil
}

// exitStatus ends the program with a status and without a word.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// version is that of the module, as far as the build knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return "0.1.0"
}

// cells makes an environment of cells with nasext.
func cells() (*cell.Env, error) {
	lib, err := library.Std()
	if err != nil {
		return nil, err
	}
	if err := lib.Add(library.Set{Name: "nasext", Table: symbols.Table, Data: symbols.Data()}); err != nil {
		return nil, err
	}
	lib.SetModules(&modules.Resolver{})
	return cell.New(lib)
}

// environment makes an environment of cells and commands with nasext, which keeps to
// a limit on memory, sends what compiled code shows to the cell that runs it, and
// draws nasext's values.
func environment(ctx context.Context, memory *limit.Memory, tier cell.TierMode) (session.Environment, error) {
	env, err := cells()
	if err != nil {
		return nil, err
	}
	env.SetTier(tier)
	display.SetDefault(env.Sink())
	display.SetPictures(viz.Picture)
	commands := magic.New(env, magic.Config{Version: version(), Memory: memory, Derive: seed.Derive})
	return limit.Guard(ctx, commands, memory, env.StopLeft), nil
}

func kernelCommand() *cobra.Command {
	var file, past string
	memory := limit.Default()
	c := &cobra.Command{
		Use: "kernel -f FILE", Short: "Run as a Jupyter kernel; Jupyter starts this",
		Args: cobra.ArbitraryArgs, // jupyter run gives the kernel the names of the files that it runs
		RunE: func(c *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("finding the program to start workers with: %w", err)
			}
			opts := host.Options{ConnectionFile: file, Command: []string{self, "session"}, Info: host.Info(version(), runtime.Version()), Memory: memory, GPUs: gpus}
			if past, err = store.Path(past); err != nil {
				fmt.Fprintln(os.Stderr, "nascent:", err)
			} else if past != "" {
				opts.Command = append(opts.Command, "--history", past)
			}
			if opts.RuntimeDir, err = install.RuntimeDir(); err != nil {
				opts.RuntimeDir = "" // without a home folder no client looks for kernels either
			}
			// the host takes signals itself: an interrupt is for the cell
			return host.Run(context.WithoutCancel(c.Context()), opts)
		},
	}
	c.Flags().StringVarP(&file, "connection-file", "f", "", "connection or registration `FILE` that Jupyter wrote")
	c.Flags().StringVar(&past, "history", "", "keep the history of cells in `FILE`, or off (default $NASCENT_HISTORY, or nascent/history.sqlite with the user's data)")
	memoryFlag(c, &memory)
	return c
}

// memoryFlag lets a limit on the memory of cells be set.
func memoryFlag(c *cobra.Command, memory *limit.Bytes) {
	c.Flags().Var(memory, "memory", "stop cells that take the session over `SIZE`, such as 4GiB, 50% of the machine, or none")
}

func sessionCommand() *cobra.Command {
	var past string
	c := &cobra.Command{
		Use: "session", Short: "Run cells for a kernel that started this process", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) (err error) {
			w, err := worker.Open()
			if err != nil {
				return err
			}
			defer func() {
				if err != nil {
					w.Failed(err)
				}
			}()
			ctx := context.Background() // signals do what they do to any program
			opts := session.Options{
				SessionID: w.Session, FirstCount: w.NextCount, KernelInfo: host.Info(version(), runtime.Version()), Bypass: w.Streams,
			}
			if past != "" {
				kept := store.Open(past, w.Session)
				defer func() {
					if err := kept.Close(); err != nil {
						fmt.Fprintln(os.Stderr, "nascent:", err)
					}
				}()
				opts.History = kept.Book()
			}
			memory, err := limit.New(w.Limit)
			if err != nil {
				return err
			}
			memory.Changed = w.SetLimit
			if opts.Env, err = environment(ctx, memory, cell.TierOn); err != nil {
				return err
			}
			return session.Serve(ctx, w.In, w.Out, opts)
		},
	}
	c.Flags().StringVar(&past, "history", "", "keep the history of cells in `FILE`")
	return c
}

func runCommand() *cobra.Command {
	var out, html string
	params := pairs{}
	memory := limit.Default()
	opts := notebook.Options{
		Progress: notebook.ProgressLines(os.Stderr),
		Wrote:    func(file string) { fmt.Fprintln(os.Stderr, "wrote", file) },
	}
	c := &cobra.Command{
		Use: "run NOTEBOOK.ipynb", Short: "Run a notebook, without Jupyter", Args: takes(1, 1, "nascent run NOTEBOOK.ipynb [-o OUT.ipynb] [--html OUT.html]"),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				out = strings.TrimSuffix(args[0], ".ipynb") + ".out.ipynb"
			}
			kernel, err := ownWorkers(memory)
			if err != nil {
				return err
			}
			opts.Kernel = kernel
			opts.Parameters = params
			err = errors.Join(notebook.RunFile(c.Context(), args[0], out, html, opts), kernel.Close())
			var failed *notebook.CellError
			if errors.As(err, &failed) {
				fmt.Fprintln(os.Stderr, failed.Report(false))
			}
			if err != nil && c.Context().Err() != nil {
				fmt.Fprintln(os.Stderr, "nascent:", err)
				return exitStatus(130) // as shells have it: 128 + SIGINT
			}
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "write the notebook with its outputs to `FILE` (default NOTEBOOK.out.ipynb)")
	c.Flags().StringVar(&html, "html", "", "write it as one self-contained page to `FILE`")
	c.Flags().VarP(params, "parameter", "p", "set a parameter after the cell tagged parameters; may be repeated")
	memoryFlag(c, &memory)
	c.Flags().DurationVar(&opts.Timeout, "timeout", 0, "longest `TIME` for one cell, such as 90s (default: none)")
	c.Flags().BoolVar(&opts.AllowErrors, "allow-errors", false, "go on after a cell has failed, unless it took too long or ended the worker")
	return c
}

// ownWorkers is a kernel of workers of this program: cells may end the worker, not
// the program. Its Close ends them.
func ownWorkers(memory limit.Bytes) (notebook.Kernel, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the program to start a worker with: %w", err)
	}
	family := worker.NewFamily(worker.Options{Command: []string{self, "session"}, Limit: memory})
	return familyKernel{notebook.InWorker(family), family}, nil
}

// familyKernel is a kernel that ends its workers.
type familyKernel struct {
	notebook.Kernel
	family *worker.Family
}

func (k familyKernel) Close() error {
	defer k.family.Close()
	return k.Kernel.Close()
}

func verifyCommand() *cobra.Command {
	tolerance, memory := notebook.Tolerance, limit.Default()
	opts := notebook.Options{Progress: notebook.ProgressLines(os.Stderr)}
	c := &cobra.Command{
		Use: "verify NOTEBOOK.ipynb...", Short: "Run notebooks again and compare with their stored outputs", DisableFlagsInUseLine: true,
		Long: "Run notebooks again and compare with their stored outputs: text to the letter, numbers that aren't whole\n" +
			"by the tolerance, pictures by what they are made of. Cells that are tagged \"varies\" are not compared.\n" +
			"The notebooks stay as they are. The status is 1 if something differs.",
		Args: takes(1, -1, "nascent verify NOTEBOOK.ipynb..."),
		RunE: func(c *cobra.Command, args []string) error {
			differ := false
			for _, name := range args {
				nb, err := notebook.ReadFile(name)
				if err != nil {
					return err
				}
				kernel, err := ownWorkers(memory)
				if err != nil {
					return err
				}
				opts.Kernel = kernel
				all, err := notebook.Verify(c.Context(), nb, tolerance, opts)
				for _, d := range all {
					fmt.Printf("%s: %s\n", name, d)
				}
				if err = errors.Join(err, kernel.Close()); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				if differ = differ || len(all) > 0; len(all) == 0 {
					fmt.Printf("%s: the same\n", name)
				}
			}
			if differ {
				return exitStatus(1)
			}
			return nil
		},
	}
	memoryFlag(c, &memory)
	c.Flags().Float64Var(&tolerance, "tolerance", tolerance, "the largest `SHARE` by which numbers may differ")
	c.Flags().DurationVar(&opts.Timeout, "timeout", 0, "longest `TIME` for one cell, such as 90s (default: none)")
	return c
}

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Say what works here and what doesn't", Args: takes(0, 0, "nascent doctor"),
		Long: "Say what works here and what doesn't, and what to do about it. The status is 1 if something is broken.",
		RunE: func(c *cobra.Command, _ []string) error {
			checks := append([]install.Check{
				{Part: "nascent", State: install.OK, Found: fmt.Sprintf("%s, %s, %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)},
				examineCell(c.Context()),
				{Part: "training", State: install.OK, Found: fmt.Sprintf("%s on %d threads", cpu.New(0).Name(), runtime.GOMAXPROCS(0))},
				examineGPU(),
			}, install.Examine(c.Context())...)
			for _, check := range checks {
				fmt.Printf("%-8s %s: %s\n", check.State, check.Part, check.Found)
				if check.State != install.OK {
					fmt.Printf("%-8s   → %s\n", "", check.Cure)
				}
			}
			if !install.Sound(checks) {
				return exitStatus(1)
			}
			return nil
		},
	}
}

// examineGPU says which devices there are, or why there is none. Training does without.
func examineGPU() install.Check {
	check := install.Check{Part: "GPU", State: install.OK}
	devices, err := cuda.Devices()
	if err != nil {
		check.Found = "off: " + err.Error()
		return check
	}
	found := make([]string, len(devices))
	for i, d := range devices {
		found[i] = fmt.Sprintf("%s with %.1f GiB, compute capability %s, driver for CUDA %s", d.Name, float64(d.Memory)/(1<<30), d.Capability, d.Driver)
	}
	check.Found = strings.Join(found, "; ")
	return check
}

// gpus says what is used of the machine's devices, if this program knows of any.
func gpus() []wire.GPU {
	used, err := cuda.Usages()
	if err != nil {
		return nil // doctor says why
	}
	all := make([]wire.GPU, len(used))
	for i, u := range used {
		all[i] = wire.GPU{Name: u.Name, Memory: uint64(u.Total), Used: uint64(u.Used)}
		if busy := float64(u.Busy); busy >= 0 {
			all[i].Utilization = &busy
		}
	}
	return all
}

func gpuCheckCommand() *cobra.Command {
	var c gpucheck.Config
	var engine cuda.Config
	var quick bool
	command := &cobra.Command{
		Use: "gpu-check", Short: "Check and measure training on an NVIDIA device", Args: takes(0, 0, "nascent gpu-check"),
		Long: "Check and measure training on an NVIDIA device: whether the engine passes what every engine has to, how long\n" +
			"training steps and matrix products take, and with --torch how long the same steps take in PyTorch. What is\n" +
			"found is printed as Markdown. The status is 1 if something is wrong, or if there is no device.",
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if c.Engine, err = cuda.New(engine); err != nil {
				return err
			}
			if quick {
				c.Steps, c.Epochs, c.Sizes, c.Only = 2, 1, []int{64}, []string{"W3"}
			}
			return gpucheck.Run(command.Context(), os.Stdout, c)
		},
	}
	command.Flags().IntVar(&engine.Device, "device", 0, "`NUMBER` of the device, from 0")
	command.Flags().BoolVar(&engine.TF32, "tf32", false, "multiply on tensor cores, of whose results the engines' tests are too strict")
	command.Flags().StringVar(&c.Python, "torch", "", "`PYTHON` that has PyTorch for the device, to compare with")
	command.Flags().BoolVar(&quick, "quick", false, "measure little: for devices that are emulated")
	return command
}

// examineCell runs a notebook of one cell as a kernel would.
func examineCell(ctx context.Context) install.Check {
	check := install.Check{Part: "cells", State: install.Broken, Cure: "that is a defect of this program: please report what is said here"}
	kernel, err := ownWorkers(limit.Default())
	if err == nil {
		nb := &notebook.Notebook{Metadata: notebook.Object{}, Cells: []*notebook.Cell{{Type: notebook.Code, Source: "6 * 7"}}}
		err = errors.Join(notebook.Run(ctx, nb, notebook.Options{Kernel: kernel, Timeout: time.Minute}), kernel.Close())
		if text := ""; err == nil {
			if len(nb.Cells[0].Outputs) == 1 {
				text, _ = nb.Cells[0].Outputs[0].Data.Text(display.MIMEPlain)
			}
			if text != "42" {
				err = fmt.Errorf("6 * 7 gives %q", text)
			}
		}
	}
	if err != nil {
		check.Found = err.Error()
		return check
	}
	return install.Check{Part: "cells", State: install.OK, Found: "a worker was started and has run one"}
}

func execCommand() *cobra.Command {
	memory, tier := limit.Default(), cell.TierOn
	c := &cobra.Command{
		Use: "exec [--tier on|off|all] FILE.go|- [ARGUMENT]...", Short: "Run a Go file as one cell", DisableFlagsInUseLine: true,
		Long: "Run a Go file (- is standard input) as one cell. If it has a package clause, its main is called.\n" +
			"What follows the file are the program's arguments. Output and exit status are those of the program.",
		Args: takes(1, -1, "nascent exec FILE.go|- [ARGUMENT]..."),
		RunE: func(c *cobra.Command, args []string) error {
			src, err := readSource(args[0])
			if err != nil {
				return err
			}
			bound, err := limit.New(memory)
			if err != nil {
				return err
			}
			env, err := environment(c.Context(), bound, tier)
			if err != nil {
				return err
			}
			os.Args = args
			return leave(session.Exec(c.Context(), env, args[0], src, session.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		},
	}
	memoryFlag(c, &memory)
	c.Flags().Var(&tier, "tier", "which functions run as machine code: on, off or all (help: %tier)")
	c.Flags().SetInterspersed(false) // flags behind the file are the program's
	return c
}

func lowerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "lower FILE.go|-", Short: "Show what the interpreter gets of a Go file, with the lines that it comes from", Hidden: true,
		Args: takes(1, 1, "nascent lower FILE.go|-"),
		RunE: func(c *cobra.Command, args []string) error {
			src, err := readSource(args[0])
			if err != nil {
				return err
			}
			env, err := cells()
			if err != nil {
				return err
			}
			text, err := env.Lowered(c.Context(), cell.Input{Number: 1, Name: args[0], Source: src})
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.OutOrStdout(), text)
			return err
		},
	}
}

func leave(status int) error {
	if status == 0 {
		return nil
	}
	return exitStatus(status)
}

func readSource(name string) (string, error) {
	var b []byte
	var err error
	if name == "-" {
		b, err = io.ReadAll(os.Stdin)
	} else {
		b, err = os.ReadFile(name)
	}
	if err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	return string(b), nil
}

func installCommand() *cobra.Command {
	var o install.Options
	var list bool
	c := &cobra.Command{
		Use: "install", Short: "Make the kernel known to Jupyter", Args: takes(0, 0, "nascent install [--user|--sys-prefix|--prefix DIR] [--name NAME] [--env NAME=VALUE] [--papermill]"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := named(c, "prefix", "name"); err != nil {
				return err
			}
			if list {
				return listKernels(c.OutOrStdout())
			}
			spec, err := install.Install(o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), strings.Join(append([]string{spec.Dir}, spec.Papermill...), "\n"))
			return err
		},
	}
	installFlags(c, &o)
	o.Env = map[string]string{}
	c.Flags().Var(pairs(o.Env), "env", "set a variable in the kernel's environment; may be repeated")
	c.Flags().BoolVar(&o.Papermill, "papermill", false, "let papermill set the parameters of Go notebooks: that in the environment of --prefix, or in the active one")
	c.Flags().BoolVar(&list, "list", false, "install nothing; say where the kernel is installed")
	return c
}

func listKernels(w io.Writer) error {
	specs, err := install.List()
	if err != nil {
		return err
	}
	for _, s := range specs {
		if _, err := fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Dir); err != nil {
			return err
		}
	}
	return nil
}

func uninstallCommand() *cobra.Command {
	var o install.Options
	c := &cobra.Command{
		Use: "uninstall", Short: "Remove the kernel from Jupyter", Args: takes(0, 0, "nascent uninstall [--user|--sys-prefix|--prefix DIR] [--name NAME]"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := named(c, "prefix", "name"); err != nil {
				return err
			}
			dir, err := install.Uninstall(o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "removed", dir)
			return err
		},
	}
	installFlags(c, &o)
	return c
}

func installFlags(c *cobra.Command, o *install.Options) {
	c.Flags().BoolVar(&o.User, "user", false, "in the user's Jupyter folder (the default)")
	c.Flags().BoolVar(&o.SysPrefix, "sys-prefix", false, "in the active Python environment")
	c.Flags().StringVar(&o.Prefix, "prefix", "", "in `DIR`/share/jupyter/kernels")
	c.Flags().StringVar(&o.Name, "name", "nascent", "`NAME` of the kernelspec")
}

// named says if a flag was given an empty value, as by a shell variable that is
// not set: the default would be another place than was meant.
func named(c *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if f := c.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
		}
	}
	return nil
}
