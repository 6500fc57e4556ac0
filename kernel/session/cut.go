package session

import (
	"fmt"

	"github.com/nascent-go/nascent/kernel/spill"
	"github.com/nascent-go/nascent/kernel/wire"
)

// cut is what was not sent because the cell had reached its limit.
type cut struct {
	text  int // bytes
	shows int
	kept  *spill.File // the text; nil: none yet, or the cell has no number to ask for it
}

// Spilled is what cell number has written beyond what was sent; false if there is nothing.
func (s *Session) Spilled(number int) (*spill.Rest, bool) { return s.opts.Spill.Open(number) }

// drop takes text that is not sent. The first time it says so.
func (o *output) drop(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	o.cut.text += len(text)
	if o.number > 0 {
		if o.cut.kept == nil {
			o.cut.kept = o.s.opts.Spill.Create(o.number)
		}
		o.cut.kept.Write(text)
	}
	return o.tellLimit()
}

// uncut begins anew, when the output is cleared.
func (o *output) uncut() {
	o.left = o.s.opts.OutputLimit
	kept := o.cut.kept
	if kept != nil {
		kept.Reset()
	}
	o.cut = cut{kept: kept}
}

// tellLimit says that the limit is reached, once.
func (o *output) tellLimit() error {
	if o.left < 0 {
		return nil
	}
	o.left = 0
	if err := o.flushLocked(); err != nil {
		return err
	}
	o.left = -1
	how := ""
	if o.number > 0 {
		how = fmt.Sprintf("; %%output %d FILE saves its text", o.number)
	}
	return o.note("\n[this cell has reached the limit of %s of output; what follows is not shown, until the output is cleared%s]\n",
		size(o.s.opts.OutputLimit), how)
}

// tellCut says at the end of the cell what was cut, and where it is.
func (o *output) tellCut() error {
	if o.cut.text == 0 && o.cut.shows == 0 {
		return nil
	}
	where := ""
	if o.cut.kept != nil {
		switch kept, dropped, why := o.cut.kept.Kept(); {
		case dropped == 0:
			where = fmt.Sprintf("; %%output %d FILE saves the text", o.number)
		case kept > 0:
			where = fmt.Sprintf("; %%output %d FILE saves the first %s of the text", o.number, size(int(kept)))
		case why != nil:
			where = fmt.Sprintf("; the text could not be kept: %v", why)
		}
	}
	return o.note("[not shown: %s of text and %d displays%s]\n", size(o.cut.text), o.cut.shows, where)
}

func (o *output) note(format string, args ...any) error {
	return o.s.publish(o.parent, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: fmt.Sprintf(format, args...)})
}

// size writes a number of bytes for people.
func size(n int) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.4g GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.4g KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
