// Package rt is the compiled half of a running cell: what lowered code calls.
//
// Lowering erases the types of a cell: a named type becomes its underlying type, a
// method becomes a function, every interface becomes interface{}. What the erased
// value no longer shows lives here, in descriptors: a value of a cell type that is
// converted to an interface becomes a [Boxed] value, which carries its descriptor;
// values of predeclared types and of types of compiled packages stay what they are.
// On top of that the package does what the interpreter can't do right by itself:
// method calls through interfaces, type assertions, equality, select, defer, panic
// and recover, goroutines that belong to a cell and can be stopped, and calls into
// compiled packages, which must never see a Boxed value where they look at types.
// Ints have 64 bits here: lowered code runs on such machines only.
//
// Everything hangs on a [Runtime]; a Runtime is safe for concurrent use.
package rt

import (
	"maps"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/nascent-go/nascent/display"
)

// Library is the table of the compiled packages: for each import path the exported
// symbols as yaegi's extract makes them, interface wrappers (`_Name`) among them.
// It returns nil for a path that it doesn't hold. It is safe for concurrent use.
type Library interface {
	Values(path string) map[string]reflect.Value
}

// Runtime is the run-time state that all cells of one session share.
type Runtime struct {
	lib    Library
	types  typeTable
	calls  callTable
	tags   labelKey
	mirror Mirror
	funcs  funcTable

	stack   Stack
	place   func(*Panic) string // see SetPlace
	signals signalRelays
	twins   twins
	inits   inits

	gs     sync.Map     // goroutine identity (uintptr) → *gstate
	active atomic.Int64 // panics, and calls that shield them from recover, in progress
	traced atomic.Bool  // a panic has left a trace, in some goroutine
	last   atomic.Pointer[Cell]

	stop struct {
		sync.Mutex
		set   func(bool)   // see SetStop
		count atomic.Int64 // goroutines of stopped cells that have not ended; written under the lock
	}
	living struct { // cells that have goroutines
		sync.Mutex
		cells map[*Cell]bool
		done  chan struct{} // ends watch, which runs while there are some
	}
	depths depths
	grace  time.Duration // how long Do waits for a stopped cell that is in compiled code

	stdin, stdout, stderr *os.File // the process's own, as they were at the start
	stdio                 struct {
		out, err *stdWriter
		in       *stdReader
	}
	otherwise display.Sink // where what no cell shows goes
}

// New makes a Runtime for code that uses the compiled packages of lib.
func New(lib Library) *Runtime {
	r := &Runtime{lib: lib, grace: 500 * time.Millisecond, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, otherwise: display.Default()}
	r.stdio.out, r.stdio.err, r.stdio.in = &stdWriter{r, r.stdout}, &stdWriter{r, r.stderr}, &stdReader{r}
	r.living.cells = map[*Cell]bool{}
	r.types.init()
	r.calls.init(r)
	r.tags.init()
	r.depths.init()
	return r
}

// Symbols is what lowered code imports as package rt: functions bound to this
// Runtime, and types as nil pointers to them.
func (r *Runtime) Symbols() map[string]reflect.Value {
	m := map[string]reflect.Value{}
	for name, x := range map[string]any{
		// descriptors and interface values
		"Reg": r.Reg, "B": r.B, "I": I, "Cut": Cut, "V": V, "Is": r.Is, "Impl": r.Impl, "Must": r.Must, "M": r.M,
		"Eq": Eq, "EqT": r.EqT,
		// iteration and memory
		"RangeStr": RangeStr, "Ints": Ints, "IA": IA, "FA": FA, "Nil": Nil, "Fits": Fits, "Room": Room,
		// arithmetic and conversions
		"C128": C128, "C64": C64, "Cx": Cx, "Re": Re, "Im": Im, "Neg": Neg, "Negc": Negc, "Fmin": Fmin, "Fmax": Fmax, "U": U,
		"IntStr": IntStr, "Int32": Int32, "Shc": Shc, "Conv": r.Conv, "S2A": S2A,
		"ToUP": ToUP, "UPInt": UPInt, "FromUP": FromUP, "UAdd": UAdd,
		"USlice": USlice, "USliceData": USliceData, "UString": UString, "UStringData": UStringData,
		// channels
		"Recv": r.Recv, "Recv2": r.Recv2, "Send": r.Send, "Select": r.Select, "Close": Close,
		// defers, panics, goroutines
		"NewDS": r.NewDS, "Run": r.Run, "Enter": r.Enter, "Recover": r.Recover, "RecoverD": r.RecoverD, "Panic": r.Panic,
		"WrapNil": WrapNil, "Go": r.Go, "Func": r.Func, "Initialising": r.Initialising, "Initialised": r.Initialised,
		// compiled packages
		"RangeMap": r.RangeMap, "Clear": r.Clear, "Delete": r.Delete, "Copy": r.Copy,
		"Lowered": r.Lowered, "Twin": r.Twin, "TwinGet": r.TwinGet, "TwinSet": r.TwinSet, "TwinDelete": r.TwinDelete, "TwinLen": r.TwinLen, "Wrote": r.Wrote, "Part": r.Part,
		"Call": r.Call, "CallM": r.CallM, "GetF": r.GetF, "SetF": r.SetF, "GetG": r.GetG, "SetG": r.SetG, "Print": r.Print,
		// types
		"DS": (*DS)(nil), "MapIter": (*MapIter)(nil), "StrIter": (*StrIter)(nil), "UP": (*unsafe.Pointer)(nil), "Opaque": (*Opaque)(nil),
	} {
		m[name] = reflect.ValueOf(x)
	}
	maps.Copy(m, r.calls.instances)
	return m
}

// Opaque stands for a type that lowered code names and never looks into.
type Opaque struct{}
