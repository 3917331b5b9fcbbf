"""More than one file, pass or preference in one process, and other extensions alongside ours.

The answers are the same as after a fresh start.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap

import pytest
import tools

FIELDS = ["frame.number", "rst.cause", "rst.sender", "rst.confidence", "rst.summary", "rst.trigger"]
WITH_RESETS = [path for path in tools.SAMPLES.glob("*/*.pcap*") if not path.parent.name.startswith("findings")]
FILES = [tools.SAMPLES / "tour.pcapng", *sorted(WITH_RESETS)[::9]]


def rows_of(tshark, capture, *args, passes=2):
    return tshark.resets(capture, FIELDS[1:], *args, passes=passes)


class Sharkd:
    """One sharkd process that answers requests one after another."""

    def __init__(self, tshark):
        self.loads = 0
        self.process = subprocess.Popen(["sharkd", "-"], env=tshark.environment(), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __call__(self, method, **params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                answer = json.loads(line)
                assert "error" not in answer, f"{request}: {answer['error']}"
                return answer["result"]
        raise AssertionError(f"sharkd ended at {request}: exit code {self.process.wait()}")

    def rows(self, display_filter="rst"):
        columns = {f"column{number}": f"{field}:1" for number, field in enumerate(FIELDS)}
        return [frame["c"] for frame in self("frames", filter=display_filter, **columns)]

    def opened(self, capture):
        """sharkd 4.0 keeps the result of a filter string even for the next file, so the string has to differ."""
        self("load", file=str(capture))
        self.loads += 1
        return self.rows(f"rst && frame.number < {10**9 + self.loads}")

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=tools.TIMEOUT) == 0


@pytest.fixture
def sharkd(tshark):
    if not shutil.which("sharkd"):
        pytest.skip("no sharkd")
    started = []

    def start():
        started.append(Sharkd(tshark))
        return started[-1]

    yield start
    for process in started:
        process.close()


# One process, several files


def test_files_one_after_the_other(sharkd):
    """Forward and backward through the list: what was learned from one file must not reach the next."""
    fresh = [sharkd().opened(capture) for capture in FILES]
    assert all(fresh)
    one = sharkd()
    assert [one.opened(capture) for capture in FILES] == fresh
    assert [one.opened(capture) for capture in FILES[::-1]] == fresh[::-1]


def test_reload(sharkd):
    one = sharkd()
    assert one.opened(FILES[0]) == one.opened(FILES[0])


def test_sharkd_as_tshark(tshark, sharkd):
    """The same verdicts as from tshark with two passes."""
    theirs = rows_of(tshark, FILES[0])
    ours = sharkd().opened(FILES[0])
    assert [int(row[0]) for row in ours] == list(theirs)
    for number, *values in ours:
        expected = [(column or [""])[0] for column in theirs[int(number)].values()]
        assert values == expected, f"frame {number}"


def test_change_of_filter(sharkd):
    one = sharkd()
    first = one.opened(FILES[0])
    one.rows("tcp.flags.syn == 1")
    one.rows("rst.cause == closed_port")
    assert one.rows() == first


def test_frames_in_any_order(sharkd):
    """Viewing frames backward, as people do, changes nothing."""
    one = sharkd()
    first = one.opened(FILES[0])
    details = {row[0]: one("frame", frame=int(row[0]), proto=True) for row in first}
    for number in reversed(details):
        assert one("frame", frame=int(number), proto=True) == details[number]
    assert one.rows() == first


def test_time_reference(sharkd):
    """A time reference frame is a matter of display."""
    one = sharkd()
    first = one.opened(FILES[0])
    columns = {f"column{number}": f"{field}:1" for number, field in enumerate(FIELDS)}
    frames = one("frames", filter="rst", refs="1,40,200", **columns)
    assert [frame["c"] for frame in frames] == first


def test_statistics_between_files(sharkd):
    one = sharkd()
    first = one.opened(FILES[0])
    taps = [one("tap", tap0="stat:rst")["taps"]]
    one.opened(FILES[1])
    assert one.opened(FILES[0]) == first
    assert [one("tap", tap0="stat:rst")["taps"]] == taps


# Preferences, profiles, protocols

PREFERENCE, DEFAULT = ("rst.idle_min_s", "86400"), "30"


def test_preference_while_a_file_is_open(sharkd):
    """A new value applies the next time the file is read; until then the old verdicts stay."""
    changed = sharkd()
    changed("setconf", name=PREFERENCE[0], value=PREFERENCE[1])
    expected = changed.opened(FILES[0])
    one = sharkd()
    default = one.opened(FILES[0])
    assert default != expected, "the preference changes nothing in this file: the test needs another"
    one("setconf", name=PREFERENCE[0], value=PREFERENCE[1])
    assert one.rows() == default
    assert one.opened(FILES[0]) == expected
    one("setconf", name=PREFERENCE[0], value=DEFAULT)
    assert one.opened(FILES[0]) == default


def test_profile(tshark, tmp_path):
    """A profile's preferences work like -o."""
    profile = tshark.home / ".config" / "wireshark" / "profiles" / "short"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "preferences").write_text(f"{PREFERENCE[0]}: {PREFERENCE[1]}\n")
    by_profile = rows_of(tshark, FILES[0], "-C", "short")
    assert by_profile == rows_of(tshark, FILES[0], "-o", ":".join(PREFERENCE))
    assert by_profile != rows_of(tshark, FILES[0])


