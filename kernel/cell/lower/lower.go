package lower

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
	"github.com/nascent-go/nascent/kernel/cell/prune"
)

// Runtime keeps the descriptors that lowered code refers to by number.
type Runtime interface {
	// AddType registers a type; raw is its reflect.Type if erasing loses nothing.
	AddType(t types.Type, raw reflect.Type) int
	// Replace makes a descriptor stand for a type that was declared again with the same representation.
	Replace(id int, t types.Type)
	// Overridden says whether calls of a compiled function go to a version of rt's own.
	Overridden(path, name string) bool
	// Instance is the name of rt's compiled instance of a generic function for slices
	// of a type; "" if there is none.
	Instance(path, name, elem string) string
}

// Values finds the symbols of a compiled package.
type Values interface {
	Values(path string) map[string]reflect.Value
	// TypeOf finds the run-time type of a declared type, also of one that has no
	// symbol; nil if it does not.
	TypeOf(obj *types.TypeName) reflect.Type
}

// Lowerer holds what the chunks so far have emitted. It is not safe for concurrent use.
type Lowerer struct {
	prog   *ssa.Program
	rt     Runtime
	lib    Values
	native Native                    // nil: there is none
	bodies map[*types.Package]bool   // packages whose functions are lowered
	embeds map[*types.Package]string // see AddEmbeds

	funcs   map[*ssa.Function]string
	values  map[string]bool // functions that also exist as a variable V<name>
	globals map[*ssa.Global]string
	structs map[string]string   // fields of an erased struct → its name
	sigs    map[string]string   // type → variable of its zero value
	types   typeutil.Map        // types.Type → lowered type
	cuts    typeutil.Map        // types written as interface{} to break a recursion
	ids     typeutil.Map        // types.Type → descriptor number
	held    map[*ssa.Alloc]bool // variables whose values closures hold, of the chunk
	open    typeutil.Map        // *types.Named whose struct is being written → *openStruct
	stack   []types.Type        // types being written, outermost first
	cycles  int                 // how often a type was met inside its own definition
	serial  int
	at      token.Pos // of what is being lowered, for errors

	emitted []*ssa.Function        // by the last call of Lower
	entries map[*ssa.Function]bool // that it was called for
	tables  []string               // functions that it has emitted for descriptors only
	pruned  *prune.Program

	chunk    *chunk
	reflects int          // how far the types are that reflection can see; see Reflect
	replaced []func()     // types that are declared again
	carried  []types.Type // what has the descriptor of a type that is declared again
	undo     []func()     // how to forget what the current chunk has added
}

// chunk is what one call of Lower emits.
type chunk struct {
	imports  map[string]bool
	decls    []string        // types and variables
	code     []line          // functions in the order they were met: function literals follow those that they stand in
	starts   []int           // where in code functions begin
	vars     map[string]bool // of cells that it mentions
	types    map[int]bool    // descriptors that it mentions
	made     map[string]bool // those that it makes
	register []string        // statements that tell the run time what it needs
	native   map[string]int  // functions with machine code
	work     []*ssa.Function
	methods  []types.Type
}

// line is one line of lowered text and the source it comes from.
type line struct {
	text string
	pos  token.Pos     // NoPos if nothing in it can panic
	fn   *ssa.Function // nil if a traceback does not show it
}

// Chunk is lowered code that is ready to run: a Go file of package main. When the
// interpreter loads it, its init function makes it ready for others to use and calls
// rt.Loaded with the function that runs it.
type Chunk struct {
	Source  string
	Start   string         // the function that runs it, which only it mentions
	Lines   []Place        // of each line, from line 1 at index 0
	Vars    []string       // variables of cells that it mentions
	Types   []int          // descriptors that it mentions
	Imports []string       // compiled packages that the text refers to by their ImportName; it imports nothing itself
	Native  map[string]int // functions for which there is machine code, and its numbers
}

// Place is where a line of lowered code comes from.
type Place struct {
	Pos token.Pos // NoPos if it comes from nowhere that a traceback shows
	*Func
}

