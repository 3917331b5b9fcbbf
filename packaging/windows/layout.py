#!/usr/bin/env python3
# layout.py: are Wireshark's and GLib's structures the same for GCC, which compiles rst.dll, and for MSVC, which
# compiled the official Wireshark?
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles all headers of Wireshark and GLib that the plugin includes, with GCC for Windows and with clang, which knows
the layout rules of MSVC (--target=x86_64-pc-windows-msvc), and compares from their debug information the size of each
structure, union and enumeration, and the offset and size of each member. Clang reads these headers as MSVC does, with
_MSC_VER and without __GNUC__; Microsoft's own headers are not free, so those of the C runtime are MinGW's.

Fails if anything differs, or if a structure that the plugin uses is not among them.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

INCLUDE = re.compile(r"^\s*#\s*include\s+<((?:epan|wsutil|wiretap|glib)/[^>]+)>", re.M)
OTHER_SYSTEMS = {"glib/gunix.h"}

# Those that the plugin reads, fills in or hands over, by tag or type: if headers no longer have one, that is an error.
USED = """
_packet_info _frame_data _address nstime_t wtap_rec wtap_packet_header _header_field_info hf_register_info
ei_register_info expert_field expert_field_info _value_string true_false_string proto_plugin epan_column_info col_item_t
_stat_tap_ui _stat_tap_table_ui _stat_tap_table _stat_tap_table_item _stat_tap_table_item_type _stat_data_t _uat_field_t
_ws_ip4 _ws_ip6 vec_t enum_val_t _GArray _GByteArray _GPtrArray _GString _GList _GSList _GHashTableIter _GDate
""".split()

# Seen by both compilers before Wireshark's headers: after them, clang pretends to be MSVC.
SYSTEM = "assert ctype errno float inttypes limits locale math setjmp signal stdarg stdbool stddef stdint stdio stdlib \
string sys/stat sys/types time wchar winsock2 ws2tcpip windows".split()
WINDOWS_NAMES = {"BaseTsd.h": "basetsd.h"}  # Windows finds it either way
AS_MSVC = "#undef __GNUC__\n#undef __GNUC_MINOR__\n#undef __MINGW32__\n#undef __MINGW64__\n#define _MSC_VER 1940\n"


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"layout.py: failed: {' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def headers_of(plugin):
    found = {"wireshark.h", "epan/packet.h", "glib.h"}
    for source in sorted(plugin.glob("**/*.[ch]")):
        found.update(INCLUDE.findall(source.read_text()))
    return sorted(found - OTHER_SYSTEMS, key=lambda name: (name != "wireshark.h", name))


class Types:
    """The types in the debug information of an object, as llvm-dwarfdump prints it."""

    def __init__(self, text):
        self.node = {}  # offset => {tag, attributes, children}
        self.compiled = {}
        stack = []
        current = None
        for line in text.splitlines():
            if found := re.match(r"0x([0-9a-f]+): (\s*)(DW_TAG_\w+|NULL)", line):
                depth = len(found[2]) // 2
                del stack[depth:]
                if found[3] == "NULL":
                    continue
                current = {"tag": found[3].removeprefix("DW_TAG_"), "children": []}
                self.node[int(found[1], 16)] = current
                if stack:
                    stack[-1]["children"].append(current)
                stack.append(current)
            elif current is not None and (found := re.match(r"\s+DW_AT_(\w+)\s+(?:\[.*?\]\s*)?\((.*)\)$", line)):
                current[found[1]] = found[2]

    @staticmethod
    def number(node, key):
        text = node.get(key)
        if text is None:
            return None
        found = re.search(r"(?:DW_OP_plus_uconst )?(0x[0-9a-f]+|\d+)$", text)
        return int(found[1], 0)

    @staticmethod
    def name(node):
        return node.get("name", "").strip('"')

    def type_of(self, node):
        found = re.match(r"(?:.*-> )?(0x[0-9a-f]+)", node.get("type", ""))
        return self.node.get(int(found[1], 16)) if found else None

    def size(self, node):
        if node is None:
            return 0
        if (size := self.number(node, "byte_size")) is not None:
            return size
        if node["tag"] == "pointer_type":
            return 8
        if node["tag"] == "array_type":
            count = 1
            for part in node["children"]:
                bound = self.number(part, "count")
                if bound is None:
                    last = self.number(part, "upper_bound")
                    bound = 0 if last is None else last + 1
                count *= bound
            return count * self.size(self.type_of(node))
        return self.size(self.type_of(node))

    def members(self, node, prefix="", start=0):
        """(name, offset in bits, size in bits); unnamed structures inside are looked into."""
        for part in node["children"]:
            if part["tag"] != "member":
                continue
            offset = self.number(part, "data_bit_offset")
            if offset is None:
                offset = 8 * (self.number(part, "data_member_location") or 0)
            inner = self.type_of(part)
            size = self.number(part, "bit_size") or 8 * self.size(inner)
            name = prefix + (self.name(part) or "(unnamed)")
            yield name, start + offset, size
            if inner and inner["tag"] in ("structure_type", "union_type") and not self.name(inner):
                yield from self.members(inner, name + ".", start + offset)

    def layouts(self):
        """Name => (size in bytes, members)."""
        found = {}
        typedefs = {}
        for node in self.node.values():
            if node["tag"] == "typedef" and (target := self.type_of(node)) and not self.name(target):
                typedefs[id(target)] = self.name(node)
        for node in self.node.values():
            if node["tag"] not in ("structure_type", "union_type", "enumeration_type") or "declaration" in node:
                continue
            name = self.name(node) or typedefs.get(id(node), "")
            if name and re.search(r"/(wireshark|glib-2\.0)/", node.get("decl_file", "")):
                found[name] = (self.size(node), list(self.members(node)))
        return found