@pytest.mark.parametrize("value", ["0", "4294967295"])
def test_absurd_preferences(tshark, value):
    """Wireshark's number preferences have no limits, but ours do."""
    lines = [line for line in tshark("-G", "currentprefs").replace("#", "").splitlines() if line.startswith("rst.")]
    names = [name for name, text in (line.split(": ", 1) for line in lines if ": " in line) if text.isdigit()]
    assert len(names) > 20
    options = [arg for name in names for arg in ("-o", f"{name}:{value}")]
    assert list(rows_of(tshark, FILES[0], *options)) == list(rows_of(tshark, FILES[0]))


def test_protocol_disabled_by_profile(tshark):
    """As stored by Analyze / Enabled Protocols."""
    profile = tshark.home / ".config" / "wireshark" / "profiles" / "without"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "disabled_protos").write_text("rst\n")
    assert rows_of(tshark, FILES[0], "-C", "without") == {}
    assert rows_of(tshark, FILES[0])


def test_tcp_disabled(tshark):
    assert tshark("-2", "-r", FILES[0], "-Y", "rst", "--disable-protocol", "tcp") == ""


# Other extensions


@pytest.mark.parametrize("protocol", ["transum", "communityid"])
def test_other_postdissectors(tshark, protocol):
    assert rows_of(tshark, FILES[0], "--enable-protocol", protocol) == rows_of(tshark, FILES[0])


def lua(tshark, tmp_path, script):
    """-X arguments for a Lua script."""
    if b"Lua" not in tshark.run("--version").stdout or b"without Lua" in tshark.run("--version").stdout:
        pytest.skip("tshark without Lua")
    path = tmp_path / "script.lua"
    path.write_text(textwrap.dedent(script))
    return ["-X", f"lua_script:{path}"]


def test_lua_postdissector(tshark, tmp_path):
    """A Lua post-dissector that reads TCP's fields and adds its own to every frame."""
    args = lua(tshark, tmp_path, """
        local proto = Proto("luapost", "Lua post-dissector")
        local seen = ProtoField.uint32("luapost.flags", "Flags")
        proto.fields = { seen }
        local flags = Field.new("tcp.flags")
        function proto.dissector(tvb, pinfo, tree)
            local value = flags()
            if value then tree:add(proto):add(seen, value.value) end
        end
        register_postdissector(proto)
    """)
    assert tshark("-r", FILES[0], "-Y", "luapost.flags", "-c", "1", *args), "the script did not run"
    assert rows_of(tshark, FILES[0], *args) == rows_of(tshark, FILES[0])


WRAPPER = """
    local proto = Proto("luawrap", "Lua before TCP")
    local table = DissectorTable.get("ip.proto")
    local original = table:get_dissector(6)
    function proto.dissector(tvb, pinfo, tree)
        tree:add(proto, tvb(0, 1))
        return original:call(tvb, pinfo, tree)
    end
    table:set(6, proto)
"""


def test_lua_wraps_tcp(tshark, tmp_path):
    """A script in front of TCP passes no IP header: TTL and IP ID are unknown then, but every reset is analyzed."""
    args = lua(tshark, tmp_path, WRAPPER)
    assert tshark("-r", FILES[0], "-Y", "luawrap", "-c", "1", *args), "the script did not run"
    wrapped, plain = rows_of(tshark, FILES[0], *args), rows_of(tshark, FILES[0])
    assert list(wrapped) == list(plain)
    agreed = sum(wrapped[frame]["rst.cause"] == plain[frame]["rst.cause"] for frame in plain)
    assert agreed >= 0.6 * len(plain)


