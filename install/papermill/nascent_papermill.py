"""Lets papermill set the parameters of Go notebooks, as nascent run -p does.

papermill loads engines that other packages name, but no translators. So this
module is named as an engine, which it does not have, and registers a translator
for Go when papermill loads it.
"""

engine = None  # before the imports, as papermill may ask for it during them

import math
import re
import threading
import weakref
from typing import NamedTuple

from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+)
    | (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<end>[\n;])
    | (?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)
    | (?P<rune>'(?:\\.|[^'\\\n])+')
    | (?P<word>\d[\w.]*|\w+)
    | (?P<mark>[:=!<>]=|\+\+|--|.)""",
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = frozenset(
    "break case chan const continue default defer else fallthrough for func go goto if import interface map package"
    " range return select struct switch type var".split()
)
COMPARISONS = frozenset(("==", "!=", "<", ">", "<=", ">=", "&", "|"))
ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\", '"': r"\""}


class Token(NamedTuple):
    kind: str
    text: str


class Declared(NamedTuple):
    """A name that the cell tagged parameters declares."""

    constant: bool
    type: str  # empty if one does not see it
    value: str
    help: str


def is_name(word):
    return word.isidentifier() and word not in KEYWORDS and word != "_"


def tokens(source):
    return [Token(m.lastgroup, m.group()) for m in TOKEN.finditer(source)]


def words(part):
    return [t for t in part if t.kind not in ("space", "comment", "end")]


def source(part):
    return "".join(t.text for t in part if t.kind not in ("comment", "end")).strip()


def split(part, separates):
    """Splits tokens at those outside of brackets that separates(token, tokens before it) picks."""
    parts, depth = [[]], 0
    for token in part:
        before = depth
        if token.kind == "mark":
            depth += (token.text in "([{") - (token.text in ")]}")
        if min(before, depth) <= 0 and separates(token, parts[-1]):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def at(mark):
    return lambda token, _: token.kind == "mark" and token.text == mark


def ends(token, before):
    """Whether a statement ends here, by Go's rule for semicolons."""
    if token.kind != "end" or token.text == ";":
        return token.kind == "end"
    last = words(before)[-1:]
    return not last or last[0].kind != "mark" or last[0].text in (")", "]", "}", "++", "--")


def declarations(cell):
    """What a cell declares at its top level, by name."""
    found = {}
    for statement in split(tokens(cell), ends):
        first, *rest = words(statement) or [None]
        if first is None:
            continue
        if first.text not in ("var", "const"):
            declare(found, statement, ":=", False)
            continue
        specs = [statement[statement.index(first) + 1 :]]
        if rest and rest[0].text == "(":
            opened = statement.index(rest[0])
            closed = len(statement) - 1 - statement[::-1].index(Token("mark", ")")) if Token("mark", ")") in rest else len(statement)
            specs = split(statement[opened + 1 : closed], ends)
        for spec in specs:
            declare(found, spec, "=", first.text == "const")
    return found


def declare(found, spec, mark, constant):
    """Adds what a declaration or := declares."""
    left, *right = split(spec, at(mark))
    if mark == ":=" and not right:
        return
    names = [words(part) for part in split(left, at(","))]
    declared_type = source(names[-1] and left[left.index(names[-1][0]) + 1 :]) if mark == "=" else ""
    values = split(right[0], at(",")) if right else []
    comment = [t.text for t in spec if t.kind == "comment"][-1:]
    help = comment[0].strip("/* ") if comment else ""
    for i, name in enumerate(names):
        if not name or not is_name(name[0].text):
            continue
        value = values[i] if len(values) == len(names) else []
        found[name[0].text] = Declared(constant, declared_type or type_of(value), source(value), help)


def type_of(value):
    """The type of an expression, if it is written there."""
    operands = [words(part) for part in split(value, at("+"))]
    if any(len(o) == 1 and o[0].kind == "text" for o in operands):
        compared = any(len(p) > 1 for p in (split(value, lambda t, _: t.text in COMPARISONS),))
        return "" if compared else "string"
    kind = source(split(value, at("{"))[0])
    return kind if re.fullmatch(r"(\[\w*\]|map\[[\w.]+\])+\*?[\w.]+", kind) and source(value) != kind else ""


