package cell

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Files completes the name of a file, relative to the working directory. What is
// offered goes on in place of path; a folder's name ends in a separator.
func Files(path string) []CompletionItem {
	dir, prefix := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil
	}
	var items []CompletionItem
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, prefix) || prefix == "" && name[0] == '.' {
			continue
		}
		kind := "file"
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			name += string(filepath.Separator)
			kind = "folder"
		}
		items = append(items, CompletionItem{Text: dir + name, Type: kind})
	}
	return items
}

// completeFile completes the name of a file in a string whose content begins at an offset.
// Go knows no ~, so that one becomes the user's home.
func completeFile(src string, from, pos int) Completion {
	out := Completion{Start: from, End: pos}
	raw := src[from-1] == '`'
	path := src[from:pos]
	if !raw {
		var err error
		if path, err = strconv.Unquote(`"` + path + `"`); err != nil {
			return out
		}
	}
	if strings.HasPrefix(path, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			path = home + path[1:]
		}
	}
	out.Items = Files(path)
	if !raw {
		for i := range out.Items {
			quoted := strconv.Quote(out.Items[i].Text)
			out.Items[i].Text = quoted[1 : len(quoted)-1]
		}
	}
	return out
}
