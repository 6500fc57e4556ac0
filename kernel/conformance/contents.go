package conformance

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

var protocolVersion = regexp.MustCompile(`^\d+\.\d+(\.\d+)?$`)

// languageFields are kernel_info_reply's language_info.
var languageFields = join(need(name, "name", "version", "mimetype", "file_extension"),
	may(text, "pygments_lexer", "nbconvert_exporter"), may(anything, "codemirror_mode"))

// firstFault collects the first fault that is told.
type firstFault struct{ text string }

func (f *firstFault) blame(s string) {
	if f.text == "" {
		f.text = s
	}
}

func checkInfo(c map[string]any) string {
	var f firstFault
	info, _ := c["language_info"].(map[string]any)
	checkFields(info, languageFields, func(s string) { f.blame("language_info: " + s) }, func(string) {})
	if ext, _ := info["file_extension"].(string); !strings.HasPrefix(ext, ".") {
		f.blame(fmt.Sprintf("language_info: file_extension %q has no dot", ext))
	}
	if v, _ := c["protocol_version"].(string); !protocolVersion.MatchString(v) {
		f.blame(fmt.Sprintf("protocol_version %q is no version such as 5.5", v))
	}
	links, _ := c["help_links"].([]any)
	for _, l := range links {
		link, _ := l.(map[string]any)
		checkFields(link, need(name, "text", "url"), func(s string) { f.blame("help_links: " + s) }, f.blame)
	}
	return f.text
}

// checkComplete checks that the metadata is parallel to the matches.
func checkComplete(c map[string]any) string {
	matches, _ := c["matches"].([]any)
	start, _ := c["cursor_start"].(float64)
	end, _ := c["cursor_end"].(float64)
	if start > end {
		return fmt.Sprintf("cursor_start %v is behind cursor_end %v", start, end)
	}
	metadata, _ := c["metadata"].(map[string]any)
	types, has := metadata["_jupyter_types_experimental"].([]any)
	if !has {
		return ""
	}
	if len(types) != len(matches) {
		return fmt.Sprintf("%d entries of _jupyter_types_experimental for %d matches", len(types), len(matches))
	}
	var f firstFault
	for i, t := range types {
		entry, _ := t.(map[string]any)
		checkFields(entry, join(need(text, "text", "type"), may(count, "start", "end"), may(text, "signature")), f.blame, f.blame)
		if entry["text"] != matches[i] {
			f.blame(fmt.Sprintf("entry %d of _jupyter_types_experimental is %s, the match %s", i, short(entry["text"]), short(matches[i])))
		}
	}
	return f.text
}

// payloads are the sources of payloads and what belongs to each.
func payloads() map[string][]field {
	return map[string][]field{
		"page":           join(need(bundle, "data"), need(count, "start")),
		"set_next_input": join(need(text, "text"), need(truth, "replace")),
		"edit_magic":     join(need(text, "filename"), need(count, "line_number")),
		"ask_exit":       need(truth, "keepkernel"),
	}
}

func checkExecuted(c map[string]any) string {
	var f firstFault
	list, _ := c["payload"].([]any)
	known := payloads()
	for _, p := range list {
		payload, _ := p.(map[string]any)
		source, _ := payload["source"].(string)
		if known[source] == nil {
			f.blame(fmt.Sprintf("payload has the unknown source %q", source))
			continue
		}
		checkFields(payload, append(need(name, "source"), known[source]...), func(s string) { f.blame("payload " + source + ": " + s) }, func(string) {})
	}
	values, _ := c["user_expressions"].(map[string]any)
	for n, v := range values {
		value, _ := v.(map[string]any)
		allowed := append(oneOf("status", wire.StatusOK), join(need(bundle, "data"), need(object, "metadata"))...)
		if value["status"] == wire.StatusError {
			allowed = append(oneOf("status", wire.StatusError), errorFields...)
		}
		checkFields(value, allowed, func(s string) { f.blame("user_expressions." + n + ": " + s) }, func(string) {})
	}
	return f.text
}

// checkHistory checks the entries: session, line and input, or input and output.
func checkHistory(c map[string]any) string {
	entries, _ := c["history"].([]any)
	for i, e := range entries {
		entry, _ := e.([]any)
		if len(entry) != 3 {
			return fmt.Sprintf("entry %d has %d parts, not 3", i, len(entry))
		}
		_, isNumber := entry[0].(float64)
		_, isLine := entry[1].(float64)
		_, isText := entry[2].(string)
		pair, _ := entry[2].([]any)
		if !isNumber || !isLine || !isText && len(pair) != 2 {
			return fmt.Sprintf("entry %d is %s, not session, line, and input or [input, output]", i, short(e))
		}
	}
	return ""
}