// Func is a function that somebody has written.
type Func struct {
	Title  string // what a traceback calls it; "" for the statements of a cell
	GoName string // what Go's run time calls it
	Params bool   // it has some
	At     token.Pos
}

// Unsupported is the error for a construct that cannot be run.
type Unsupported struct {
	Pos  token.Pos
	What string
}

func (e *Unsupported) Error() string { return "Nascent can't run this construct: " + e.What }

// restart is thrown when a recursive type has to be cut: the chunk is lowered again.
type restart struct{}

// stop is thrown when the context has ended.
type stop struct{}

// New makes a Lowerer for packages with positions in fset.
func New(fset *token.FileSet, rt Runtime, lib Values) *Lowerer {
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics)
	return &Lowerer{
		prog: prog, pruned: prune.NewProgram(prog), rt: rt, lib: lib,
		bodies: map[*types.Package]bool{}, embeds: map[*types.Package]string{}, funcs: map[*ssa.Function]string{}, values: map[string]bool{},
		globals: map[*ssa.Global]string{}, structs: map[string]string{}, sigs: map[string]string{},
	}
}

// AddCompiled makes a compiled package known. It must be complete: what it only
// mentions of other packages is not enough to know those.
func (l *Lowerer) AddCompiled(p *types.Package) {
	if l.prog.Package(p) == nil {
		l.prog.CreatePackage(p, nil, nil, true)
	}
}

// AddEmbeds makes a package known whose functions return what variables of their names embed, of the
// package with a path: calls of them become calls of rt.Embedded.
func (l *Lowerer) AddEmbeds(p *types.Package, of string) {
	l.AddCompiled(p)
	l.embeds[p] = of
}

// AddSource makes a package known whose functions are lowered. Initialisation
// order is dropped from info: variables are set by the cell's own statements,
// unless init is wanted, as for library packages that are lowered from source.
// The packages that it imports must be known.
func (l *Lowerer) AddSource(p *types.Package, files []*ast.File, info *types.Info, init bool) *ssa.Package {
	if !init {
		info.InitOrder = nil
	}
	l.bodies[p] = true
	sp := l.prog.CreatePackage(p, files, info, init)
	sp.Build()
	return sp
}

// Same makes types that were declared again share representation, storage and
// descriptor with the old ones, and so what is built from them. A type and the one in
// its place must have equal underlying types, but for these types.
func (l *Lowerer) Same(again map[*types.TypeName]types.Type) {
	renamed := func(n *types.Named) types.Type { return again[n.Obj()] }
	keys := l.ids.Keys()
	slices.SortFunc(keys, func(a, b types.Type) int { return l.ids.At(a).(int) - l.ids.At(b).(int) })
	for _, t := range keys {
		now := gotype.Renamed(t, renamed)
		if now == t {
			continue
		}
		id := l.ids.At(t).(int)
		l.ids.Set(now, id)
		l.replaced = append(l.replaced, func() { l.rt.Replace(id, now) })
		l.carried = append(l.carried, now)
	}
	for obj, now := range again {
		old := obj.Type()
		if s := l.types.At(old); s != nil {
			l.types.Set(now, s)
		}
		l.sameCuts(old, now)
		l.sameCuts(old.Underlying(), now.Underlying())
	}
}

// Keep makes what the last call of Lower has emitted, and the calls of Same before
// it, final. Without it, Discard has to be called.
func (l *Lowerer) Keep() {
	for _, replace := range l.replaced {
		replace()
	}
	l.replaced, l.carried, l.undo = nil, nil, nil
}

// ShareGlobal makes a variable that was declared again use the storage of the old one.
func (l *Lowerer) ShareGlobal(old, new *types.Var) {
	og, nw := l.globalOf(old), l.globalOf(new)
	if og != nil && nw != nil && l.globals[og] != "" {
		l.globals[nw] = l.globals[og]
	}
}

func (l *Lowerer) globalOf(v *types.Var) *ssa.Global {
	if p := l.prog.Package(v.Pkg()); p != nil {
		g, _ := p.Members[v.Name()].(*ssa.Global)
		return g
	}
	return nil
}

