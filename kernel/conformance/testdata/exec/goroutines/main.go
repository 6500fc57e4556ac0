// Workers that share a queue, a mutex, a wait group and a select.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

type job struct{ id, n int }

type result struct {
	id  int
	sum int
}

func worker(jobs <-chan job, out chan<- result, wg *sync.WaitGroup) {
	defer wg.Done()
	for j := range jobs {
		sum := 0
		for i := 1; i <= j.n; i++ {
			sum += i
		}
		out <- result{j.id, sum}
	}
}

func produce(ctx context.Context, out chan<- int) error {
	for i := 0; ; i++ {
		select {
		case out <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func main() {
	jobs, out := make(chan job), make(chan result, 4)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go worker(jobs, out, &wg)
	}
	go func() {
		for i := range 8 {
			jobs <- job{i, i * 10}
		}
		close(jobs)
		wg.Wait()
		close(out)
	}()
	sums := make([]int, 8)
	for r := range out {
		sums[r.id] = r.sum
	}
	fmt.Println(sums)

	ctx, cancel := context.WithCancel(context.Background())
	numbers, ended := make(chan int), make(chan error, 1)
	go func() { ended <- produce(ctx, numbers) }()
	for n := range numbers {
		if n == 5 {
			break
		}
	}
	cancel()
	err := <-ended
	fmt.Println(errors.Is(err, context.Canceled), err)

	var count atomic.Int64
	var mu sync.Mutex
	seen := map[int]bool{}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			count.Add(int64(i))
			mu.Lock()
			defer mu.Unlock()
			seen[i%7] = true
		})
	}
	all.Wait()
	fmt.Println(count.Load(), len(seen))

	var once sync.Once
	for range 3 {
		once.Do(func() { fmt.Println("once") })
	}
	select {
	case <-time.After(5 * time.Millisecond):
		fmt.Println("late")
	case v, ok := <-numbers:
		fmt.Println("not expected", v, ok)
	}
	var none chan int
	select {
	case v := <-none:
		fmt.Println(v)
	default:
		fmt.Println("nothing")
	}
}
