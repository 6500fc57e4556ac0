package svg

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestInline(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"prolog, doctype and comments go",
			`<?xml version="1.0"?><!DOCTYPE svg><!-- made by --><svg xmlns="http://www.w3.org/2000/svg" width="2"><rect/></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg" width="2"><rect></rect></svg>`},
		{"ids",
			`<svg id="a"><use href="#b"/><use xlink:href="#b"/><rect fill="url(#g)" style="clip-path:url('#c'); x: 1"/><a href="https://go.dev"/><g aria-labelledby="t u"/></svg>`,
			`<svg id="o1-a"><use href="#o1-b"></use><use xlink:href="#o1-b"></use><rect fill="url(#o1-g)" style="clip-path:url(#o1-c); x: 1"></rect>` +
				`<a href="https://go.dev"></a><g aria-labelledby="o1-t o1-u"></g></svg>`},
		{"text", `<svg><text>a &lt; b &amp; "c"</text></svg>`, `<svg><text>a &lt; b &amp; "c"</text></svg>`},
		{"attributes", `<svg data-x="a&quot;&lt;b" xml:space="preserve"/>`, `<svg data-x="a&quot;&lt;b" xml:space="preserve"></svg>`},
		{"scripts go", `<svg onload="x()"><script>alert(1)<g/></script><rect onclick="y()"/><a href=" JavaScript:z()"/></svg>`,
			`<svg><rect></rect><a></a></svg>`},
		{"rules",
			`<svg><style>.a, #b > rect{fill:url(#g)} /* } */ :root{--x:1} text[x="}"]{y:"}"}</style></svg>`,
			"<svg><style>#o1 .a,#o1 #o1-b &gt; rect{fill:url(#o1-g)}\n#o1 svg{--x:1}\n#o1 text[x=\"}\"]{y:\"}\"}\n</style></svg>"},
		{"light and dark",
			`<svg id="d1"><style><![CDATA[#d1 .f0{fill:#000}@media (prefers-color-scheme: dark){#d1 .f0{fill:#fff}}]]></style></svg>`,
			"<svg id=\"o1-d1\"><style>#o1 #o1-d1 .f0{fill:#000}\n@media (prefers-color-scheme: dark){#o1 #o1-d1 .f0{fill:#fff}\n}\n</style></svg>"},
		{"other at-rules",
			`<svg><style>@import "x.css"; @keyframes k{from{x:0}to{x:1}} .a:is(.b,.c){x:1} stray</style></svg>`,
			"<svg><style>@keyframes k{from{x:0}to{x:1}}\n#o1 .a:is(.b,.c){x:1}\n</style></svg>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Inline(tt.in, "o1")
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestInlineRefuses(t *testing.T) {
	for _, in := range []string{
		"", "no markup", "<html/>", "<svg>", "<svg></g>", "<svg/><svg/>", "<svg><g></svg></g>", `<svg a=b/>`, "<svg>&entity;</svg>",
		`<ns:svg xmlns:ns="http://www.w3.org/2000/svg"/>`,
	} {
		if got, err := Inline(in, "o1"); err == nil {
			t.Errorf("Inline(%q) = %q, want an error", in, got)
		}
	}
}

func FuzzInline(f *testing.F) {
	for _, s := range []string{
		`<svg id="a"><style>.a{b:c}@media x{.d{e:f}}</style></svg>`, "<svg><![CDATA[x]]></svg>", "<svg><style>a{", "<svg><style>{}}</style></svg>", "<svg><script/></svg>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out, err := Inline(in, "o1")
		if err != nil {
			return
		}
		if !strings.HasPrefix(out, "<svg") {
			t.Errorf("Inline(%q) = %q, want an svg element", in, out)
		}
		dec := xml.NewDecoder(strings.NewReader(out))
		for {
			token, err := dec.RawToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("Inline(%q) = %q: %v", in, out, err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "script" {
				t.Errorf("Inline(%q) = %q holds a script", in, out)
			}
		}
	})
}
