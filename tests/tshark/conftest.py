"""Fixtures: tshark with the plugin, stock tshark, and the captures outside the repository.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "accuracy"))

import tools  # noqa: E402  (needs the path above)


def pytest_configure():
    """In the background or under nohup, signals are ignored, and so they would be by all programs that are tried here,
    which are to be interrupted by them: a handler, unlike that, is not passed on."""
    for signum in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(signum) is signal.SIG_IGN:
            signal.signal(signum, lambda *_: None)


def pytest_collection_modifyitems(items):
    """If the plugin is not loaded, everything else is meaningless: say that first."""
    items.sort(key=lambda item: item.fspath.basename != "test_loaded.py")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def tshark(tmp_path_factory, home):
    """tshark with the plugin. Also for a single test: no word about fields that tshark does not know."""
    if os.getuid() == 0:
        pytest.exit(tools.ROOT_TRAP, returncode=1)
    if not any(tools.plugin_dir().glob("*/epan/rst.so")):
        pytest.exit(f"no plugin in {tools.plugin_dir()}: build it, or set RST_PLUGIN_DIR", returncode=1)
    return tools.Tshark(home, tools.plugin_tree(tmp_path_factory.mktemp("plugins"), home, ours=True))


@pytest.fixture(scope="session")
def stock(tmp_path_factory, home):
    """tshark without the plugin."""
    return tools.Tshark(home, tools.plugin_tree(tmp_path_factory.mktemp("stock"), home, ours=False))


@pytest.fixture(scope="session")
def bundles(tmp_path_factory):
    """All samples in few files."""
    folder = tmp_path_factory.mktemp("bundles")
    tools.UNCHANGED.append(folder)
    return [tools.Bundle(tools.bundled(n), folder / f"{n}.pcapng") for n in range(tools.BUNDLES)]


@pytest.fixture(params=range(tools.BUNDLES))
def bundle(request, bundles):
    """Each of them."""
    return bundles[request.param]


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
