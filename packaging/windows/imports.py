#!/usr/bin/env python3
# imports.py: import libraries made from names, for a plugin.dll that a Wireshark without development files loads.
# SPDX-License-Identifier: GPL-2.0-or-later
"""The installer of Wireshark for Windows has DLLs, but neither headers nor import libraries. An import library is no
more than names, so it can be made from the names that our objects lack:

  define   divides them among the DLLs, writes a .def file and an import library for each. What a Linux library of
           Wireshark exports, its DLL exports too: both by WS_DLL_PUBLIC. GLib's names come from its headers.
  check    reads the finished DLL: only these names from these DLLs, the C runtime of Windows 10 and nothing else; no
           object of the C runtime from elsewhere; it exports what the plugin loader looks for and nothing else
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

# As Wireshark's own build names them: PREFIX and OUTPUT_NAME in epan/, wsutil/ and wiretap/CMakeLists.txt; GLib as
# vcpkg names it, which cmake/modules/FindGLIB2.cmake lists (4.4.18). MinGW's GLib is called libglib-2.0-0.dll.
WIRESHARK = {"libwireshark.so": "libwireshark.dll", "libwsutil.so": "libwsutil.dll", "libwiretap.so": "libwiretap.dll"}
GLIB = "glib-2.0-0.dll"

# The GLib of a release is older than our headers. 2.68 came in March 2021, three years before Wireshark 4.4.
GLIB_LATEST = (2, 68)

EXPORTS = {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register", "plugin_describe"}

SYSTEM_DLL = re.compile(r"(kernel32|api-ms-win-crt-[a-z]+-l1-1-0)\.dll", re.I)

# What only works if two DLLs share a C runtime: memory, files and jumps that one makes and the other ends.
CROSSING = {
    "memory": "malloc calloc realloc free _aligned_malloc _aligned_free strdup _strdup",
    "files": "fopen fopen_s _wfopen fdopen _fdopen freopen fclose fread fseek ftell fgets getc open _open read _read "
    "close _close tmpfile",
    "jumps": "setjmp _setjmp _setjmpex __intrinsic_setjmpex longjmp",
    "environment and locale": "getenv _putenv setlocale localeconv",
}
# What the compiler's own start-up code needs from the C runtime, for its own lists.
STARTUP = set("malloc calloc free realloc".split())


def crossing(program):
    """Name => what may cross. A program opens its files itself; a plugin could be handed them."""
    kinds = {kind: names.split() for kind, names in CROSSING.items() if not (program and kind == "files")}
    return {name: kind for kind, names in kinds.items() for name in names}


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def undefined(nm, objects):
    """The names that no object defines, without the prefix of pointers to them."""
    wanted, defined = set(), set()
    for line in run(nm, *objects).splitlines():
        found = re.fullmatch(r"[0-9a-f ]*\s([A-Za-z]) (\S+)", line)
        if found and found[1] in "Uw":
            wanted.add(found[2].removeprefix("__imp_"))
        elif found and found[1].isupper():
            defined.add(found[2])
    return wanted - defined


def exported(nm, library):
    """Name => is it a variable?"""
    found = {}
    for line in run(nm, "-D", "--defined-only", library).splitlines():
        _, kind, name = line.split()
        found[name.split("@")[0]] = kind in "BDRVG"
    return found


def glib_names(headers):
    """Name => (is it a variable?, the version that it came with)."""
    found = {}
    declared = re.compile(
        r"^(GLIB_AVAILABLE_IN_(?:ALL|\d+_\d+)|GLIB_DEPRECATED_IN_\w+)\b[^;{}#]*?\(?\b(g_\w+)\)?\s*\(", re.M | re.S
    )
    for header in sorted(headers.glob("glib/**/*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        for mark, name in declared.findall(text):
            since = re.fullmatch(r"GLIB_AVAILABLE_IN_(\d+)_(\d+)", mark)
            found[name] = (False, (int(since[1]), int(since[2])) if since else (2, 0))
        for name in re.findall(r"^GLIB_VAR [^;]*?\b(g_\w+);", text, re.M):
            found[name] = (True, (2, 0))
    return found


def glib_part(missing, known):
    """The names that are GLib's; fails on those that came too late."""
    names = {}
    for name in sorted(missing & known.keys()):
        is_data, since = known[name]
        if since > GLIB_LATEST:
            sys.exit(f"imports.py: {name} needs GLib {since[0]}.{since[1]}, and not every Wireshark has that")
        names[name] = is_data
    return names


