package magic

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

func writefile() Command {
	return Command{
		Name: "writefile", Usage: "[-a] [-p] FILE", Aliases: []string{"file"}, Form: Whole, Least: 1, Most: 1,
		Short: "write the cell into a file",
		Long:  "~ in FILE is the home folder, $NAME a variable of the environment.",
		Setup: func(options *pflag.FlagSet) Runner {
			add := options.BoolP("append", "a", false, "add to what the file has")
			parents := options.BoolP("parents", "p", false, "make the folders that lack")
			return func(_ context.Context, c *Call) error {
				name, err := homely(c.Args[0])
				if err != nil {
					return fmt.Errorf("finding the home folder: %w", err)
				}
				if *parents {
					if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
						return fmt.Errorf("making the folder of %s: %w", name, err)
					}
				}
				what, flag := "wrote", os.O_TRUNC
				if _, err := os.Stat(name); err == nil {
					what = "overwrote"
				} else if !errors.Is(err, fs.ErrNotExist) {
					return err
				}
				if *add {
					what, flag = "added to", os.O_APPEND
				}
				if err := write(name, c.Body, flag); err != nil {
					return err
				}
				return c.Printf("%s %s\n", what, name)
			}
		},
		Complete: Files,
	}
}

// write writes a text and ends its last line.
func write(name, text string, flag int) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|flag, 0o666)
	if err != nil {
		return err
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
