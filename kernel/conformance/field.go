package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
)

// kind is what the value of a field must be.
type kind int

const (
	text     kind = iota
	name          // text that is not empty
	count         // a whole number, not negative
	whole         // a whole number
	number        // any number
	truth         // true or false
	object        // a JSON object
	texts         // a list of texts
	anything      // whatever JSON can say
	bundle        // MIME type → data
	date          // ISO 8601 with a time zone
	pairs         // a list of objects, or of lists: more is said by the message's own check
)

// field is one field of a JSON object.
type field struct {
	name     string
	kind     kind
	optional bool     // may be left out
	of       []string // the texts that are allowed; nil: any
}

func need(k kind, names ...string) []field { return fields(k, false, names) }
func may(k kind, names ...string) []field  { return fields(k, true, names) }

func fields(k kind, optional bool, names []string) []field {
	var list []field
	for _, n := range names {
		list = append(list, field{name: n, kind: k, optional: optional})
	}
	return list
}

func oneOf(name string, allowed ...string) []field { return []field{{name: name, of: allowed}} }

// checkFields says what is wrong with an object's fields. Those that are not
// listed are told by extra.
func checkFields(o map[string]any, fields []field, blame, extra func(string)) {
	known := map[string]bool{}
	for _, f := range fields {
		known[f.name] = true
		v, ok := o[f.name]
		switch {
		case !ok && !f.optional:
			blame(f.name + " is missing")
		case ok:
			if why := f.wrong(v); why != "" {
				blame(f.name + " " + why)
			}
		}
	}
	for n := range o {
		if !known[n] {
			extra(n + " is no field of it")
		}
	}
}

// wrong says what is wrong with a value; "" if it is right.
func (f field) wrong(v any) string {
	is := func(ok bool, what string) string {
		if ok {
			return ""
		}
		return fmt.Sprintf("is %s, not %s", short(v), what)
	}
	s, isText := v.(string)
	n, isNumber := v.(float64)
	switch f.kind {
	case text:
		if f.of != nil {
			return is(isText && slices.Contains(f.of, s), "one of "+strings.Join(f.of, ", "))
		}
		return is(isText, "a text")
	case name:
		return is(s != "", "a text that is not empty")
	case count:
		return is(isNumber && n >= 0 && n == math.Trunc(n), "a whole number that is not negative")
	case whole:
		return is(isNumber && n == math.Trunc(n), "a whole number")
	case number:
		return is(isNumber, "a number")
	case truth:
		_, ok := v.(bool)
		return is(ok, "true or false")
	case object:
		_, ok := v.(map[string]any)
		return is(ok, "an object")
	case texts:
		return is(allTexts(v), "a list of texts")
	case bundle:
		return wrongBundle(v)
	case date:
		_, err := time.Parse(time.RFC3339Nano, s)
		return is(isText && err == nil, "a date in ISO 8601 with a time zone")
	case pairs:
		_, ok := v.([]any)
		return is(ok, "a list")
	}
	return ""
}

func allTexts(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(e any) bool { _, isText := e.(string); return !isText })
}

var mimeType = regexp.MustCompile(`^[\w\-+.]+/[\w\-+.]+$`)

// wrongBundle says what is wrong with a MIME bundle: data other than JSON is text.
func wrongBundle(v any) string {
	data, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("is %s, not an object of MIME types", short(v))
	}
	for mime, d := range data {
		if !mimeType.MatchString(mime) {
			return fmt.Sprintf("has the key %q, which is no MIME type", mime)
		}
		isJSON := mime == "application/json" || strings.HasSuffix(mime, "+json")
		if _, isText := d.(string); !isText && !isJSON {
			return fmt.Sprintf("has %s for %s, not a text", short(d), mime)
		}
	}
	return ""
}

// short is a value as JSON, cut where it becomes long.
func short(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(text) > 80 {
		return string(text[:80]) + "…"
	}
	return string(text)
}
