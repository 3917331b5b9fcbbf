"""The public fields: scripts rely on their names, types and values.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import sys
from xml.etree import ElementTree

import pytest
import tools

sys.path.insert(0, str(tools.REPO / "tests" / "advice"))
import commands  # noqa: E402

TYPES = {
    "rst.cause": "FT_STRING",
    "rst.cause_id": "FT_UINT16",
    "rst.category": "FT_STRING",
    "rst.confidence": "FT_UINT8",
    "rst.summary": "FT_STRING",
    "rst.benign": "FT_BOOLEAN",
    "rst.sender": "FT_STRING",
    "rst.on_path": "FT_STRING",
    "rst.phase": "FT_STRING",
    "rst.ordinal": "FT_UINT16",
    "rst.trigger": "FT_FRAMENUM",
    "rst.trace_note": "FT_STRING",
    "rst.evidence.text": "FT_STRING",
    "rst.evidence.frame": "FT_FRAMENUM",
    "rst.alternative.cause": "FT_STRING",
    "rst.alternative.confidence": "FT_UINT8",
    "rst.provisional": "FT_BOOLEAN",
    "rst.contradicted_by": "FT_FRAMENUM",
    "rst.conflict": "FT_BOOLEAN",
    "rst.validity": "FT_STRING",
    "rst.accepted": "FT_BOOLEAN",
    "rst.pattern": "FT_STRING",
    "rst.retransmissions": "FT_UINT16",
    "rst.probes": "FT_UINT16",
    "rst.idle": "FT_RELATIVE_TIME",
    "rst.delay": "FT_RELATIVE_TIME",
    "rst.hop_delta": "FT_INT8",
    "rst.declared.source": "FT_STRING",
    "rst.declared.code": "FT_UINT32",
    "rst.declared.text": "FT_STRING",
    "rst.capture_side": "FT_STRING",
    "rst.advice": "FT_STRING",
    "rst.advice.step": "FT_STRING",
    "rst.advice.command": "FT_STRING",
    "rst.reference": "FT_STRING",
    "rst.connection_filter": "FT_STRING",
    "rst.finding.kind": "FT_STRING",
    "rst.finding.summary": "FT_STRING",
    "rst.finding.advice": "FT_STRING",
    "rst.finding.advice.step": "FT_STRING",
    "rst.finding.advice.command": "FT_STRING",
    "rst.finding.count": "FT_UINT16",
    "rst.finding.duration": "FT_RELATIVE_TIME",
    "rst.finding.pattern": "FT_STRING",
    "rst.points.clock": "FT_STRING",
    "rst.reset_in": "FT_FRAMENUM",
    "rst.foreign": "FT_STRING",
    "rst.foreign.frame": "FT_FRAMENUM",
    "rst.client": "FT_STRING",
    "rst.server": "FT_STRING",
    "rst.line": "FT_STRING",
    "rst.problem": "FT_UINT32",
    "rst.problem.title": "FT_STRING",
    "rst.witness.text": "FT_STRING",
    "rst.witness.file": "FT_STRING",
    "rst.witness.line": "FT_UINT32",
    "rst.witness.format": "FT_STRING",
    "rst.witness.meaning": "FT_STRING",
    "rst.witness.rule": "FT_STRING",
    "rst.witness.clock_error": "FT_RELATIVE_TIME",
    "rst.witness.ambiguous": "FT_BOOLEAN",
    "rst.witness.note": "FT_STRING",
    "rst.service.name": "FT_STRING",
    "rst.service.name_from": "FT_STRING",
    "rst.service.protocol": "FT_STRING",
    "rst.service.history": "FT_STRING",
    "rst.service.failed": "FT_UINT32",
    "rst.service.total": "FT_UINT32",
    "rst.service.last_success": "FT_ABSOLUTE_TIME",
    "rst.service.last_success_frame": "FT_FRAMENUM",
    "rst.service.next_success": "FT_ABSOLUTE_TIME",
    "rst.service.next_success_frame": "FT_FRAMENUM",
    "rst.points.seen": "FT_STRING",
    "rst.points.missing": "FT_STRING",
}

EACH_RESET = ["rst.cause", "rst.cause_id", "rst.category", "rst.confidence", "rst.summary", "rst.sender", "rst.phase"]
ALLOWED = {
    "rst.category": "refused handshake application timeout stale network declared artefact unknown".split(),
    "rst.sender": "client server middlebox unknown".split(),
    "rst.on_path": "sent changed".split(),
    "rst.phase": "handshake established closing closed unknown".split(),
    "rst.validity": "exact in_window outside unknown".split(),
    "rst.capture_side": "client server middle unknown".split(),
    "rst.declared.source": "netscaler f5 rst_diag mptcp_option text kernel".split(),
    "rst.finding.kind": "syn_timeout silent_give_up icmp_unreachable".split(),
    "rst.service.name_from": "tls http proxy dns mdns llmnr protocol port".split(),
}
PAIRS = [
    ("rst.evidence.text", "rst.evidence.frame"),
    ("rst.alternative.cause", "rst.alternative.confidence"),
    ("rst.cause", "rst.confidence"),
]
CASES = tools.sample_captures()


@pytest.fixture(scope="module")
def resets(tshark):
    """All values of all resets of our samples: [(where, {field: [values]})]."""
    names = [name for name in TYPES if not name.startswith(("rst.finding", "rst.reset_in"))]
    rows = []
    for capture, _ in CASES:
        for frame, row in tshark.resets(capture, names).items():
            rows.append((f"{capture.relative_to(tools.SAMPLES)} frame {frame}", row))
    assert rows, "no sample captures"
    return rows


def test_names_and_types(tshark):
    experts = ("rst.expert.", "rst.finding.expert.", "rst.foreign.expert", "rst.expert_problem")
    actual = {name: kind for name, (_, kind) in tools.field_list(tshark).items() if not name.startswith(experts)}
    assert actual == TYPES


def test_no_name_is_a_prefix_of_another(tshark):
    names = list(tools.field_list(tshark))
    assert len(names) == len(set(names))
    clashes = [(one, other) for one in names for other in names if other.startswith(one + ".")]
    # Never in one place: test_foreign looks.
    apart = [("rst.foreign", "rst.foreign.frame"), ("rst.foreign", "rst.foreign.expert")]
    apart.append(("rst.problem", "rst.problem.title"))
    # A child of it, which is written in an object of its own: test_advice looks.
    apart += [(one, f"{one}.{other}") for one in ("rst.advice", "rst.finding.advice") for other in ("step", "command")]
    assert sorted(clashes) == sorted(apart), "JSON and Elasticsearch cannot hold a value and an object under one name"


def test_commands(resets):
    """Those of all samples; test_advice checks every command that there can be. Since 4.4, -T fields doubles backslashes."""
    kinds, wrong = commands.check_all(command.replace(r"\\", "\\") for _, row in resets
                                      for command in row["rst.advice.command"])
    assert len(kinds) > 30 and not wrong


def test_one_expert_item_per_cause(tshark):
    expert = {name.removeprefix("rst.expert.") for name in tools.field_list(tshark) if name.startswith("rst.expert.")}
    assert expert == set(tools.registry())


def test_cause_ids(tshark):
    """The list of causes in the filter dialog is the registry."""
    listed = {}
    for line in tshark("-G", "values").splitlines():
        parts = line.split("\t")
        if parts[0] == "V" and parts[1] == "rst.cause_id":
            listed[parts[3]] = int(parts[2], 0)
    assert listed == {token: number for token, (number, _, _) in tools.registry().items()}


@pytest.mark.parametrize("capture,table", CASES, ids=tools.sample_ids(CASES))
def test_bare_filter(tshark, capture, table):
    """`rst` matches the analyzed resets: nothing else carries the item, and no reset in a sample lacks it."""
    rows = tshark.everything(capture)
    assert rows
    for row in rows:
        resets = sum(tools.truth(row["tcp.flags.reset"]))
        assert len(row["rst.cause"]) == resets, f"frame {row['frame.number']}"
        assert bool(row["rst"]) == bool(resets), f"frame {row['frame.number']}"


def test_bare_filter_alone(tshark, bundle):
    """As a user types it: the same frames as beside another filter."""
    rows = tshark.fields(bundle.path, ["frame.number"], "-Y", "rst")
    assert [row["frame.number"] for row in rows] == [row["frame.number"] for row in tshark.everything(bundle.path)]


def test_twice_the_same(tshark, tour):
    """What the other tests take from one run would be the same in the next."""
    command = ["-2", "-r", tour, "-Y", "rst", "-T", "json"]
    one, other = tshark.run(*command), tshark.run(*command)
    assert one.returncode == 0 and len(one.stdout) > 1000
    assert (one.stdout, one.stderr) == (other.stdout, other.stderr)


@pytest.fixture(scope="module")
def rich(tmp_path_factory, tour):
    """A file whose resets have a value in nearly every field."""
    folder = tmp_path_factory.mktemp("rich")
    tools.UNCHANGED.append(folder)
    names = ["injected-two_points", "proxied-declared", "mptcp_subflow_reset", "app_abort-foreign"]
    captures = [next((tools.SAMPLES / name).glob("*.pcap*")) for name in names]
    return tools.Bundle([*captures, tour], folder / "rich.pcapng").path


# The others stand beside the item of a reset: test_findings, test_foreign.
ALONE = [name for name in TYPES if not name.startswith("rst.finding") and name != "rst.foreign"]


@pytest.mark.parametrize("name", ALONE)
def test_field_alone(tshark, rich, name):
    """A field is the same alone and with all others: since 4.4, tshark builds no tree for what nobody requested."""
    rows = tshark.fields(rich, ["frame.number", name], "-Y", "rst")
    alone = {int(row["frame.number"][0]): row[name] for row in rows}
    assert alone == {frame: row[name] for frame, row in tshark.resets(rich, [name]).items()}


def test_fields_have_values(tshark, rich):
    """Otherwise the comparison above says little."""
    rows = tshark.resets(rich, ALONE).values()
    without = {name for name in ALONE if not any(row[name] for row in rows)}
    without.discard("rst.line")  # only in trees that somebody sees: since 4.4, -T fields has none
    # Of logs and of a kernel's trace: test_witness.py and test_kernel_trace.py.
    assert {name for name in without if not name.startswith("rst.witness.")} == {"rst.trace_note"}


def test_every_reset_has_its_values(resets):
    for where, row in resets:
        for name in EACH_RESET:
            assert len(row[name]) == len(row["rst.cause"]), f"{where}: {name}"


def test_values_come_from_their_lists(resets):
    tokens = tools.registry()
    for where, row in resets:
        for name, allowed in ALLOWED.items():
            assert set(row.get(name, [])) <= set(allowed), f"{where}: {name}"
        for token in row["rst.cause"] + row["rst.alternative.cause"]:
            assert token in tokens, where
        for token, number, category in zip(row["rst.cause"], row["rst.cause_id"], row["rst.category"]):
            assert (int(number), category) == tokens[token][:2], where


def test_pairs(resets):
    for where, row in resets:
        for one, other in PAIRS:
            assert len(row[one]) == len(row[other]), f"{where}: {one} and {other}"


def test_confidences(resets):
    for where, row in resets:
        if len(row["rst.cause"]) == 1:
            values = [int(value) for value in row["rst.confidence"] + row["rst.alternative.confidence"]]
            assert sum(values) <= 100 and min(values) > 0, where
            assert row["rst.cause"][0] not in row["rst.alternative.cause"], where


def test_unknown_is_absent(resets):
    for where, row in resets:
        for name in ("rst.trigger", "rst.contradicted_by", "rst.evidence.frame", "rst.ordinal"):
            assert "0" not in row[name], f"{where}: {name}"


def test_no_empty_strings(tshark, tour):
    """-T fields cannot tell an empty value from none: PDML can."""
    text = tshark("-2", "-r", tour, "-Y", "rst", "-T", "pdml")
    for line in text.splitlines():
        if '<field name="rst.' in line and "rst.expert" not in line:
            assert 'show=""' not in line, line


PI = {"chat": "2097152", "note": "4194304", "warn": "6291456", "error": "8388608"}


def expert_item(cause, confidence, benign):
    """(severity, text) of a verdict: how bad it is if true, a note where it is less than 50 % sure, a chat if benign."""
    if benign or cause.severity == "chat":
        return PI["chat"], cause.label
    if confidence >= 50:
        return PI[cause.severity], cause.label
    return PI["note"], cause.label + ("" if cause.severity == "note" else "?")


@pytest.mark.parametrize("capture,table", CASES, ids=tools.sample_ids(CASES))
def test_one_expert_item_per_reset(tshark, capture, table):
    names = [name for name in tools.field_list(tshark) if name.startswith("rst.expert.")]
    items = ["_ws.expert.severity", "_ws.expert.message"]
    for frame, row in tshark.resets(capture, ["rst.cause", "rst.confidence", "rst.benign", *items, *names]).items():
        shown = [name.removeprefix("rst.expert.") for name in names for _ in row[name]]
        assert sorted(shown) == sorted(row["rst.cause"]), f"frame {frame}"
        expected = [expert_item(tools.causes()[token], int(confidence), benign in ("1", "True"))
                    for token, confidence, benign in zip(*(row[f"rst.{name}"] for name in ("cause", "confidence", "benign")))]
        listed = list(zip(*(row[item] for item in items)))
        assert all(item in listed for item in expected), f"frame {frame}: {expected} in {listed}"


def test_least_confidence(tshark, tour):
    """What is less sure than the preference has neither an expert item nor a place in the Info column."""
    names = [name for name in tools.field_list(tshark) if name.startswith("rst.expert.")]
    least = ["-o", "rst.min_confidence:80"]
    rows = tshark.resets(tour, ["rst.confidence", *names], *least)
    sure = [frame for frame, row in rows.items() if int(row["rst.confidence"][0]) >= 80]
    assert 0 < len(sure) < len(rows)
    assert [frame for frame, row in rows.items() if any(row[name] for name in names)] == sure
    listed = tshark("-2", "-r", tour, "-Y", "rst", *least).splitlines()
    assert [int(line.split()[0]) for line in listed if "[RST: " in line] == sure


@pytest.mark.parametrize("args", [("-Y", "rst.reset_in"), ()], ids=["filter", "all"])
def test_back_references(tshark, tour, args):
    """The frames of a verdict name its reset, or an earlier one that they also explain, whatever is requested."""
    rows = tshark.fields(tour, ["frame.number", "rst.reset_in"], *args)
    named = {row["frame.number"][0]: row["rst.reset_in"] for row in rows if row["rst.reset_in"]}
    assert named
    explained = {}
    for frame, row in tshark.resets(tour, ["rst.trigger", "rst.evidence.frame"]).items():
        for other in {*row["rst.trigger"], *row["rst.evidence.frame"]} - {str(frame)}:
            explained.setdefault(other, [str(frame)])
    assert named == explained


def test_order_of_preferences(tshark):
    """As the window shows them: what users set first, the limits of the rules last; headings are no preferences."""
    names = re.findall(r"^#?rst\.([a-z_0-9]+):", tshark("-G", "currentprefs"), re.MULTILINE)
    first = ["info_column", "min_confidence", "capture_side", "capture_points", "point_ends", "kernel_trace",
             "witness_applications", "stats_problems", "stats_servers", "stats_ports", "memory_mb"]
    assert names[:len(first)] == first and names[len(first)].startswith("decode_")
    assert names[-1] == "cancel_bytes" and len(names) == len(set(names)) == 43


README = (tools.REPO / "README.md").read_text(encoding="utf-8")


def test_filters_of_the_readme(tshark, tour):
    """tshark accepts the filter or field at the start of every line in its tables."""
    filters = re.findall(r"^\| `(rst\b[^`]*)` \| [a-z]", README, re.MULTILINE)
    assert len(filters) >= 20
    assert tools.refused(tshark, tour, filters, "-2") == []


def test_fields_of_the_readme(tshark):
    preferences = set(re.findall(r"^#?(rst\.[a-z_]+):", tshark("-G", "currentprefs"), re.MULTILINE))
    named = set(re.findall(r"\brst\.[a-z_.]*[a-z]", README)) - {"rst.so"} - preferences
    assert named <= tools.field_list(tshark).keys() | {"rst.finding"}


def test_lines(tshark, tour):
    """A long text is whole in its field and, in lines, in what the tree shows. None is nameless or breaks a command."""
    tree = ElementTree.fromstring(tshark("-2", "-r", tour, "-Y", "rst || rst.finding.kind", "-T", "pdml"))
    broken = 0
    for field in (field for proto in tree.iter("proto") if proto.get("name") == "rst" for field in proto.iter("field")):
        lines = [line.get("show") for line in field if line.get("name") == "rst.line"]
        if field.get("name") == "":
            assert field.get("show") in ("Evidence", "Alternatives", "Details")
        elif lines:
            whole = field.get("showname").partition(": ")[2] + " " + " ".join(lines)
            assert whole == field.get("show") and max(map(len, lines)) <= 220
            assert not [line for line in lines if line.count("`") % 2 and len(line) < 110]
            broken += 1
    assert broken > 2
