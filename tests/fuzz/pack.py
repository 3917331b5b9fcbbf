#!/usr/bin/env python3
"""Inputs for the fuzz targets, many small ones in one file: for each its length (16 bits), then its bytes.

Usage: pack.py PACK FOLDER...     packs the files of the folders
       pack.py --unpack PACK FOLDER

SPDX-License-Identifier: GPL-2.0-or-later
"""
import hashlib
import struct
import sys
from pathlib import Path

LENGTH_MAX = 65535


def inputs_of(pack):
    data, at = pack.read_bytes(), 0
    while at < len(data):
        length = struct.unpack_from(">H", data, at)[0]
        yield data[at + 2:at + 2 + length]
        at += 2 + length


def write(pack, folders):
    found = {path.read_bytes() for folder in folders for path in Path(folder).iterdir() if path.is_file()}
    kept = sorted((data for data in found if len(data) <= LENGTH_MAX), key=lambda data: (len(data), data))
    pack.write_bytes(b"".join(struct.pack(">H", len(data)) + data for data in kept))


def main():
    words = sys.argv[1:]
    if words[:1] == ["--unpack"] and len(words) == 3:
        folder = Path(words[2])
        folder.mkdir(parents=True, exist_ok=True)
        for data in inputs_of(Path(words[1])):
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    elif len(words) >= 2 and not words[0].startswith("-"):
        write(Path(words[0]), words[1:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
