# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes C sources in which every mutant is compiled in and one is switched on at run time.

A limit `9` becomes `(rst_mutant(7) ? 18 : rst_mutant(8) ? 4 : 9)`: one build serves all mutants. rst_mutant(N) also
notes that the place was reached, and for a comparison only that its outcome would have been another, so that a test
which cannot notice a mutant need not run with it.

Sources are read as tokens. The operands of an operator are found by the precedence of the tokens beside it, which is
enough for C as clang-format leaves it; whatever the C compiler must know when it compiles stays as it is.
"""
import re
from dataclasses import dataclass, field

PRELUDE = """\
extern unsigned char rst_mutant_reached[];
extern unsigned rst_mutant_chosen;
static inline int rst_mutant(unsigned number)
{
    rst_mutant_reached[number] = 1;
    return rst_mutant_chosen == number;
}
static inline int rst_mutant_if(unsigned number, int differs)
{
    rst_mutant_reached[number] |= differs;
    return rst_mutant_chosen == number;
}
"""

TOKEN = re.compile(r"""
    (?P<space>\s+|/\*.*?\*/|//[^\n]*)
  | (?P<line>\#(?:[^\n\\]|\\.)*)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<number>U?INT64_C\((?:0[xX][0-9a-fA-F]+|\d+)\)|(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^!~<>=?:;,.(){}\[\]])
""", re.VERBOSE | re.DOTALL)

UNITS = {"RST_SECOND", "RST_MILLISECOND", "RST_MICROSECOND"}
RELATIONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<")}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
LOWEST = {";", ",", "?", ":", "{", "}", "return"} | ASSIGNMENTS
BOUNDS = {"||": LOWEST, "&&": LOWEST | {"||"}, "bits": LOWEST | {"||", "&&"},
          "equal": LOWEST | {"||", "&&", "|", "^", "&"},
          "relation": LOWEST | {"||", "&&", "|", "^", "&", "==", "!="}}
OPENING, CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
ASSERTIONS = {"assert", "g_assert", "G_STATIC_ASSERT"}
TEXTS = {"rst_summary", "rst_evidence_add", "rst_text"}  # their arguments are words, no limits
LEADS = 45  # percent from which a rule leads (PRIMARY_MIN)
RESERVED = {"if", "for", "while", "switch", "return", "sizeof"}


class MutantError(Exception):
    """A source cannot be rewritten. The message is one line."""


@dataclass
class Mutant:
    number: int
    group: str
    function: str
    change: str  # in words; with group and function it names the mutant for good
    line: int

    @property
    def key(self):
        return f"{self.group} {self.function}: {self.change}"


@dataclass
class Token:
    kind: str
    value: str
    start: int
    end: int
    partner: int = -1  # of a bracket


@dataclass
class Rewriter:
    """The mutants of one file. structural: names that the compiler must know; shares: names that are percentages."""
    group: str
    source: str
    first: int
    structural: set
    shares: set
    mutants: list = field(default_factory=list)
    edits: list = field(default_factory=list)  # (start, what closes, opens, replaces; ..., text, end)

    def __post_init__(self):
        self.tokens = tokenize(self.source)
        self.function = "-"
        self.seen = {}

    def new(self, change, position):
        change = re.sub(r"\s+", " ", change)
        name = (self.function, change)
        self.seen[name] = self.seen.get(name, 0) + 1
        if self.seen[name] > 1:
            change += f" #{self.seen[name]}"
        number = self.first + len(self.mutants)
        self.mutants.append(Mutant(number, self.group, self.function, change, self.source.count("\n", 0, position) + 1))
        return number

    def text(self, first, last):
        return self.source[self.tokens[first].start:self.tokens[last].end]

    def wrap(self, first, last, before, after):
        """Around tokens first to last. Of several at one place the wider range is outside."""
        start, end, count = self.tokens[first].start, self.tokens[last].end, len(self.edits)
        self.edits.append((start, 1, -end, count, before, start))
        self.edits.append((end, 0, -start, -count, after, end))

    def put(self, start, end, text):
        self.edits.append((start, 2, 0, 0, text, end))

    def replace(self, first, last, text):
        self.put(self.tokens[first].start, self.tokens[last].end, text)

    def result(self):
        pieces, at = [], 0
        for start, *_, text, end in sorted(self.edits):
            pieces += [self.source[at:start], text]
            at = end
        return "".join(pieces) + self.source[at:]

    # Where things are

    def before(self, at):
        return self.tokens[at - 1].value if at else ""

    def after(self, at):
        return self.tokens[at + 1].value if at + 1 < len(self.tokens) else ""

    def is_binary(self, at):
        """Is this & (or *, -) between two operands?"""
        previous = self.tokens[at - 1]
        return previous.value in (")", "]") or (previous.kind in ("word", "number") and previous.value != "return")

    def stops(self, at, bounds):
        value = self.tokens[at].value
        return value in bounds and (value not in ("&", "*", "-") or self.is_binary(at))

    def left_operand(self, operator, bounds):
        at = operator - 1
        while at >= 0:
            token = self.tokens[at]
            if token.value in CLOSING and token.partner >= 0 and not (token.value == "}" and self.is_block(at)):
                at = token.partner - 1
                continue
            if token.value in OPENING or self.stops(at, bounds):
                break
            at -= 1
        return at + 1

    def right_operand(self, operator, bounds):
        at = operator + 1
        while True:
            token = self.tokens[at]
            if token.value in OPENING:
                at = token.partner + 1
                continue
            if token.value in CLOSING or self.stops(at, bounds):
                return at - 1
            at += 1

    def is_block(self, closing):
        """Does this } end a block, not a compound literal?"""
        return self.before(self.tokens[closing].partner) not in (")", "=") or self.after(closing) not in (";", ",", ")")

    # What is mutated

    def rewrite(self):
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind == "line":
                self.define(at)
            elif token.value == "{" and self.is_function(at):
                self.body(at)
                at = token.partner
                self.function = "-"
            elif token.value in OPENING and token.partner >= 0:
                at = token.partner
            at += 1
        return self.result()

    def is_function(self, brace):
        if self.before(brace) != ")":
            return False
        name = self.tokens[brace - 1].partner - 1
        start = name
        while start > 0 and self.tokens[start - 1].value not in (";", "}") and self.tokens[start - 1].kind != "line":
            start -= 1
        self.function = self.tokens[name].value
        self.type = self.text(start, name - 1) if start < name else ""
        return True

    def is_idle(self):
        """Functions that only choose words, or a place in a table and its size, alter no verdict."""
        words = r"(rst_)?(tell|write|explain|describe)_|.*_(text|name)$|lacks_last_data$"
        tables = r".*_hash$|rst_grow$|add_run$|table_entry$|drop_oldest$"
        return re.match(f"{words}|{tables}", self.function) or "char *" in self.type

    def define(self, at):
        if self.tokens[at].value.startswith("#define RST_PREFS("):
            self.defaults(at)
        match = re.fullmatch(r"#define (\w+) (.*?)(\s*/\*.*)?", self.tokens[at].value, re.DOTALL)
        if not match or match[1] in self.structural or not is_limit(match[2]):
            return
        name, value = match[1], match[2].strip()
        start = self.tokens[at].start + self.tokens[at].value.index(value, len("#define ") + len(name))
        percent = name in self.shares and value.isdecimal() and 10 <= int(value) <= 100
        text = self.share(name, value, start) if percent else self.number(name, value, start)
        self.put(start, start + len(value), text)

    def defaults(self, at):
        """Those of the preferences."""
        for match in re.finditer(r"\bX\((\w+),\s*(\d+),", self.tokens[at].value):
            start = self.tokens[at].start + match.start(2)
            self.put(start, start + len(match[2]), self.number(f"default of {match[1]}", match[2], start))

    def number(self, name, value, position):
        twice = self.new(f"{name}: {value} -> doubled", position)
        half = self.new(f"{name}: {value} -> halved", position)
        return f"(rst_mutant({twice}) ? ({value}) * 2 : rst_mutant({half}) ? ({value}) / 2 : ({value}))"

    def share(self, name, value, position):
        """A confidence is moved across the line from which a rule leads."""
        old = int(value.rstrip("uU"))
        new = min(old // 2, LEADS - 1) if old >= LEADS else max(2 * old, LEADS)
        number = self.new(f"{name}: {value} -> {new}", position)
        return f"(rst_mutant({number}) ? {new} : ({value}))"

    def context(self, at):
        """The operand or argument around a token, to name it."""
        first, last = at, at
        bounds = BOUNDS["bits"]
        while not (self.tokens[first - 1].value in OPENING or self.stops(first - 1, bounds)):
            previous = self.tokens[first - 1]
            first = previous.partner if previous.value in CLOSING else first - 1
        while not (self.tokens[last + 1].value in CLOSING or self.stops(last + 1, bounds)):
            following = self.tokens[last + 1]
            last = following.partner if following.value in OPENING else last + 1
        return self.text(first, last)

    def body(self, brace):
        if self.is_idle():
            return
        at, end = brace + 1, self.tokens[brace].partner
        while at < end:
            token = self.tokens[at]
            if token.value in ASSERTIONS | TEXTS or token.value == "for" or token.value.startswith("rst_tell_"):
                at = self.tokens[at + 1].partner
            elif token.value == "static":
                at = self.static(at)
            elif token.value == "case":
                at = self.right_operand(at, {":"})
            elif token.value == "[":
                at = token.partner
            elif token.value in RELATIONS:
                self.relation(at)
            elif token.value in ("==", "!="):
                self.equality(at)
            elif token.value in ("&&", "||"):
                self.junction(at)
            elif token.value in ("if", "while") or token.value == "?":
                self.condition(at)
            elif token.kind == "number":
                self.literal(at)
            elif token.value in UNITS and self.before(at) != "*" and self.after(at) not in ("*", "/"):
                self.replace(at, at, self.number(self.context(at), token.value, token.start))
            at += 1

    def static(self, at):
        """A table of limits inside a function becomes a variable; other static data are left alone."""
        end = self.right_operand(at, {";"})
        values = [token for token in self.tokens[at:end + 1] if token.kind in ("number", "text")]
        start = next((i for i in range(at, end) if self.tokens[i].value == "{"), end)
        listed = all(token.kind == "number" or token.value == ","
                     for token in self.tokens[start + 1:self.tokens[start].partner])
        macros = any(token.kind == "line" for token in self.tokens[start:end])
        if not macros and (not listed or not values):
            return end
        self.replace(at, at, "")
        for i in range(start + 1, end):
            if listed and self.tokens[i].kind == "number" and self.tokens[i].value != "0":
                token = self.tokens[i]
                self.replace(i, i, self.number(f"in {self.tokens[start - 4].value}", token.value, token.start))
        return end

    @staticmethod
    def may_be_equal(text):
        """Two different segments never have one place in the file; and where a counter stops counting is no limit."""
        return text.count("pass_index") < 2 and "UINT16_MAX" not in text

    def relation(self, at):
        bounds = BOUNDS["relation"]
        first, last = self.left_operand(at, bounds), self.right_operand(at, bounds)
        operator = self.tokens[at].value
        text = self.text(first, last)
        near, inverse = RELATIONS[operator]
        names = (near, inverse) if self.may_be_equal(text) else (inverse,)
        numbers = [self.new(f"{text}: {operator} -> {name}", self.tokens[at].start) for name in names]
        left, right = f"l{numbers[0]}_", f"r{numbers[0]}_"
        result = f"rst_mutant({numbers[-1]}) ? !is_ : is_"
        if near in names:
            result = f"rst_mutant_if({numbers[0]}, is_ != near_) ? near_ : {result}"
        self.wrap(first, last, f"({{ __auto_type {left} = (", f") + 0; int is_ = {left} {operator} {right}, "
                  f"near_ = {left} {near} {right}; {result}; }})")
        self.replace(at, at, f") + 0; __auto_type {right} = (")

    def equality(self, at):
        bounds = BOUNDS["equal"] | {"==", "!="}
        first, last = self.left_operand(at, bounds), self.right_operand(at, bounds)
        operator = self.tokens[at].value
        other = "!=" if operator == "==" else "=="
        number = self.new(f"{self.text(first, last)}: {operator} -> {other}", self.tokens[at].start)
        self.wrap(first, last, f"(rst_mutant({number}) ^ (", "))")

    def junction(self, at):
        operator = self.tokens[at].value
        bounds = BOUNDS[operator]
        first, last = self.left_operand(at, bounds), self.right_operand(at, bounds | {operator})
        other = "||" if operator == "&&" else "&&"
        number = self.new(f"{operator} -> {other} before {self.text(at + 1, last)}", self.tokens[at].start)
        # a && b with the mutant is !(!a && !b), and the like for ||: no operand stands here twice
        self.wrap(first, last, f"(rst_mutant({number}) ^ ((rst_mutant({number}) ^ !!(", "))))")
        self.replace(at, at, f")) {operator} (rst_mutant({number}) ^ !!(")
        self.negate(at + 1, last)
        if self.tokens[self.left_operand(at, bounds | {operator}) - 1].value != operator:
            self.negate(self.left_operand(at, bounds | {operator}), at - 1)

    def condition(self, at):
        if self.tokens[at].value == "?":
            first, last = self.left_operand(at, LOWEST), at - 1
        else:
            first, last = at + 2, self.tokens[at + 1].partner - 1
        self.negate(first, last)

    def negate(self, first, last):
        """Only of what is no junction or comparison itself: those are mutated by their operators."""
        at = first
        while at <= last:
            value = self.tokens[at].value
            if value in ("&&", "||", "==", "!=", "?") or value in RELATIONS:
                return
            at = self.tokens[at].partner + 1 if value in OPENING else at + 1
        if self.tokens[first].value == "(" and self.tokens[first].partner == last:
            if any(self.tokens[i].value in ("&&", "||", "==", "!=") for i in range(first, last)):
                return
        number = self.new(f"not {self.text(first, last)}", self.tokens[first].start)
        self.wrap(first, last, f"(rst_mutant({number}) ^ !!(", "))")

    def literal(self, at):
        value = self.tokens[at].value
        plain = value.rstrip("uUlL")
        if self.is_share(at):
            self.replace(at, at, self.share(self.context(at), plain, self.tokens[at].start))
            return
        beside = {self.before(at), self.after(at)}
        if plain == "0" or re.match("0x[0-9a-f]{8}", plain) or beside & {"<<", ">>", "&", "|", "~"} or (plain == "1" and self.after(at) == "-"):
            return
        if self.before(at) == "return" or (self.before(at) in ("?", ":") and self.after(at) in (";", ":")):
            return
        self.replace(at, at, self.number(self.context(at), value, self.tokens[at].start))

    def is_share(self, at):
        """A percentage that a rule returns, or that is set as a confidence."""
        value = self.tokens[at].value.rstrip("uU")
        if not value.isdecimal() or not 10 <= int(value) <= 100 or self.after(at) not in (";", ":", ")"):
            return False
        if self.before(at) == "=":
            return bool(re.search("confidence|sure", self.tokens[at - 2].value))
        start = at
        while self.tokens[start - 1].value not in (";", "{", "}"):
            start -= 1
        return (self.type.endswith("unsigned") and self.before(at) in ("return", "?", ":", "(") and
                any(token.value == "return" for token in self.tokens[start:at]))


def is_limit(value):
    """A number, or units times a number."""
    words = re.findall(r"[A-Za-z_]\w*", re.sub(r"U?INT64_C|0x[0-9a-fA-F]+|\d+[uUlL]*", "", value))
    return bool(re.fullmatch(r"[\w\s()*/+<-]+", value)) and set(words) <= UNITS and bool(re.search(r"\d|RST_", value))


def tokenize(source):
    tokens, stack, position = [], [], 0
    while position < len(source):
        match = TOKEN.match(source, position)
        if not match:
            raise MutantError(f"unexpected {source[position:position + 20]!r}")
        position = match.end()
        if match.lastgroup == "space":
            continue
        tokens.append(Token(match.lastgroup, match.group(), match.start(), match.end()))
        if match.group() in OPENING:
            stack.append(len(tokens) - 1)
        elif match.group() in CLOSING and match.lastgroup == "mark" and stack:
            tokens[-1].partner = stack.pop()
            tokens[tokens[-1].partner].partner = len(tokens) - 1
    return tokens


def names_that_are_structural(sources):
    """Names used where the compiler must know the value: sizes, tables, other definitions of such names."""
    names = set()
    for source in sources:
        tokens = tokenize(source)
        depth = []  # of braces: is it a function's?
        for at, token in enumerate(tokens):
            if token.value == "{":
                depth.append(bool(depth and depth[-1]) or (tokens[at - 1].value == ")"))
            elif token.value == "}" and depth:
                depth.pop()
            elif token.kind == "word" and not (depth and depth[-1]):
                names.add(token.value)
            elif token.value == "[" and token.partner >= 0:
                names |= {t.value for t in tokens[at:token.partner] if t.kind == "word"}
            elif token.value in ("case", "G_STATIC_ASSERT"):
                names.add(tokens[at + 1].value)
    for source in sources:
        for name, value in re.findall(r"^#define (\w+)(?:\([^)]*\))? (.*)", source, re.MULTILINE):
            if name in names:
                names |= set(re.findall(r"[A-Z_]\w*", value))
    return names


def names_that_are_shares(sources):
    """Names that a rule returns as its confidence."""
    return {name for source in sources for line in re.findall(r"\breturn ([^;]*);", source)
            for name in re.findall(r"(?:^|[?:(] ?)([A-Z]\w*)(?= ?[:)]|$)", line)}
