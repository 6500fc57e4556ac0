// Signals on channels of cells.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1, os.Interrupt)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	s := <-c
	fmt.Println("got", s, s == syscall.SIGUSR1)
	signal.Stop(c)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGUSR2)
	defer stop()
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR2)
	<-ctx.Done()
	fmt.Println(ctx.Err())
	d := make(chan os.Signal, 3)
	signal.Notify(d, syscall.SIGUSR1)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	select {
	case s := <-d:
		fmt.Printf("%T %v\n", s, s)
	}
	signal.Reset(syscall.SIGUSR1)
}