def test_lua_puts_tcp_back(tshark, tmp_path):
    """DissectorTable:set removes our hook, like the Decode As dialog: it is back for the next file."""
    args = lua(tshark, tmp_path, """
        DissectorTable.get("ip.proto"):set(6, Dissector.get("tcp"))
    """)
    assert rows_of(tshark, FILES[0], *args) == rows_of(tshark, FILES[0])


def test_decode_as_something_else(tshark):
    """The user's choice stays: TCP as another protocol has no resets, and we show nothing."""
    assert tshark("-2", "-r", FILES[0], "-d", "ip.proto==6,udp", "-Y", "rst") == ""


# Read filters and forgetting


def test_read_filter_keeps_frame_numbers(tshark):
    """The numbers in our fields are those of the remaining frames."""
    wanted = "tcp.flags.reset == 1 || tcp.flags.syn == 1"
    rows = rows_of(tshark, FILES[0], "-R", wanted)
    left = {int(row["frame.number"][0]) for row in tshark.fields(FILES[0], ["frame.number"], "-R", wanted)}
    triggers = {int(number) for row in rows.values() for number in row["rst.trigger"]}
    assert triggers and triggers <= left
    without = rows_of(tshark, FILES[0])
    assert [row["rst.cause"] for row in rows.values()] == [row["rst.cause"] for row in without.values()]


def test_forgetting_rarely(tshark):
    """-M larger than the file forgets nothing."""
    one = rows_of(tshark, FILES[0], passes=1)
    assert rows_of(tshark, FILES[0], "-M", "1000000", passes=1) == one


# Live capture

TRAFFIC = """
    import glob, socket, struct, sys, time
    until = time.monotonic() + 60
    while not glob.glob(sys.argv[1]) and time.monotonic() < until:  # the capture has begun when its file is there
        time.sleep(0.05)
    def refused(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1)
        except ConnectionRefusedError:
            pass
    def aborted(server):
        client = socket.create_connection(server.getsockname())
        accepted = server.accept()[0]
        client.sendall(b"hello")
        accepted.recv(10)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        accepted.close()
        client.close()
    server = socket.create_server(("127.0.0.1", 0))
    for number in range(20):
        refused(1000 + number)
        aborted(server)
        time.sleep(0.02)
"""


def in_namespace(*command):
    """Runs the command in a separate network namespace, where it may capture."""
    inner = 'ip link set lo up && exec "$@"'
    return ["unshare", "-U", "--map-current-user", "--net", "--keep-caps", "sh", "-c", inner, "sh", *command]


@pytest.fixture(scope="module")
def namespaces():
    done = subprocess.run(in_namespace("dumpcap", "-D"), capture_output=True, timeout=tools.TIMEOUT, check=False)
    if done.returncode or b"lo" not in done.stdout:
        pytest.skip("no unprivileged network namespaces, or dumpcap may not capture in them")


def test_live_capture_with_rotating_files(tshark, tmp_path, namespaces):
    """tshark analyzes while dumpcap writes one file after another; each file can then be read by itself."""
    script = tmp_path / "traffic.py"
    script.write_text(textwrap.dedent(TRAFFIC))
    ring = ["-i", "lo", "-q", "-b", "packets:40", "-w", str(tmp_path / "ring.pcapng"), "-a", "duration:120"]
    show = ["-P", "-l", "-T", "fields", "-e", "tcp.flags.reset", "-e", "rst.cause"]
    shell = f'{sys.executable} {script} "$0" >&2 & exec "$@"'
    command = in_namespace("sh", "-c", shell, str(tmp_path / "ring_*"), "tshark", *ring, *show)
    resets = []
    with tempfile.TemporaryFile("w+") as errors, subprocess.Popen(
            command, env=tshark.environment(), stdout=subprocess.PIPE, stderr=errors, text=True) as live:
        for line in live.stdout:
            flag, cause = line.rstrip("\n").split("\t")
            if flag in ("1", "True"):
                resets.append(cause)
                if len(resets) == 40:
                    live.send_signal(signal.SIGINT)
        live.wait(tools.TIMEOUT)
        errors.seek(0)
        assert live.returncode == 0, errors.read()
    assert len(resets) == 40 and all(resets)
    assert resets.count("closed_port") == 20
    files = sorted(tmp_path.glob("ring_*"))
    assert len(files) > 3
    counts = [len(rows_of(tshark, file)) for file in files]
    assert sum(counts) == len(resets)
