#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build sample-captures/findings-witness: attempts that fail without a word, and what the server's own logs say of them.

witness.py [--out DIR]
"""
import argparse
import datetime
import os

import capfile
from built_host import healthy
from packets import LINUX, START, WINDOWS, Capture, Conv, Host

README = """\
Three attempts that nobody answers, among healthy connections: a firewall rule of the Windows server drops the SYNs to
port 3389; nobody listens on port 8443, where Windows discards the SYN and the refusal (stealth mode); those to port 5432
never reach the server. From the capture alone all three look the same.
`security.xml` is what `wevtutil qe Security /f:xml` would give on the server, whose clock is 0.35 s fast: event 5152 for
each packet that was dropped, with the number of the filter. `wfpstate.xml` (`netsh wfp show state`) has the names of the
filters. `expected-with-logs.txt` has one row per attempt: frame, meaning of the lines, rule (`-` = no line).

    tshark -2 -r witness.pcapng -o 'uat:rst_witness:"security.xml","",""' \\
           -o 'uat:rst_witness:"wfpstate.xml","",""' -Y rst.finding.kind -T fields -e rst.finding.summary

Built, not recorded: `tests/gen/witness.py`."""

SERVER = "203.0.113.80"
FAST = 0.35  # seconds
RULE, STEALTH = (71204, "Block remote desktop from outside"), (65811, "Port Scanning Prevention Filter")
BOOT = (60113, "Boot Time Filter")

EVENT = """\
<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
Name='Microsoft-Windows-Security-Auditing' Guid='{{54849625-5478-4994-a5ba-3e3b0328c30d}}'/><EventID>5152</EventID>\
<Version>0</Version><Level>0</Level><Task>12809</Task><Opcode>0</Opcode><Keywords>0x8010000000000000</Keywords>\
<TimeCreated SystemTime='{time}'/><EventRecordID>{number}</EventRecordID><Correlation/><Execution ProcessID='4' \
ThreadID='68'/><Channel>Security</Channel><Computer>srv80.example</Computer><Security/></System><EventData>\
<Data Name='ProcessId'>{process}</Data><Data Name='Application'>{application}</Data>\
<Data Name='Direction'>%%14592</Data><Data Name='SourceAddress'>{src}</Data><Data Name='SourcePort'>{sport}</Data>\
<Data Name='DestAddress'>{dst}</Data><Data Name='DestPort'>{dport}</Data><Data Name='Protocol'>6</Data>\
<Data Name='FilterRTID'>{filter}</Data><Data Name='LayerName'>{layer}</Data><Data Name='LayerRTID'>{layer_id}</Data>\
</EventData></Event>
"""
ITEM = """\
\t\t\t\t<item>
\t\t\t\t\t<filterKey>{{{key}}}</filterKey>
\t\t\t\t\t<displayData>
\t\t\t\t\t\t<name>{name}</name>
\t\t\t\t\t\t<description/>
\t\t\t\t\t</displayData>
\t\t\t\t\t<flags/>
\t\t\t\t\t<filterCondition numItems="1">
\t\t\t\t\t\t<item>
\t\t\t\t\t\t\t<fieldKey>FWPM_CONDITION_IP_PROTOCOL</fieldKey>
\t\t\t\t\t\t\t<matchType>FWP_MATCH_EQUAL</matchType>
\t\t\t\t\t\t</item>
\t\t\t\t\t</filterCondition>
\t\t\t\t\t<action>
\t\t\t\t\t\t<type>FWP_ACTION_BLOCK</type>
\t\t\t\t\t</action>
\t\t\t\t\t<filterId>{number}</filterId>
\t\t\t\t</item>
"""
STATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<wfpstate>
\t<timeStamp>{time}</timeStamp>
\t<layers numItems="1">
\t\t<item>
\t\t\t<layer>
\t\t\t\t<layerId>44</layerId>
\t\t\t</layer>
\t\t\t<filters numItems="{count}">
{items}\t\t\t</filters>
\t\t</item>
\t</layers>
</wfpstate>
"""


def clock(epoch):
    whole = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{round(epoch % 1 * 1e7) % 10 ** 7:07}Z"


def attempt(cap, client, port):
    conv = Conv(cap, client, Host(SERVER, WINDOWS, 6), port)
    frames = []
    for gap in (1, 2, 4, 0):
        frames.append(conv.syn())
        cap.wait(gap)
    return conv, frames


def events(conv, frames, rule, layer, application):
    for frame in frames:
        yield START + frame.time / 1e9 + 0.0121 + FAST, {
            "src": conv.c.host.address, "sport": conv.c.port, "dst": SERVER, "dport": conv.s.port, "filter": rule[0],
            "layer": layer[1], "layer_id": layer[0], "process": 4 if application == "System" else 1204,
            "application": application}


def play():
    cap = Capture()
    client, other = Host("192.0.2.61", LINUX), Host("203.0.113.70", LINUX, 6)
    logged, rows = [], []
    for port, rule, layer, application, meaning in (
            (3389, RULE, (44, "%%14610"), r"\device\harddiskvolume3\windows\system32\svchost.exe", "dropped"),
            (8443, STEALTH, (13, "%%14597"), "System", "no_listener"), (5432, None, None, None, "-")):
        healthy(cap, client, other)
        conv, frames = attempt(cap, client, port)
        if rule:
            logged += events(conv, frames, rule, layer, application)
        rows.append((frames[-1], meaning, rule[1] if rule else "-"))
        cap.wait(9)
    healthy(cap, client, other)
    # Somebody else's packets, which are in the log alone.
    for nth, time in enumerate(range(3, 30, 4)):
        logged.append((START + cap.frames[0].time / 1e9 + time + FAST, {
            "src": "198.51.100.7", "sport": 50000 + nth, "dst": SERVER, "dport": 23, "filter": STEALTH[0],
            "layer": "%%14597", "layer_id": 13, "process": 4, "application": "System"}))
    frames, _ = cap.finish()
    return frames, sorted(logged, key=lambda one: one[0]), [(frame.number, *rest) for frame, *rest in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default=capfile.SAMPLES, help="folder that gets the sample (default: sample-captures)")
    parser.error = capfile.die
    folder = os.path.join(parser.parse_args().out, "findings-witness")
    frames, logged, rows = play()
    capfile.write_capture(folder, "witness.pcapng", frames, README)
    names = [(number, name, f"{number:08x}-1f00-4a00-8000-{number:012x}") for number, name in (BOOT, STEALTH, RULE)]
    items = "".join(ITEM.format(key=key, name=name, number=number) for number, name, key in names)
    texts = {
        "security.xml": "".join(EVENT.format(time=clock(time), number=880000 + n, **one)
                                for n, (time, one) in enumerate(logged)),
        "wfpstate.xml": STATE.format(time=clock(logged[-1][0] + 600), count=len(names), items=items),
        "expected-with-logs.txt": "frame\tmeaning\trule\n" + "".join("\t".join(map(str, row)) + "\n" for row in rows)}
    for name, text in texts.items():
        with open(os.path.join(folder, name), "w", encoding="ascii", newline="\n") as file:
            file.write(text)
    print(f"findings-witness: {len(frames)} frames, {len(logged)} events")


if __name__ == "__main__":
    main()