def source_text(headers, msvc):
    lines = [f"#include <{name}.h>\n" for name in SYSTEM]
    lines += [AS_MSVC if msvc else ""]
    lines += [f"#include <{name}>\n" for name in headers]
    return "".join(lines)


def layouts(options, work, name, compiler, msvc):
    source = work / f"layout-{name}.c"
    source.write_text(source_text(headers_of(options.plugin), msvc))
    folders = [f"-isystem{folder}" for folder in [*options.include, work]]
    for alias, header in WINDOWS_NAMES.items():
        (work / alias).write_text(f"#include <{header}>\n")
    run(*compiler, "-std=gnu11", "-w", "-gdwarf-5", "-fno-eliminate-unused-debug-types", *folders, "-c", source,
        "-o", source.with_suffix(".o"))  # fmt: skip
    return Types(run(options.dwarfdump, "--debug-info", source.with_suffix(".o"))).layouts()


def compare(gcc, msvc):
    wrong = []
    for name in sorted(gcc.keys() | msvc.keys()):
        if name not in gcc or name not in msvc:
            # What only one compiler is shown is no difference of layout, unless the plugin uses it.
            if name in USED:
                wrong.append(f"{name}: seen by one compiler only")
        elif gcc[name] != msvc[name]:
            parts = set(gcc[name][1]) ^ set(msvc[name][1])
            names = ", ".join(sorted({part[0] for part in parts}))
            wrong.append(f"{name}: {gcc[name][0]} and {msvc[name][0]} bytes; {names}")
    return wrong


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--plugin", type=Path, required=True, help="folder of the plugin's source")
    parser.add_argument("--include", type=Path, action="append", required=True, help="as for the compiler")
    parser.add_argument("--work", type=Path, required=True, help="folder for temporary files")
    parser.add_argument("--system", type=Path, default="/usr/share/mingw-w64/include", help="MinGW's headers")
    parser.add_argument("--dwarfdump", default="llvm-dwarfdump")
    parser.add_argument("--table", type=Path, help="write all sizes and offsets to this file")
    options = parser.parse_args()
    clang = ["clang", "--target=x86_64-pc-windows-msvc", "-fno-ms-compatibility", "-U_MSC_VER", "-D__GNUC__=14",
             "-D__GNUC_MINOR__=2", "-D__MINGW32__", "-D__MINGW64__", "-D_UCRT", "-isystem", options.system]  # fmt: skip
    gcc = layouts(options, options.work, "gcc", ["x86_64-w64-mingw32ucrt-gcc"], False)
    msvc = layouts(options, options.work, "msvc", clang, True)
    wrong = compare(gcc, msvc) + [f"{name}: not found" for name in USED if name not in gcc]
    if options.table:
        rows = [f"{name}\t{size}\t" + " ".join(f"{m}:{o // 8}.{o % 8}+{s}" for m, o, s in members)
                for name, (size, members) in sorted(gcc.items())]  # fmt: skip
        options.table.write_text("\n".join(rows) + "\n")
    for line in wrong:
        print(f"layout.py: {line}", file=sys.stderr)
    both = gcc.keys() & msvc.keys()
    members = sum(len(gcc[name][1]) for name in both)
    print(f"{len(both)} types with {members} members compared, {len(wrong)} differ; of one compiler only: "
          + (" ".join(sorted(gcc.keys() ^ msvc.keys())) or "none"))  # fmt: skip
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
