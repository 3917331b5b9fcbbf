#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write docs/causes.md from causes.def and findings.def in plugin/core/answer, or check that it is up to date.

usage: gen-causes.py [--check]
"""
import re
import sys
import textwrap
from collections import namedtuple
from pathlib import Path

from registry import ANSWER, CATEGORIES, CAUSES, Cause, RegistryError, blocks, plans, read_causes, rows, run

FINDINGS = ANSWER / "findings.def"
PAGE = Path(__file__).resolve().parent / "causes.md"

INTRO = """\
<!-- Made by docs/gen-causes.py from plugin/core/answer/causes.def and findings.def. Do not edit. -->
# Causes

These are all the causes that the plugin can name. `rst.cause` holds the token, `rst.cause_id` the id and `rst.category`
the category, which says where the reason lies (`rst.sender` says who sent the reset). Ids and tokens never change.

The severity says how bad it is if true, not how sure it is: Expert Information shows it for every verdict of 50% or
more. Below that, the verdict is a note, its text has a question mark where the cause is worse than a note, and the Info
column has one after every cause. A reset that needs nobody (`rst.benign`) is a chat, whatever its cause. How sure it is
says `rst.confidence`; the preference `rst.min_confidence` hides what is less sure than you want to see. The
[last table](#severity-in-expert-information) has all causes in one view.

Filter example: `rst.cause == "closed_port"`.

The advice is shown here in general. In the tree (`rst.advice`, `rst.advice.step`, `rst.advice.command`) and in the
problems, its commands bear the addresses, ports and times of the case in place of the words in capitals, for the system
that the host probably runs, and only the steps that fit the case are given.
"""

FAILURES = """\
## Failures without a reset

Connections that failed silently or with an ICMP error. `rst.finding.kind` holds the token, on the last segment that was
sent in vain or on the ICMP error, from the second pass on (`tshark -2`). Filter example:
`rst.finding.kind == "syn_timeout"`. The filter `rst` never matches them.
"""

SEVERITIES = """\
## Severity in Expert Information

| cause | 50% or more sure | less sure | benign |
|---|---|---|---|
"""

Finding = namedtuple("Finding", "token severity label explanation reference advice")

def read_findings(source):
    findings = []
    for line, arguments in rows(source, "RST_FINDING"):
        if len(arguments) != 7 or not all(arguments) or arguments[1] != arguments[0].upper():
            raise RegistryError(f"line {line}: a finding has 7 arguments, none empty, the second the first in capitals")
        findings.append(Finding(arguments[0], arguments[2].lower(), *arguments[3:]))
    return findings


def table(causes):
    head = ["| id | token | severity | label |", "|---:|---|---|---|"]
    return head + [f"| {c.id} | [`{c.token}`](#{c.token}) | {c.severity} | {c.label} |" for c in causes]


def shown(severity, sure):
    """As rst_cause_severity() has it for what is not benign."""
    return severity if sure or severity == "chat" else "note"


def severities(causes, findings):
    rows = [f"| [`{c.token}`](#{c.token}) | {shown(c.severity, True)} | {shown(c.severity, False)} | chat |"
            for c in causes]
    return rows + [f"| [`{f.token}`](#{f.token}), no reset | {f.severity} | - | - |" for f in findings]


def paragraph(text):
    """Wrap text, but never inside a command, so that commands can be found and copied in one piece."""
    whole = re.sub(r"`[^`]*`", lambda command: command.group().replace(" ", "\0"), text)
    lines = textwrap.wrap(whole, 118, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in lines] + [""]


def section(cause):
    number = f"id {cause.id}, " if isinstance(cause, Cause) else ""
    return [f"### {cause.token}", "", f"**{cause.label}** ({number}{cause.severity})", "",
            *paragraph(cause.explanation), *paragraph(f"**In short:** {general(cause.advice)}"), *next_steps(cause.token),
            *paragraph(f"**Reference:** {cause.reference}")]


WORDS = {"at": "the sender", "other": "the other side", "client": "the client", "server": "the server",
         "service": "the server", "host": "the host", "reporter": "the router", "time": "the time of the failure",
         "silence": "that time", "port": "PORT", "client_port": "PORT", "at_port": "PORT", "other_port": "PORT",
         "probably": "", "perhaps": "", "likely": ""}
SYSTEMS = {"LINUX": "Linux", "WINDOWS": "Windows", "BSD": "BSD, macOS", "V4": "IPv4", "V6": "IPv6"}


def general(text):
    """A sentence of the advice without a case."""
    text = re.sub(r"\{(\w+)\}", lambda word: WORDS[word[1]], text)
    return text[0].upper() + text[1:]


def command(line):
    where = ", ".join(SYSTEMS[system] for system in SYSTEMS if system in line.systems)
    text = re.sub(r"\{([a-z_]+)\}", lambda word: word[1].upper(), line.text)
    return f"  * `{text}`" + (f" ({where})" if where else "")


def anchor(block):
    return "step-" + block.lower().replace("_", "-")


def next_steps(token):
    """Links to the steps of a cause, each once."""
    names = list(dict.fromkeys(plan.block for plan in plans() if plan.token == token))
    if not names:
        return []
    links = ", ".join(f"[{name.lower().replace('_', ' ')}](#{anchor(name)})" for name in names)
    return paragraph(f"**Steps:** {links}")


def steps():
    lines = ["## Steps", "", "What the causes above refer to.", ""]
    for name, members in blocks().items():
        lines += [f"### {anchor(name)}", ""]
        for line in members:
            if line.kind == "RUN":
                lines.append(command(line))
            else:
                lines += [f"* {part}" if n == 0 else f"  {part}" for n, part in enumerate(paragraph(general(line.text))[:-1])]
        lines.append("")
    return lines


def page(causes, findings):
    lines = [INTRO]
    for category, meaning in CATEGORIES.items():
        members = [cause for cause in causes if cause.category == category]
        lines += [f"## {category.capitalize()}", "", meaning, "", *table(members), ""]
        for cause in members:
            lines += section(cause)
    lines += [FAILURES] + [line for finding in findings for line in section(finding)]
    lines += [SEVERITIES + "\n".join(severities(causes, findings)), ""] + steps()
    return "\n".join(lines)


def make_pages():
    causes = read_causes(CAUSES.read_text(encoding="ascii"))
    return {PAGE: page(causes, read_findings(FINDINGS.read_text(encoding="ascii")))}


if __name__ == "__main__":
    sys.exit(run("gen-causes.py", __doc__, sys.argv[1:], make_pages))
