package errors

import (
	"errors"
	"fmt"
	"testing"
)

type coded int

func (c coded) Error() string { return fmt.Sprint("code ", int(c)) }

type actsAs struct{ error }

func (actsAs) As(target any) bool {
	p, ok := target.(*coded)
	if ok {
		*p = 9
	}
	return ok
}

func TestAsType(t *testing.T) {
	plain := errors.New("plain")
	for _, err := range []error{
		nil, plain, coded(1), fmt.Errorf("a: %w", coded(2)), errors.Join(plain, fmt.Errorf("b: %w", coded(3))),
		errors.Join(plain, plain), actsAs{plain}, fmt.Errorf("%w and %w", plain, actsAs{plain}),
	} {
		want, wantOK := errors.AsType[coded](err)
		if got, ok := AsType[coded](err); got != want || ok != wantOK {
			t.Errorf("AsType(%v) = %d, %t; want %d, %t", err, got, ok, want, wantOK)
		}
	}
}
