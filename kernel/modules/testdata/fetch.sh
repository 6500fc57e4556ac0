#!/bin/sh
# Fetches the modules of the tests from a module proxy, into proxy/ beside this file.
set -eu
cd "$(dirname "$0")"
get() { # MODULE VERSION KIND...
	dir=proxy/$1/@v
	mkdir -p "$dir"
	for kind in $3; do
		curl -sSf -o "$dir/$2.$kind" "https://proxy.golang.org/$1/@v/$2.$kind"
	done
	grep -qx "$2" "$dir/list" 2>/dev/null || echo "$2" >>"$dir/list"
}
get github.com/google/uuid v1.6.0 "info mod zip"
get github.com/samber/lo v1.39.0 "info mod zip"
get golang.org/x/exp v0.0.0-20220303212507-bbda1eaf7a17 "info mod zip"
get github.com/shopspring/decimal v1.4.0 "info mod zip"
get github.com/yuin/goldmark v1.8.7 "info mod zip"
get gopkg.in/yaml.v3 v3.0.1 "info mod zip"
get gopkg.in/check.v1 v0.0.0-20161208181325-20d25e280405 "info mod"

# What the go command records for a notebook that imports them.
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
proxy=file://$PWD/proxy
want=$PWD/want
mkdir -p "$want"
cd "$work"
cat >go.mod <<'M'
module notebook

go 1.26
M
cat >main.go <<'M'
package main

import (
	_ "github.com/google/uuid"
	_ "github.com/samber/lo"
	_ "github.com/shopspring/decimal"
	_ "github.com/yuin/goldmark"
	_ "gopkg.in/yaml.v3"
)

func main() {}
M
GOMODCACHE=$work/cache GOPROXY=$proxy GONOSUMDB='*' GOFLAGS=-modcacherw go get \
	github.com/google/uuid github.com/samber/lo github.com/shopspring/decimal github.com/yuin/goldmark gopkg.in/yaml.v3
cp go.sum "$want/five.sum"
