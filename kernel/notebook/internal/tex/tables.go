package tex

// identifiers are commands for letters and things like letters.
var identifiers = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
	"theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
	"rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
	"Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
	"infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "emptyset": "∅", "varnothing": "∅", "hbar": "ℏ", "top": "⊤", "bot": "⊥",
	"Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "%": "%", "#": "#", "$": "$", "_": "_", "&": "&amp;",
}

// operators are commands for signs between and around things.
var operators = map[string]string{
	"cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "circ": "∘", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "star": "⋆",
	"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "approx": "≈", "equiv": "≡", "sim": "∼", "simeq": "≃",
	"propto": "∝", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "cup": "∪", "cap": "∩",
	"setminus": "∖", "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨",
	"to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "implies": "⇒", "Leftarrow": "⇐",
	"Leftrightarrow": "⇔", "iff": "⇔", "mapsto": "↦", "uparrow": "↑", "downarrow": "↓", "mid": "∣", "parallel": "∥", "perp": "⊥", "colon": ":",
	"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "lvert": "|", "rvert": "|", "vert": "|",
	"lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
	"triangleq": "≜", "prec": "≺", "preceq": "⪯", "succ": "≻", "succeq": "⪰", "therefore": "∴", "lt": "<", "gt": ">",
}

// large are operators that grow in a display.
var large = map[string]string{
	"sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂", "coprod": "∐",
}

// functions are names that are set upright.
var functions = map[string]string{
	"log": "log", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arctan": "arctan",
	"max": "max", "min": "min", "sup": "sup", "inf": "inf", "lim": "lim", "arg": "arg", "argmax": "arg max", "argmin": "arg min",
	"det": "det", "dim": "dim", "ker": "ker", "deg": "deg", "gcd": "gcd", "Pr": "Pr",
}

// limited are the functions whose indices stand below them in a display.
var limited = map[string]bool{
	"max": true, "min": true, "sup": true, "inf": true, "lim": true, "argmax": true, "argmin": true, "Pr": true, "det": true, "gcd": true,
}

var spaces = map[string]string{
	",": "0.17em", ":": "0.22em", ";": "0.28em", "!": "-0.17em", " ": "0.28em", "quad": "1em", "qquad": "2em", "thinspace": "0.17em",
}

var accents = map[string]string{
	"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙", "ddot": "¨",
}

// environment is how the rows of an environment are set.
type environment struct {
	class       string // of the table: align has its columns meet in pairs, cases has them begin at the left
	open, close string // what stands around it
}

var environments = map[string]environment{
	"align": {class: "align"}, "align*": {class: "align"}, "aligned": {class: "align"}, "split": {class: "align"},
	"equation": {}, "equation*": {}, "gather": {}, "gather*": {}, "matrix": {},
	"cases":   {class: "cases", open: "<mo>{</mo>"},
	"pmatrix": {open: "<mo>(</mo>", close: "<mo>)</mo>"},
	"bmatrix": {open: "<mo>[</mo>", close: "<mo>]</mo>"},
	"vmatrix": {open: "<mo>|</mo>", close: "<mo>|</mo>"},
}

// irregular are the letters of Unicode's mathematical alphabets that stand elsewhere.
var irregular = map[string]map[rune]rune{
	"mathbb":  {'C': 'ℂ', 'H': 'ℍ', 'N': 'ℕ', 'P': 'ℙ', 'Q': 'ℚ', 'R': 'ℝ', 'Z': 'ℤ', '1': '𝟙'},
	"mathcal": {'B': 'ℬ', 'E': 'ℰ', 'F': 'ℱ', 'H': 'ℋ', 'I': 'ℐ', 'L': 'ℒ', 'M': 'ℳ', 'R': 'ℛ', 'e': 'ℯ', 'g': 'ℊ', 'o': 'ℴ'},
}
