# SPDX-License-Identifier: GPL-2.0-or-later
"""Advice that can be pasted: the syntax of every command, its form in exports, and docs/answers.md as printed."""
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tools

REPO = Path(__file__).resolve().parents[2]
PAGE = REPO / "docs" / "answers.md"
FINDINGS = tools.SAMPLES / "findings" / "findings.pcapng"
PROCESS = tools.SAMPLES / "process_exit" / "process_exit.pcapng"
sys.path.insert(0, str(REPO / "tests" / "advice"))
import commands  # noqa: E402

FIELDS = ["rst.advice", "rst.advice.step", "rst.advice.command"]


def test_checker_finds_faults():
    """Each of these was in a text once, or could be."""
    for command in ("journalctl --since", "nsconmsg -g rst", "ss -tnp 'dst 2001:db8::1 and dport = :80'",
                    "ping -M do -s 1472 PEER", "az network lb rule update --idle-timeout 30", "ss -ltnp 'sport = :PORT'",
                    "tcpdump -ni any 'host $(reboot)'", "sysctl -w net.ipv4.tcp_keepalive_tine=4", "rm -rf /"):
        with pytest.raises(commands.Wrong):
            commands.check(command)


def test_every_command():
    """Of every cause, for every system, both kinds of address."""
    built = sorted(REPO.glob("build*/**/tests/test_advice"), key=lambda path: path.stat().st_mtime)
    if not built:
        pytest.skip("no unit tests were built")
    program = built[-1]
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in listed.splitlines()]
    kinds, wrong = commands.check_all(row[2] for row in rows)
    assert len(kinds) > 100 and not wrong


def test_json(tshark):
    """With a strict parser: each name once in its object, and no name made of a text."""
    def pairs(members):
        names = [name for name, _ in members]
        assert len(names) == len(set(names)), names
        return dict(members)

    for capture, where in ((PROCESS, "rst"), (FINDINGS, "rst.finding.kind")):
        packets = json.loads(tshark("-2", "-r", capture, "-Y", where, "-T", "json", "--no-duplicate-keys"),
                             object_pairs_hook=pairs)
        text = json.dumps(packets)
        assert packets and re.search(r'"rst\.(finding\.)?advice\.step": \[', text)
        ours = [name for name in re.findall(r'"([^"]*)": ', text) if "rst" in name.split(".")[0] or "Step" in name]
        assert all(re.fullmatch(r"_?[a-z_]+(\.[a-z_]+)*", name) for name in ours), ours


def test_commands_are_steps(tshark):
    for row in tshark.fields(PROCESS, FIELDS, "-Y", "rst"):
        steps, found = row["rst.advice.step"], row["rst.advice.command"]
        assert [step for step in steps if step in found] == found
        assert len(row["rst.advice"]) <= 1


def test_paste_from_text(tshark):
    """In the text of tshark -V a command stands alone in its line, without brackets."""
    text = tshark("-2", "-r", PROCESS, "-Y", 'rst.cause == "process_exit"', "-V")
    lines = [line.strip() for line in text.splitlines()]
    assert "ss -ltnp 'sport = :80'" in lines


def test_only_rst_shows_failures(tshark):
    text = tshark("-2", "-r", FINDINGS, "-Y", "rst.finding.kind", "-O", "rst")
    assert "never answered: 192.0.2.61" in text and "did not answer 192.0.2.61" in text


def test_local_time(tshark):
    """Both, where they differ."""
    command = ["tshark", "-2", "-r", PROCESS, "-Y", "frame.number == 33", "-T", "fields", "-E", "aggregator=\x1f",
               "-e", "rst.advice.step"]
    for zone, wanted in (("UTC", r"\d UTC:$"), ("Asia/Tokyo", r"\d UTC \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d here\):$")):
        text = subprocess.run(command, env={**tshark.environment(), "TZ": zone}, capture_output=True, text=True, check=True)
        said, run = text.stdout.split("\x1f")[:2]
        assert re.search(wanted, said) and "UTC'" in run


def blocks():
    """[(command, output)] of the page."""
    text = PAGE.read_text(encoding="ascii")
    return re.findall(r"^```\n\$ (.*)\n((?:.*\n)*?)```$", text, re.M)


@pytest.mark.parametrize("number", range(5))
def test_answers(tshark, number):
    """Made only of what the plugin prints."""
    command, output = blocks()[number]
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, cwd=REPO,
                          env={**tshark.environment(), "TZ": "UTC"})
    assert done.stdout == output
