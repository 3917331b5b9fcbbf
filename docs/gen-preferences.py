#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write docs/preferences.md from prefs.h in plugin/core, preferences.c and witness-table.c in plugin, or check it.

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
TABLE = DOCS.parent / "plugin" / "witness-table.c"
STRUCTURES = DOCS.parent / "plugin" / "preferences.h"
PAGE = DOCS / "preferences.md"

INTRO = """\
<!-- Made by docs/gen-preferences.py from prefs.h in plugin/core and plugin/preferences.c. Do not edit. -->
# Preferences

In Wireshark: *Edit > Preferences > Protocols > TCP Reset Cause*. On the command line: `-o NAME:VALUE`, for example
`tshark -2 -o rst.time_wait_s:60 -r FILE -Y rst`. The defaults suit ordinary captures. A change while a file is open
takes effect at once. The order is that of the dialog: what users set comes first. A number outside its range counts as
the nearest end of the range.

## Display, place of the capture, statistics, memory

| name | title in the dialog | default | values | meaning |
|---|---|---|---|---|
"""
DECODERS = """
## What a reset says about itself

Each switch turns one decoder on or off. All are on by default.

| name | title in the dialog | default | values | meaning |
|---|---|---|---|---|
"""
ADVANCED = """
## Advanced: limits of the rules

The source names the standard or the systems that the value comes from; where it is empty, the value is our own choice.

| name | title in the dialog | default | range | unit | meaning | source |
|---|---|---:|---:|---|---|---|
"""

Limit = namedtuple("Limit", "name title default range unit meaning source")
Choice = namedtuple("Choice", "name title default values meaning")

TEXT = r'"((?:[^"\\\n]|\\.)*)"'
REGISTRATION = re.compile(
    rf'prefs_register_(\w+)_preference\(\s*module,\s*{TEXT},\s*{TEXT},\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+),(?:\s*10,)?\s*&([\w.]+)')
ROWS = re.compile(rf'prefs_register_uat_preference\(module, {TEXT}, {TEXT},\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+),\s*table')
VALUES = {"bool": "TRUE, FALSE", "string": "text", "filename": "name of a file"}
HEADING = "static_text"


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


def initial(source, variable):
    """What a static variable, or a member of a static structure, is set to."""
    name, _, member = variable.partition(".")
    value = re.search(rf"^static [^=;]*\b{name} = ([^;]*);", source, re.MULTILINE)
    if not value:
        raise RegistryError(f"{DIALOG.name}: no default of {variable}")
    if not member:
        return value[1]
    members = re.findall(r"\bunsigned ([\w, ]+);", STRUCTURES.read_text(encoding="ascii"))
    names = [one for line in members for one in line.split(", ")]
    return value[1].strip("{}").split(", ")[names.index(member)]


def default_of(source, kind, variable):
    value = initial(source, variable)
    if kind != "enum":
        return value.strip('"') or "empty"
    return next(token for token, _, constant in values_of(source, variable) if constant == value)


def values_of(source, variable):
    table = re.search(rf"enum_val_t {variable}_vals\[\] = \{{(.*?)\n\}};", source, re.DOTALL)
    if not table:
        raise RegistryError(f"{DIALOG.name}: no values of {variable}")
    return re.findall(rf"\{{{TEXT}, {TEXT}, (\w+)\}}", table[1])


def range_of(source, variable):
    """As the function clamps it that the plugin asks; a percentage needs none."""
    match = re.search(rf"\b(MIN|CLAMP)\({re.escape(variable)}, ([^)]*)\)", source)
    if not match:
        return "0 to 100"
    bounds = match[2].split(", ")
    return f"{bounds[0] if len(bounds) > 1 else 0} to {bounds[-1]}"


def values(source, kind, variable):
    if kind == "enum":
        return ", ".join(f"`{token}`: {words[0].lower()}{words[1:]}" for token, words, _ in values_of(source, variable))
    return VALUES.get(kind) or range_of(source, variable)


def read_choices(source):
    choices = []
    for kind, name, title, text, variable in REGISTRATION.findall(source):
        meaning = "".join(re.findall(TEXT, text)).replace('\\"', "`")
        choices.append(Choice(f"rst.{name}", title, default_of(source, kind, variable), values(source, kind, variable),
                              meaning))
    if len(choices) != len(re.findall(rf'prefs_register_(?!{HEADING})\w+\(\s*module, "', source)):
        raise RegistryError(f"{DIALOG.name}: a preference cannot be read")
    return choices


def read_table(source):
    """The table of logs, which has a source of its own."""
    name, title, text = ROWS.search(source).groups()
    columns = re.findall(rf"UAT_FLD_\w+\(witness, (\w+), ", source)
    meaning = "".join(re.findall(TEXT, text)).replace('\\"', '"')
    return Choice(f"rst.{name}", title, "empty", f"table: {', '.join(columns)}", meaning)


def set_often(source):
    return re.findall(r'"(\w+)"', re.search(r"\boften\[\] = \{(.*?)\};", source, re.DOTALL)[1])


def as_choice(limit):
    return Choice(limit.name, f"{limit.title} ({limit.unit})", limit.default, limit.range, limit.meaning)


def line(*cells):
    return "| " + " | ".join(cells) + " |\n"


def rows_of(choices):
    return "".join(line(f"`{choice.name}`", *choice[1:]) for choice in choices)


def make_pages():
    header = next(iter(sorted(CORE.rglob("prefs.h"))), CORE / "prefs.h").read_text(encoding="ascii")
    dialog = DIALOG.read_text(encoding="ascii")
    often = [f"rst.{name}" for name in set_often(dialog)]
    limits = [read_limit(arguments) for arguments in table_of(header, "RST_PREFS")]
    switches = [Choice(f"rst.{name}", title, "TRUE", VALUES["bool"], text)
                for name, title, text in table_of(header, "RST_DECODERS")]
    choices = read_choices(dialog)
    said = [choice for choice in choices if choice.name == "rst.netscaler_addresses"]
    first = [choice for choice in choices if choice not in said]
    at = 1 + [choice.name for choice in first].index("rst.kernel_trace")
    first.insert(at, read_table(TABLE.read_text(encoding="ascii")))
    first += [as_choice(limit) for limit in limits if limit.name in often]
    page = INTRO + rows_of(first) + DECODERS + rows_of(switches + said)
    page += ADVANCED + rows_of(limit for limit in limits if limit.name not in often)
    return {PAGE: page}


if __name__ == "__main__":
    sys.exit(run("gen-preferences.py", __doc__, sys.argv[1:], make_pages))
