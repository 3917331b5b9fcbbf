"""Logs as witnesses: what they settle, what they must not, and what is said where they are of no use.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import json

import pytest
import tools

POLICY = tools.SAMPLES / "policy_reset" / "policy_reset.pcapng"
FINDINGS = tools.SAMPLES / "findings" / "findings.pcapng"
CLOSED = tools.SAMPLES / "closed_port" / "closed_port.pcapng"
LINES = ["rst.witness.file", "rst.witness.line", "rst.witness.meaning", "rst.witness.ambiguous"]


def witness(path, name="", zone=""):
    """The options for one log."""
    return ["-o", f'uat:rst_witness:"{path}","{name}","{zone}"']


def ends_of(tshark, capture, frame):
    names = ["frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "ip.id", "tcp.seq_raw"]
    row = tshark.fields(capture, names, "-Y", f"frame.number == {frame}")[0]
    return [row[name][0] for name in names]


def clock(epoch, shift=0.0):
    return datetime.datetime.fromtimestamp(float(epoch) + shift, datetime.timezone.utc)


def asa(epoch, text, shift=0.0):
    return f"<166>{clock(epoch, shift):%b %d %Y %H:%M:%S}: {text}\n"


def inspected(tshark, shift=0.0, port=None):
    """What a Cisco ASA writes that reset the connection of the sample by inspection."""
    time, server, sport, client, dport, _, _ = ends_of(tshark, POLICY, 27)
    pair = f"outside:{client}/{port or dport} to inside:{server}/{sport}"
    return asa(time, f"%ASA-4-507003: tcp flow from {pair} terminated by inspection engine, reason - reset "
                     f"unconditionally.", shift)


def dropped(tshark, frame, shift=0.0, prefix="FW-DROP ", ip_id=None):
    """The line of netfilter about the packet of a frame."""
    time, src, sport, dst, dport, number, _ = ends_of(tshark, FINDINGS, frame)
    return (f"{clock(time, shift):%b %e %H:%M:%S} gw kernel: {prefix}IN=eth0 OUT= SRC={src} DST={dst} LEN=60 TOS=0x00 "
            f"TTL=63 ID={int(ip_id or number, 0)} DF PROTO=TCP SPT={sport} DPT={dport} WINDOW=64240 RES=0x00 SYN URGP=0\n")


def reset_with(tshark, capture, frame, log, *more):
    rows = tshark.resets(capture, ["rst.cause", "rst.confidence", "rst.sender", "rst.conflict", "rst.declared.source",
                                   "rst.summary", "rst.evidence.text", *LINES], *witness(log, *more))
    return {name: value if name == "rst.evidence.text" or name in LINES else "".join(value)
            for name, value in rows[frame].items()}


def finding_with(tshark, frame, *options):
    rows = tshark.fields(FINDINGS, ["frame.number", "rst.finding.summary", "rst.witness.rule", *LINES],
                         "-Y", f"frame.number == {frame}", *options)
    return rows[0]


def test_device_that_says_it_reset(tshark, tmp_path):
    log = tmp_path / "fw1.log"
    log.write_text(inspected(tshark))
    row = reset_with(tshark, POLICY, 27, log, "fw1")
    assert (row["rst.cause"], row["rst.sender"], row["rst.declared.source"]) == \
        ("policy_reset", "middlebox", "cisco_asa")
    assert "A log says the same (fw1 line 1)" in row["rst.summary"]
    assert any(text.startswith("fw1 line 1: '%ASA-4-507003") for text in row["rst.evidence.text"])
    assert row["rst.witness.ambiguous"] == ["0"]


def refused(tshark, words, frame=13):
    """What a Linux firewall writes about the SYN that the server of the sample refused."""
    names = ["frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "ip.id"]
    row = tshark.fields(CLOSED, names, "-Y", f"frame.number == {frame - 1}")[0]
    time, src, sport, dst, dport, number = (row[name][0] for name in names)
    return (f"{clock(time):%b %e %H:%M:%S} gw kernel: {words}IN=eth0 OUT=eth1 SRC={src} DST={dst} LEN=60 TTL=63 "
            f"ID={int(number, 0)} PROTO=TCP SPT={sport} DPT={dport} WINDOW=64240 SYN\n")


def test_it_settles_what_the_packets_leave_open(tshark, tmp_path):
    """A refusal looks the same from a closed port and from a firewall."""
    log = tmp_path / "fw1.log"
    log.write_text(refused(tshark, "FINAL_REJECT: "))
    row = reset_with(tshark, CLOSED, 13, log)
    assert tshark.resets(CLOSED, ["rst.cause"])[13]["rst.cause"] == ["closed_port"]
    assert row["rst.witness.meaning"] == ["rejected"]
    if row["rst.conflict"] != "1":
        assert row["rst.cause"] == "firewall_reject"
        assert row["rst.summary"].startswith("A log says why (fw1.log line 1)")


REJECTED = tools.SAMPLES / "firewall_reject" / "firewall_reject.pcapng"


def test_no_listener_is_not_who_answered(tshark, tmp_path):
    """The packets show that a device nearer than the host sent the reset, whatever the host's own log says."""
    time, src, sport, dst, dport, _, _ = ends_of(tshark, REJECTED, 34)
    log = tmp_path / "security.xml"
    data = {"SourceAddress": src, "SourcePort": sport, "DestAddress": dst, "DestPort": dport, "Protocol": 6,
            "FilterRTID": 67000, "FilterOrigin": "Port Scanning Prevention Filter"}
    log.write_text(f"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>5152</EventID>"
                   f"<TimeCreated SystemTime='{clock(time):%Y-%m-%dT%H:%M:%S.%f}Z'/></System><EventData>"
                   + "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
                   + "</EventData></Event>\n")
    row = reset_with(tshark, REJECTED, 35, log)
    assert row["rst.witness.meaning"] == ["no_listener"]
    assert (row["rst.cause"], row["rst.sender"], row["rst.conflict"]) == ("firewall_reject", "middlebox", "1")
    assert any(text.startswith("A log contradicts the packets") for text in row["rst.evidence.text"])


