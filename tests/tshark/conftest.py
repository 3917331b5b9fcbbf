"""Fixtures: tshark with the plugin, stock tshark, and the captures that lie outside the repository.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "accuracy"))

import tools  # noqa: E402  (needs the path above)


def pytest_collection_modifyitems(items):
    """A plugin that does not load makes everything else meaningless: tell that first."""
    items.sort(key=lambda item: item.path.name != "test_loaded.py")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


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
    module = tools.plugin_dir() / stock.name / "epan" / "rst.so"
    if ours and module.exists():
        (epan / "rst.so").symlink_to(module)
    return folder


@pytest.fixture(scope="session")
def tshark(tmp_path_factory, home):
    """tshark with the plugin."""
    return tools.Tshark(home, plugin_tree(tmp_path_factory.mktemp("plugins"), home, ours=True))


@pytest.fixture(scope="session")
def stock(tmp_path_factory, home):
    """tshark without the plugin."""
    return tools.Tshark(home, plugin_tree(tmp_path_factory.mktemp("stock"), home, ours=False))


@pytest.fixture(scope="session")
def shared():
    folder = tools.shared_dir() / "captures"
    if not folder.is_dir():
        pytest.skip(f"no additional captures: {folder} does not exist (RST_SHARED names another place)")
    return folder


@pytest.fixture(scope="session")
def public(shared):
    folder = shared / "public"
    if not (folder / "labels.tsv").is_file():
        pytest.skip(f"no public captures in {shared}")
    return folder


@pytest.fixture(scope="session")
def tour():
    return tools.SAMPLES / "tour.pcapng"
