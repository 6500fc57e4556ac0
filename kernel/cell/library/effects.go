package library

import (
	"expvar"
	"flag"
	"net/http"
	"net/http/pprof"
	"os"
	"sync"
)

// Some packages of the standard library change others when they are
// initialised: expvar and net/http/pprof put pages into http.DefaultServeMux,
// testing/quick puts a flag into flag.CommandLine. All of the library is linked
// into the program, so it would seem to a cell that it had imported them all;
// a cell that listens with the default mux would show the kernel's internals
// to the network. These functions undo such changes when a cell first imports
// what was changed, and do them when it imports what changes. They are once per
// process, as what they change is.
var (
	cleanMux = sync.OnceFunc(func() { http.DefaultServeMux = http.NewServeMux() })

	cleanFlags = sync.OnceFunc(func() {
		flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
		flag.CommandLine.Usage = func() { flag.Usage() }
	})

	addVars = sync.OnceFunc(func() {
		cleanMux()
		http.Handle("GET /debug/vars", expvar.Handler())
	})

	addProfiles = sync.OnceFunc(func() {
		cleanMux()
		http.HandleFunc("GET /debug/pprof/", pprof.Index)
		http.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		http.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		http.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		http.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	})
)

// importEffect does what the initialisation of a package would do.
func importEffect(path string) {
	switch path {
	case "net/http":
		cleanMux()
	case "flag":
		cleanFlags()
	case "expvar":
		addVars()
	case "net/http/pprof":
		addProfiles()
	}
}
