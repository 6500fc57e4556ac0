package space

// Morpher is a space whose architectures become one another by small steps that lead
// away from the one of First, such as morph.Space.
type Morpher interface {
	Space
	// Morphs lists what a complete genotype becomes by one step more; nothing if it
	// takes no more.
	Morphs(g Genotype) ([]Genotype, error)
}
