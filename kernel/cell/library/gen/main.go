// Command gen writes the tables through which interpreted code reaches
// compiled packages.
//
//	go run ./kernel/cell/library/gen [-check] [-e] DIR...
//
// DIR is the folder of a Go package; its file packages.txt says which packages
// are to be in the tables (see config.go). What gen writes into DIR:
//
//	NAME_import_path.go   one table per package: constants, variables, functions, types, and a
//	                      wrapper per interface type, by which interpreted methods satisfy it
//	index.go              Table(path) and Data()
//	NAME.bin              the archive: export data, documentation, source (package archive)
//	api.sum               one line per package: a digest of its exported API
//
// NAME is the name of the folder. Types come from the export data of the
// installed tool chain (go list -export), never from the tables themselves, so
// gen works even while the tables don't compile.
//
// With -check nothing is written: gen compares the API of today with api.sum
// and fails if they differ. With -e packages that do not compile are left out
// with a warning; without it they are an error.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "compare with api.sum and write nothing")
	lenient := flag.Bool("e", false, "leave out packages that do not compile")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: gen [-check] [-e] DIR...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	status := 0
	for _, dir := range flag.Args() {
		if err := run(dir, *check, *lenient); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			status = 1
		}
	}
	os.Exit(status)
}

func run(dir string, check, lenient bool) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	conf, err := readConfig(filepath.Join(dir, "packages.txt"))
	if err != nil {
		return err
	}
	if check && conf.platformBound() && !conf.generatedHere(dir) {
		fmt.Printf("gen: no tables for %s in %s: nothing to check\n", platform(), dir)
		return nil
	}
	pkgs, err := load(dir, conf, lenient)
	if err != nil {
		return err
	}
	if check {
		return checkSums(dir, conf, pkgs)
	}
	return write(dir, conf, pkgs)
}
