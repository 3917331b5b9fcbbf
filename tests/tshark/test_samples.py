"""Every sample capture gives its expected verdicts, in every way tshark can print them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
from xml.etree import ElementTree

import pytest
import tools

CASES = tools.sample_captures()
each_sample = pytest.mark.parametrize("capture,table", CASES, ids=tools.sample_ids(CASES))
VERDICT = ["rst.cause", "rst.sender", "rst.category"]


def causes(tshark, capture):
    """[(frame, cause)], one for each analyzed reset."""
    rows = tshark.resets(capture, ["rst.cause"])
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


def test_bundle(tshark, bundle):
    """The verdicts of a bundle are those of its samples, so what is tested on bundles is tested on samples."""
    alone = [row for capture in bundle.captures for row in tshark.resets(capture, VERDICT).values()]
    together = tshark.resets(bundle.path, VERDICT)
    assert len(together) == len(alone)
    for (frame, row), expected in zip(together.items(), alone):
        assert row == expected, bundle.place(frame)


def test_one_pass(tshark, bundle):
    """The same frames and measurements as with two passes; whatever may still change is called provisional."""
    names = [*tools.MEASURED, "rst.provisional"]
    once, twice = tshark.resets(bundle.path, names, passes=1), tshark.resets(bundle.path, names)
    assert list(once) == list(twice)
    for frame in twice:
        provisional = [tools.truth(row[frame].pop("rst.provisional")) for row in (once, twice)]
        assert (any(provisional[0]), any(provisional[1])) == (True, False), bundle.place(frame)
        assert once[frame] == twice[frame], bundle.place(frame)


def test_columns(tshark, bundle):
    """Custom columns are filled without a display filter that names our fields."""
    columns = 'gui.column.format:"No.","%m","Cause","%Cus:rst.cause:0:R","Sure","%Cus:rst.confidence:0:R"'
    text = tshark("-2", "-r", bundle.path, "-o", columns, "-T", "tabs")
    shown = {}
    for line in text.splitlines():
        number, cause, confidence = (line.split("\t") + ["", ""])[:3]
        if cause.strip():
            shown[int(number)] = (cause.strip(), confidence.strip())
    rows = tshark.resets(bundle.path, ["rst.cause", "rst.confidence"])
    assert shown == {
        frame: (",".join(row["rst.cause"]), ",".join(row["rst.confidence"])) for frame, row in rows.items()
    }


def as_list(value):
    return value if isinstance(value, list) else [value]


def test_json(tshark, bundle):
    text = tshark("-2", "-r", bundle.path, "-Y", "rst", "-T", "json", "--no-duplicate-keys")
    shown = []
    for packet in strict(text):
        layers = packet["_source"]["layers"]
        frame = int(layers["frame"]["frame.number"])
        shown += [(frame, item["rst.cause"]) for item in as_list(layers["rst"])]
    assert shown == causes(tshark, bundle.path)


def test_ek(tshark, bundle):
    text = tshark("-2", "-r", bundle.path, "-Y", "rst", "-T", "ek")
    shown = []
    for line in text.splitlines():
        packet = strict(line, "rst_")  # Wireshark repeats keys of its own
        if "layers" in packet:
            layers = packet["layers"]
            frame = int(layers["frame"]["frame_frame_number"])
            shown += [(frame, item["rst_rst_cause"]) for item in as_list(layers["rst"])]
    assert shown == causes(tshark, bundle.path)


def test_pdml(tshark, bundle):
    root = ElementTree.fromstring(tshark("-2", "-r", bundle.path, "-Y", "rst", "-T", "pdml"))
    shown = []
    for packet in root.iter("packet"):
        frame = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
        for item in packet.iterfind("proto[@name='rst']"):
            shown += [(frame, field.get("show")) for field in item.iterfind("field[@name='rst.cause']")]
    assert shown == causes(tshark, bundle.path)
