package data

import "fmt"

// Published is a set that is published with its own test images, so that everybody
// measures on the same ones.
type Published struct {
	Train, Test *Set
}

// Parts splits the training images into those to train on and those to choose
// architectures by, of which there are the fraction valid (above 0, below 1; 1/10 of
// CIFAR-10 is usual, DARTS takes 1/2). The split is that of Set.Split. All three parts
// are standardised by the moments of the first.
func (p Published) Parts(sd uint64, valid float64) (Parts, error) {
	if p.Train == nil || p.Test == nil {
		return Parts{}, errNoSet
	}
	if !(valid > 0 && valid < 1) {
		return Parts{}, fmt.Errorf("parts of %q: validation fraction %v; it has to be above 0 and below 1, such as 0.1", p.Train.Name, valid)
	}
	sets, err := p.Train.Split(sd, 1-valid, valid)
	if err != nil {
		return Parts{}, err
	}
	m := sets[0].Moments()
	test, err := p.Test.Standardise(m)
	if err != nil {
		return Parts{}, err
	}
	sets[0].standardise(sets[0].X, m)
	sets[1].standardise(sets[1].X, m)
	sets[0].Name, sets[1].Name = p.Train.Name, p.Train.Name+"/valid"
	return Parts{sets[0], sets[1], test}, nil
}