def test_dropped_is_not_refused(tshark, tmp_path):
    """Whether a device that drops a SYN also answers it is up to its configuration: the line does not say so."""
    log = tmp_path / "fw1.log"
    log.write_text(refused(tshark, "FW-DROP "))
    summary = reset_with(tshark, CLOSED, 13, log)["rst.summary"]
    assert "it dropped the SYN that the reset answers (rule 'FW-DROP')" in summary


def test_seen_is_not_done(tshark, tmp_path):
    """A device that let the SYN pass says nothing about who refused it."""
    log = tmp_path / "fw1.log"
    log.write_text(refused(tshark, "[UFW ALLOW] "))
    row = reset_with(tshark, CLOSED, 13, log)
    plain = tshark.resets(CLOSED, ["rst.cause", "rst.confidence", "rst.sender"])[13]
    assert [row[name] for name in plain] == ["".join(value) for value in plain.values()]
    assert row["rst.witness.meaning"] == ["allowed"]


@pytest.mark.parametrize("hours", [2, -5, 5.75])
def test_another_time_zone(tshark, tmp_path, hours):
    """Whether the user states it or it follows from the packets."""
    log = tmp_path / "nf.log"
    log.write_text("".join(dropped(tshark, frame, hours * 3600) for frame in (10, 11, 13)))
    minutes = round(abs(hours) * 60)
    zone = f"{'-' if hours < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    for option in (zone, ""):
        row = finding_with(tshark, 13, *witness(log, "", option))
        assert "it dropped 3 of them (rule 'FW-DROP')" in row["rst.finding.summary"][0], option


