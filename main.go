// Command nascent is a Jupyter kernel for Go with a package for neural
// architecture search, and what goes with it: it runs notebooks and Go files
// headless and installs the kernel.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/install"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/notebook"
	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/nasext/symbols"
)

func main() {
	root := &cobra.Command{
		Use: "nascent", Short: "Go in Jupyter, and neural architecture search in Go",
		Version: version(), SilenceUsage: true, SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(kernelCommand(), sessionCommand(), installCommand(), uninstallCommand(), runCommand(), execCommand())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var status exitStatus
	switch err := root.ExecuteContext(ctx); {
	case errors.As(err, &status):
		os.Exit(int(status))
	case err != nil:
		fmt.Fprintln(os.Stderr, "nascent:", err)
		os.Exit(1)
	}
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

// environment makes a cell environment with nasext, and sends what compiled code
// shows to the cell that runs it.
func environment() (*cell.Env, error) {
	lib, err := library.Std()
	if err != nil {
		return nil, err
	}
	if err := lib.Add(library.Set{Name: "nasext", Table: symbols.Table, Data: symbols.Data()}); err != nil {
		return nil, err
	}
	env, err := cell.New(lib)
	if err != nil {
		return nil, err
	}
	display.SetDefault(env.Sink())
	return env, nil
}

func kernelCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "kernel -f FILE", Short: "Run as a Jupyter kernel; Jupyter starts this", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("finding the program to start workers with: %w", err)
			}
			// the host takes signals itself: an interrupt is for the cell
			return host.Run(context.WithoutCancel(c.Context()), host.Options{ConnectionFile: file, Command: []string{self, "session"}, Info: host.Info(version(), runtime.Version())})
		},
	}
	c.Flags().StringVarP(&file, "connection-file", "f", "", "connection file that Jupyter wrote")
	must(c.MarkFlagRequired("connection-file"))
	return c
}

func sessionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "session", Short: "Run cells for a kernel that started this process", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w, err := host.OpenWorker()
			if err != nil {
				return err
			}
			env, err := environment()
			if err != nil {
				return err
			}
			return session.Serve(context.Background(), w.In, w.Out, session.Options{
				Env: env, SessionID: w.Session, FirstCount: w.NextCount, KernelInfo: host.Info(version(), runtime.Version()),
			})
		},
	}
}

func runCommand() *cobra.Command {
	var out, html string
	var params map[string]string
	opts := notebook.Options{Progress: notebook.ProgressLines(os.Stderr)}
	c := &cobra.Command{
		Use: "run NOTEBOOK.ipynb", Short: "Run a notebook, without Jupyter", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				out = strings.TrimSuffix(args[0], ".ipynb") + ".out.ipynb"
			}
			for _, f := range []string{out, html} {
				if dir := filepath.Dir(f); f != "" {
					if err := os.MkdirAll(dir, 0o755); err != nil {
						return fmt.Errorf("making the folder of %s: %w", f, err)
					}
				}
			}
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("finding the program to start a worker with: %w", err)
			}
			worker := exec.Command(self, "session") // cells may end it, not this program
			worker.Env = append(os.Environ(), host.WorkerEnv(wire.NewID(), 1))
			if opts.Kernel, err = notebook.StartWorker(worker); err != nil {
				return err
			}
			opts.Parameters = params
			err = errors.Join(notebook.RunFile(c.Context(), args[0], out, html, opts), opts.Kernel.Close())
			var failed *notebook.CellError
			if errors.As(err, &failed) {
				fmt.Fprintln(os.Stderr, failed.Report(false))
			}
			if err == nil {
				fmt.Fprintln(os.Stderr, "wrote", strings.TrimSpace(out+" "+html))
			}
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "write the notebook with its outputs here (default NOTEBOOK.out.ipynb)")
	c.Flags().StringVar(&html, "html", "", "write it as one self-contained page here")
	c.Flags().StringToStringVarP(&params, "parameter", "p", nil, "set name=value after the cell tagged parameters; may be repeated")
	c.Flags().DurationVar(&opts.Timeout, "timeout", 0, "longest time for one cell, such as 90s (default: none)")
	c.Flags().BoolVar(&opts.AllowErrors, "allow-errors", false, "go on after a cell has failed")
	return c
}

func execCommand() *cobra.Command {
	return &cobra.Command{
		Use: "exec FILE.go|-", Short: "Run a Go file as one cell", Args: cobra.MinimumNArgs(1), DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			src, err := readSource(args[0])
			if err != nil {
				return err
			}
			env, err := environment()
			if err != nil {
				return err
			}
			os.Args = args
			return leave(session.Exec(c.Context(), env, args[0], src, session.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
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
	if name == "-" {
		name = "/dev/stdin"
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	return string(b), nil
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func installCommand() *cobra.Command {
	var o install.Options
	c := &cobra.Command{
		Use: "install", Short: "Make the kernel known to Jupyter", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := install.Install(o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), dir)
			return err
		},
	}
	installFlags(c, &o)
	c.Flags().StringToStringVar(&o.Env, "env", nil, "set K=V in the kernel's environment; may be repeated")
	return c
}

func uninstallCommand() *cobra.Command {
	var o install.Options
	c := &cobra.Command{
		Use: "uninstall", Short: "Remove the kernel from Jupyter", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
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
	c.Flags().StringVar(&o.Prefix, "prefix", "", "in DIR/share/jupyter/kernels")
	c.Flags().StringVar(&o.Name, "name", "nascent", "name of the kernelspec")
	c.MarkFlagsMutuallyExclusive("user", "sys-prefix", "prefix")
}