// Lower emits the functions that are reachable from the named ones of the
// package and were not emitted before, a start function that calls the named
// functions in order, and an init function that registers what the run time needs.
// If it fails or the context ends, the Lowerer is as it was; Discard forgets a chunk that could not be loaded.
func (l *Lowerer) Lower(ctx context.Context, p *ssa.Package, serial int, entries []string) (c Chunk, err error) {
	l.undo = nil
	for {
		again := false
		func() {
			defer func() {
				if r := recover(); r != nil {
					l.rollback()
					switch r := r.(type) {
					case restart:
						again = true
					case stop:
						err = ctx.Err()
					case *Unsupported:
						if !r.Pos.IsValid() {
							r.Pos = l.at
						}
						err = r
					default:
						err = &Unsupported{Pos: l.at, What: fmt.Sprint(r)}
						if debugPanics {
							panic(r)
						}
					}
				}
			}()
			c = l.lower(ctx, p, serial, entries)
		}()
		if !again {
			return c, err
		}
	}
}

// Discard forgets what the last call of Lower has emitted.
func (l *Lowerer) Discard() {
	l.rollback()
	l.replaced, l.carried = nil, nil
}

// debugPanics lets a panic of the emitter itself through, to be seen with its stack.
const debugPanics = false

func (l *Lowerer) rollback() {
	for i := len(l.undo) - 1; i >= 0; i-- {
		l.undo[i]()
	}
	l.undo, l.stack = nil, nil
	l.open = typeutil.Map{}
}

func (l *Lowerer) later(undo func()) { l.undo = append(l.undo, undo) }

func (l *Lowerer) lower(ctx context.Context, p *ssa.Package, serial int, entries []string) Chunk {
	l.chunk = &chunk{imports: map[string]bool{}, vars: map[string]bool{}, types: map[int]bool{}, made: map[string]bool{}, native: map[string]int{}}
	l.emitted, l.entries, l.tables, l.held = nil, map[*ssa.Function]bool{}, nil, map[*ssa.Alloc]bool{}
	var calls []string
	for _, fn := range l.initialisers(p) {
		calls = append(calls, l.funcName(fn)+"()")
	}
	for _, name := range entries {
		fn := p.Func(name)
		calls = append(calls, l.funcName(fn)+"()")
		l.entries[fn] = name != "main" // which a cell can call, too
	}
	for _, t := range l.carried { // their methods may be others
		if !types.IsInterface(t) {
			l.chunk.methods = append(l.chunk.methods, t)
		}
	}
	l.reflectAll()
	for len(l.chunk.work)+len(l.chunk.methods) > 0 {
		if ctx.Err() != nil {
			panic(stop{})
		}
		if len(l.chunk.work) > 0 {
			f := l.chunk.work[0]
			l.chunk.work = l.chunk.work[1:]
			l.chunk.starts = append(l.chunk.starts, len(l.chunk.code))
			l.emitted = append(l.emitted, f)
			l.function(f)
			continue
		}
		t := l.chunk.methods[0]
		l.chunk.methods = l.chunk.methods[1:]
		l.chunk.starts = append(l.chunk.starts, len(l.chunk.code))
		l.methodTable(t)
	}
	start := fmt.Sprintf("start%d", serial)
	var all []line
	add := func(s string) { all = append(all, line{text: s}) }
	add("package main")
	for _, d := range l.chunk.decls {
		add(d)
	}
	end := len(l.chunk.code)
	for _, begin := range slices.Backward(l.chunk.starts) { // function literals first
		all = append(all, l.chunk.code[begin:end]...)
		end = begin
	}
	add("func " + start + "() {")
	for _, c := range calls {
		add("\t" + c)
	}
	add("}")
	add("func init() {")
	for _, r := range l.chunk.register {
		add("\t" + r)
	}
	add("\trt.Loaded(" + start + ")")
	add("}")
	c := Chunk{Start: start, Vars: slices.Sorted(maps.Keys(l.chunk.vars)), Types: slices.Sorted(maps.Keys(l.chunk.types)), Imports: slices.Sorted(maps.Keys(l.chunk.imports)), Native: l.chunk.native}
	var b strings.Builder
	funcs := map[*ssa.Function]*Func{}
	for _, ln := range all {
		var place Place
		if fn := ln.fn; fn != nil {
			if funcs[fn] == nil {
				funcs[fn] = FuncOf(fn)
			}
			place = Place{ln.pos, funcs[fn]}
		}
		for _, s := range strings.Split(strings.TrimSuffix(ln.text, "\n"), "\n") {
			b.WriteString(s)
			b.WriteByte('\n')
			c.Lines = append(c.Lines, place)
		}
	}
	c.Source = b.String()
	l.chunk = nil
	return c
}