def test_each_syn_by_itself(tshark, tmp_path):
    log = tmp_path / "nf.log"
    log.write_text(dropped(tshark, 11))
    row = finding_with(tshark, 13, *witness(log))
    assert "it dropped one of them (rule 'FW-DROP')" in row["rst.finding.summary"][0]
    assert row["rst.witness.rule"] == ["FW-DROP"]


def test_let_pass_is_not_dropped_there(tshark, tmp_path):
    log = tmp_path / "nf.log"
    log.write_text(dropped(tshark, 10, prefix="[UFW ALLOW] "))
    assert "A log says where not" in finding_with(tshark, 13, *witness(log))["rst.finding.summary"][0]


def unjoined(tshark, log):
    plain = finding_with(tshark, 13)
    row = finding_with(tshark, 13, *witness(log))
    return row["rst.finding.summary"] == plain["rst.finding.summary"]


@pytest.mark.parametrize("days", [1, -1, 30])
def test_another_day(tshark, tmp_path, days):
    log = tmp_path / "nf.log"
    log.write_text("".join(dropped(tshark, frame, days * 86400) for frame in (10, 11, 13)))
    assert unjoined(tshark, log)


def test_another_packet(tshark, tmp_path):
    """The same addresses, ports and second, but an IP ID that the capture does not have."""
    log = tmp_path / "nf.log"
    log.write_text(dropped(tshark, 10, ip_id="4711"))
    assert unjoined(tshark, log)


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"\xff\xfe<\0?\0", b"hello\n" * 100, b"x" * 300000])
def test_useless_files(tshark, tmp_path, content):
    log = tmp_path / "useless.log"
    log.write_bytes(content)
    assert unjoined(tshark, log)
    done = tshark.run("-2", "-r", FINDINGS, *witness(log), "-Y", "rst")
    assert done.returncode == 0
    assert len(done.stderr.decode().splitlines()) == 1


def test_missing_file_and_folder(tshark, tmp_path):
    for path in (tmp_path / "none.log", tmp_path):
        done = tshark.run("-2", "-r", FINDINGS, *witness(path), "-Y", "rst")
        assert done.returncode == 0
        assert done.stderr.decode().count("Witness ") == 1


def test_wrong_zone_is_refused(tshark, tmp_path):
    log = tmp_path / "nf.log"
    log.write_text(dropped(tshark, 10))
    done = tshark.run("-r", FINDINGS, *witness(log, "", "Mars/Base"))
    assert done.returncode != 0
    assert "no time zone" in done.stderr.decode()


def test_one_pass_says_so(tshark, tmp_path):
    log = tmp_path / "nf.log"
    log.write_text(inspected(tshark))
    done = tshark.run("-r", POLICY, *witness(log), "-Y", "rst")
    assert "run tshark with -2" in done.stderr.decode()
    rows = tshark.resets(POLICY, ["rst.witness.text", "rst.witness.note"], *witness(log), passes=1)
    assert not any(row["rst.witness.text"] for row in rows.values())
    assert any("second pass" in "".join(row["rst.witness.note"]) for row in rows.values())


def test_note_says_how_well_it_fits(tshark, tmp_path):
    log = tmp_path / "fw1.log"
    log.write_text(inspected(tshark) + inspected(tshark, port=1))
    row = next(iter(tshark.resets(POLICY, ["rst.witness.note"], *witness(log)).values()))
    assert "1 of its 2 records is about this capture" in "".join(row["rst.witness.note"])


def test_kernel_events_in_a_log(tshark, tmp_path):
    """A file may hold anything, the kernel's events too."""
    folder = tools.SAMPLES / "declared-kernel_trace"
    capture = folder / "kernel_trace.pcapng"
    trace = (folder / "kernel-trace.txt").read_text()
    log = tmp_path / "mixed.log"
    log.write_text("some line\n" * 50000 + trace + "another line\n")
    names = ["rst.cause", "rst.sender", "rst.declared.text"]
    assert tshark.resets(capture, names, *witness(log)) == \
        tshark.resets(capture, names, "-o", f"rst.kernel_trace:{folder / 'kernel-trace.txt'}")


