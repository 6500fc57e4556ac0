package conformance

import (
	"container/list"

	"github.com/nascent-go/nascent/kernel/wire"
)

// inbox holds what has arrived on a channel until it is taken.
type inbox struct {
	order *list.List                 // of *wire.Message, as they came
	about map[string][]*list.Element // by the id of the request that they are about
	err   error                      // why nothing comes any more
}

func newInbox() *inbox {
	b := &inbox{}
	b.clear()
	return b
}

func (b *inbox) clear() { b.order, b.about = list.New(), map[string][]*list.Element{} }

func (b *inbox) put(m *wire.Message) {
	id := m.ParentID()
	b.about[id] = append(b.about[id], b.order.PushBack(m))
}

// next takes the oldest message; nil if there is none.
func (b *inbox) next() *wire.Message {
	first := b.order.Front()
	if first == nil {
		return nil
	}
	return b.nextAbout(first.Value.(*wire.Message).ParentID())
}

// nextAbout takes the oldest message about a request; nil if there is none.
func (b *inbox) nextAbout(id string) *wire.Message {
	waiting := b.about[id]
	if len(waiting) == 0 {
		return nil
	}
	first := waiting[0]
	if b.about[id] = waiting[1:]; len(waiting) == 1 {
		delete(b.about, id)
	}
	b.order.Remove(first)
	return first.Value.(*wire.Message)
}
