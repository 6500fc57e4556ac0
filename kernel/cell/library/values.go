package library

import (
	"go/constant"
	"go/token"
	"reflect"
)

// Values returns the symbols of a package by name, in the form that the
// interpreter wants: variables are addressable, types are nil pointers to them,
// untyped constants are constant.Values, and "_Name" is the type that carries
// an interpreted value as the interface Name. Generic functions and types have
// no value. It returns nil for a package that the library does not have.
//
// The map belongs to the library; use a copy to change it. The interpreter
// knows it as path + "/" + name: "math/rand/v2/rand".
func (l *Library) Values(path string) map[string]reflect.Value {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m, ok := l.values[path]; ok {
		return m
	}
	s := l.find(path)
	if s == nil {
		return nil
	}
	s.effect(path)
	rows := s.Table(path)
	m := make(map[string]reflect.Value, len(rows))
	for _, row := range rows {
		m[row.Name] = valueOf(row)
	}
	l.values[path] = m
	return m
}

// The kinds of symbols, as the command gen numbers them.
const (
	kindValue uint8 = iota
	kindVariable
	kindUntypedInt
	kindUntypedFloat
	kindUntypedString
)

func valueOf(s Symbol) reflect.Value {
	switch s.Kind {
	case kindVariable:
		return reflect.ValueOf(s.Value).Elem()
	case kindUntypedInt:
		return literal(s.Value, token.INT)
	case kindUntypedFloat:
		return literal(s.Value, token.FLOAT)
	case kindUntypedString:
		return literal(s.Value, token.STRING)
	default:
		return reflect.ValueOf(s.Value)
	}
}

// literal keeps an untyped constant exactly: it may not fit any type.
func literal(text any, tok token.Token) reflect.Value {
	s, _ := text.(string)
	neg := len(s) > 0 && s[0] == '-'
	if neg {
		s = s[1:]
	}
	v := constant.MakeFromLiteral(s, tok, 0)
	if neg {
		v = constant.UnaryOp(token.SUB, v, 0)
	}
	return reflect.ValueOf(v)
}
