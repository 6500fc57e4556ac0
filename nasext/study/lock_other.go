//go:build !unix

package study

import "os"

// tryLock can't lock here: two writers of one study find each other out when they store
// a trial of the same number.
func tryLock(*os.File) (bool, error) { return true, nil }
