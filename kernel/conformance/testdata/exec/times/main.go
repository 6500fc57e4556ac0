// Time: durations, layouts, zones, arithmetic, timers.
package main

import (
	"fmt"
	"time"
)

type event struct {
	time.Time
	name string
}

func main() {
	t := time.Date(2024, time.February, 29, 13, 4, 5, 678e6, time.UTC)
	fmt.Println(t, t.Weekday(), t.YearDay(), t.Unix())
	fmt.Println(t.Format(time.RFC3339Nano), t.Format("Mon 2 Jan 2006, 3:04PM"), t.Format(time.Kitchen))
	fmt.Println(t.AddDate(1, 0, 0).Format(time.DateOnly), t.Add(36*time.Hour).Format(time.DateTime))
	u, err := time.Parse("2006-01-02 15:04", "2024-03-01 00:00")
	fmt.Println(u.Sub(t), err, u.After(t), t.Before(u), u.Equal(t))
	_, err = time.Parse(time.DateOnly, "2024-13-01")
	fmt.Println(err)
	d, err := time.ParseDuration("1h15m30.918s")
	fmt.Println(d, d.Round(time.Minute), d.Truncate(time.Hour), d.Seconds(), err)
	_, err = time.ParseDuration("soon")
	fmt.Println(err)
	zone := time.FixedZone("here", 2*60*60)
	fmt.Println(t.In(zone), t.In(zone).Equal(t))
	e := event{t, "leap"}
	fmt.Println(e.Year(), e.name, e.Month() == time.February, time.Time{}.IsZero())
	y, w := t.ISOWeek()
	fmt.Println(y, w, 3*time.Second+5*time.Millisecond, time.Duration(1<<63-1))

	start := time.Now()
	time.Sleep(3 * time.Millisecond)
	if e := time.Since(start); e < 3*time.Millisecond || e > 10*time.Second {
		fmt.Println("slept", e)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := range 3 {
		<-tick.C
		fmt.Print(i, " ")
	}
	done := make(chan string)
	time.AfterFunc(time.Millisecond, func() { done <- "fired" })
	fmt.Println(<-done)
	b, err := t.MarshalJSON()
	fmt.Println(string(b), err)
	for d := range 3 {
		day := time.Weekday(d)
		fmt.Print(day, " ")
	}
	fmt.Println()
}