def test_secrets_are_cut_and_escaped(tshark, tmp_path):
    log = tmp_path / "fw1.log"
    log.write_text(inspected(tshark).rstrip("\n") + "\x1b[2J ';\t" + "x" * 5000 + " password\n")
    row = reset_with(tshark, POLICY, 27, log)
    text = next(one for one in row["rst.evidence.text"] if one.startswith("fw1.log line 1"))
    assert len(text) < 400 and "password" not in text and "\x1b" not in text


SERVER = tools.SAMPLES / "findings-witness"
EXPLAINED = {"dropped": "it dropped them all (rule '{rule}')",
             "no_listener": "nobody listens on that port, and the host swallows its refusals (rule '{rule}')"}


def test_syns_that_the_security_log_explains(tshark):
    """The worked example: audit events name filters by number, and the state of the filtering platform has the names."""
    logs = [*witness(SERVER / "security.xml"), *witness(SERVER / "wfpstate.xml")]
    names = ["frame.number", "rst.finding.summary", "rst.witness.rule", "rst.witness.meaning", "rst.witness.line"]
    rows = {row["frame.number"][0]: row for row in
            tshark.fields(SERVER / "witness.pcapng", names, "-Y", "rst.finding.kind", *logs)}
    for expected in tools.read_table(SERVER / "expected-with-logs.txt"):
        row = rows.pop(expected["frame"])
        if expected["rule"] == "-":
            assert not row["rst.witness.line"] and "log" not in row["rst.finding.summary"][0]
            continue
        assert EXPLAINED[expected["meaning"]].format(rule=expected["rule"]) in row["rst.finding.summary"][0]
        assert row["rst.witness.rule"] == [expected["rule"]] * 4  # each SYN by its own event
        assert row["rst.witness.meaning"] == [expected["meaning"]] * 4
        assert len(set(row["rst.witness.line"])) == 4
    assert not rows


def test_problems_and_json_name_the_rule(tshark):
    logs = [*witness(SERVER / "security.xml"), *witness(SERVER / "wfpstate.xml")]
    text = tshark("-2", "-q", "-r", SERVER / "witness.pcapng", *logs, "-z", "rst,problems")
    assert "In the logs: security.xml line 1 (rule 'Block remote desktop from outside')" in text
    found = json.loads(tshark("-2", "-q", "-r", SERVER / "witness.pcapng", *logs, "-z", "rst,resets,json"))
    lines = [line for one in found["resets"] for line in one.get("witnesses", ())]
    assert {line["rule"] for line in lines} == {"Block remote desktop from outside", "Port Scanning Prevention Filter"}
    assert {"file", "line", "format", "meaning", "text", "rule", "clock_error_s", "ambiguous"} == set(lines[0])


def test_log_that_the_packets_contradict(tshark, tmp_path):
    """The reset of a process that ended bears the timestamps of its host: no firewall made it up."""
    capture = tools.SAMPLES / "admin_kill" / "admin_kill.pcapng"
    frame = next(iter(tshark.resets(capture, ["rst.cause"])))
    names = ["frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport"]
    time, src, sport, dst, dport = (value[0] for value in
                                    tshark.fields(capture, names, "-Y", f"frame.number == {frame}")[0].values())
    log = tmp_path / "fw1.log"
    log.write_text(asa(time, f"%ASA-4-507003: tcp flow from outside:{src}/{sport} to inside:{dst}/{dport} terminated by "
                             "inspection engine, reason - reset unconditionally."))
    plain = tshark.resets(capture, ["rst.cause", "rst.confidence", "rst.sender"])[frame]
    row = reset_with(tshark, capture, frame, log)
    assert {name: [row[name]] for name in plain} == plain
    assert row["rst.conflict"] in ("1", "True")
    assert any(text.startswith("A log contradicts the packets (fw1.log line 1)") for text in row["rst.evidence.text"])
