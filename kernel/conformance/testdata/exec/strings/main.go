// Strings, bytes, runes, builders, templates of text and regular expressions.
package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"text/template"
	"unicode"
	"unicode/utf8"
)

func reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

type item struct {
	Name  string
	Price float64
	Tags  []string
}

func main() {
	s := "Größe, 世界!"
	fmt.Println(len(s), utf8.RuneCountInString(s), reverse(s), strings.ToUpper(s), s[2:4])
	for i, r := range "aé\xff" {
		fmt.Print(i, ":", string(r), "/", r, " ")
	}
	fmt.Println()
	fmt.Println(strings.Split("a,b,,c", ","), strings.Fields("  a  b "), strings.Repeat("ab", 3), strings.Title("go")) //nolint
	before, after, found := strings.Cut("key=value=x", "=")
	fmt.Println(before, after, found, strings.TrimFunc("123abc456", unicode.IsDigit), strings.EqualFold("Go", "GO"))
	fmt.Println(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, "a b\tc"), strings.NewReplacer("a", "1", "b", "2").Replace("abcab"))
	var b strings.Builder
	for i := 3; i > 0; i-- {
		fmt.Fprintf(&b, "%d…", i)
	}
	b.WriteString("go")
	fmt.Println(b.String(), b.Len())
	buf := bytes.NewBufferString("line one\nline two\n")
	line, err := buf.ReadString('\n')
	fmt.Printf("%q %v %q\n", line, err, buf.Bytes())
	bs := []byte("hello")
	copy(bs[1:], "EY")
	bs = append(bs, " wörld"...)
	fmt.Println(string(bs), bytes.Contains(bs, []byte("Yl")), string(bs[:2]) == "hE")
	re := regexp.MustCompile(`(\w+)@(\w+)\.com`)
	fmt.Println(re.FindStringSubmatch("mail bob@example.com now"), re.ReplaceAllString("a@b.com, c@d.com", "$2:$1"))
	fmt.Println(re.ReplaceAllStringFunc("a@b.com", strings.ToUpper))
	n, err := strconv.ParseInt("zz", 36, 16)
	fmt.Println(n, err, strconv.Quote("tab\t\"q\" ☺\x00"), strconv.FormatFloat(1.0/3, 'g', 5, 64))
	_, err = strconv.ParseInt("99999", 10, 16)
	fmt.Println(err)
	tmpl := template.Must(template.New("t").Funcs(template.FuncMap{"join": strings.Join}).Parse(
		"{{range $i, $x := .}}{{$i}}. {{.Name | printf \"%-6s\"}} {{len .Name}} {{printf \"%.2f\" .Price}}{{if .Tags}} [{{join .Tags \", \"}}]{{end}}\n{{end}}"))
	if err := tmpl.Execute(os.Stdout, []item{{"tea", 2.5, nil}, {"cake", 3, []string{"sweet", "big"}}}); err != nil {
		fmt.Println(err)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "a\tbbb\tc\t")
	fmt.Fprintln(w, "aaaa\tb\tccccc\t")
	w.Flush()
	const raw = `a\n
b`
	fmt.Println(raw, len(raw))
	for line := range strings.Lines("x\ny") {
		fmt.Printf("%q ", line)
	}
	for part := range strings.SplitSeq("1-2-3", "-") {
		fmt.Print(part, ";")
	}
	fmt.Println()
}
