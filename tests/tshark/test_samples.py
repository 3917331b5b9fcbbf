"""Every sample capture gives its expected verdicts, in every way tshark can print them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
from xml.etree import ElementTree

import pytest
import tools

CASES = tools.sample_captures()
each_sample = pytest.mark.parametrize("capture,table", CASES, ids=tools.sample_ids(CASES))
few_samples = pytest.mark.parametrize("capture,table", CASES[::8], ids=tools.sample_ids(CASES[::8]))

# What was measured before the reset cannot change by what comes after it. Everything else may, in one pass.
MEASURED = ["rst.ordinal", "rst.phase", "rst.idle", "rst.retransmissions", "rst.declared.source", "rst.declared.code"]


def causes(tshark, capture, *args, passes=2):
    """[(frame, cause)], one for each analysed reset."""
    rows = tshark.resets(capture, ["rst.cause"], *args, passes=passes)
    return [(frame, cause) for frame, row in rows.items() for cause in row["rst.cause"]]


def strict(text, prefix=""):
    """JSON in which a repeated key is an error, if it begins with the prefix."""

    def unique(pairs):
        keys = [key for key, _ in pairs if key.startswith(prefix)]
        assert len(keys) == len(set(keys)), f"repeated key in {keys}"
        return dict(pairs)

    return json.loads(text, object_pairs_hook=unique)


def test_there_are_samples(tour):
    assert CASES and tour.is_file()


def known(value):
    return value if value not in ("", "-", "0") else "-"


@each_sample
def test_expected(tshark, capture, table):
    expected = {
        int(row["frame"]): f"{row['cause']} by {row['sender']}, trigger {known(row['trigger'])}"
        for row in tools.read_table(table)
    }
    names = ["rst.cause", "rst.sender", "rst.trigger", "rst.confidence", "rst.summary"]
    wrong = []
    rows = tshark.resets(capture, names)
    for frame in sorted(expected.keys() | rows.keys()):
        row = {name: ";".join(values) for name, values in rows.get(frame, dict.fromkeys(names, [])).items()}
        actual = f"{row['rst.cause']} by {row['rst.sender']}, trigger {known(row['rst.trigger'])}"
        if actual != expected.get(frame):
            wrong.append(f"frame {frame}: want {expected.get(frame)}")
            wrong.append(f"    got {actual} ({row['rst.confidence']} %): {row['rst.summary']}")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@each_sample
def test_one_pass(tshark, capture, table):
    """The same frames and measurements as with two passes; whatever may still change is called provisional."""
    once = tshark.resets(capture, [*MEASURED, "rst.provisional"], passes=1)
    twice = tshark.resets(capture, [*MEASURED, "rst.provisional"])
    assert list(once) == list(twice)
    for frame in twice:
        provisional = [tools.truth(row[frame].pop("rst.provisional")) for row in (once, twice)]
        assert (any(provisional[0]), any(provisional[1])) == (True, False), f"frame {frame}"
        assert once[frame] == twice[frame], f"frame {frame}"


@each_sample
def test_columns(tshark, capture, table):
    """Custom columns are filled without a display filter that names our fields."""
    columns = 'gui.column.format:"No.","%m","Cause","%Cus:rst.cause:0:R","Sure","%Cus:rst.confidence:0:R"'
    text = tshark("-2", "-r", capture, "-o", columns, "-T", "tabs")
    shown = {}
    for line in text.splitlines():
        number, cause, confidence = (line.split("\t") + ["", ""])[:3]
        if cause.strip():
            shown[int(number)] = (cause.strip(), confidence.strip())
    rows = tshark.resets(capture, ["rst.cause", "rst.confidence"])
    assert shown == {
        frame: (",".join(row["rst.cause"]), ",".join(row["rst.confidence"])) for frame, row in rows.items()
    }


def as_list(value):
    return value if isinstance(value, list) else [value]


@few_samples
def test_json(tshark, capture, table):
    text = tshark("-2", "-r", capture, "-Y", "rst", "-T", "json", "--no-duplicate-keys")
    shown = []
    for packet in strict(text):
        layers = packet["_source"]["layers"]
        frame = int(layers["frame"]["frame.number"])
        shown += [(frame, item["rst.cause"]) for item in as_list(layers["rst"])]
    assert shown == causes(tshark, capture)


@few_samples
def test_ek(tshark, capture, table):
    text = tshark("-2", "-r", capture, "-Y", "rst", "-T", "ek")
    shown = []
    for line in text.splitlines():
        packet = strict(line, "rst_")  # Wireshark repeats keys of its own
        if "layers" in packet:
            layers = packet["layers"]
            frame = int(layers["frame"]["frame_frame_number"])
            shown += [(frame, item["rst_rst_cause"]) for item in as_list(layers["rst"])]
    assert shown == causes(tshark, capture)


@few_samples
def test_pdml(tshark, capture, table):
    root = ElementTree.fromstring(tshark("-2", "-r", capture, "-Y", "rst", "-T", "pdml"))
    shown = []
    for packet in root.iter("packet"):
        frame = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
        for item in packet.iterfind("proto[@name='rst']"):
            shown += [(frame, field.get("show")) for field in item.iterfind("field[@name='rst.cause']")]
    assert shown == causes(tshark, capture)
