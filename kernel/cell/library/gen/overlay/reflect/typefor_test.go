package reflect

import (
	"reflect"
	"testing"
)

func TestTypeFor(t *testing.T) {
	if TypeFor[int]() != reflect.TypeFor[int]() || TypeFor[error]() != reflect.TypeFor[error]() {
		t.Error("TypeFor differs from the compiled one")
	}
	if v, ok := TypeAssert[int](reflect.ValueOf(3)); v != 3 || !ok {
		t.Errorf("TypeAssert of an int = %d, %t", v, ok)
	}
	if v, ok := TypeAssert[string](reflect.ValueOf(3)); v != "" || ok {
		t.Errorf("TypeAssert of an int to string = %q, %t", v, ok)
	}
}
