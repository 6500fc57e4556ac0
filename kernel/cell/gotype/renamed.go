package gotype

import (
	"go/types"
	"slices"
)

// Renamed is a type with other declared types in place of those that as knows; as returns
// nil for the others. It is t itself if there are none of them in t.
func Renamed(t types.Type, as func(*types.Named) types.Type) types.Type {
	return renamer{as}.of(t)
}

type renamer struct{ as func(*types.Named) types.Type }

func (r renamer) of(t types.Type) types.Type {
	plain := types.Unalias(t)
	if now := r.plain(plain); now != plain {
		return now
	}
	return t // an alias stays one
}

// plain does it for what is no alias.
func (r renamer) plain(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Named:
		if now := r.as(t); now != nil {
			return now
		}
		args := make([]types.Type, t.TypeArgs().Len())
		for i := range args {
			args[i] = r.of(t.TypeArgs().At(i))
		}
		if same := slices.Equal(args, slices.Collect(t.TypeArgs().Types())); same {
			return t
		}
		now, err := types.Instantiate(nil, t.Origin(), args, false)
		if err != nil {
			return t
		}
		return now
	case *types.Pointer:
		return changed(t, t.Elem(), r.of(t.Elem()), func(e types.Type) types.Type { return types.NewPointer(e) })
	case *types.Slice:
		return changed(t, t.Elem(), r.of(t.Elem()), func(e types.Type) types.Type { return types.NewSlice(e) })
	case *types.Array:
		return changed(t, t.Elem(), r.of(t.Elem()), func(e types.Type) types.Type { return types.NewArray(e, t.Len()) })
	case *types.Chan:
		return changed(t, t.Elem(), r.of(t.Elem()), func(e types.Type) types.Type { return types.NewChan(t.Dir(), e) })
	case *types.Map:
		k, e := r.of(t.Key()), r.of(t.Elem())
		if k == t.Key() && e == t.Elem() {
			return t
		}
		return types.NewMap(k, e)
	case *types.Struct:
		fields, tags, same := make([]*types.Var, t.NumFields()), make([]string, t.NumFields()), true
		for i := range fields {
			f := t.Field(i)
			fields[i], tags[i] = f, t.Tag(i)
			if now := r.of(f.Type()); now != f.Type() {
				fields[i], same = types.NewField(f.Pos(), f.Pkg(), f.Name(), now, f.Embedded()), false
			}
		}
		if same {
			return t
		}
		return types.NewStruct(fields, tags)
	case *types.Signature:
		return r.signature(t)
	case *types.Interface:
		return r.inter(t)
	}
	return t
}

// changed is what of makes of a new element type, or t itself if it is the old one.
func changed(t, old, now types.Type, of func(types.Type) types.Type) types.Type {
	if now == old {
		return t
	}
	return of(now)
}

func (r renamer) signature(t *types.Signature) types.Type {
	params, results := r.tuple(t.Params()), r.tuple(t.Results())
	if params == t.Params() && results == t.Results() {
		return t
	}
	return types.NewSignatureType(nil, nil, nil, params, results, t.Variadic())
}

func (r renamer) tuple(t *types.Tuple) *types.Tuple {
	vars, same := make([]*types.Var, t.Len()), true
	for i := range vars {
		v := t.At(i)
		vars[i] = v
		if now := r.of(v.Type()); now != v.Type() {
			vars[i], same = types.NewParam(v.Pos(), v.Pkg(), v.Name(), now), false
		}
	}
	if same {
		return t
	}
	return types.NewTuple(vars...)
}

func (r renamer) inter(t *types.Interface) types.Type {
	var methods []*types.Func
	var embedded []types.Type
	same := true
	for m := range t.ExplicitMethods() {
		sig := r.signature(m.Signature()).(*types.Signature)
		if sig != m.Signature() {
			m, same = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), sig), false
		}
		methods = append(methods, m)
	}
	for e := range t.EmbeddedTypes() {
		now := r.of(e)
		same = same && now == e
		embedded = append(embedded, now)
	}
	if same {
		return t
	}
	return types.NewInterfaceType(methods, embedded).Complete()
}
