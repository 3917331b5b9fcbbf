# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads tables of macro calls from C sources and writes pages from them; shared by the gen-*.py scripts and by all tests
and tools that need to know what a cause is."""
import functools
import re
import sys
from collections import namedtuple
from pathlib import Path

ANSWER = Path(__file__).resolve().parent.parent / "plugin" / "core" / "answer"
CAUSES = ANSWER / "causes.def"

# In the order of rst_category_t, each with its meaning.
CATEGORIES = {
    "refused": "The connection was refused before it was established.",
    "handshake": "The reason lies in the way the connection was opened.",
    "application": "A program or its operator ended the connection.",
    "timeout": "A TCP timer at an endpoint expired.",
    "stale": "A segment reached a host that does not have the connection, or no longer has it.",
    "network": "Something between the endpoints was involved.",
    "declared": "The reset carries its own reason.",
    "artefact": "The packet says nothing about the connection.",
    "unknown": "The capture does not show the reason.",
}
SEVERITIES = ("chat", "note", "warn", "error")

Cause = namedtuple("Cause", "id token category severity traits paths label explanation reference advice")

LEXEMES = re.compile(
    r'(?P<space>\s+|/\*.*?\*/)|(?P<text>"(?:[^"\\\n]|\\["\\])*")|(?P<word>\w+)|(?P<mark>[(),|])', re.DOTALL)


class RegistryError(Exception):
    """The registry cannot be read. The message is one line."""


def lexemes(source):
    """Yield (kind, value, line), with adjacent string literals still separate."""
    position = 0
    while position < len(source):
        line = source.count("\n", 0, position) + 1
        match = LEXEMES.match(source, position)
        if not match:
            raise RegistryError(f"line {line}: unexpected {source[position]!r}")
        if match.lastgroup != "space":
            yield match.lastgroup, match.group(), line
        position = match.end()


def rows(source, macro):
    """Yield (line, arguments) for every MACRO(...). An argument is a word or a joined string."""
    stream = iter(lexemes(source))
    for _, name, line in stream:
        if name != macro or next(stream, ("", "", 0))[1] != "(":
            raise RegistryError(f"line {line}: expected {macro}( and found {name}")
        arguments, depth = [""], 0
        for kind, value, _ in stream:
            if value == ")" and not depth:
                break
            depth += (value == "(") - (value == ")")
            if value == "," and not depth:
                arguments.append("")
            elif kind == "text":
                arguments[-1] += re.sub(r"\\(.)", r"\1", value[1:-1])
            else:
                arguments[-1] += value
        else:
            raise RegistryError(f"line {line}: {macro}( is not closed")
        yield line, arguments


def set_of(text):
    """The words of a column: T(ONE)|T(OTHER) or 0."""
    return frozenset(re.findall(r"\((\w+)\)", text))


def parse_cause(line, arguments):
    if len(arguments) != 11 or not all(arguments):
        raise RegistryError(f"line {line}: a row has 11 arguments, none empty")
    number, token, upper, category, severity, traits, paths = arguments[:7]
    if not number.isdecimal():
        raise RegistryError(f"line {line}: the id {number} is not a number")
    if upper != token.upper():
        raise RegistryError(f"line {line}: {upper} is not {token} in upper case")
    if category.lower() not in CATEGORIES:
        raise RegistryError(f"line {line}: unknown category {category}")
    if severity.lower() not in SEVERITIES:
        raise RegistryError(f"line {line}: unknown severity {severity}")
    return Cause(int(number), token, category.lower(), severity.lower(), set_of(traits),
                 None if paths == "ALL_PATHS" else set_of(paths), *arguments[7:])


def read_causes(source):
    found = []
    for line, arguments in rows(source, "RST_CAUSE"):
        cause = parse_cause(line, arguments)
        if any(cause.id == other.id or cause.token == other.token for other in found):
            raise RegistryError(f"line {line}: id {cause.id} or token {cause.token} is used twice")
        found.append(cause)
    if not found:
        raise RegistryError("no RST_CAUSE row")
    return found


@functools.lru_cache
def causes():
    """{token: Cause} of this tree."""
    return {cause.token: cause for cause in read_causes(CAUSES.read_text(encoding="ascii"))}


ADVICE = ANSWER.parent / "advice"
Line = namedtuple("Line", "kind systems text")  # kind: SAY, RUN; systems: empty = all
Plan = namedtuple("Plan", "token when side block")


def calls(source, macros):
    """Yield (macro, arguments) for a table that mixes several macros."""
    pattern = re.compile(rf"^(?={'|'.join(macros)}\b)", re.M)
    for part in pattern.split(source)[1:]:
        macro = part[:part.index("(")]
        yield from ((macro, arguments) for _, arguments in rows(part, macro))


@functools.lru_cache
def blocks():
    """{name: [Line]} of steps.def: what a person can do."""
    found = {}
    for macro, arguments in calls((ADVICE / "steps.def").read_text(encoding="ascii"),
                                  ("RST_BLOCK", "RST_SAY_ON", "RST_SAY", "RST_RUN")):
        if macro == "RST_BLOCK":
            found[arguments[0]] = lines = []
        else:
            systems = set_of(arguments[0]) | set(re.findall("V[46]", arguments[0])) if len(arguments) > 1 else frozenset()
            lines.append(Line("RUN" if macro == "RST_RUN" else "SAY", frozenset(systems), arguments[-1]))
    return found


@functools.lru_cache
def plans():
    """[Plan] of plans.def, the token as it is public."""
    return [Plan(token.removeprefix("FINDING_").lower(), set_of(when), side, block)
            for _, (token, when, side, block) in rows((ADVICE / "plans.def").read_text(encoding="ascii"), "RST_PLAN")]


@functools.lru_cache
def accusing():
    """Tokens of the causes that blame something between the hosts, whoever sent the reset: RST_TRAITS_ACCUSING."""
    blaming = {"SENT_ON_PATH", "CHANGED_ON_PATH"}
    return frozenset(token for token, cause in causes().items() if cause.traits & blaming)


def write_or_check(pages, check):
    """pages: {path: text}. Return an error message, or None."""
    for path, text in pages.items():
        if not check:
            path.write_text(text, encoding="ascii")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            return f"{path.name} is out of date"
    return None


def run(program, usage, arguments, make_pages):
    """The command line of every generator: writes, or compares with --check. Returns the exit code."""
    if arguments in (["-h"], ["--help"]):
        print(usage.strip())
        return 0
    if arguments not in ([], ["--check"]):
        print(f"{program}: unknown arguments: {' '.join(arguments)} (usage: {program} [--check])", file=sys.stderr)
        return 2
    try:
        problem = write_or_check(make_pages(), check=bool(arguments))
    except (RegistryError, OSError, UnicodeError) as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 2
    if problem:
        print(f"{program}: {problem}: run docs/{program}", file=sys.stderr)
        return 1
    return 0
