// Package sql holds the generic types of package database/sql.
package sql

import (
	"database/sql/driver"

	"github.com/nascent-go/nascent/kernel/cell/library/internal/instance"
)

// Null is a value that may be missing.
type Null[T any] struct {
	V     T
	Valid bool
}

// Scan takes a value from the data base.
func (n *Null[T]) Scan(value any) error {
	if value == nil {
		n.V, n.Valid = *new(T), false
		return nil
	}
	n.Valid = true
	if v, ok := any(&n.V).(interface{ Scan(any) error }); ok {
		return v.Scan(value)
	}
	return instance.Assign(&n.V, value)
}

// Value gives the value to the data base.
func (n Null[T]) Value() (driver.Value, error) {
	if !n.Valid {
		return nil, nil
	}
	v := any(n.V)
	if valuer, ok := v.(driver.Valuer); ok {
		inner, err := valuer.Value()
		if err != nil {
			return inner, err
		}
		v = inner
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}
