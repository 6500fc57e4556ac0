package rt

import (
	"cmp"
	"reflect"
	"slices"
)

// Generic functions of the standard library are lowered from their source, which is slow
// where they loop. Those that matter are compiled here for slices of all ordered types,
// under names that lowering knows: the package, the function and the type of the
// elements. The order in which they compare and move elements is that of the source.

// Instance is the name of the instance of a function for slices of elem, "" if there is none.
func (r *Runtime) Instance(path, name, elem string) string {
	n := instanceName(path, name, elem)
	if !r.calls.instances[n].IsValid() {
		return ""
	}
	return n
}

func instanceName(path, name, elem string) string { return path + "_" + name + "_" + elem }

func instances() map[string]reflect.Value {
	m := map[string]reflect.Value{}
	instancesFor[int](m)
	instancesFor[int8](m)
	instancesFor[int16](m)
	instancesFor[int32](m)
	instancesFor[int64](m)
	instancesFor[uint](m)
	instancesFor[uint8](m)
	instancesFor[uint16](m)
	instancesFor[uint32](m)
	instancesFor[uint64](m)
	instancesFor[uintptr](m)
	instancesFor[float32](m)
	instancesFor[float64](m)
	instancesFor[string](m)
	return m
}

func instancesFor[E cmp.Ordered](m map[string]reflect.Value) {
	for fn, f := range map[string]any{
		"BinarySearch": slices.BinarySearch[[]E], "Compact": slices.Compact[[]E], "Contains": slices.Contains[[]E],
		"Equal": slices.Equal[[]E], "Index": slices.Index[[]E], "IsSorted": slices.IsSorted[[]E],
		"Max": slices.Max[[]E], "Min": slices.Min[[]E], "Reverse": slices.Reverse[[]E],
		"Sort": slices.Sort[[]E], "SortFunc": slices.SortFunc[[]E], "SortStableFunc": slices.SortStableFunc[[]E],
	} {
		m[instanceName("slices", fn, reflect.TypeFor[E]().String())] = reflect.ValueOf(f)
	}
}
