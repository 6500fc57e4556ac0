package remote

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"unsafe"
)

// maxStack is the limit of a goroutine's stack in a helper, so that a recursion without end stops
// before it has taken the machine's memory.
const maxStack = 256 << 20

// maxFrames is how many calls of a panic's stack are told.
const maxFrames = 100

// Begin is the first thing that a helper does: from now on it ends with the process at the other
// end of the pipes, also while variables of its cells are set. The function serve, which is the main
// function of a helper and does not return, calls the functions, by their numbers, as that process says, each call on a
// goroutine of its own.
func Begin() (serve func(funcs ...any)) {
	signal.Ignore(os.Interrupt) // of a terminal: the kernel decides
	debug.SetMaxStack(maxStack)
	syscall.CloseOnExec(CallsFD) // processes that it starts would keep them open
	syscall.CloseOnExec(AnswersFD)
	in := bufio.NewReader(os.NewFile(CallsFD, "calls"))
	s := &server{out: os.NewFile(AnswersFD, "answers")}
	ready := make(chan struct{})
	go func() {
		_, err := in.Peek(1) // nothing comes before it is ready
		if err == nil {
			<-ready
			err = s.serve(in)
		}
		exit(err)
	}()
	return func(funcs ...any) {
		if err := s.offer(funcs); err != nil {
			exit(err)
		}
		close(ready)
		select {}
	}
}

// exit ends the helper.
func exit(err error) {
	if err != io.EOF {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

type server struct {
	funcs []function

	mu  sync.Mutex // guards out
	out io.Writer
}

type function struct {
	*Func
	fn reflect.Value
}

// offer says what can be called.
func (s *server) offer(funcs []any) error {
	var shapes []string
	for _, f := range funcs {
		fn := reflect.ValueOf(f)
		var params, results []reflect.Type
		for i := range fn.Type().NumIn() {
			params = append(params, fn.Type().In(i))
		}
		for i := range fn.Type().NumOut() {
			results = append(results, fn.Type().Out(i))
		}
		how, err := NewFunc(params, results)
		if err != nil {
			return err
		}
		s.funcs = append(s.funcs, function{how, fn})
		shapes = append(shapes, how.Shape())
	}
	return s.answer(hello(shapes))
}

// serve answers calls until there are no more, which is io.EOF, or something is wrong.
func (s *server) serve(in io.Reader) error {
	for {
		text, err := ReadFrame(in)
		if err != nil {
			return err
		}
		id, n := binary.Uvarint(text)
		if n <= 0 {
			return fmt.Errorf("a call has no number")
		}
		text = text[n:]
		fn, n := binary.Uvarint(text)
		if n <= 0 || fn >= uint64(len(s.funcs)) {
			return fmt.Errorf("call %d is for no function", id)
		}
		go s.call(id, &s.funcs[fn], text[n:])
	}
}

func (s *server) answer(parts ...[]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return WriteFrame(s.out, parts...)
}

// call calls a function and answers. If it can't answer, nobody is there any more.
func (s *server) call(id uint64, f *function, text []byte) {
	head := binary.AppendUvarint(nil, id)
	end := func(status Status, parts ...[]byte) {
		s.answer(append([][]byte{append(head, byte(status))}, parts...)...) //nolint:errcheck // see above
	}
	fail := func(err error) {
		w := &writer{}
		w.string(err.Error())
		end(Failed, w.text)
	}
	args, m, err := f.Arguments(text)
	if err != nil {
		fail(err)
		return
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			end(Exited)
			return
		}
		w := &writer{}
		w.panic(v, frames())
		changes, err := f.Reply(nil, m, nil)
		if err != nil {
			changes = []byte{0} // nothing: the panic is what counts
		}
		end(Panicked, w.text, changes)
	}()
	results := f.invoke(args)
	returned = true
	reply, err := f.Reply(results, m, nil)
	if err != nil {
		fail(err)
		return
	}
	end(Returned, reply)
}

// invoke calls the function.
func (f *function) invoke(args []unsafe.Pointer) (results []unsafe.Pointer) {
	in := make([]reflect.Value, len(args))
	for i, t := range f.in {
		in[i] = valueAt(args[i], t)
	}
	var out []reflect.Value
	if f.fn.Type().IsVariadic() {
		out = f.fn.CallSlice(in)
	} else {
		out = f.fn.Call(in)
	}
	for _, v := range out {
		results = append(results, copyOf(v))
	}
	return results
}

// frames are the calls of cells' functions that a panic has come through, the innermost first.
func frames() (list []Frame) {
	pcs := make([]uintptr, 4*maxFrames)
	all := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for len(list) < maxFrames {
		f, more := all.Next()
		if name, ok := strings.CutPrefix(f.Function, "main."); ok {
			list = append(list, Frame{name, f.File, f.Line})
		}
		if !more {
			break
		}
	}
	return list
}
