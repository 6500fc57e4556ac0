package main

import "fmt"

func helper() { fmt.Println("helper", recover()) }
func f()      { helper() }

type T struct{}

func (T) M()  { fmt.Println("M", recover()) }
func (*T) P() { helper() }

type I interface{ M() }
type E struct{ T }

func main() {
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		v := f
		defer v()
		panic(1)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		v := helper
		defer v()
		panic(2)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		var i I = E{}
		defer i.M()
		panic(3)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		defer E{}.M()
		panic(4)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		m := (&T{}).P
		defer m()
		panic(5)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		m := E{}.M
		defer m()
		panic(6)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		m := E.M
		defer m(E{})
		panic(7)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		defer func(f func()) { f() }(helper)
		panic(8)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		fs := []func(){func() { defer func() { fmt.Println("in", recover()) }(); helper(); panic("x") }}
		defer fs[0]()
		panic(9)
	}()
}

func rec[T any]() { fmt.Println("generic", recover()) }

type G[T any] struct{ x T }

func (g G[T]) M() { fmt.Println("G.M", recover()) }

func init() {
	defer func() { fmt.Println("outer", recover()) }()
	func() {
		defer rec[int]()
		panic(10)
	}()
	func() {
		defer G[int]{}.M()
		panic(11)
	}()
	func() {
		var i I = G[string]{}
		defer i.M()
		panic(12)
	}()
	func() {
		defer func() {
			for i := range 2 {
				fmt.Println(i, recover())
			}
		}()
		panic(13)
	}()
	func() {
		defer func() {
			for i := range seq {
				fmt.Println(i, recover())
			}
		}()
		panic(14)
	}()
}

func seq(yield func(int) bool) {
	_ = yield(1) && yield(2)
}
