#!/usr/bin/env python3
# check-arithmetic.py: times are added, and sequence numbers compared, only by the functions made for it.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures and kernel traces bear whatever numbers somebody wrote into them. Checked in plugin/, outside core/base:

  * no bare + - * on a time, a span or an offset of clocks (base/moment.h has functions that stop at the end of 64 bits
    and leave unknown what is unknown). A time is what is declared int64_t, unless NOT_TIMES names it
  * no bare subtraction or ordering of TCP sequence numbers (base/seq.h has functions for numbers that wrap); adding to
    them, or going back by a constant, is fine

Allowed: a number times a unit (2 * RST_SECOND), which is how spans are written; division; floating point.
"""

import re
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
PLUGIN = REPO / "plugin"

# Declared int64_t, but no times: amounts of sequence space, places in a list, numbers of intervals. In sizes.c, the
# member of that name is another one.
NOT_TIMES = {
    "core/track/direction.c": {"distance", "room"},
    "core/track/fit.c": {"beyond", "distance", "room", "span", "window", "window_of"},
    "core/track/hosts.c": {"stretch"},
    "core/track/sizes.c": {"latest"},
    "core/trace/join.c": {"place"},
}
NO_TIMES_ANYWHERE = {"bytes"}
SEQUENCE = {"seq", "ack", "nxt", "isn", "acked", "fin_seq", "first_isn", "synack_seq", "sack_left", "sack_right"}
UNIT = re.compile(r"RST_(NANO|MICRO|MILLI)?SECOND")
WORD = re.compile(r"[A-Za-z_]\w*")
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^<>=!]=|&&|\|\||\S")
FUNCTION = re.compile(r"^\w[^;{}]*\)\n\{.*?^\}", re.S | re.M)
TYPE = re.compile(r"\w+_t|char|void|int|unsigned|bool|double|G[A-Z]\w+")
KEYWORDS = {"return", "case", "if", "while", "else", "sizeof", "do"}
SUMS = {"+", "-", "*", "+=", "-=", "*=", "++", "--"}
ORDERS = {"-", "<", ">", "<=", ">=", "-="}


def plain(source):
    """Without comments, strings and directives, in the same lines."""
    pattern = r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|^[ \t]*#(?:\\\n|[^\n])*"
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found.group(0)), source, flags=re.S | re.M)


def names_in(declarators):
    """x, *y, z[2] = {0} -> x, y, z"""
    flat = re.sub(r"\[[^\]]*\]|\{[^}]*\}|\([^()]*\)", "", declarators)
    return {found.group(1) for part in flat.split(",") if (found := re.match(r"[*\s]*(\w+)", part))}


def members_of(source):
    for body in re.findall(r"\bstruct\b[^;{}]*\{(.*?)^\}", source, re.S | re.M):
        for declarators in re.findall(r"\bint64_t\s+([^;(){}]+);", body):
            yield from names_in(declarators)


def results_of(source):
    return re.findall(r"\bint64_t\s+(\w+)\s*\(", source)


def locals_of(source):
    for declarators in re.findall(r"\bint64_t\s+([^;]*?);", source):
        yield from names_in(declarators)
    yield from re.findall(r"\bint64_t\s+\**(\w+)\s*[,)]", source)


def visible(path, found=None):
    """The file and all headers that it includes."""
    found = {path} if found is None else found
    for name in re.findall(r'^\s*#\s*include "([^"]+)"', path.read_text(encoding="utf-8"), re.M):
        for folder in (path.parent, PLUGIN, PLUGIN / "core"):
            header = folder / name
            if header.exists() and header not in found:
                found.add(header)
                visible(header, found)
    return found


class File:
    def __init__(self, path, members, results):
        self.path = path
        self.name = path.relative_to(PLUGIN).as_posix()
        source = plain(path.read_text(encoding="utf-8"))
        self.lines = source.splitlines()
        self.tokens, self.line = [], []
        for number, text in enumerate(self.lines, 1):
            for token in TOKEN.findall(text):
                self.tokens.append(token)
                self.line.append(number)
        other = NOT_TIMES.get(self.name, set()) | NO_TIMES_ANYWHERE
        self.members = members - other
        self.results = results - other
        self.locals = {}  # by line
        for function in FUNCTION.finditer(source):
            first = source.count("\n", 0, function.start()) + 1
            names = set(locals_of(function.group(0))) - other
            for number in range(first, first + function.group(0).count("\n") + 1):
                self.locals[number] = names

    def token(self, at):
        return self.tokens[at] if 0 <= at < len(self.tokens) else ""

    def opening(self, at):
        """Index of the bracket that the one at this index closes."""
        depth = 0
        while at >= 0:
            depth += (self.tokens[at] in ")]") - (self.tokens[at] in "([")
            if not depth:
                return at
            at -= 1
        return -1

    def closing(self, at):
        depth = 0
        while at < len(self.tokens):
            depth += (self.tokens[at] in "([") - (self.tokens[at] in ")]")
            if not depth:
                return at
            at += 1
        return at

    def what(self, at):
        """The value whose last name is at this index: "time", "unit", "sequence" or nothing."""
        name = self.token(at)
        if not WORD.fullmatch(name):
            return ""
        member = self.token(at - 1) in (".", "->")
        if UNIT.fullmatch(name):
            return "unit"
        if self.token(at + 1) == "(":
            return "time" if name in self.results else ""
        if name in (self.members if member else self.locals.get(self.line[at], ())):
            return "time"
        return "sequence" if member and name in SEQUENCE else ""

    def left(self, at):
        """The operand that ends here."""
        while self.token(at) == "]":
            at = self.opening(at) - 1
        if self.token(at) != ")":
            return self.what(at)
        start = self.opening(at)
        if WORD.fullmatch(self.token(start - 1)) and self.token(start - 1) not in KEYWORDS:
            return self.what(start - 1)
        return ""  # in brackets: whatever is wrong in there is found there

    def right(self, at):
        """The operand that begins here."""
        while self.token(at) in ("-", "*", "&", "("):
            if self.token(at) == "(" and (self.token(at + 2) != ")" or self.token(at + 1) == "double"):
                return ""  # as in left(), or floating point
            at += 3 if self.token(at) == "(" else 1
        last = at
        while WORD.fullmatch(self.token(last)):
            after = last + 1
            while self.token(after) == "[" or (self.token(after) == "(" and after == last + 1):
                after = self.closing(after) + 1
            if self.token(after) not in (".", "->"):
                break
            last = after + 1
        return self.what(last)

    def is_float(self, at):
        """(double)time - ..."""
        while at > 0 and (WORD.fullmatch(self.token(at)) or self.token(at) in (".", "->", "]")):
            at = self.opening(at) - 1 if self.token(at) == "]" else at - 1
        return self.token(at) == ")" and self.token(at - 1) == "double"

    def faults(self):
        for at, token in enumerate(self.tokens):
            if token == "ABS" and self.what(self.argument(at)) == "time":
                yield at, "takes ABS() of a time"
            if token not in SUMS | ORDERS:
                continue
            before = self.token(at - 1)
            binary = bool(re.fullmatch(r"[\w)\]]+", before)) and before not in KEYWORDS
            if token == "*" and (not binary or TYPE.fullmatch(before)):
                continue
            left = self.left(at - 1) if binary else ""
            right = "" if token in ("+=", "-=", "*=") else self.right(at + 1)  # perhaps a comparison
            if token in SUMS and "time" in (left, right) and not self.is_float(at - 1):
                yield at, f"has a bare {token} on a time"
            elif token in ("+", "-") and "unit" in (left, right) and not self.is_constant(at):
                yield at, f"has a bare {token} on a span"
            elif token in ORDERS and binary and "sequence" in (left, right) and not self.token(at + 1).isdigit():
                yield at, f"has a bare {token} on a sequence number"

    def argument(self, at):
        """Index of the last name in the brackets of a macro's single argument."""
        return self.closing(at + 1) - 1

    def is_constant(self, at):
        """Between two units: off >= RST_SECOND - RST_SECOND / 50."""
        return self.left(at - 1) == "unit" and self.right(at + 1) == "unit"


def main():
    files = [path for path in sorted(PLUGIN.rglob("*.[ch]"))]
    sources = [plain(path.read_text(encoding="utf-8")) for path in files]
    members = {path: set(members_of(source)) for path, source in zip(files, sources)}
    results = {path: set(results_of(source)) for path, source in zip(files, sources)}
    count = 0
    for path in files:
        if (PLUGIN / "core" / "base") in path.parents:
            continue
        known = visible(path)
        file = File(path, *(set().union(*(names.get(header, set()) for header in known)) for names in (members, results)))
        shown = path.read_text(encoding="utf-8").splitlines()
        for at, fault in file.faults():
            print(f"plugin/{file.name}:{file.line[at]} {fault}: {shown[file.line[at] - 1].strip()}", file=sys.stderr)
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
