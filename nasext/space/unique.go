package space

// Uniquer is a space that knows which of its genotypes make the same architecture,
// such as one where parts of a genotype may not matter. What is measured of one of them
// holds for all.
type Uniquer interface {
	Space
	// UniqueSize is the number of different architectures.
	UniqueSize() int
	// UniqueAt is a genotype of the architecture of a number, 0 to UniqueSize − 1.
	UniqueAt(index int) (Genotype, error)
	// UniqueIndex is the number of a complete genotype's architecture.
	UniqueIndex(g Genotype) (int, error)
}
