package data

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Batches cuts a set into batches, in another order every epoch.
//
// An epoch shows every image once, in the least number of batches that a size
// allows. Their sizes differ by at most one image (1 079 images in batches of 64
// are 17 batches of 63 or 64), so that there is no small last batch whose moments
// would disturb batch normalisation.
type Batches struct {
	set   *Set
	size  int
	seed  uint64
	order []int
	x     []float32
	y     []int
	count int
	next  int
	last  int // images of the last batch

	augment *augmenter // nil: images are shown as they are
	partner []int      // with mixup, of the batch: labels of what is mixed in,
	own     []float32  // and the share of what it is mixed into
}

// NewBatches prepares batches of at most size images. The seed and the number of
// the epoch fix the order.
func NewBatches(s *Set, size int, sd uint64) (*Batches, error) {
	if s == nil {
		return nil, errNoSet
	}
	if s.Len() == 0 {
		return nil, fmt.Errorf("batches from %q, which holds no images", s.Name)
	}
	if size < 1 {
		return nil, fmt.Errorf("batches of %d images: a batch needs at least 1", size)
	}
	if size > s.Len() {
		return nil, fmt.Errorf("batches of %d images from %q, which holds only %d: choose a batch of at most %d or use more data",
			size, s.Name, s.Len(), s.Len())
	}
	b := &Batches{set: s, size: size, seed: sd, count: (s.Len() + size - 1) / size}
	b.order = make([]int, s.Len())
	b.x = make([]float32, size*s.Shape.Elems())
	b.y = make([]int, size)
	b.Start(1)
	return b, nil
}

// Count is the number of batches of an epoch.
func (b *Batches) Count() int { return b.count }

// Start begins the epoch with the given number. Its order depends on the seed and
// that number alone.
func (b *Batches) Start(epoch int) {
	for i := range b.order {
		b.order[i] = i
	}
	draw := seed.Stream(b.seed, "batches", strconv.Itoa(epoch))
	draw.Shuffle(len(b.order), func(i, j int) { b.order[i], b.order[j] = b.order[j], b.order[i] })
	b.next = 0
	if b.augment != nil {
		b.augment.start(epoch)
	}
}

// Skip goes past the next n batches of the epoch, or all that are left, as if Next had
// given them. It goes on with an epoch that was begun another time.
func (b *Batches) Skip(n int) { b.next = min(b.next+max(n, 0), b.count) }

// Augment has the images changed from now on, and begins epoch 1 again.
func (b *Batches) Augment(a Augment) error {
	g, err := newAugmenter(b.set, a, b.seed)
	if err != nil {
		return err
	}
	b.augment, b.partner, b.own = g, nil, nil
	if a.Mixup > 0 {
		b.partner, b.own = make([]int, b.size), make([]float32, b.size)
	}
	b.Start(1)
	return nil
}

// Next is the next batch of the epoch; ok is false when it has ended. The slices
// are used again by the following call.
func (b *Batches) Next() (x []float32, y []int, ok bool) {
	if b.next == b.count {
		return nil, nil, false
	}
	from := b.next * len(b.order) / b.count
	b.next++
	to := b.next * len(b.order) / b.count
	e := b.set.Shape.Elems()
	for i, j := range b.order[from:to] {
		b.y[i] = b.set.Y[j]
		if b.augment == nil {
			copy(b.x[i*e:(i+1)*e], b.set.Image(j))
			continue
		}
		partner, own := b.augment.image(b.x[i*e:(i+1)*e], j)
		if b.own != nil {
			b.partner[i], b.own[i] = partner, own
		}
	}
	b.last = to - from
	return b.x[:b.last*e], b.y[:b.last], true
}

// Mix is, for each image of the batch that Next gave last, the label of the image that
// mixup put into it, and the share that it has itself, 0 to 1. The loss that belongs to
// them is own·loss(y) + (1-own)·loss(partner). Without mixup both are nil. The slices are
// used again by the following Next.
func (b *Batches) Mix() (partner []int, own []float32) {
	if b.own == nil {
		return nil, nil
	}
	return b.partner[:b.last], b.own[:b.last]
}
