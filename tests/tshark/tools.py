"""Running tshark with and without the plugin, and reading what it prints.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "accuracy"))

from sharkd import Sharkd  # noqa: E402  (needs the path above)

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "docs"))

from registry import accusing, causes  # noqa: E402  (needs the path above)

SAMPLES = REPO / "sample-captures"
BLAME_MIN = 50  # percent; below it a verdict blames nobody
TIMEOUT = 120  # seconds for one tshark; a hang must fail, not block

ROOT_TRAP = (
    "Running as root: Wireshark then scans neither the personal plugin folder nor WIRESHARK_PLUGIN_DIR, "
    "so these tests would run without the plugin. Use tests/run.sh, or an ordinary user: setpriv --reuid=nobody "
    "--regid=nogroup --clear-groups env HOME=/tmp COMMAND"
)


def plugin_dir():
    """Folder for WIRESHARK_PLUGIN_DIR: RST_PLUGIN_DIR, else that of the newest build."""
    if "RST_PLUGIN_DIR" in os.environ:
        return Path(os.environ["RST_PLUGIN_DIR"]).resolve()  # symbolic links will point to it
    built = sorted(REPO.glob("build*/**/plugins/*/epan/rst.so"), key=lambda path: path.stat().st_mtime)
    return built[-1].parents[2] if built else REPO / "build" / "plugins"


def built_program(name):
    """A compiled program of the same build as the plugin."""
    return plugin_dir().parent / "programs" / name


def shared_dir():
    return Path(os.environ.get("RST_SHARED", REPO.parent / "shared"))


@functools.lru_cache(None)
def global_folder(home, what):
    """One of Wireshark's folders by its name in -G folders."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C"}
    text = subprocess.run(["tshark", "-G", "folders"], env=environment, capture_output=True, text=True, check=True).stdout
    return Path(re.search(rf"^{what}:\s*(.*)$", text, re.MULTILINE)[1])


def data_folder(home):
    """Wireshark's data without its lists of Ethernet vendors and of services: 4.0 reads them again for each file, a
    quarter of a start of tshark and two thirds of a load in sharkd."""
    folder = Path(home) / "data"
    if not folder.is_dir():
        folder.mkdir()
        for entry in global_folder(home, "Global configuration").iterdir():
            if entry.name in ("manuf", "services"):
                (folder / entry.name).touch()
            else:
                (folder / entry.name).symlink_to(entry)
    return folder


def plugin_tree(folder, home, ours):
    """A plugin folder with all of Wireshark's own plugins and, if ours, rst.so.

    WIRESHARK_PLUGIN_DIR replaces the global folder, so without this the two sides of a comparison would have different
    sets of plugins; and a globally installed rst.so would make stock tshark not stock.
    """
    stock = global_folder(home, "Global Plugins")
    for kind in stock.iterdir():
        if kind.is_dir():
            (folder / stock.name / kind.name).mkdir(parents=True)
            for module in kind.glob("*.so"):
                if module.name != "rst.so":
                    (folder / stock.name / kind.name / module.name).symlink_to(module)
    epan = folder / stock.name / "epan"
    epan.mkdir(parents=True, exist_ok=True)
    module = plugin_dir() / stock.name / "epan" / "rst.so"
    if ours and module.exists():
        (epan / "rst.so").symlink_to(module)
    return folder


UNCHANGED = [SAMPLES]  # captures in these folders stay as they are
# What is asked of a capture beside our fields.
FRAME = ["frame.number", "frame.interface_id", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
         "tcp.srcport", "tcp.dstport", "tcp.flags.reset"]
FILTER = "rst || tcp.flags.reset == 1"  # what our resets and Wireshark's have to be


