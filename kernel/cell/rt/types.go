package rt

import (
	"go/types"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// Type is what is known of a type whose values lowered code keeps erased. A Type
// doesn't change: a redeclaration or a new method makes a new one.
type Type struct {
	T types.Type
	R reflect.Type   // of a raw type: one whose values are not boxed; else nil
	M map[string]any // methods: name → func(receiver interface{}, arguments…) results, all lowered
}

// desc is the identity of a type: what Boxed values point to.
type desc struct {
	r   *Runtime
	id  int
	cur atomic.Pointer[Type]

	str  atomic.Pointer[typeName]
	impl atomic.Pointer[implCache]

	parts []*desc // of a forgotten type: those of what it is built from, which are there as long as it is
}

// implCache remembers what implements an interface: *desc or reflect.Type → bool.
type implCache struct {
	epoch int64
	m     sync.Map
}

func (d *desc) typ() types.Type         { return d.cur.Load().T }
func (d *desc) method(name string) any  { return d.cur.Load().M[name] }
func (d *desc) under() types.Type       { return d.typ().Underlying() }
func (d *desc) methods() map[string]any { return d.cur.Load().M }

// String is the type's name, as reflect would write it.
func (d *desc) String() string {
	t, epoch := d.cur.Load().T, d.r.types.epoch.Load()
	if n := d.str.Load(); n != nil && n.t == t && n.epoch == epoch {
		return n.text
	}
	n := &typeName{t, epoch, d.r.typeString(t)}
	d.str.Store(n)
	return n.text
}

// typeName is the name that a type had at a time.
type typeName struct {
	t     types.Type
	epoch int64
	text  string
}

// slot holds a descriptor, but not one that is forgotten: that is there as long as
// something else holds it.
type slot struct {
	d    *desc
	weak weak.Pointer[desc]
}

func (s slot) desc() *desc {
	if s.d != nil {
		return s.d
	}
	return s.weak.Value()
}

// typeTable holds the descriptors. Readers take a snapshot, without a lock.
type typeTable struct {
	all   atomic.Pointer[[]slot]
	epoch atomic.Int64 // counts what makes implCaches and names stale
	old   sync.Map     // weak.Pointer[types.TypeName] → the cell it is of

	mu     sync.Mutex
	byName map[string][]slot // type string → descriptors that may be of it
	found  atomic.Pointer[sync.Map]
}

func (tt *typeTable) init() {
	tt.all.Store(new([]slot))
	tt.found.Store(new(sync.Map))
	tt.byName = map[string][]slot{}
}

// AddType makes the descriptor of a type and returns its number. raw is the reflect
// type of a type whose values are not boxed, nil for others.
func (r *Runtime) AddType(t types.Type, raw reflect.Type) int {
	tt := &r.types
	tt.mu.Lock()
	defer tt.mu.Unlock()
	s := *tt.all.Load()
	d := &desc{r: r, id: len(s)}
	d.cur.Store(&Type{T: t, R: raw})
	// Appending may write behind the end of what readers hold, never into it.
	s = append(s, slot{d: d})
	tt.all.Store(&s)
	tt.index(d, t)
	return d.id
}

// index makes d the descriptor that find returns for t. tt.mu is held.
func (tt *typeTable) index(d *desc, t types.Type) {
	k := types.TypeString(t, nil)
	if !slices.Contains(tt.byName[k], slot{d: d}) {
		tt.byName[k] = append(tt.byName[k], slot{d: d})
	}
	tt.found.Store(new(sync.Map))
}

// Type is the present state of descriptor id.
func (r *Runtime) Type(id int) *Type { return r.desc(id).cur.Load() }

func (r *Runtime) desc(id int) *desc { return (*r.types.all.Load())[id].desc() }

// Hold is what keeps descriptors, forgotten or not: code that refers to them by number
// has to hold it.
func (r *Runtime) Hold(ids []int) any {
	held := make([]*desc, len(ids))
	for i, id := range ids {
		held[i] = r.desc(id)
	}
	return held
}

// Forget says that later code does not refer to some descriptors, nor to types that are
// built from theirs. They are there as long as a value or code holds them.
func (r *Runtime) Forget(ids []int) {
	if len(ids) == 0 {
		return
	}
	tt := &r.types
	for _, id := range ids {
		if d := r.desc(id); d != nil {
			d.parts = r.partsOf(d.typ())
		}
	}
	tt.mu.Lock()
	defer tt.mu.Unlock()
	all := slices.Clone(*tt.all.Load())
	forgotten := make(map[*desc]weak.Pointer[desc], len(ids))
	for _, id := range ids {
		if d := all[id].d; d != nil {
			forgotten[d] = weak.Make(d)
			all[id] = slot{weak: forgotten[d]}
		}
	}
	tt.all.Store(&all)
	for k, slots := range tt.byName {
		slots = slices.DeleteFunc(slots, func(s slot) bool { return s.desc() == nil })
		for i, s := range slots {
			if w, ok := forgotten[s.d]; ok {
				slots[i] = slot{weak: w}
			}
		}
		if tt.byName[k] = slots; len(slots) == 0 {
			delete(tt.byName, k)
		}
	}
	// What was found out about them holds them too.
	tt.found.Store(new(sync.Map))
	r.calls.implement.Clear()
	for _, s := range all {
		if d := s.desc(); d != nil {
			d.impl.Store(nil)
		}
	}
}

// partsOf are the descriptors of the types that a type is built from, and of pointers
// to them: printing a value calls the methods of what it holds.
func (r *Runtime) partsOf(t types.Type) (parts []*desc) {
	add := func(t types.Type) {
		if d := r.find(t); d != nil {
			parts = append(parts, d)
		}
	}
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		t = types.Unalias(t)
		if seen[t] {
			return
		}
		seen[t] = true
		if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "main" {
			add(types.NewPointer(n))
			walk(n.Underlying())
		}
		add(t)
		for _, p := range gotype.Parts(t) {
			walk(p)
		}
	}
	walk(t)
	return parts
}

