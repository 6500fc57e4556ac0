package display

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"image"
	"image/draw"
	_ "image/jpeg" // JPEG reads the size of its image
	"image/png"
	"io"
	"math"
	"reflect"
	"regexp"
	"strings"
)

// Text returns a bundle of plain text. ANSI colours are shown as such.
func Text(s string) Bundle {
	return Bundle{Data: map[string]any{MIMEPlain: s}}
}

// Markdown returns a bundle of Markdown; its text form is the source.
func Markdown(s string) Bundle {
	return Bundle{Data: map[string]any{MIMEMarkdown: s, MIMEPlain: s}}
}

// LaTeX returns a bundle of LaTeX, such as "$$E = mc^2$$"; its text form is the source.
func LaTeX(s string) Bundle {
	return Bundle{Data: map[string]any{MIMELaTeX: s, MIMEPlain: s}}
}

// HTML returns a bundle of HTML; its text form is the text between the tags of
// at most the first 64 KiB.
// Scripts, styles and inline SVG are taken out of notebooks that come from
// somebody else and of pages such as GitHub's.
func HTML(s string) Bundle {
	return Bundle{Data: map[string]any{MIMEHTML: s, MIMEPlain: htmlText(s)}}
}

var (
	htmlHidden = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)\s*>|<!--.*?-->`)
	htmlBreak  = regexp.MustCompile(`(?i)</?(p|div|br|tr|li|h[1-6]|table|caption|pre|ul|ol)\b[^>]*>`)
	htmlTag    = regexp.MustCompile(`<[a-zA-Z/!][^>]*>`)
)

const htmlTextOf = 64 << 10 // bytes of HTML that are read for its text form

func htmlText(s string) string {
	more := ""
	if len(s) > htmlTextOf {
		s, more = strings.ToValidUTF8(s[:htmlTextOf], ""), "\n…"
	}
	s = htmlHidden.ReplaceAllString(s, "")
	s = htmlBreak.ReplaceAllString(s, "\n")
	s = html.UnescapeString(htmlTag.ReplaceAllString(s, " "))
	var lines []string
	for line := range strings.Lines(s) {
		if line = fold(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "html"
	}
	return strings.Join(lines, "\n") + more
}

// SVG returns a bundle of an SVG document. One that is not well-formed becomes
// a text that says where, because a front end would only show a broken image.
// An untrusted notebook shows the text form alone: a plot or a graph of this
// package carries a PNG as well.
func SVG(s string) Bundle {
	root, title, err := checkSVG(s)
	if err != nil {
		return Text("svg: " + err.Error())
	}
	text := "svg image"
	if root.w != "" && root.h != "" {
		text += ", " + root.w + " × " + root.h
	}
	if title != "" {
		text += ": " + title
	}
	return Bundle{Data: map[string]any{MIMESVG: s, MIMEPlain: text}}
}

type svgSize struct{ w, h string }

// checkSVG reads a document through and returns the size and title it names.
func checkSVG(s string) (size svgSize, title string, err error) {
	d := xml.NewDecoder(strings.NewReader(s))
	depth, root, inTitle := 0, false, false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, col := d.InputPos()
			return size, "", fmt.Errorf("not well-formed at line %d, column %d: %w", line, col, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if !root {
				if t.Name.Local != "svg" {
					return size, "", fmt.Errorf("the outermost element is <%s>; it must be <svg>", t.Name.Local)
				}
				for _, a := range t.Attr {
					switch a.Name.Local {
					case "width":
						size.w = a.Value
					case "height":
						size.h = a.Value
					}
				}
				root = true
			}
			depth++
			inTitle = depth == 2 && t.Name.Local == "title"
		case xml.EndElement:
			depth--
			inTitle = false
		case xml.CharData:
			if inTitle {
				title += oneLine(string(t))
			}
		}
	}
	if !root {
		return size, "", errors.New("there is no <svg> element")
	}
	return size, title, nil
}

// PNG returns a bundle of an encoded PNG image.
func PNG(data []byte) Bundle { return encodedImage(MIMEPNG, "png", data) }

// JPEG returns a bundle of an encoded JPEG image.
func JPEG(data []byte) Bundle { return encodedImage(MIMEJPEG, "jpeg", data) }

func encodedImage(mime, format string, data []byte) Bundle {
	c, got, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Text(fmt.Sprintf("%s: %s that can't be read as an image: %v", format, plural(len(data), "byte"), err))
	}
	if got != format {
		return Text(fmt.Sprintf("%s: the data are a %s image; use the constructor of that name", format, got))
	}
	b := Bundle{Data: map[string]any{
		mime:      base64.StdEncoding.EncodeToString(data),
		MIMEPlain: fmt.Sprintf("%s image, %d × %d", format, c.Width, c.Height),
	}}
	if c.Width > maxWidth {
		b.Metadata = map[string]any{mime: map[string]any{
			"width": maxWidth, "height": max(1, c.Height*maxWidth/c.Width),
		}}
	}
	return b
}

// Pixels below which an image is enlarged, how far, and pixels above which it isn't
// encoded.
const (
	smallImage   = 320
	mostEnlarged = 16
	largeImage   = 64 << 20
)

// Image returns a bundle of an image as PNG. Small ones (an 8 × 8 digit) are
// enlarged by a whole factor with sharp pixels, wide ones are shown 800 wide.
func Image(img image.Image) Bundle {
	if v := reflect.ValueOf(img); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return Text("image: nil")
	}
	r := img.Bounds()
	w, h := r.Dx(), r.Dy()
	text := fmt.Sprintf("image, %d × %d", w, h)
	if w <= 0 || h <= 0 {
		return Text(text + ": it has no pixels")
	}
	if w > largeImage/h {
		return Text(text + ": too large to be shown; draw a part of it, or scale it down")
	}
	if k := min(smallImage/max(w, h), mostEnlarged); k > 1 {
		img = enlarge(img, k)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return Text(text + ": can't be encoded: " + err.Error())
	}
	out := PNG(b.Bytes())
	out.Data[MIMEPlain] = text
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		// Black on transparent would vanish in a dark page.
		meta, _ := out.Metadata[MIMEPNG].(map[string]any)
		if meta == nil {
			meta = map[string]any{}
		}
		meta["needs_background"] = "light"
		out.Metadata = map[string]any{MIMEPNG: meta}
	}
	return out
}

// maxSheet is how many images a contact sheet shows.
const maxSheet = 64

// contactSheet shows images side by side in rows, each in a field of the same size.
func contactSheet(images []image.Image) Bundle {
	shown := images[:min(len(images), maxSheet)]
	w, h := 1, 1
	for _, img := range shown {
		w, h = max(w, img.Bounds().Dx()), max(h, img.Bounds().Dy())
	}
	const gap = 1
	columns := min(len(shown), max(1, maxWidth/(w+gap)), max(4, int(math.Ceil(math.Sqrt(float64(len(shown)))))))
	rows := (len(shown) + columns - 1) / columns
	text := fmt.Sprintf("%s of at most %d × %d", plural(len(images), "image"), w, h)
	if columns*(w+gap) > largeImage/(rows*(h+gap)) {
		return Text(text + ": too large to be shown together")
	}
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*(w+gap)-gap, rows*(h+gap)-gap))
	for i, img := range shown {
		at := image.Pt(i%columns*(w+gap), i/columns*(h+gap))
		draw.Draw(sheet, image.Rectangle{at, at.Add(img.Bounds().Size())}, img, img.Bounds().Min, draw.Src)
	}
	b := Image(sheet)
	if len(shown) < len(images) {
		text += fmt.Sprintf(", the first %d shown", len(shown))
	}
	b.Data[MIMEPlain] = text
	return b
}

// imagesOf are the images of a list, if it holds nothing else.
func imagesOf(v reflect.Value) []image.Image {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array || v.Len() == 0 || !v.CanInterface() {
		return nil
	}
	images := make([]image.Image, v.Len())
	for i := range images {
		e := v.Index(i)
		if (e.Kind() == reflect.Pointer || e.Kind() == reflect.Interface) && e.IsNil() {
			return nil
		}
		img, ok := e.Interface().(image.Image)
		if !ok {
			return nil
		}
		if r := reflect.ValueOf(img); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil
		}
		images[i] = img
	}
	return images
}

// enlarge repeats every pixel k × k times.
func enlarge(img image.Image, k int) image.Image {
	r := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, r.Dx()*k, r.Dy()*k))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			px, py := (x-r.Min.X)*k, (y-r.Min.Y)*k
			draw.Draw(out, image.Rect(px, py, px+k, py+k), image.NewUniform(img.At(x, y)), image.Point{}, draw.Src)
		}
	}
	return out
}

// JSON returns a bundle of a value as JSON, which JupyterLab shows as a tree;
// the text form is the indented source. What encoding/json refuses becomes a
// text that says why.
func JSON(v any) Bundle {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return Text(fmt.Sprintf("json: %T can't be written as JSON: %v", v, err))
	}
	return Bundle{Data: map[string]any{MIMEJSON: json.RawMessage(data), MIMEPlain: string(data)}}
}
