package tex

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestMathML(t *testing.T) {
	tests := []struct {
		tex     string
		display bool
		want    string // inside the outer mrow, or all of it
	}{
		{"a+12.5", false, "<mi>a</mi><mo>+</mo><mn>12.5</mn>"},
		{"x_i^2", false, "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"},
		{"x^12", false, "<msup><mi>x</mi><mn>1</mn></msup><mn>2</mn>"},
		{"a_{t-1:1}", false, "<msub><mi>a</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn><mo>:</mo><mn>1</mn></mrow></msub>"},
		{"f'", false, "<msup><mi>f</mi><mrow><mo>′</mo></mrow></msup>"},
		{`\displaystyle_1 f'^2`, false, "<msub><mrow></mrow><mn>1</mn></msub><msup><mi>f</mi><mrow><mo>′</mo><mn>2</mn></mrow></msup>"},
		{`\theta < \Omega`, false, "<mi>θ</mi><mo>&lt;</mo><mi>Ω</mi>"},
		{`\sum_{i}^n x`, true, "<munderover><mo>∑</mo><mrow><mi>i</mi></mrow><mi>n</mi></munderover><mi>x</mi>"},
		{`\sum_i x`, false, "<msub><mo>∑</mo><mi>i</mi></msub><mi>x</mi>"},
		{`\max_a Q`, true, "<munder><mi>max</mi><mi>a</mi></munder><mi>Q</mi>"},
		{`\int^1`, true, "<msup><mo>∫</mo><mn>1</mn></msup>"},
		{`\prod^n`, true, "<mover><mo>∏</mo><mi>n</mi></mover>"},
		{`\frac{a}2`, false, "<mfrac><mrow><mi>a</mi></mrow><mn>2</mn></mfrac>"},
		{`\sqrt[3]{x}\sqrt y`, false, "<mroot><mrow><mi>x</mi></mrow><mrow><mn>3</mn></mrow></mroot><msqrt><mi>y</mi></msqrt>"},
		{`\mathbb{E}[R]`, false, `<mi>𝔼</mi><mo stretchy="false">[</mo><mi>R</mi><mo stretchy="false">]</mo>`},
		{`\mathbb R\mathcal{L}\mathbf{wa}\boldsymbol{\theta}`, false, "<mi>ℝ</mi><mi>ℒ</mi><mi>𝐰𝐚</mi><mrow><mi>θ</mi></mrow>"},
		{`\text{a < b}\operatorname{softmax}`, false, `<mtext>a &lt; b</mtext><mi mathvariant="normal">softmax</mi>`},
		{`\hat y`, false, `<mover accent="true"><mi>y</mi><mo>^</mo></mover>`},
		{`\left(\frac12\right]\left.x\right|`, false,
			"<mrow><mo>(</mo><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac></mrow><mo>]</mo></mrow><mrow><mrow><mi>x</mi></mrow><mo>|</mo></mrow>"},
		{`\{a\}\,b~c`, false, `<mo>{</mo><mi>a</mi><mo>}</mo><mspace width="0.17em"></mspace><mi>b</mi><mspace width="0.28em"></mspace><mi>c</mi>`},
		{`\begin{cases}1 & x\\0\end{cases}`, true,
			"<mrow><mo>{</mo><mtable displaystyle=\"true\" class=\"cases\"><mtr><mtd><mrow><mn>1</mn></mrow></mtd><mtd><mrow><mi>x</mi></mrow></mtd></mtr><mtr><mtd><mrow><mn>0</mn></mrow></mtd></mtr></mtable></mrow>"},
		{`\begin{aligned} a \\ \end{aligned}`, true, "<mrow><mrow><mi>a</mi></mrow></mrow>"},
	}
	for _, tt := range tests {
		got, err := MathML(tt.tex, tt.display)
		if err != nil {
			t.Errorf("%s: %v", tt.tex, err)
			continue
		}
		if !strings.Contains(got, "<mrow>"+tt.want+"</mrow>") {
			t.Errorf("%s\n got %s\nwant %s", tt.tex, got, tt.want)
		}
	}
	got, err := MathML(`a<b`, true)
	if want := `<math display="block" alttext="a&lt;b">`; err != nil || !strings.HasPrefix(got, want) {
		t.Errorf("got %s, %v; want it to begin with %s", got, err, want)
	}
}

func TestMathMLRefuses(t *testing.T) {
	for tex, want := range map[string]string{
		`\unknown x`:             `\unknown is not known`,
		`x^`:                     "something is missing",
		`^2`:                     `nothing stands before "^"`,
		`{a`:                     "not closed",
		`a}`:                     "too much",
		`\frac{a}`:               "something is missing",
		`\left( a`:               `no \right`,
		`a \right)`:              "too much",
		`\left\alpha a\right)`:   "no bracket",
		`\begin{tikz}\end{tikz}`: "environment tikz",
		`\begin{cases} a`:        "too much",
		`\begin{cases} a\end{x}`: "not ended",
		`\text x`:                "in braces",
		`\mathbb{\alpha}`:        "is not known",
		`\mathrm{a^b}`:           "more than a word",
		`\sqrt[3`:                "not closed",
		`a_1_2`:                  "two indices",
		`a^1^2`:                  "two indices",
		"a\x01":                  "no text",
		`a # b`:                  "not understood",
		strings.Repeat("{", 200): "too deeply",
	} {
		if got, err := MathML(tex, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("MathML(%q) = %q, %v; want an error with %q", tex, got, err, want)
		}
	}
}

func FuzzMathML(f *testing.F) {
	for _, s := range []string{`\frac{a}{b}`, `x_1^{2'}`, `\begin{cases}a&b\\c\end{cases}`, `\left\{a\right.`, `\sqrt[\alpha]\mathbb R`, `\`, `\\`, `1.`, `٣`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tex string) {
		got, err := MathML(tex, true)
		if err != nil {
			return
		}
		dec := xml.NewDecoder(strings.NewReader(got))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("MathML(%q) = %s: %v", tex, got, err)
			}
		}
	})
}