// Reg sets a method of type id: a func whose first parameter is the receiver as an
// interface{}. Setting it again replaces it, for values that exist as well.
func (r *Runtime) Reg(id int, name string, fn any) {
	r.change(id, func(t *Type) {
		m := maps.Clone(t.M)
		if m == nil {
			m = map[string]any{}
		}
		m[name] = fn
		t.M = m
	})
}

// Replace makes t the type of descriptor id: it has been declared again with the
// same representation, so that the values of before are values of t.
func (r *Runtime) Replace(id int, t types.Type) {
	r.change(id, func(old *Type) { old.T = t })
	tt := &r.types
	tt.mu.Lock()
	tt.index(r.desc(id), t)
	tt.mu.Unlock()
	tt.epoch.Add(1)
}

// Retire says that a name now means something else than the type of a cell that it
// meant: values that exist keep the old type.
func (r *Runtime) Retire(o *types.TypeName, cell string) {
	tt := &r.types
	key := weak.Make(o)
	tt.old.Store(key, cell)
	runtime.AddCleanup(o, func(key weak.Pointer[types.TypeName]) { tt.old.Delete(key) }, key)
	tt.epoch.Add(1)
}

// oldMark is what stands behind the name of an old type.
func (r *Runtime) oldMark(o *types.TypeName) string {
	if cell, ok := r.types.old.Load(weak.Make(o)); ok {
		return OldMark(cell.(string))
	}
	return ""
}

// OldMark is what stands behind the name of a type that is declared anew.
func OldMark(cell string) string { return " (old, " + cell + ")" }

func (r *Runtime) change(id int, f func(*Type)) {
	r.types.mu.Lock()
	defer r.types.mu.Unlock()
	d := r.desc(id)
	t := *d.cur.Load()
	f(&t)
	d.cur.Store(&t)
}

// find is the newest descriptor of a type that is identical to t, nil if there is none.
func (r *Runtime) find(t types.Type) *desc {
	tt := &r.types
	found := tt.found.Load()
	if d, ok := found.Load(t); ok {
		return d.(*desc)
	}
	var d *desc
	tt.mu.Lock()
	for _, s := range tt.byName[types.TypeString(t, nil)] {
		if x := s.desc(); x != nil && types.Identical(x.typ(), t) {
			d = x
		}
	}
	tt.mu.Unlock()
	found.Store(t, d)
	return d
}

// implements remembers in interface descriptor it whether key (a *desc or a
// reflect.Type) implements it, as test says.
func (r *Runtime) implements(it *desc, key any, test func(*types.Interface) bool) bool {
	epoch := r.types.epoch.Load()
	c := it.impl.Load()
	if c == nil || c.epoch != epoch {
		c = &implCache{epoch: epoch}
		it.impl.Store(c)
	}
	if ok, hit := c.m.Load(key); hit {
		return ok.(bool)
	}
	iface, ok := it.under().(*types.Interface)
	ok = ok && test(iface)
	c.m.Store(key, ok)
	return ok
}