class Tshark:
    """Runs tshark in an isolated home. plugins = a plugin folder tree.

    Starting tshark costs ten times what a sample costs: what has been read of a committed capture is kept, and all
    fields of its resets are read at once. test_contract compares fields read alone with those read together, and two starts
    of the same command.
    """

    def __init__(self, home, plugins):
        self.home = home
        self.plugins = plugins
        self.known = {}
        self.data = data_folder(home)

    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "ASAN_OPTIONS", "LD_PRELOAD") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            "LC_ALL": "C",
            "TZ": "UTC",
            "WIRESHARK_PLUGIN_DIR": str(self.plugins),
            "WIRESHARK_DATA_DIR": str(self.data),
        }

    def run(self, *args, program="tshark"):
        """The finished process, with bytes."""
        command = [program, *(str(arg) for arg in args)]
        return subprocess.run(command, env=self.environment(), capture_output=True, timeout=TIMEOUT, check=False)

    def __call__(self, *args):
        """Standard output of a run that must succeed."""
        key = tuple(map(str, args))
        if key in self.known:
            return self.known[key]
        done = self.run(*args)
        assert done.returncode == 0, f"tshark {args}: exit code {done.returncode}: {done.stderr.decode()}"
        text = done.stdout.decode(errors="replace")
        if repeatable(key):
            self.known[key] = text
        return text

    def fields(self, capture, names, *args, passes=2):
        """Rows of -T fields as dictionaries, each value a list; frames without a value are left in."""
        options = ["-2"] if passes == 2 else []
        for name in names:
            options += ["-e", name]
        text = self(*options, "-r", capture, *args, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=;")
        rows = []
        for line in text.splitlines():
            values = (line.split("\t") + [""] * len(names))[: len(names)]
            rows.append({name: value.split(";") if value else [] for name, value in zip(names, values)})
        return rows

    def resets(self, capture, names, *args, passes=2):
        """The analyzed resets as {frame: {field: [values]}}."""
        if unchanged(capture) and not args and set(names) <= {*FRAME, *field_list(self)} and passes == 2:
            rows = [row for row in self.everything(capture) if row["rst"]]
        else:
            rows = self.fields(capture, ["frame.number", *names], "-Y", "rst", *args, passes=passes)
        return {int(row["frame.number"][0]): {name: row[name] for name in names} for row in rows}

    def everything(self, capture):
        """All fields of the frames that are resets to Wireshark or to us."""
        return self.fields(capture, [*FRAME, "rst", *field_list(self)], "-Y", FILTER)

    def in_one_pass(self, capture):
        """Every frame with what is known of it in one pass."""
        return self.fields(capture, [*FRAME, "rst", *MEASURED, "rst.provisional"], passes=1)


# What was measured before the reset cannot change by what comes after it. Everything else may, in one pass.
MEASURED = ["rst.ordinal", "rst.phase", "rst.idle", "rst.retransmissions", "rst.declared.source", "rst.declared.code"]


def unchanged(path):
    return any(Path(path).is_relative_to(folder) for folder in UNCHANGED)


def repeatable(args):
    """Does a command read nothing but captures that stay, and write nothing? Then it prints the same every time."""
    files = [arg for arg in args if "/" in arg and arg != "separator=/t"]
    return not {"-w", "-C", "-X", "-i"} & set(args) and all(map(unchanged, files))


def refused(tshark, capture, filters, *args):
    """Those display filters that tshark does not take: a filter of them all is wrong when one is."""
    def taken(*some):
        done = tshark.run("-r", capture, "-Y", " || ".join(f"({one})" for one in some), *args)
        return done.returncode == 0
    return [] if taken(*filters) else [one for one in filters if not taken(one)] or ["all of them together"]


def shown_by(tshark, capture, filters):
    """{filter: [frame numbers]} through one sharkd, or as many starts of tshark where there is none."""
    if not shutil.which("sharkd"):
        return {one: [int(row["frame.number"][0]) for row in tshark.fields(capture, ["frame.number"], "-Y", one)]
                for one in filters}
    with Sharkd(tshark.environment(), []) as server:
        assert server.call("load", file=str(capture))
        return {one: [row["num"] for row in server.call("frames", filter=one)] for one in filters}


@contextlib.contextmanager
def script_tshark(plugins=None):
    """tshark with the plugin for a script outside pytest: also for root, who becomes an ordinary user, and with default
    preferences. plugins = a folder for WIRESHARK_PLUGIN_DIR; without it see plugin_dir()."""
    folder = Path(plugins) if plugins else plugin_dir()
    if os.getuid() == 0:  # as root, the plugin would not be loaded
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    with tempfile.TemporaryDirectory() as home:
        tshark = Tshark(home, folder)
        if "rst.cause" not in field_list(tshark):
            sys.exit(f"{Path(sys.argv[0]).name}: tshark does not load the plugin from {folder}")
        yield tshark


def truth(values):
    """Booleans as tshark prints them: 1 up to 4.2, True since."""
    return [value in ("1", "True") for value in values]


def tool(*args):
    """editcap, mergecap, ...: must succeed."""
    done = subprocess.run([str(arg) for arg in args], capture_output=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, f"{args}: {done.stderr.decode()}"
    return done.stdout.decode()


def sample_captures():
    """Every capture of our own with the table of its expected resets."""
    tables = sorted(SAMPLES.glob("*/expected.tsv"))
    found = [(capture, table) for table in tables for capture in sorted(table.parent.glob("*.pcap*"))]
    return found + [(SAMPLES / "tour.pcapng", SAMPLES / "tour.tsv")]


class Bundle:
    """Captures one after the other in one file, each with interfaces of its own: one start of tshark for all of them.
    test_samples demands that each keeps its verdicts."""

    def __init__(self, captures, path):
        self.captures, self.path = captures, path
        tool("mergecap", "-a", "-I", "none", "-w", path, *captures)

    def place(self, frame):
        """Capture and frame number there, for messages."""
        for capture in self.captures:
            count = frame_count(capture)
            if frame <= count:
                return f"{capture.relative_to(SAMPLES)} frame {frame}"
            frame -= count
        return f"frame {frame} behind the last"


def frame_count(capture):
    return int(tool("capinfos", "-TMrc", capture).split()[-1])


BUNDLES = 9  # of all samples


def bundled(n):
    """The samples of a bundle. The tour is the last one alone: it shows the hosts of others, at other distances."""
    captures = [capture for capture, _ in sample_captures()]
    tour = [capture for capture in captures if capture.name == "tour.pcapng"]
    return tour if n == BUNDLES - 1 else [c for c in captures if c not in tour][n :: BUNDLES - 1]


def sample_ids(cases):
    return [str(capture.relative_to(SAMPLES)) for capture, _ in cases]


def read_table(path):
    """Rows of a tab-separated table with a heading; comment lines start with #."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    heading = lines[0].split("\t")
    return [dict(zip(heading, line.split("\t"))) for line in lines[1:]]


def registry():
    """{token: (id, category, severity)} from the registry of causes."""
    return {token: (cause.id, cause.category, cause.severity) for token, cause in causes().items()}


def accuses(cause, sender, confidence=100):
    """Does a verdict blame something between the hosts? rst_verdict_on_path() in the core says the same."""
    return confidence >= BLAME_MIN and (sender == "middlebox" or cause in accusing())


@functools.lru_cache(None)
def field_list(tshark):
    """{abbreviation: (name, type)} of our fields."""
    ours = {}
    for line in tshark("-G", "fields").splitlines():
        parts = line.split("\t")
        if parts[0] == "F" and parts[2].startswith("rst."):
            ours[parts[2]] = (parts[1], parts[3])
    return ours
