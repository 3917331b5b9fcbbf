"""What rst-witness reads of logs: one file of each format, and files that are none.

tests/logs/TOKEN.log is a log of our own making, TOKEN.jsonl what rst-witness prints of it. After a change that is meant,
rst-witness writes it anew: read the difference.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re
import subprocess

import pytest

import tools

LOGS = tools.REPO / "tests" / "logs"
OPTIONS = {"application": ["--applications"]}
KEYS = ["line", "format", "time", "protocol", "src", "sport", "dst", "dport", "nat_src", "nat_sport", "nat_dst",
        "nat_dport", "oriented", "meaning", "text"]
PACKET = "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 PROTO=TCP SPT=40000 DPT=443"


def witness(*arguments, data=None, check=None):
    done = subprocess.run([tools.built_program("rst-witness"), *arguments], input=data, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL if data is None else None, timeout=tools.TIMEOUT)
    if check is not None:
        assert done.returncode == check, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode(), done


def of_text(text, *arguments, check=0):
    return witness("-", *arguments, data=text if isinstance(text, bytes) else text.encode(), check=check)


@pytest.mark.parametrize("token", sorted(path.stem for path in LOGS.glob("*.log")))
def test_log(token):
    records, _, done = witness(*OPTIONS.get(token, []), LOGS / f"{token}.log", check=0)
    expected = [json.loads(line) for line in (LOGS / f"{token}.jsonl").read_text().splitlines()]
    for ours, theirs in zip(records, expected):
        assert ours == theirs
    assert len(records) == len(expected) > 20
    assert done.stdout.isascii()
    for record in records:
        assert [key for key in record if key != "time_text"] == KEYS
        assert len(record["text"]) <= 300 and (record["time"] is None or "time_text" not in record)


ENVELOPES = {
    "shipper": lambda line: json.dumps({"@timestamp": "2019-08-15T16:03:31.000Z", "message": line}),
    "original": lambda line: json.dumps({"event": {"original": line}, "message": "short form"}),
    "docker": lambda line: json.dumps({"log": line + "\n", "stream": "stdout", "time": "2019-08-15T16:03:31.123Z"}),
    "journal": lambda line: json.dumps({"MESSAGE": line, "__REALTIME_TIMESTAMP": "1565885011250000", "_HOSTNAME": "fw"}),
    "bytes": lambda line: json.dumps({"MESSAGE": list(line.encode()), "__REALTIME_TIMESTAMP": "1565885011250000"}),
    "collector": lambda line: json.dumps({"logEvents": [{"id": "1", "timestamp": 1565885011000, "message": line}]}),
    "brace": lambda line: json.dumps({"message": line}) + "}",
    "header": lambda line: "<134>Aug 15 16:03:31 relay01 " + line,
    "priority": lambda line: "<134>" + line,
    "octets": lambda line: f"{len(line) + 5} <134>{line}",
    "rfc5424": lambda line: "<134>1 2019-08-15T16:03:31.5Z relay01 - - - - " + line,
    "data": lambda line: '<134>1 2019-08-15T16:03:31.5Z relay01 app 1 id [meta seq="1"] ' + line,
    "iso": lambda line: "2019-08-15T16:03:31.123+02:00 relay01 " + line,
    "export": lambda line: "2019-08-15T16:03:31.123Z " + line,
    "csv": lambda line: '2019-08-15,fw,"' + line.replace('"', '""') + '",x',
    "item": lambda line: "- '" + line.replace("'", "''") + "'",
}
SEVERAL_LINES = {"wfp", "windows_event"}  # to one record: an envelope around each would break them


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_envelopes(envelope):
    """Whatever is wrapped around each line, the records are the same but for their time and text."""
    def told(lines, options):
        records = witness("-", *options, data="\n".join(lines).encode())[0]
        return [{key: record[key] for key in KEYS if key not in ("time", "text")} for record in records]

    for path in sorted(LOGS.glob("*.log")):
        lines, options = path.read_text(errors="replace").splitlines(), OPTIONS.get(path.stem, [])
        if path.stem not in SEVERAL_LINES:
            assert told(map(ENVELOPES[envelope], lines), options) == told(lines, options), path.stem


def test_known_formats():
    """Every expected file is of a log that is there, and every record of a format that has a reader."""
    tokens = set(re.findall(r"^RST_READER\((\w+),", (tools.REPO / "plugin/core/logs/readers.def").read_text(), re.M))
    assert {path.stem for path in LOGS.glob("*.jsonl")} == {path.stem for path in LOGS.glob("*.log")}
    assert {json.loads(line)["format"] for path in LOGS.glob("*.jsonl") for line in path.read_text().splitlines()} <= tokens


@pytest.mark.parametrize("encoding,newline", [("utf-8", "\r\n"), ("utf-16", "\r\n"), ("utf-16-be", "\n"), ("utf-8-sig", "\n")])
def test_encodings(encoding, newline):
    text = newline.join([PACKET, f"Gr\u00fc\u00dfe \U0001f600 {PACKET}", ""])
    records, complaint, _ = of_text(text.encode(encoding))
    assert [(record["line"], record["src"], record["dport"]) for record in records] == [(1, "192.0.2.7", 443),
                                                                                      (2, "192.0.2.7", 443)]
    assert not complaint and "\\xc3\\xbc" not in records[0]["text"]


@pytest.mark.parametrize("data,words", [
    (b"", "is empty"),
    (b"\x1f\x8b\x08\0\0\0\0\0\n" * 100, "binary"),
    (b"nothing of interest\n" * 3, "none of 3 lines"),
    (PACKET.replace("40000", "70000").encode(), "1 malformed"),
    (b"x" * 200_000 + b"\n", "1 too long"),
    (b"kfree_skb: skbaddr=1 protocol=2048 location=tcp_v4_rcv+0x1 reason: NETFILTER_DROP\n", "no addresses"),
    (b"{\"message\": \"cut in the mid", "none of 1 lines"),
], ids=["empty", "binary", "foreign", "port", "endless", "blind", "cut"])
def test_hostile(data, words):
    """One line that says why, with the counts, and an exit code."""
    records, complaint, _ = of_text(data, check=1)
    assert records == [] and complaint.count("\n") == 1 and words in complaint and complaint.startswith("rst-witness: -: ")


def test_pipe_among_files(tmp_path):
    """It is read once and whole."""
    (tmp_path / "log").write_text(f"{PACKET}\n" * 3)
    program = tools.built_program("rst-witness")
    done = subprocess.run(["bash", "-c", '"$0" <(cat log) log', program], cwd=tmp_path, capture_output=True, check=True)
    assert len(done.stdout.splitlines()) == 6


def test_xml_with_a_dtd():
    """Refused, and nothing expanded: neither a file of this machine nor a billion laughs."""
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "SRC=1"><!ENTITY f SYSTEM "file:///etc/passwd">]>' \
        "<Event>&f;&a;<EventID>5152</EventID></Event>\n"
    records, complaint, _ = of_text(bomb, check=1)
    assert records == [] and complaint.count("\n") == 1 and "root:" not in complaint


def test_good_among_bad():
    """What is malformed is counted and skipped; the rest is read."""
    text = "\n".join([PACKET, PACKET.replace("443", "65536"), PACKET.replace("192.0.2.7", "gateway"), "x" * 70_000, PACKET])
    records, complaint, _ = of_text(text)
    assert [record["line"] for record in records] == [1, 5] and "2 of 5 lines are malformed, 1 too long" in complaint


def test_names_are_no_addresses():
    assert of_text("from db1:3306 to app7:40000\n", check=1)[0] == []


def test_zone():
    line = "2019-08-15 16:03:31 fw kernel: " + PACKET
    record = of_text(line)[0][0]
    assert record["time"] is None and record["time_text"] == "2019-08-15 16:03:31"
    assert of_text(line, "--zone", "+02:00")[0][0]["time"] == "2019-08-15T14:03:31Z"
    assert of_text(line, "--zone=Europe/Berlin")[0][0]["time"] == "2019-08-15T14:03:31Z"
    # A zone says nothing of the year, and changes no time that states its own.
    assert of_text("Aug 15 16:03:31 fw kernel: " + PACKET, "--zone", "UTC")[0][0]["time"] is None
    assert of_text("2019-08-15T16:03:31Z fw kernel: " + PACKET, "--zone", "+02:00")[0][0]["time"] == "2019-08-15T16:03:31Z"


@pytest.mark.parametrize("arguments,words", [
    ([], "no file given"), (["--zone", "Mars/Olympus", "-"], "no such time zone"), (["--wrong", "-"], "unknown"),
    (["--zone"], "incomplete"),
])
def test_wrong_arguments(arguments, words):
    _, complaint, done = witness(*arguments)
    assert done.returncode == 2 and words in complaint and complaint.count("\n") == 1 and not done.stdout


def test_several_files(tmp_path):
    """One that cannot be read does not keep the others from being read."""
    (tmp_path / "good").write_text(PACKET + "\n")
    records, complaint, done = witness(tmp_path / "missing", tmp_path, tmp_path / "good", check=1)
    assert len(records) == 1 and complaint.count("\n") == 3 and "missing: No such file" in complaint


def test_text_forges_nothing():
    """Neither lines, nor members, nor escape sequences of a terminal."""
    _, _, done = of_text('\x1b[31m","meaning":"opened"}\\ ' + PACKET + "\n")
    assert done.stdout.count(b"\n") == 1 and done.stdout.isascii() and b"\x1b" not in done.stdout
    record = json.loads(done.stdout)
    assert record["meaning"] == "other" and record["text"].startswith("\\x1b[31m\\x22")
