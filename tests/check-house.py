#!/usr/bin/env python3
# check-house.py: the layout of the core is what plugin/core/README.md draws, and stays so.
# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture in plugin/core/README.md gives the floors, the highest first, and the folders on each. Checked:

  * every folder is in the picture, and every folder of the picture exists
  * no include goes to a higher floor, or to another folder on the same one
  * no circle among files (a source and its header are one)
  * every source has a header of the same name, which declares what other files call (or engine/engine.h does);
    the header of a reader, logs/read_*.c, is logs/reader.h with its row in logs/readers.def
  * every header compiles alone, and its first line and its guard bear its name
  * a comment that refers to (file.h) means one that exists
  * rules ask rst_view_t for hosts and services, not the reset: only the view says whether they were kept
  * the core includes nothing but GLib and standard C, and has no words of one compiler
  * the plugin takes engine/engine.h, answer, facts and base, its folder present only engine/engine.h, answer and base
"""

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
PLUGIN = REPO / "plugin"
CORE = PLUGIN / "core"
README = CORE / "README.md"
README_LINES = 60  # a page
DOOR = "engine/engine.h"
PLUGIN_FOLDERS = {"answer", "facts", "base"}
PRESENT_FOLDERS = {"answer", "base"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
SYSTEM = {"glib.h"} | {  # and C11, without what MSVC lacks
    f"{name}.h" for name in ("assert", "ctype", "errno", "float", "inttypes", "limits", "math", "setjmp", "stdarg", "stdbool",
                             "stddef", "stdint", "stdio", "stdlib", "string", "time")}
DIALECT = re.compile(r"__attribute__|__builtin_\w+|__typeof\w*|__extension__|__asm\w*|__declspec|#\s*pragma (?!pack\b)")
FUNCTION = re.compile(r"^(?!static|typedef)\w[\w *]*?\b(rst_\w+)\([^;{]*\)\n\{", re.M)


def text(path):
    return path.read_text(encoding="utf-8")


def floors_of(readme):
    """The floors of the picture, the lowest first."""
    picture = re.search(r"^```\n(.*?)^```$", readme, re.M | re.S)
    if not picture:
        return []
    rows = re.findall(r"^(\w+(?:, \w+)*)(?:  .*)?$", picture.group(1), re.M)
    return [row.split(", ") for row in reversed(rows)]


def includes(path):
    return [name for mark, name in INCLUDE.findall(text(path)) if mark == '"']


def stem(name):
    """A source and its header are one: "track/reset". The door is a room of its own: several sources stand behind it."""
    return name if name == DOOR else name.rsplit(".", 1)[0]


def folder_of(name):
    return name.split("/", 1)[0]


def check_floors(files, floors):
    height = {folder: i for i, floor in enumerate(floors) for folder in floor}
    present = {folder_of(name) for name in files}
    for folder in sorted(present - set(height)):
        yield f"plugin/core/{folder} is not in the picture of plugin/core/README.md"
    for folder in sorted(set(height) - present):
        yield f"plugin/core/README.md draws {folder}, which does not exist"
    for name, path in files.items():
        for target in includes(path):
            here, there = folder_of(name), folder_of(target)
            if not (CORE / target).exists():
                yield f"{name} includes {target}, which is not in plugin/core (write folder/file)"
            elif here == there or here not in height or there not in height:
                continue
            elif height[there] > height[here]:
                yield f"{name} includes {target}: upward"
            elif height[there] == height[here]:
                yield f"{name} includes {target}: siblings do not know each other"


def graph_of(files):
    graph = {}
    for name, path in files.items():
        targets = graph.setdefault(stem(name), set())
        targets.update(stem(target) for target in includes(path) if target.endswith(".h"))
        targets.discard(stem(name))
    return graph


def circles(graph):
    """One list of files for each circle met, and the length of the longest chain of includes."""
    length, chain, found = {}, [], []

    def visit(node):
        if node in chain:
            found.append(chain[chain.index(node) :] + [node])
            return 0
        if node not in length:
            chain.append(node)
            length[node] = 1 + max((visit(target) for target in sorted(graph.get(node, ()))), default=0)
            chain.pop()
        return length[node]

    return found, max((visit(node) for node in sorted(graph)), default=0)


def check_reader(name, source):
    token = name[len("logs/read_") : -2]
    if f"RST_READER({token}," not in text(CORE / "logs" / "readers.def"):
        yield f"{name} has no row in logs/readers.def"
    for function in FUNCTION.findall(source):
        if function != f"rst_read_{token}":
            yield f"{name} defines {function}(), which no header declares"


def check_headers(files):
    for name, path in files.items():
        if name.endswith(".c"):
            header = CORE / (stem(name) + ".h")
            if name.startswith("logs/read_"):
                yield from check_reader(name, text(path))
                continue
            if not header.exists():
                yield f"{name} has no header of the same name"
                continue
            declared = text(header) + (text(CORE / DOOR) if folder_of(name) == folder_of(DOOR) else "")
            for function in FUNCTION.findall(text(path)):
                if not re.search(rf"\b{function}[(;]", declared):
                    yield f"{name} defines {function}(), which {header.name} does not declare"
        if name.endswith(".h"):
            base = path.stem.upper()
            guards = {f"RST_{base}_H", f"RST_{folder_of(name).upper()}_{base}_H"}
            guard = re.search(r"^#ifndef (\w+)\n#define (\w+)$", text(path), re.M)
            if not guard or guard.group(1) != guard.group(2) or guard.group(1) not in guards:
                yield f"{name} is not guarded by {' or '.join(sorted(guards))}"
        if not text(path).startswith(f"/* {path.name}\n"):
            yield f"the first line of {name} bears another name"


def check_guards_unique(files):
    guards = Counter(guard for path in files.values() for guard in re.findall(r"^#ifndef (RST_\w+_H)$", text(path), re.M))
    for guard, count in guards.items():
        if count > 1:
            yield f"{guard} guards {count} headers"


def check_mentions(files):
    """A comment that refers the reader to (file.h) means one that exists."""
    names = {name for known in files for name in (known, known.split("/")[1])}
    for name, path in files.items():
        for mention in re.findall(r"\(([a-z_]+(?:/[a-z_]+)?\.h)\)", text(path)):
            if mention not in names:
                yield f"a comment in {name} refers to {mention}, which is not in plugin/core"


def check_lookups(files):
    """Rules ask rst_view_t, which tells what was not found from what was not kept."""
    for name, path in files.items():
        for field in re.findall(r"reset->(host\b|service\b)", text(path)) if folder_of(name) == "rules" else ():
            yield f"{name} reads reset->{field}: take view->{field}, which says whether it was kept"


def check_system(files):
    for name, path in files.items():
        for mark, target in INCLUDE.findall(text(path)):
            if mark == "<" and target not in SYSTEM:
                yield f"{name} includes <{target}>: the core knows only GLib and standard C"
        for word in DIALECT.findall(text(path)):
            yield f"{name} has {word}, which not every compiler knows"


def check_alone(files, compiler, flags):
    """A call of the compiler for all: it starts anew with each file."""
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for name in sorted(files):
            if name.endswith(".h"):
                source = Path(folder) / (name.replace("/", "-")[:-2] + ".c")
                source.write_text(f'#include "{name}"\n', encoding="utf-8")
                sources.append(str(source))
        command = [compiler, "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", f"-I{CORE}", *flags, *sources]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode or result.stderr:
            yield f"a header does not compile alone:\n{result.stderr}"


def check_plugin():
    core = {path.name for path in CORE.iterdir() if path.is_dir()}
    for path in sorted(PLUGIN.rglob("*.[ch]")):
        name = path.relative_to(PLUGIN).as_posix()
        allowed = PRESENT_FOLDERS if folder_of(name) == "present" else PLUGIN_FOLDERS
        for target in includes(path) if CORE not in path.parents else ():
            if folder_of(target) in core and target != DOOR and folder_of(target) not in allowed:
                yield f"plugin/{name} includes {target}: the plugin takes {DOOR}, {', '.join(sorted(allowed))}"


def check_readme(readme):
    if len(readme.splitlines()) > README_LINES:
        yield f"plugin/core/README.md has more than {README_LINES} lines"


def figures(files, floors, faults, chain, found):
    arrows = {(folder_of(name), folder_of(target)) for name, path in files.items() for target in includes(path)}
    print(f"floors: {len(floors)}; longest chain of files that include each other: {chain}")
    print(f"folders that include another: {sum(a != b for a, b in arrows)}")
    print(f"includes upward: {sum(fault.endswith('upward') for fault in faults)}; circles: {len(found)}")
    for floor in reversed(floors):
        for folder in floor:
            mine = [path for name, path in files.items() if folder_of(name) == folder]
            suffixes = Counter(path.suffix for path in mine)
            tables = len(list((CORE / folder).glob("*.def")))
            lines = sum(len(text(path).splitlines()) for path in mine)
            print(f"  {folder:9} {suffixes['.c']:3} sources {suffixes['.h']:3} headers {tables:2} tables {lines:6} lines")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="cc", metavar="CC")
    parser.add_argument("--glib", metavar="FLAGS", help="flags for GLib's headers (default: ask pkg-config)")
    parser.add_argument("--figures", action="store_true", help="print floors, circles and files per folder as well")
    options = parser.parse_args()
    flags = options.glib or subprocess.run(
        ["pkg-config", "--cflags", "glib-2.0"], capture_output=True, text=True, check=True).stdout

    files = {path.relative_to(CORE).as_posix(): path for path in sorted(CORE.glob("*/*.[ch]"))}
    readme = text(README)
    floors = floors_of(readme)
    found, chain = circles(graph_of(files))
    faults = [f"circle: {' -> '.join(circle)}" for circle in found]
    faults += [*check_floors(files, floors), *check_headers(files), *check_guards_unique(files), *check_system(files)]
    faults += [*check_mentions(files), *check_plugin(), *check_readme(readme), *check_lookups(files)]
    faults += [*check_alone(files, options.compiler, shlex.split(flags))]
    if options.figures:
        figures(files, floors, faults, chain, found)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
