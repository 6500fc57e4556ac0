package kernels

import "regexp"

var entry = regexp.MustCompile(`\.entry\s+(\w+)`)

// Functions lists the device functions of PTX.
func Functions(ptx string) (names []string) {
	for _, e := range entry.FindAllStringSubmatch(ptx, -1) {
		names = append(names, e[1])
	}
	return names
}
