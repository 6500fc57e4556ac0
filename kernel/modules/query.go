package modules

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Query is what [Get] is asked for.
type Query struct {
	Path    string // of a module, or of a package of one
	Version string // a version, the beginning of one, a branch or a commit; "latest" for the newest release
}

// ParseQuery reads a query: a path and, behind an @, a version; without that it is the newest release. An
// address as browsers and git have it, https://github.com/google/uuid.git, is taken for the path in it.
func ParseQuery(text string) (Query, error) {
	path, version, versioned := strings.Cut(text, "@")
	if _, after, ok := strings.Cut(path, "://"); ok {
		path = strings.TrimPrefix(after, "pkg.go.dev/")
	}
	path = strings.TrimSuffix(strings.TrimRight(path, "/"), ".git")
	q := Query{path, cmp.Or(version, "latest")}
	switch err := module.CheckImportPath(path); {
	case semver.IsValid(text):
		return q, fmt.Errorf("%s is no module: a version is written behind the module's path, MODULE@%[1]s", text)
	case err != nil:
		return q, fmt.Errorf("%q is no module or package: %w", text, err)
	case versioned && version == "":
		return q, fmt.Errorf("%q has no version behind its @: %s@latest is the newest", text, path)
	case versioned && !semver.IsValid(version) && semver.IsValid("v"+version):
		return q, fmt.Errorf("%s is no version, which begins with a v: %s@v%[1]s", version, path)
	case !strings.Contains(strings.Split(path, "/")[0], "."):
		return q, fmt.Errorf("%s can't be fetched: the path of a module begins with the name of a host, such as github.com; the standard library is built in, and https://pkg.go.dev/search?q=%[1]s finds modules", path)
	}
	return q, nil
}

// version finds the version of a module that a query means: a version, the beginning of
// one ("v1.2"), "latest", or a commit or branch that the proxy knows. It is
// errAbsent if there is no such module or version.
func (f *fetcher) version(ctx context.Context, mod, query string) (string, error) {
	if full := module.CanonicalVersion(query); full != "" && full == query {
		if err := module.Check(mod, query); err != nil {
			return "", fmt.Errorf("%s@%s: %w", mod, query, err)
		}
		m := module.Version{Path: mod, Version: query}
		if _, exists, err := f.moduleDir(m); err == nil && exists {
			return query, nil
		}
		if _, err := f.info(ctx, mod, versionFile(m, "info")); err != nil {
			return "", err
		}
		return query, nil
	}
	if query != "latest" && !semver.IsValid(query) {
		escaped, err := module.EscapeVersion(query)
		if err != nil {
			return "", fmt.Errorf("%s@%s: %q is no version", mod, query, query)
		}
		return f.info(ctx, mod, "@v/"+escaped+".info")
	}
	known, err := f.versions(ctx, mod)
	if err != nil {
		return "", err
	}
	commits := slices.DeleteFunc(slices.Clone(known), func(v string) bool { return !module.IsPseudoVersion(v) })
	known = slices.DeleteFunc(known, func(v string) bool { return !answers(v, query) })
	if len(known) > 0 && query == "latest" {
		known = f.withoutRetracted(ctx, mod, f.compatible(ctx, mod, known))
	}
	if best := newest(known); best != "" {
		return best, nil
	}
	if query != "latest" {
		return "", fmt.Errorf("module %s has no version %s: %w", mod, query, errAbsent)
	}
	last, err := f.info(ctx, mod, "@latest")
	if errors.Is(err, errAbsent) && len(commits) > 0 { // a proxy need not know it
		return newest(commits), nil
	}
	return last, err
}

// versions are those that a proxy lists.
func (f *fetcher) versions(ctx context.Context, mod string) (list []string, err error) {
	text, err := f.read(ctx, mod, "@v/list", maxGoMod)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && semver.IsValid(words[0]) && module.CheckPathMajor(words[0], major(mod)) == nil {
			list = append(list, words[0])
		}
	}
	return list, nil
}

// major is the end of a module's path that says of which major version it is, "/v2".
func major(mod string) string {
	_, major, _ := module.SplitPathVersion(mod)
	return major
}

// answers: a version is one that a query means.
func answers(version, query string) bool {
	if query == "latest" {
		return !module.IsPseudoVersion(version)
	}
	return strings.HasPrefix(version, query+".")
}

// newest is the highest release of a list or, if it has none, the highest version.
func newest(list []string) (best string) {
	for _, v := range list {
		if best == "" {
			best = v
			continue
		}
		released, was := semver.Prerelease(v) == "", semver.Prerelease(best) == ""
		if released && !was || released == was && semver.Compare(v, best) > 0 {
			best = v
		}
	}
	return best
}

// compatible leaves out versions from before the module had a go.mod that are higher than those with one
// (v2.0.0+incompatible), as the go command does.
func (f *fetcher) compatible(ctx context.Context, mod string, list []string) []string {
	good := slices.DeleteFunc(slices.Clone(list), func(v string) bool { return semver.Build(v) == "+incompatible" })
	if len(good) == 0 || len(good) == len(list) {
		return list
	}
	text, err := f.read(ctx, mod, versionFile(module.Version{Path: mod, Version: newest(good)}, "mod"), maxGoMod)
	if err != nil || strings.TrimSpace(string(text)) == "module "+modfile.AutoQuote(mod) { // which a proxy makes up where there is none
		return list
	}
	return good
}

// withoutRetracted leaves out versions that the newest one's go.mod takes back.
func (f *fetcher) withoutRetracted(ctx context.Context, mod string, list []string) []string {
	text, err := f.read(ctx, mod, versionFile(module.Version{Path: mod, Version: newest(list)}, "mod"), maxGoMod)
	if err != nil {
		return list // it is told when the version is fetched
	}
	last, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		return list
	}
	return slices.DeleteFunc(list, func(v string) bool {
		return slices.ContainsFunc(last.Retract, func(r *modfile.Retract) bool {
			return semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0
		})
	})
}

// info asks a proxy which version it has for something.
func (f *fetcher) info(ctx context.Context, mod, file string) (string, error) {
	text, err := f.read(ctx, mod, file, maxGoMod)
	if err != nil {
		return "", err
	}
	var answer struct{ Version string }
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", fmt.Errorf("asking for %s %s: the answer is no version: %w", mod, file, err)
	}
	if err := module.Check(mod, answer.Version); err != nil {
		return "", errors.New("asking for " + mod + " " + file + ": " + err.Error())
	}
	return answer.Version, nil
}
