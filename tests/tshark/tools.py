"""Running tshark with and without the plugin, and reading what it prints.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "docs"))

from registry import accusing, causes  # noqa: E402  (needs the path above)

SAMPLES = REPO / "sample-captures"
BLAME_MIN = 50  # percent; below it a verdict blames nobody
TIMEOUT = 120  # seconds for one tshark; a hang must fail, not block

ROOT_TRAP = (
    "Running as root: Wireshark then scans neither the personal plugin folder nor WIRESHARK_PLUGIN_DIR, "
    "so these tests would run without the plugin. Use tests/run.sh, or an ordinary user."
)


def plugin_dir():
    """Folder for WIRESHARK_PLUGIN_DIR: RST_PLUGIN_DIR, else that of the newest build."""
    if "RST_PLUGIN_DIR" in os.environ:
        return Path(os.environ["RST_PLUGIN_DIR"])
    built = sorted(REPO.glob("build*/**/plugins/*/epan/rst.so"), key=lambda path: path.stat().st_mtime)
    return built[-1].parents[2] if built else REPO / "build" / "plugins"


def shared_dir():
    return Path(os.environ.get("RST_SHARED", REPO.parent / "shared"))


def stock_plugins(home):
    """Folder with Wireshark's own epan plugins, and its version."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C"}
    text = subprocess.run(["tshark", "-G", "folders"], env=environment, capture_output=True, text=True, check=True).stdout
    return Path(re.search(r"^Global Plugins:\s*(.*)$", text, re.MULTILINE)[1])


def plugin_tree(folder, home, ours):
    """A plugin folder with all of Wireshark's own plugins and, if ours, rst.so.

    WIRESHARK_PLUGIN_DIR replaces the global folder, so without this the two sides of a comparison would have different
    sets of plugins; and a globally installed rst.so would make stock tshark not stock.
    """
    stock = stock_plugins(home)
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


class Tshark:
    """Runs tshark in an isolated home. plugins = a plugin folder tree."""

    def __init__(self, home, plugins):
        self.home = home
        self.plugins = plugins

    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "ASAN_OPTIONS", "LD_PRELOAD") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            "LC_ALL": "C",
            "TZ": "UTC",
            "WIRESHARK_PLUGIN_DIR": str(self.plugins),
        }

    def run(self, *args, program="tshark"):
        """The finished process, with bytes."""
        command = [program, *(str(arg) for arg in args)]
        return subprocess.run(command, env=self.environment(), capture_output=True, timeout=TIMEOUT, check=False)

    def __call__(self, *args):
        """Standard output of a run that must succeed."""
        done = self.run(*args)
        assert done.returncode == 0, f"tshark {args}: exit code {done.returncode}: {done.stderr.decode()}"
        return done.stdout.decode(errors="replace")

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
        """The analysed resets as {frame: {field: [values]}}."""
        rows = self.fields(capture, ["frame.number", *names], "-Y", "rst", *args, passes=passes)
        return {int(row.pop("frame.number")[0]): row for row in rows}


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


def field_list(tshark):
    """{abbreviation: (name, type)} of our fields."""
    ours = {}
    for line in tshark("-G", "fields").splitlines():
        parts = line.split("\t")
        if parts[0] == "F" and parts[2].startswith("rst."):
            ours[parts[2]] = (parts[1], parts[3])
    return ours