// VarPrefix is what the lowered names of the variables of cells begin with, and no others.
const VarPrefix = "G"

// StatementsName is the function that holds the statements of a cell.
const StatementsName = "run__"

func (l *Lowerer) emit(pos token.Pos, format string, a ...any) {
	l.chunk.code = append(l.chunk.code, line{text: fmt.Sprintf(format, a...), pos: pos})
}

func (l *Lowerer) declare(format string, a ...any) {
	l.chunk.decls = append(l.chunk.decls, fmt.Sprintf(format, a...))
}

func (l *Lowerer) register(format string, a ...any) {
	l.chunk.register = append(l.chunk.register, fmt.Sprintf(format, a...))
}

// use notes that the text refers to a compiled package and returns its name there.
func (l *Lowerer) use(p *types.Package) string {
	l.chunk.imports[p.Path()] = true
	return ImportName(p.Path())
}

// ImportName is the name by which lowered text refers to a compiled package.
func ImportName(path string) string {
	return "p_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
}

func (l *Lowerer) fresh() int {
	l.serial++
	return l.serial
}

// funcName is the lowered name of a function, which is queued to be emitted if it is new.
func (l *Lowerer) funcName(f *ssa.Function) string {
	if n, ok := l.funcs[f]; ok {
		return n
	}
	n := fmt.Sprintf("F%d_%s", l.fresh(), sanitize(f.Name()))
	l.setFunc(f, n)
	l.chunk.work = append(l.chunk.work, f)
	return n
}

func (l *Lowerer) setFunc(f *ssa.Function, name string) {
	l.funcs[f] = name
	l.later(func() { delete(l.funcs, f) })
}

func (l *Lowerer) global(g *ssa.Global) string {
	if n, ok := l.globals[g]; ok {
		l.chunk.vars[n] = true
		return n
	}
	at := l.at
	l.at = g.Pos() // if it fails, that is where
	t := elem(g.Type())
	if size := sizes.Sizeof(t); size > muchMemory && size > debug.SetMemoryLimit(-1) {
		panic(&Unsupported{What: fmt.Sprintf("a variable of %d bytes is more than there is room for", size)})
	}
	n := fmt.Sprintf("%s%d_%s", VarPrefix, l.fresh(), sanitize(g.Name()))
	l.globals[g] = n
	l.chunk.vars[n] = true
	l.later(func() { delete(l.globals, g) })
	l.declare("var %s %s", n, l.typ(t))
	l.chunk.made[n] = true
	l.at = at
	return n
}

// zeroVar is a variable of a lowered type that nothing assigns to.
func (l *Lowerer) zeroVar(t string) string {
	if n, ok := l.sigs[t]; ok {
		return n
	}
	n := fmt.Sprintf("Z%d", l.fresh())
	l.sigs[t] = n
	l.later(func() { delete(l.sigs, t) })
	l.declare("var %s %s", n, t)
	return n
}

func sanitize(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, s)
}

func elem(t types.Type) types.Type { return t.Underlying().(*types.Pointer).Elem() }

// AddAlias makes a package known that only holds variables of earlier cells under
// other names; [Lowerer.ShareGlobal] then gives them their storage.
func (l *Lowerer) AddAlias(p *types.Package) {
	l.bodies[p] = true
	l.prog.CreatePackage(p, nil, nil, false)
}
