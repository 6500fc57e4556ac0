// Package modules finds packages of Go modules as source, and fetches modules.
//
// No Go tool chain is needed, but what it leaves behind is understood, and what this
// package leaves behind is the tool chain's: go.mod, go.sum and vendor as they are
// written by hand or by the go command, the module cache, and the variables GOMODCACHE,
// GOPATH, GOPROXY, GONOPROXY, GOPRIVATE, GOSUMDB, GONOSUMDB, GOWORK and GOFLAGS (of which -mod counts),
// in the environment or in the file that go env -w writes.
//
// # Which package an import means
//
// The module of a notebook is that of the working directory: its go.mod is the one in
// this folder or in the nearest one above it. With a [Resolver], an import path means,
// in this order,
//
//   - a folder of that module itself;
//   - a folder below vendor, if the module has vendor/modules.txt (and -mod is not mod);
//   - a folder of a module that go.mod requires, in the version that Go's minimal version
//     selection chooses, with replace and exclude as Go takes them. The module has to
//     be in the module cache, with the checksum that go.sum has.
//
// Without a go.mod, only what is in a vendor folder beside the notebook is found: a version
// that merely lies in the cache would be another one tomorrow, or elsewhere. [Get] makes a
// go.mod.
//
// A workspace (go.work, GOWORK) counts if it uses the notebook's module, or if the notebook has none: its
// modules are found in their folders, and what they require and replace counts as if the notebook's go.mod said
// so. Its vendor folder is not looked at.
//
// # Which files belong to a package
//
// Those that Go takes on this system, without cgo. The tags purego, noasm, appengine, safe
// and the like are set, so that variants in Go go before those in assembly and before
// those that look into the run time. Where that leaves functions without a body, the
// files for GOARCH=wasm, which hardly anybody writes assembly for, are tried too. What a package
// embeds (//go:embed) is read from its folder when it is initialised.
//
// # What is fetched
//
// Only [Get] uses the network. It speaks the module proxy protocol; a module that only
// its version control has (GOPROXY=direct, GOPRIVATE) is not fetched. What is not in go.sum is checked
// against the checksum database, as the go command does.
package modules
