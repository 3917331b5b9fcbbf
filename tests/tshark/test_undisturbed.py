"""Nothing disturbed: without our own items, Wireshark shows exactly what it shows without the plugin.

Captures are concatenated into bundles, because starting tshark costs more than reading most captures. RST_ALL=1 adds
the large ones in ../shared, one by one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import difflib
import json
import os
import re
from xml.etree import ElementTree

import pytest
import tools

DISABLED = ["--disable-protocol", "rst"]
TABLES = ["-q", "-z", "conv,tcp", "-z", "conv,ip", "-z", "endpoints,ip", "-z", "endpoints,tcp"]
INFO_SUFFIX = re.compile(r"( \[RST: [^\[\]]*\])+$")  # what we append to the Info column
SMALL = 60_000  # bytes: smaller captures go into bundles
BUNDLE = 500_000  # bytes of one bundle


def bundles():
    """{name: [captures]}; an empty list stands for missing captures."""
    found = {"samples": sorted(tools.SAMPLES.glob("**/*.pcap*"))}
    shared = tools.shared_dir() / "captures"
    found["lab"] = sorted(shared.glob("lab/*.pcap*"))
    public = sorted(path for path in shared.glob("public/**/*") if path.suffix in (".pcap", ".pcapng", ".dmp", ".trace"))
    size, number = 0, 1
    found["public-1"] = []
    for path in public:
        if path.stat().st_size < SMALL:
            size += path.stat().st_size
            if size > BUNDLE * number:
                number += 1
            found.setdefault(f"public-{number}", []).append(path)
        elif os.environ.get("RST_ALL"):
            found[str(path.relative_to(shared))] = [path]
    return found


BUNDLES = bundles()


@pytest.fixture(scope="module", params=BUNDLES)
def capture(request, tmp_path_factory):
    captures = BUNDLES[request.param]
    if not captures:
        pytest.skip(f"no captures in {tools.shared_dir()} (RST_SHARED names another place)")
    bundle = tmp_path_factory.mktemp("bundle") / "bundle.pcapng"
    tools.tool("mergecap", "-a", "-I", "none", "-w", bundle, *captures)
    return bundle


def equal(ours, theirs):
    """Compares texts; the assertion message holds only the first differences."""
    if ours != theirs:
        lines = difflib.unified_diff(theirs.splitlines()[:200_000], ours.splitlines()[:200_000], "stock", "ours", "", "", 1)
        pytest.fail("\n".join(line for line, _ in zip(lines, range(20))))


def texts(tshark, stock, *args):
    """Output of (the plugin enabled, disabled, stock tshark)."""
    return tshark(*args), tshark(*args, *DISABLED), stock(*args)


def test_tree(tshark, stock, capture):
    enabled, disabled, theirs = texts(tshark, stock, "-2", "-r", capture, "-V")
    equal(disabled, theirs)
    equal(without_our_tree(tshark, enabled), theirs)


def our_headings(tshark):
    """How our items at the root of the packet's tree start."""
    root = ("rst.reset_in", "rst.finding.", "rst.foreign")
    labels = [label for field, (label, _) in tools.field_list(tshark).items() if field.startswith(root)]
    return re.compile(rf"\[?({'|'.join(map(re.escape, ['TCP Reset Cause', *labels]))}): ")


def without_our_tree(tshark, text):
    """-V without our items and what is indented below them."""
    heading = our_headings(tshark)
    kept, skip = [], False
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            skip = bool(heading.match(line))
        if not skip:
            kept.append(line)
    return "".join(kept)


def test_pdml_disabled(tshark, stock, capture):
    """Only the line with the time of the run may differ."""
    args = ["-2", "-r", capture, "-T", "pdml"]
    ours, theirs = (re.sub(r"<pdml .*>", "<pdml>", text) for text in (tshark(*args, *DISABLED), stock(*args)))
    equal(ours, theirs)


