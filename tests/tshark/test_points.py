"""Two capture points: in one file, and as two files for rst-compare.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import functools

import pytest
import tools

COMPARE = tools.REPO / "packaging" / "rst-compare"
TWO_POINTS = sorted(
    path.parent.name for path in tools.SAMPLES.glob("*/README.md") if "Captured at both ends" in path.read_text()
)
ACCUSING = tools.accusing()
BLAMELESS = [
    name for name in TWO_POINTS
    if not {row["cause"] for row in tools.read_table(tools.SAMPLES / name / "expected.tsv")} & ACCUSING
]
NAMES = ["frame.interface_id", "rst.cause", "rst.confidence", "rst.sender", "rst.pattern", "rst.points.seen",
         "rst.points.missing", "rst.evidence.frame"]
HEALTHY = ["app_abort-two_points", "retransmission_timeout-arrived"]


def sample(name):
    return tools.SAMPLES / name / f"{name}.pcapng"


def end_of(tshark, capture, interface, to, wanted="tcp"):
    """What one capture point recorded, as a separate classic capture file."""
    part = to.with_suffix(".part")
    if wanted == "tcp":
        numbers = [row["frame.number"][0] for row in tshark.in_one_pass(capture)
                   if row["frame.interface_id"] == [str(interface)] and row["tcp.srcport"]]
        assert numbers
        tools.tool("editcap", "-r", capture, part, *numbers)
    else:
        tshark("-r", capture, "-Y", f"frame.interface_id == {interface} && ({wanted})", "-w", part)
    tools.tool("editcap", "-F", "nsecpcap", part, to)
    return to


@pytest.fixture(scope="module")
def ends(tshark, tmp_path_factory):
    """The files from client and server; wanted = display filters for what each recorded. Nobody writes to them."""
    known = {}

    def find(name, **wanted):
        files = []
        for number, end in enumerate(("client", "server")):
            what = name, number, wanted.get(end, "tcp")
            if what not in known:
                known[what] = end_of(tshark, sample(name), number, tmp_path_factory.mktemp(name) / f"{end}.pcap", what[2])
            files.append(known[what])
        return files

    return find


@pytest.fixture(scope="module")
def honest(tshark):
    """The verdicts of a sample as it is."""
    return functools.lru_cache(None)(lambda name: verdicts(tshark, sample(name)))


def merged(files, folder):
    tools.tool("mergecap", "-I", "none", "-w", folder / "both.pcapng", *files)
    return folder / "both.pcapng"


def verdicts(tshark, capture, *args):
    """{(cause, sender)} of all resets."""
    rows = tshark.resets(capture, NAMES, *args)
    return {(row["rst.cause"][0], row["rst.sender"][0]) for row in rows.values()}


def compare(tshark, *args):
    done = tshark.run(*args, program=str(COMPARE))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_there_are_samples():
    assert len(TWO_POINTS) >= 7


@pytest.mark.parametrize("name", ["injected-two_points", "injected-two_points_both", "firewall_reject-two_points"])
def test_absent(tshark, name):
    """Confident, and with the frames at both points."""
    rows = [row for row in tshark.resets(sample(name), NAMES).values() if row["rst.sender"] == ["middlebox"]]
    assert rows
    for row in rows:
        assert "absent_at_sender" in row["rst.pattern"]
        assert int(row["rst.confidence"][0]) >= 95
        assert row["rst.points.seen"] and row["rst.points.missing"]
        assert row["rst.points.seen"] != row["rst.points.missing"]
    interfaces = {row["frame.number"][0]: row["frame.interface_id"][0]
                  for row in tshark.fields(sample(name), ["frame.number", "frame.interface_id"])}
    assert {interfaces[frame] for row in rows for frame in row["rst.evidence.frame"]} == {"0", "1"}


def test_rewritten(tshark):
    for row in tshark.resets(sample("header_rewritten-two_points"), NAMES).values():
        assert row["rst.cause"] == ["header_rewritten"]
        assert int(row["rst.confidence"][0]) >= 95


def test_back_references(tshark):
    """Frames at the other point lead to the reset that they explain."""
    rows = tshark.fields(sample("injected-two_points"), ["frame.interface_id", "rst.reset_in"], "-Y", "rst.reset_in")
    assert "1" in {row["frame.interface_id"][0] for row in rows}


def test_one_event(tshark):
    """Two copies of one reset have one explanation, and only one of them counts."""
    for name in HEALTHY:
        rows = list(tshark.resets(sample(name), [*NAMES, "rst.summary"]).values())
        assert len(rows) == 2
        for field in ("rst.cause", "rst.confidence", "rst.sender", "rst.summary"):
            assert rows[0][field] == rows[1][field]
        assert not {row["rst.cause"][0] for row in rows} & ACCUSING
    tree = tshark("-2", "-q", "-r", sample("app_abort-two_points"), "-z", "rst,tree")
    assert "app_abort" in tree or "abort" in tree.lower()


@pytest.mark.parametrize("name", TWO_POINTS)
@pytest.mark.parametrize("shift,turned", [("-301.5", False), ("864000", True)])
def test_clocks(tshark, ends, honest, tmp_path, name, shift, turned):
    """The same verdicts, whatever the clocks say and whichever file comes first."""
    client, server = ends(name)
    tools.tool("editcap", "-t", shift, client, tmp_path / "moved.pcap")
    files = [tmp_path / "moved.pcap", server]
    assert verdicts(tshark, merged(files[::-1] if turned else files, tmp_path)) == honest(name)


@pytest.mark.parametrize("name", BLAMELESS)
@pytest.mark.parametrize("missing", [1, 2, 5])
def test_cut_short(tshark, ends, tmp_path, name, missing):
    """A file that ends too early proves nothing."""
    client, server = ends(name)
    frames = len(tshark("-r", server).splitlines())
    tools.tool("editcap", "-r", server, tmp_path / "short.pcap", f"1-{max(1, frames - missing)}")
    assert not {cause for cause, _ in verdicts(tshark, merged([client, tmp_path / "short.pcap"], tmp_path))} & ACCUSING


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("recorded", ["!tcp.flags.reset", "ip.src == 192.0.2.0/24", "ip.dst == 192.0.2.0/24",
                                      "frame.number % 3 != 0", "tcp.flags.syn"])
def test_recorded_in_part(tshark, ends, tmp_path, name, recorded):
    """Capture losses and filters at either end accuse nobody."""
    for end in ("client", "server"):
        files = ends(name, **{end: recorded})
        assert not {cause for cause, _ in verdicts(tshark, merged(files, tmp_path))} & ACCUSING


def test_preferences(tshark, tmp_path):
    """All interfaces as one point: nothing to compare. Each as a point: the same as determined automatically."""
    capture = sample("injected-two_points")
    one = tshark.resets(capture, NAMES, "-o", "rst.capture_points:one").values()
    assert not any(row["rst.points.seen"] for row in one)
    assert verdicts(tshark, capture, "-o", "rst.capture_points:every_interface") == verdicts(tshark, capture)
    assert verdicts(tshark, capture, "-o", "rst.point_ends:client=0 server=1") == verdicts(tshark, capture)
    # Swapped ends contradict the hop counts: nobody is accused except by the client's capture alone.
    client = end_of(tshark, capture, 0, tmp_path / "client.pcap")
    wrong = verdicts(tshark, capture, "-o", "rst.point_ends:client=1 server=0")
    assert ("injected", "middlebox") not in wrong or ("injected", "middlebox") in verdicts(tshark, client)


@pytest.mark.parametrize("entry", ["nonsense", "left=0", "client=", "client=x", "client=99", "client=3-1", "=1"])
def test_wrong_end(tshark, entry):
    """A wrong entry is reported in one line and ignored; the others count."""
    capture = sample("injected-two_points")
    done = tshark.run("-2", "-r", capture, "-Y", "rst", "-T", "fields", "-e", "rst.points.missing", "-o",
                      f"rst.point_ends:client=0, {entry} server=1")
    assert done.returncode == 0 and b"server side" in done.stdout
    assert done.stderr.count(f'"{entry}" is not of the form'.encode()) == 1
    assert b"preferences.c" not in done.stderr  # the window shows it as it is


@pytest.mark.parametrize("name,code,word", [
    ("injected-two_points", 1, "injected"),
    ("header_rewritten-two_points", 1, "header_rewritten"),
    ("firewall_reject-two_points", 1, "firewall_reject"),
    ("app_abort-two_points", 0, "app_abort"),
    ("retransmission_timeout-arrived", 0, "was not answered"),
    ("retransmission_timeout-lost_between", 1, "lost between capture points"),
])
def test_compare(tshark, ends, name, code, word):
    """Two files, in either order, and each with two interfaces of its own."""
    client, server = ends(name)
    for pair in ((client, server), (server, client), (client.with_suffix(".part"), server.with_suffix(".part"))):
        result, text, errors = compare(tshark, *pair)
        assert (result, errors) == (code, "")
        assert word in text


def test_compare_frames(tshark, ends):
    """One event, one line, even for a follow-up whose first reset only one point shows. Frame numbers of both files."""
    result, text, _ = compare(tshark, *ends("injected-two_points"))
    assert result == 1
    lines = [line for line in text.splitlines() if line.startswith("frame ")]
    assert [line.split(":")[0] for line in lines] == ["frame 7 (client.pcap 7)",
                                                      "frame 9 and 17 (client.pcap 9, server.pcap 8)"]
    assert "Clock of capture point 2: 2 min 17 s ahead of that of point 1" in text
    assert "point 1 is client.pcap, point 2 is server.pcap" in text.splitlines()[0]


def test_compare_proves_the_sender(tshark, ends):
    _, text, _ = compare(tshark, *ends("app_abort-two_points"))
    assert "itself sent it" in text and text.count("frame 16 and 32 ") == 1


def test_compare_torn_file(tshark, ends, tmp_path):
    """A file whose last packet is truncated is used as far as it goes, and accuses nobody."""
    client, server = ends("app_abort-two_points")
    torn = tmp_path / "torn.pcap"
    torn.write_bytes(server.read_bytes()[:-30])
    code, text, errors = compare(tshark, client, torn)
    assert code != 1 and errors == ""
    assert text.splitlines()[0].endswith("ends in the middle of a packet: comparing the 15 packets before it")
    assert "app_abort" in text


def test_compare_one_capture_twice(tshark, ends, tmp_path):
    """The same capture in another format is not a second capture point."""
    client, _ = ends("app_abort-two_points")
    tools.tool("editcap", "-F", "pcap", client, tmp_path / "copy.pcap")
    code, text, errors = compare(tshark, client, tmp_path / "copy.pcap")
    assert (code, text) == (2, "") and "one capture" in errors and len(errors.splitlines()) == 1


def test_compare_wrong_filter(tshark, ends):
    code, text, errors = compare(tshark, *ends("app_abort-two_points"), "-Y", "nonsense((")
    assert (code, text) == (2, "") and "unexpected" in errors and "plugin" not in errors


def test_compare_translated(tshark, ends):
    result, text, _ = compare(tshark, *ends("app_abort-nat"))
    assert result == 0
    assert "frame 7 and 14 (client.pcap 7, server.pcap 7): app_abort" in text


def test_compare_keeps_the_file(tshark, ends, tmp_path):
    client, server = ends("app_abort-two_points")
    assert compare(tshark, client, server, "-o", tmp_path / "kept.pcapng")[0] == 0
    assert verdicts(tshark, tmp_path / "kept.pcapng") == verdicts(tshark, sample("app_abort-two_points"))


def bad_inputs(tshark, ends, folder):
    client, server = ends("app_abort-two_points")
    empty, text = folder / "empty.pcap", folder / "notes.txt"
    tools.tool("editcap", "-r", client, empty, "9999")
    text.write_text("no capture\n")
    other = end_of(tshark, sample("injected-two_points"), 1, folder / "other.pcap")
    return [(client, empty), (empty, server), (client, text), (client, folder / "missing.pcap"), (client, client),
            (client, other), (client, folder), (client,)]


def test_compare_bad_input(tshark, ends, tmp_path):
    """One clear line, exit code 2, nothing else."""
    for args in bad_inputs(tshark, ends, tmp_path):
        code, text, errors = compare(tshark, *args)
        assert (code, text) == (2, ""), args
        assert len(errors.splitlines()) == 1 and errors.startswith("rst-compare: "), errors
        assert "Traceback" not in errors
