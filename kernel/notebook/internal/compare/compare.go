// Package compare says whether two outputs of a notebook say the same: text to the
// letter, but for numbers, which may differ by rounding, and pictures by what they are
// made of.
package compare

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // formats of pictures
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// number is what a text has of numbers with a point or an exponent. Whole numbers are
// text: a count is right or wrong.
var number = regexp.MustCompile(`[-+]?(?:\d+\.\d*|\.\d+|\d+(?:\.\d*)?[eE][-+]?\d+)(?:[eE][-+]?\d+)?`)

// Text compares two texts, whose numbers may differ by a share of the larger. It says
// where they differ first; "" if they don't.
func Text(stored, now string, tolerance float64) string {
	if stored == now {
		return ""
	}
	a, b := strings.Split(stored, "\n"), strings.Split(now, "\n")
	for i := range min(len(a), len(b)) {
		if !line(a[i], b[i], tolerance) {
			return fmt.Sprintf("line %d: %s", i+1, both(a[i], b[i]))
		}
	}
	if len(a) != len(b) {
		more, what := a, "no longer there"
		if len(b) > len(a) {
			more, what = b, "new"
		}
		i := min(len(a), len(b))
		return fmt.Sprintf("line %d: %s is %s", i+1, quote(more[i]), what)
	}
	return ""
}

// line compares two lines.
func line(a, b string, tolerance float64) bool {
	if a == b {
		return true
	}
	if number.ReplaceAllString(a, "#") != number.ReplaceAllString(b, "#") {
		return false
	}
	p, q := number.FindAllString(a, -1), number.FindAllString(b, -1)
	for i := range p {
		if !near(p[i], q[i], tolerance, 0) {
			return false
		}
	}
	return true
}

// near says whether two numbers differ by no more than a share of the larger, or by an
// absolute amount.
func near(a, b string, relative, absolute float64) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return a == b
	}
	return math.Abs(x-y) <= max(relative*max(math.Abs(x), math.Abs(y)), absolute)
}

// both shows two texts that differ, from a little before where they do.
func both(stored, now string) string {
	same := 0
	for same < min(len(stored), len(now)) && stored[same] == now[same] {
		same++
	}
	from := max(0, same-most/2)
	for from > 0 && !utf8.RuneStart(stored[from]) {
		from--
	}
	before := ""
	if from > 0 {
		before = "…"
	}
	return fmt.Sprintf("stored %s, now %s", quote(before+stored[from:]), quote(before+now[from:]))
}

// most is how much of a text is shown.
const most = 100

func quote(s string) string {
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// How far what a picture is made of may lie from where it lay: in its own units, about a
// pixel, and as a share.
const (
	pixel = 1
	shift = 0.01
)

// figure is a number in what draws a picture.
var figure = regexp.MustCompile(`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`)

// SVG compares two pictures: the elements in their order, what is written, and where
// things lie to about a pixel. Names of elements are made for each picture and don't
// count.
func SVG(stored, now string, tolerance float64) string {
	if stored == now {
		return ""
	}
	a, errA := parts(stored)
	b, errB := parts(now)
	if err := errors.Join(errA, errB); err != nil {
		return Text(stored, now, tolerance)
	}
	for i := range min(len(a), len(b)) {
		p, q := a[i], b[i]
		switch {
		case p.name != q.name:
			return fmt.Sprintf("part %d of the picture: stored %s, now %s", i+1, p, q)
		case p.name == "" && !line(p.text, q.text, tolerance):
			return "what the picture says: " + both(p.text, q.text)
		case p.name != "" && !drawn(p.text, q.text):
			return fmt.Sprintf("part %d of the picture, a %s: %s", i+1, p.name, both(p.text, q.text))
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("the picture has %d parts, and had %d", len(b), len(a))
	}
	return ""
}

// part is an element with its attributes, or a text without name.
type part struct{ name, text string }

func (p part) String() string {
	if p.name == "" {
		return quote(p.text)
	}
	return p.name
}

// parts takes a picture apart.
func parts(svg string) ([]part, error) {
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = false
	var all []part
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			var attributes []string
			for _, a := range t.Attr {
				if a.Name.Local == "id" || a.Name.Local == "class" || strings.Contains(a.Value, "#") {
					continue
				}
				attributes = append(attributes, a.Name.Local+"="+a.Value)
			}
			all = append(all, part{t.Name.Local, strings.Join(attributes, " ")})
			if t.Name.Local == "style" {
				if err := d.Skip(); err != nil {
					return nil, err
				}
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); text != "" {
				all = append(all, part{"", text})
			}
		}
	}
}

// drawn says whether two lists of attributes draw about the same.
func drawn(a, b string) bool {
	if figure.ReplaceAllString(a, "#") != figure.ReplaceAllString(b, "#") {
		return false
	}
	p, q := figure.FindAllString(a, -1), figure.FindAllString(b, -1)
	for i := range p {
		if !near(p[i], q[i], shift, pixel) {
			return false
		}
	}
	return true
}

// Raster compares two images of pixels, in base64, by their size: what they show is in
// other forms of the output too, and encoders differ.
func Raster(stored, now string) string {
	if stored == now {
		return ""
	}
	a, errA := size(stored)
	b, errB := size(now)
	switch {
	case errA != nil:
		return fmt.Sprintf("the stored image can't be read: %v", errA)
	case errB != nil:
		return fmt.Sprintf("the image can't be read: %v", errB)
	case a != b:
		return fmt.Sprintf("the image was %d × %d pixels, and is %d × %d", a.X, a.Y, b.X, b.Y)
	}
	return ""
}

func size(data string) (image.Point, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		return image.Point{}, err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	return image.Pt(c.Width, c.Height), err
}
