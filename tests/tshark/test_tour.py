"""packaging/tour-test, which other systems run with a tshark that was built there.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import shutil

import tools

PROGRAM = tools.REPO / "packaging" / "tour-test"


def test_all_as_expected(tshark):
    done = tshark.run("tshark", program=PROGRAM)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"tour: 92 resets, 3 failures without one, 0 different\n"


def test_differences(tshark, tmp_path):
    """Wrong, missing and unexpected rows are told; neither line ends nor blanks in the path of the checkout are."""
    shutil.copytree(tools.SAMPLES, tmp_path / "a copy" / "sample-captures", ignore=lambda folder, names: [
        name for name in names if not name.startswith("tour")])
    (tmp_path / "a copy" / "packaging").mkdir()
    program = shutil.copy(PROGRAM, tmp_path / "a copy" / "packaging")
    for name, rows in (("tour.tsv", ["42\tclosed_port\tclient\t41", "43\tclosed_port\tserver\t41"]),
                       ("tour-findings.tsv", [])):
        path = tmp_path / "a copy" / "sample-captures" / name
        kept = [line for line in path.read_text().splitlines() if not line.startswith("42\t")]
        path.write_bytes("".join(f"{line}\r\n" for line in [*kept[:-1], *rows]).encode())
    done = tshark.run("tshark", program=program)
    said = done.stdout.decode().splitlines()
    assert done.returncode == 1
    assert said[:2] == ["frame 42: expected closed_port client 41; tshark says closed_port server 41",
                        "frame 43: expected closed_port server 41; tshark says nothing"]
    assert [line.split(";")[0].split(": ")[1] for line in said[2:4]] == ["expected nothing"] * 2
    assert said[4:] == ["tour: 92 resets, 2 failures without one, 4 different"]


def test_without_plugin(stock):
    done = stock.run("tshark", program=PROGRAM)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"has not loaded the plugin" in done.stderr.splitlines()[-1]


def test_bad_arguments(stock, tmp_path):
    for args, reason in (([], "required"), ([tmp_path / "none"], "none"), (["tshark", "--plugins", "none"], "none"),
                         (["tshark", "--what"], "--what"), (["false"], "exit code 1")):
        done = stock.run(*args, program=PROGRAM)
        assert (done.returncode, done.stdout) == (2, b"")
        assert reason in done.stderr.decode() and len(done.stderr.splitlines()) == 1, args
