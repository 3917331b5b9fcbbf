#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write docs/preferences.md from prefs.h in plugin/core and plugin/preferences.c, or check that it is up to date.

usage: gen-preferences.py [--check]
"""
import re
import sys
from collections import namedtuple
from pathlib import Path

from registry import RegistryError, rows, run

DOCS = Path(__file__).resolve().parent
CORE = DOCS.parent / "plugin" / "core"
DIALOG = DOCS.parent / "plugin" / "preferences.c"
PAGE = DOCS / "preferences.md"

INTRO = """\
<!-- Made by docs/gen-preferences.py from prefs.h in plugin/core and plugin/preferences.c. Do not edit. -->
# Preferences

In Wireshark: *Edit > Preferences > Protocols > RST*. On the command line: `-o NAME:VALUE`, for example
`tshark -2 -o rst.time_wait_s:60 -r FILE -Y rst`. The defaults suit ordinary captures. A change while a file is open
takes effect at once.

## Limits of the rules

A number outside the range counts as the nearest end of the range. The source names the standard or the systems that
the value comes from; where it is empty, the value is our own choice.

| name | title in the dialog | default | range | unit | meaning | source |
|---|---|---:|---:|---|---|---|
"""
OTHERS = """
## What a reset says about itself

Each switch turns one decoder on or off. All are on by default.

| name | title in the dialog | meaning |
|---|---|---|
"""
DISPLAY = """
## Display, addresses and the place of the capture

| name | title in the dialog | default | values | meaning |
|---|---|---|---|---|
"""

Limit = namedtuple("Limit", "name title default range unit meaning source")
Choice = namedtuple("Choice", "name title default values meaning")

TEXT = r'"((?:[^"\\\n]|\\.)*)"'
REGISTRATION = re.compile(
    rf'prefs_register_(\w+)_preference\(\s*module,\s*{TEXT},\s*{TEXT},\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+),\s*&(\w+)')
VALUES = {"bool": "TRUE, FALSE", "string": "text", "filename": "name of a file"}


def table_of(source, macro):
    """The rows of a macro that lists X(...)."""
    match = re.search(rf"#define {macro}\(X\)((?:[^\n]*\\\n)*[^\n]*)", source)
    if not match:
        raise RegistryError(f"prefs.h: no {macro}")
    return [arguments for _, arguments in rows(match[1].replace("\\\n", "\n"), "X")]


def read_limit(arguments):
    if len(arguments) != 6 or not all(arguments):
        raise RegistryError(f"prefs.h: {arguments[0]} has not six arguments")
    name, default, low, high, title, text = arguments
    unit = re.fullmatch(r"(.*) \(([^)]*)\)", title)
    source = re.fullmatch(r"(.*) \(([^)]*)\)", text)
    return Limit(f"rst.{name}", unit[1] if unit else title, default, f"{low} to {high}", unit[2] if unit else "number",
                 source[1] if source else text, source[2] if source else "")


def default_of(source, kind, variable):
    value = re.search(rf"^static [^=;]*\b{variable} = ([^;]*);", source, re.MULTILINE)
    if not value:
        raise RegistryError(f"{DIALOG.name}: no default of {variable}")
    if kind != "enum":
        return value[1].strip('"') or "empty"
    return next(token for token, _, constant in values_of(source, variable) if constant == value[1])


def values_of(source, variable):
    table = re.search(rf"enum_val_t {variable}_vals\[\] = \{{(.*?)\n\}};", source, re.DOTALL)
    if not table:
        raise RegistryError(f"{DIALOG.name}: no values of {variable}")
    return re.findall(rf"\{{{TEXT}, {TEXT}, (\w+)\}}", table[1])


def read_choices(source):
    choices = []
    for kind, name, title, text, variable in REGISTRATION.findall(source):
        values = VALUES.get(kind) or ", ".join(f"`{token}`: {words[0].lower()}{words[1:]}"
                                               for token, words, _ in values_of(source, variable))
        meaning = "".join(re.findall(TEXT, text)).replace('\\"', "`")
        choices.append(Choice(f"rst.{name}", title, default_of(source, kind, variable), values, meaning))
    if len(choices) != len(re.findall(r'prefs_register_\w+\(\s*module, "', source)):
        raise RegistryError(f"{DIALOG.name}: a preference cannot be read")
    return choices


def line(*cells):
    return "| " + " | ".join(cells) + " |\n"


def make_pages():
    header = next(iter(sorted(CORE.rglob("prefs.h"))), CORE / "prefs.h").read_text(encoding="ascii")
    dialog = DIALOG.read_text(encoding="ascii")
    limits = [read_limit(arguments) for arguments in table_of(header, "RST_PREFS")]
    decoders = table_of(header, "RST_DECODERS")
    page = INTRO + "".join(line(f"`{limit.name}`", *limit[1:]) for limit in limits)
    page += OTHERS + "".join(line(f"`rst.{name}`", title, text) for name, title, text in decoders)
    page += DISPLAY + "".join(line(f"`{choice.name}`", *choice[1:]) for choice in read_choices(dialog))
    return {PAGE: page}


if __name__ == "__main__":
    sys.exit(run("gen-preferences.py", __doc__, sys.argv[1:], make_pages))
