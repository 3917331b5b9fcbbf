"""What official-dll makes for Windows, as far as it can be tested without its compilers: the check of import tables and
the zip. The rest is tested where it is built (packaging/windows/official-dll).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
WINDOWS = REPO / "packaging" / "windows"
EXPORTS = "plugin_version plugin_want_major plugin_want_minor plugin_register plugin_describe".split()
IMPORTS = {"glib-2.0-0.dll": ["g_free"], "libwireshark.dll": ["tvb_get_ptr"],
           "api-ms-win-crt-string-l1-1-0.dll": ["strlen"], "KERNEL32.dll": ["Sleep"]}


def listing(imports, exports):
    """As objdump -p prints it."""
    lines = [" 000d6000\t000d6118 00000000 00000000 000d8e64 000d6ac8", ""]
    for dll, names in imports.items():
        lines += [f"\tDLL Name: {dll}", "\tvma:     Ordinal  Hint  Member-Name  Bound-To"]
        lines += [f"\t000d6f{8 * n:02x}  <none>  {n:04x}  {name}" for n, name in enumerate(names)] + [""]
    lines += ["[Ordinal/Name Pointer] Table -- Ordinal Base 1"]
    lines += [f"\t[{n:4}] +base[{n + 1:4}]  {n:04x} {name}" for n, name in enumerate(exports)]
    return "\n".join(lines) + "\n"


def check(folder, imports, exports, *options):
    for dll, names in (("glib-2.0-0", ["g_free"]), ("libwireshark", ["tvb_get_ptr"])):
        (folder / f"{dll}.def").write_text(f'LIBRARY "{dll}.dll"\nEXPORTS\n' + "".join(f"    {n}\n" for n in names))
    (folder / "listing").write_text(listing(imports, exports))
    objdump = folder / "objdump"
    objdump.write_text(f"#!/bin/sh\ncat '{folder}/listing'\n")
    objdump.chmod(0o755)
    return subprocess.run([sys.executable, "-B", WINDOWS / "imports.py", "check", "--objdump", objdump, "--out", folder,
                           *options, folder / "rst.dll"], capture_output=True, text=True, check=False)


def test_good_import_table(tmp_path):
    done = check(tmp_path, IMPORTS, EXPORTS)
    assert done.returncode == 0, done.stderr
    assert "libwireshark.dll: 1 names" in done.stdout


@pytest.mark.parametrize("imports,exports,said", [
    ({"libgcc_s_seh-1.dll": ["_Unwind_Resume"]}, EXPORTS, "libgcc_s_seh-1.dll, which neither"),
    ({"libglib-2.0-0.dll": ["g_free"]}, EXPORTS, "libglib-2.0-0.dll, which neither"),
    ({"msvcrt.dll": ["strlen"]}, EXPORTS, "msvcrt.dll, which neither"),
    ({"glib-2.0-0.dll": ["g_free", "g_string_free_and_steal"]}, EXPORTS, "g_string_free_and_steal is not in"),
    ({"api-ms-win-crt-stdio-l1-1-0.dll": ["fread"]}, EXPORTS, "fread may cross"),
    ({"api-ms-win-crt-private-l1-1-0.dll": ["longjmp"]}, EXPORTS, "longjmp may cross"),
    ({}, EXPORTS[1:], "does not export plugin_version"),
    ({}, EXPORTS + ["rst_engine_new"], "exports rst_engine_new"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_bad_import_table(tmp_path, imports, exports, said):
    done = check(tmp_path, {**IMPORTS, **imports}, exports)
    assert done.returncode == 1
    assert said in done.stderr


def test_missing_import(tmp_path):
    done = check(tmp_path, {dll: names for dll, names in IMPORTS.items() if dll != "libwireshark.dll"}, EXPORTS)
    assert done.returncode == 1
    assert "libwireshark.dll is not imported" in done.stderr


def test_program_may_read_its_own_files(tmp_path):
    imports = {**IMPORTS, "api-ms-win-crt-stdio-l1-1-0.dll": ["fread", "fopen"]}
    assert check(tmp_path, imports, [], "--program").returncode == 0
    imports["api-ms-win-crt-private-l1-1-0.dll"] = ["longjmp"]
    assert check(tmp_path, imports, [], "--program").returncode == 1


@pytest.fixture(name="packed")
def fixture_packed(tmp_path):
    for version in ("4.4", "4.6"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "rst.dll").write_bytes(version.encode())
    (tmp_path / "rst-witness.exe").write_bytes(b"program")

    def pack(folder):
        out = tmp_path / folder
        out.mkdir()
        done = subprocess.run([sys.executable, "-B", WINDOWS / "pack.py", tmp_path, out], capture_output=True,
                              env={"SOURCE_DATE_EPOCH": "1790000000"}, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip())
    return pack


def test_zip_is_reproducible(packed):
    one, two = packed("one"), packed("two")
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_zip_contents(packed):
    with zipfile.ZipFile(packed("one")) as found:
        names = {name.split("/", 1)[1]: found.read(name) for name in found.namelist()}
    assert found.namelist() == sorted(found.namelist())
    assert names["4.4/rst.dll"] == b"4.4" and names["4.6/rst.dll"] == b"4.6"
    assert {"programs/rst-report", "programs/rst-report-page", "programs/rst-witness.exe", "docs/install.md",
            "rst-setup.cmd", "README.md"} <= names.keys()
    profile = REPO / "packaging" / "profile" / "TCP Resets"
    assert {f"profile/TCP Resets/{file.name}" for file in profile.iterdir()} <= names.keys()
    for name in names:
        if name.endswith((".cmd", ".txt")):
            assert names[name].count(b"\n") == names[name].count(b"\r\n") > 0, name
    assert b"Not yet loaded by an official Wireshark" in names["INSTALL.txt"]
    # A helper's module or wrapper that is missing would only be noticed on Windows.
    for program in ("rst-report", "rst-compare"):
        assert f"programs/{program}.cmd" in names
        for needed in re.findall(rb'with_name\(f?"(rst-[a-z-]+)"\)', names[f"programs/{program}"]):
            assert f"programs/{needed.decode()}" in names


def test_tour_in_the_zip(packed, tshark, tour):
    """What rst-setup.cmd /check compares with is what tshark says, with the fields that it asks for."""
    with zipfile.ZipFile(packed("one")) as found:
        name = next(name for name in found.namelist() if name.endswith("tour-expected.txt"))
        expected = found.read(name).decode().replace("\r\n", "\n")
    fields = re.search(r'"FIELDS=-T fields (.*)"', (WINDOWS / "rst-setup.cmd").read_text())[1].split()
    done = tshark.run("-2", "-r", str(tour), "-Y", "rst", "-T", "fields", *fields)
    assert done.stdout.decode() == expected


def test_no_plugin_no_zip(tmp_path):
    done = subprocess.run([sys.executable, "-B", WINDOWS / "pack.py", tmp_path, tmp_path], capture_output=True,
                          env={"SOURCE_DATE_EPOCH": "1790000000"}, text=True, check=False)
    assert done.returncode == 1
    assert "no plugin" in done.stderr


@pytest.mark.parametrize("name", ["rst-setup.cmd", "INSTALL.txt"])
def test_text_for_windows(name):
    text = (WINDOWS / name).read_bytes().decode("ascii")  # any code page shows it
    assert all(len(line) <= 120 for line in text.splitlines())


def test_labels_of_the_batch_file():
    """cmd ends the whole script where a label is missing."""
    text = (WINDOWS / "rst-setup.cmd").read_text()
    labels = re.findall(r"^:(\w+)", text, re.M)
    used = set(re.findall(r"goto (\w+)", text)) | set(re.findall(r"call :(\w+)", text))
    assert used == set(labels) and len(labels) == len(set(labels))


@pytest.mark.parametrize("program", ["official-dll", "imports.py", "layout.py", "pack.py"])
def test_help(program):
    done = subprocess.run([WINDOWS / program, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "usage" in done.stdout.lower()
    done = subprocess.run([WINDOWS / program, "--nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