def without_ours(pairs):
    """A JSON object as a list of pairs (keys repeat in tshark's output), without our fields and expert items."""
    kept = []
    for key, value in pairs:
        ours = key == "rst" or key.startswith(("rst.", "rst_"))
        names = ("rst.expert", "rst_expert", "rst.finding.expert", "rst_rst_finding_expert", "rst.foreign.expert")
        expert = isinstance(value, list) and any(
            isinstance(item, tuple) and item[0].startswith(names) for item in value
        )
        if not ours and not expert:
            kept.append((key, value))
    return kept


def test_json(tshark, stock, capture):
    args = ["-2", "-r", capture, "-T", "json"]
    ours = json.loads(tshark(*args), object_pairs_hook=without_ours)
    theirs = json.loads(stock(*args), object_pairs_hook=list)
    assert len(ours) == len(theirs)
    for number, (one, other) in enumerate(zip(ours, theirs), 1):
        assert one == other, f"packet {number}"


def test_info_column(tshark, stock, capture):
    """One line per packet: identical, or followed by our remark about a reset."""
    args = ["-2", "-r", capture, "-T", "tabs"]
    enabled, disabled, theirs = texts(tshark, stock, *args)
    equal(disabled, theirs)
    for one, other in zip(enabled.splitlines(), theirs.splitlines(), strict=True):
        assert one == other or (INFO_SUFFIX.sub("", one) == other and "RST" in other)


def test_tables(tshark, stock, capture):
    enabled, disabled, theirs = texts(tshark, stock, "-2", "-r", capture, *TABLES)
    equal(disabled, theirs)
    equal(enabled, theirs)


def test_one_pass(tshark, stock, capture):
    enabled, disabled, theirs = texts(tshark, stock, "-r", capture, "-T", "fields", "-e", "frame.number", "-e", "tcp.stream",
                                      "-e", "tcp.analysis.flags", "-e", "frame.protocols", "-e", "_ws.col.Protocol")
    equal(disabled, theirs)
    equal(enabled, theirs)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    bundle = tmp_path_factory.mktemp("samples") / "samples.pcapng"
    tools.tool("mergecap", "-a", "-I", "none", "-w", bundle, *BUNDLES["samples"])
    return bundle


OUR_EXPERT_ITEM = object()


def ek_without_ours(pairs):
    """An object of -T ek without our fields and expert items. A dictionary: the keys come in the order of a hash table,
    which another plugin changes."""
    ours = {key: value for key, value in pairs if key == "rst" or key.startswith("rst_")}
    if any(key.startswith(("rst_rst_expert", "rst_rst_finding_expert", "rst_rst_foreign_expert")) for key in ours):
        return OUR_EXPERT_ITEM
    said = json.dumps([value for key, value in ours.items() if key != "rst"])
    kept = {}
    for key, value in pairs:
        if isinstance(value, list):  # a single value where there were two, one of them ours
            value = [one for one in value if one is not OUR_EXPERT_ITEM]
            if key == "text":  # our long texts continue in lines below their field
                value = [one for one in value if json.dumps(one)[1:-1] not in said]
            value = value[0] if len(value) == 1 else value
        if key not in ours and value is not OUR_EXPERT_ITEM and value != []:
            kept[key] = value
    return kept


def test_ek(tshark, stock, samples):
    args = ["-2", "-r", samples, "-T", "ek"]
    ours, theirs = tshark(*args).splitlines(), stock(*args).splitlines()
    for one, other in zip(ours, theirs, strict=True):
        assert json.loads(one, object_pairs_hook=ek_without_ours) == json.loads(other, object_pairs_hook=ek_without_ours)


def test_pdml(tshark, stock, samples):
    def is_ours(proto):
        first = proto.find("field")  # an item at the root of the tree is wrapped in a proto of another name
        return proto.get("name") == "rst" or (first is not None and first.get("name").startswith("rst."))

    def content(element):
        return element.tag, element.attrib, [content(child) for child in element if not is_ours(child)]

    args = ["-2", "-r", samples, "-T", "pdml"]
    ours, theirs = (ElementTree.fromstring(program(*args)) for program in (tshark, stock))
    assert [content(packet) for packet in ours] == [content(packet) for packet in theirs]
