#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write docs/fields.md and packaging/opensearch/rst-template.json from the tables of fields in plugin/present, or check
that they are up to date.

usage: gen-fields.py [--check]
"""
import json
import re
import sys
from collections import namedtuple
from pathlib import Path

from registry import RegistryError, run

DOCS = Path(__file__).resolve().parent
SOURCES = DOCS.parent / "plugin" / "present"
HEAD = "static hf_register_info hf[] = {"
PAGE = DOCS / "fields.md"
TEMPLATE = DOCS.parent / "packaging" / "opensearch" / "rst-template.json"

TYPES = {"STRING": "string", "BOOLEAN": "boolean", "DURATION": "duration", "TIME": "time", "FRAME": "frame number",
         "FT_UINT8": "number", "FT_UINT16": "number", "FT_UINT32": "number", "FT_INT8": "signed number"}
MAPPINGS = {"boolean": "boolean", "time": "date", "duration": "double", "frame number": "long", "number": "long",
            "signed number": "long"}
OF_BOTH = ("rst.client", "rst.server", "rst.problem", "rst.service.", "rst.line")  # of resets and of findings
# Searched by words, not counted.
SENTENCES = ("summary", "history", "text", "advice", "step", "command", "reference", "connection_filter")

INTRO = """\
<!-- Made by docs/gen-fields.py from the tables in plugin/present. Do not edit. -->
# Fields

Names, types and values are stable: scripts can rely on them. A value that is not known is absent, never 0 or empty.
Fields named "evidence" and "alternative" repeat, always in pairs. Final values require two passes (`tshark -2`), the GUI
or sharkd. Durations are in seconds.

Only analyzed resets carry the protocol item `rst`, so the display filter `rst` matches exactly those.
`rst.reset_in`, `rst.finding.*` and `rst.foreign` stand beside it, on whatever packet they concern; `rst.client`,
`rst.server`, `rst.service.*` and `rst.problem` belong to resets and findings. What a foreign packet is:
[trust.md](trust.md). What a problem is, and which connections count: [problems.md](problems.md).

| field | type | meaning |
|---|---|---|
"""
OUTRO = """
`rst.expert.TOKEN` is the Expert Information entry of a reset with that cause, and `rst.finding.expert.TOKEN` that of a
failure without a reset. The tokens are listed in [causes.md](causes.md). `rst.foreign.expert` is that of a foreign packet,
`rst.expert_problem` that of a problem, at its best example.
"""

Field = namedtuple("Field", "name type meaning")

TEXT = r'"((?:[^"\\\n]|\\.)*)"'
TEXTS = r'((?:"(?:[^"\\\n]|\\.)*"\s*)+)'
MACRO = re.compile(rf"(STRING|NUMBER|BOOLEAN|DURATION|TIME|FRAME)_FIELD\(hf_\w+,\s*{TEXT},\s*{TEXT},"
                   rf"\s*(?:(FT_\w+),\s*)?{TEXTS}\)")
PLAIN = re.compile(rf'\{{&hf_\w+,\s*\{{{TEXT},\s*"rst\.([^"]*)",\s*(FT_\w+),[^"]*{TEXTS},')


def joined(texts):
    return "".join(re.findall(TEXT, texts))


def read_table(path):
    source = path.read_text(encoding="ascii")
    start = source.find(HEAD)
    if start < 0:
        return []
    table = source[start:source.index("\n};", start)]
    found = [(m.start(), Field(f"rst.{m[3]}", TYPES[m[4] if m[1] == "NUMBER" else m[1]], joined(m[5])))
             for m in MACRO.finditer(table)]
    found += [(m.start(), Field(f"rst.{m[2]}", TYPES[m[3]], joined(m[4]))) for m in PLAIN.finditer(table)]
    if len(found) != len(re.findall(r"\bhf_rst_\w+", table)):
        raise RegistryError(f"{path.name}: a row of the table of fields cannot be read")
    return [field for _, field in sorted(found)]


def read_fields():
    """Those of the reset first."""
    paths = sorted(SOURCES.glob("*.c"), key=lambda path: (path.name != "tree.c", path.name))
    fields = [field for path in paths for field in read_table(path)]
    if not fields:
        raise RegistryError("plugin/present: no table of fields")
    return fields


def mapping(field):
    if field.type != "string":
        return {"type": MAPPINGS[field.type]}
    if field.name.endswith(SENTENCES):
        return {"type": "text"}
    return {"type": "keyword"}


def template(fields):
    """An index template for `tshark -T ek`: fields of the reset are under layers.rst, the others directly in layers."""
    resets, others = {}, {}
    for field in fields:
        apart = field.name in ("rst.reset_in", "rst.foreign") or field.name.startswith("rst.finding.")
        for place in (resets, others) if field.name.startswith(OF_BOTH) else (others,) if apart else (resets,):
            place["rst_" + field.name.replace(".", "_")] = mapping(field)
    layers = {"dynamic": False, "properties": {"rst": {"dynamic": False, "properties": resets}, **others}}
    return {
        "index_patterns": ["packets-*"],
        "priority": 200,
        "template": {"mappings": {"properties": {"timestamp": {"type": "date", "format": "epoch_millis"},
                                                 "layers": layers}}},
    }


def make_pages():
    fields = read_fields()
    rows = "".join(f"| `{field.name}` | {field.type} | {field.meaning} |\n" for field in fields)
    return {PAGE: INTRO + rows + OUTRO, TEMPLATE: json.dumps(template(fields), indent=2) + "\n"}


if __name__ == "__main__":
    sys.exit(run("gen-fields.py", __doc__, sys.argv[1:], make_pages))
