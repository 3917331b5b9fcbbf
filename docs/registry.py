# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads tables of macro calls from C sources and writes pages from them; shared by the gen-*.py scripts."""
import re
import sys

LEXEMES = re.compile(
    r'(?P<space>\s+|/\*.*?\*/)|(?P<text>"(?:[^"\\\n]|\\["\\])*")|(?P<word>\w+)|(?P<mark>[(),])', re.DOTALL)


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
        arguments = [""]
        for kind, value, _ in stream:
            if value == ")":
                break
            if value == ",":
                arguments.append("")
            elif kind == "text":
                arguments[-1] += re.sub(r"\\(.)", r"\1", value[1:-1])
            else:
                arguments[-1] += value
        else:
            raise RegistryError(f"line {line}: {macro}( is not closed")
        yield line, arguments


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
