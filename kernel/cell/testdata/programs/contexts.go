// Keys and values of contexts.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type key int
type skey struct{ n string }
type myctx struct{ context.Context }

func (m myctx) Value(k any) any {
	if k == key(9) {
		return "nine"
	}
	return m.Context.Value(k)
}

type val struct{ a int }

func main() {
	ctx := context.WithValue(context.Background(), key(1), "one")
	ctx = context.WithValue(ctx, skey{"a"}, val{3})
	ctx = context.WithValue(ctx, "str", []int{1})
	fmt.Println(ctx.Value(key(1)), ctx.Value(1), ctx.Value(skey{"a"}), ctx.Value(skey{"b"}), ctx.Value("str"))
	v, ok := ctx.Value(skey{"a"}).(val)
	fmt.Println(v, ok)
	var c context.Context = myctx{ctx}
	c2, cancel := context.WithCancelCause(c)
	fmt.Println(c2.Value(key(9)), c2.Value(key(1)))
	cancel(myErr{"why"})
	<-c2.Done()
	fmt.Println(c2.Err(), context.Cause(c2), context.Cause(c2) == error(myErr{"why"}))
	_, isMy := context.Cause(c2).(myErr)
	fmt.Println(isMy)
	c3, cc := context.WithTimeoutCause(c, time.Millisecond, myErr{"late"})
	defer cc()
	<-c3.Done()
	fmt.Println(c3.Err(), context.Cause(c3))
	var me myErr
	fmt.Println(errors.As(context.Cause(c3), &me), me.s)
	stop := context.AfterFunc(c3, func() { fmt.Println("after"); ch <- 1 })
	<-ch
	fmt.Println(stop())
	fmt.Println(ctx)
	c4 := context.WithoutCancel(c3)
	fmt.Println(c4.Err(), c4.Value(key(9)))
	d, has := c3.Deadline()
	fmt.Println(!d.IsZero(), has)
}

var ch = make(chan int, 1)

type myErr struct{ s string }

func (e myErr) Error() string { return e.s }