def write_library(out, dll, names, dlltool):
    path = out / f"{Path(dll).stem}.def"
    lines = [f"    {name}{' DATA' if is_data else ''}" for name, is_data in sorted(names.items())]
    path.write_text("\n".join([f'LIBRARY "{dll}"', "EXPORTS", *lines]) + "\n")
    run(dlltool, "-d", path, "-l", path.with_suffix(".a"), "-D", dll, "--deterministic-libraries", "--temp-prefix",
        out / path.stem)  # fmt: skip
    print(f"{dll}: {len(names)} names, {sum(names.values())} of them variables")


def define(options):
    missing = undefined(options.nm, options.objects)
    forbidden = crossing(options.program)
    crossed = sorted(missing & forbidden.keys())
    if crossed:
        sys.exit("imports.py: may cross to another C runtime: " + ", ".join(f"{n} ({forbidden[n]})" for n in crossed))
    parts = {GLIB: glib_part(missing, glib_names(options.glib))}
    for library in options.libraries or []:
        dll = next(dll for stem, dll in WIRESHARK.items() if library.name.startswith(stem))
        names = exported(options.build_nm, library)
        parts[dll] = {name: names[name] for name in missing & names.keys()}
    for dll, names in parts.items():
        if names:
            write_library(options.out, dll, names, options.dlltool)


def read_dll(objdump, dll):
    """(imports: DLL => names, exports)"""
    imports, exports, current = {}, set(), None
    in_exports = False
    for line in run(objdump, "-p", dll).splitlines():
        if found := re.search(r"DLL Name: (\S+)", line):
            current = imports.setdefault(found[1], set())
        elif "[Ordinal/Name Pointer] Table" in line:
            in_exports = True
        elif in_exports and (found := re.match(r"\s*\[\s*\d+\].* (\S+)$", line)):
            exports.add(found[1])
        elif current is not None and (found := re.fullmatch(r"\s*[0-9a-f]+\s+(?:<none>\s+)?[0-9a-f]+\s+(\w+)", line)):
            current.add(found[1])
    return imports, exports


def check(options):
    imports, exports = read_dll(options.objdump, options.dll)
    wrong = []
    ours = {path.stem + ".dll": path for path in sorted(options.out.glob("*.def"))}
    if not ours:
        wrong.append(f"no .def file in {options.out}")
    for dll, names in sorted(imports.items()):
        if dll in ours:
            known = set(re.findall(r"^    (\w+)", ours[dll].read_text(), re.M))
            wrong += [f"{dll}: {name} is not in its .def file" for name in sorted(names - known)]
        elif not SYSTEM_DLL.fullmatch(dll):
            wrong.append(f"imports from {dll}, which neither Windows 10 nor Wireshark has")
        elif dll.lower().startswith("api-ms-win-crt-"):
            forbidden = crossing(options.program).keys() - STARTUP
            wrong += [f"{dll}: {name} may cross to another C runtime" for name in sorted(names & forbidden)]
    wrong += [f"{dll} is not imported" for dll in ours if dll not in imports]
    wanted = set() if options.program else EXPORTS
    wrong += [f"does not export {name}" for name in sorted(wanted - exports)]
    wrong += [f"exports {name}" for name in sorted(exports - wanted)]
    for line in wrong:
        print(f"imports.py: {options.dll.name}: {line}", file=sys.stderr)
    for dll, names in sorted(imports.items()):
        print(f"{dll}: {len(names)} names")
    print("exports:", " ".join(sorted(exports)) or "none")
    sys.exit(1 if wrong else 0)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    tools = "x86_64-w64-mingw32ucrt-"
    steps = parser.add_subparsers(dest="step", required=True, metavar="define|check")
    step = steps.add_parser("define")
    step.add_argument("--nm", default=tools + "nm", help="that reads our objects")
    step.add_argument("--build-nm", default="nm", help="that reads the Linux libraries")
    step.add_argument("--dlltool", default=tools + "dlltool")
    step.add_argument("--glib", type=Path, required=True, help="folder include/glib-2.0")
    step.add_argument("--library", dest="libraries", type=Path, action="append")
    step.add_argument("--out", type=Path, required=True, help="folder for .def files and libraries")
    step.add_argument("objects", nargs="+", type=Path)
    step = steps.add_parser("check")
    step.add_argument("--objdump", default=tools + "objdump")
    step.add_argument("--out", type=Path, required=True, help="folder of the .def files")
    step.add_argument("dll", type=Path)
    for step in steps.choices.values():
        step.add_argument("--program", action="store_true", help="not a plugin, but a program that only needs GLib")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = arguments()
    {"define": define, "check": check}[chosen.step](chosen)