def is_expression(text):
    """Whether a text could be one Go expression, as far as its tokens tell."""
    part = tokens(text)
    depth, operand = 0, False
    for token in words(part):
        if token.kind == "mark":
            depth += (token.text in "([{") - (token.text in ")]}")
        two = operand and token.kind != "mark"
        if depth < 0 or two or token.text in (":=", "=", '"', "`", "'"):
            return False
        operand = token.kind != "mark" or token.text in (")", "}")
    return depth == 0 and bool(words(part)) and len(split(part, ends)) == 1


def quote(text):
    """A text as Go's strconv.Quote writes it."""

    def escaped(char):
        n = ord(char)
        if char in ESCAPES:
            return ESCAPES[char]
        if char.isprintable():
            return char
        if n < 0x20 or n == 0x7F:
            return f"\\x{n:02x}"
        if 0xD800 <= n < 0xE000:  # half of a pair
            return r"\ufffd"
        return f"\\u{n:04x}" if n < 0x10000 else f"\\U{n:08x}"

    return '"' + "".join(map(escaped, text)) + '"'


def common_type(values):
    """The Go type that holds all of some values."""
    if values and all(isinstance(v, (list, tuple)) for v in values):
        return "[]" + common_type([x for v in values for x in v])
    if values and all(isinstance(v, dict) for v in values):
        keys = "int" if all(type(k) is int for v in values for k in v) and any(values) else "string"
        return f"map[{keys}]" + common_type([x for v in values for x in v.values()])
    kinds = {type(v) for v in values}
    if kinds == {int, float}:
        return "float64"
    return {bool: "bool", int: "int", float: "float64", str: "string"}.get(kinds.pop(), "any") if len(kinds) == 1 else "any"


def literal(value, go_type, elided=False):
    """A value as Go. An empty type is one that is not known, but no text."""
    if value is None:
        return "nil"
    if isinstance(value, (list, tuple, dict)):
        outer = re.match(r"map\[[\w.]+\]|\[\w*\]" if isinstance(value, dict) else r"\[\w*\]", go_type)
        if not outer or isinstance(value, dict) != outer.group().startswith("map"):
            go_type, elided = common_type([value]), False
            outer = re.match(r"(map)?\[\w*\]", go_type)
        inner = go_type[outer.end() :]
        parts = [literal(v, inner, elided=True) for v in (value.values() if isinstance(value, dict) else value)]
        if isinstance(value, dict):
            key_type = outer.group()[4:-1]
            parts = [f"{literal(k, key_type)}: {part}" for k, part in zip(value, parts)]
        return ("" if elided else go_type) + "{" + ", ".join(parts) + "}"
    if go_type == "string":
        return quote(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "math.NaN()" if math.isnan(value) else f"math.Inf({1 if value > 0 else -1})"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str) and go_type not in ("any", "interface{}") and is_expression(value):
        return value  # such as 3*time.Second
    return quote(str(value))


class GoTranslator(Translator):
    """Writes the cell that sets parameters: by = what the cell tagged parameters declares, by := what is new."""

    def __init__(self):
        self.last = threading.local()

    def inspect(self, parameters_cell):
        """What the cell declares. papermill asks for this before it asks for the cell that sets values."""
        self.last.cell = weakref.ref(parameters_cell)
        return [Parameter(n, d.type or "None", d.value, d.help) for n, d in declarations(parameters_cell["source"]).items()]

    def codify(self, parameters, comment="Parameters"):
        cell = getattr(self.last, "cell", lambda: None)()
        self.last.cell = lambda: None
        declared = declarations(cell["source"]) if cell else {}
        lines = [f"// {comment}"]
        for name, value in sorted(parameters.items()):
            if not is_name(name):
                raise PapermillException(f"parameter {name!r}: this is no name of a Go variable")
            known = declared.get(name)
            if known:
                lines.append(("const " if known.constant else "") + f"{name} = {literal(value, known.type)}")
            elif value is None:
                lines.append(f"var {name} any")
            else:
                lines.append(f"{name} := {literal(value, 'string' if isinstance(value, str) else '')}")
        return "\n".join(lines)


papermill_translators.register("go", GoTranslator())
