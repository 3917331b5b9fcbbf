"""The captures in the shared folder lab: Linux resets, labeled by what was done and what the kernel said.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest
import sharkd
import tools

LABELS = tools.read_table(tools.REPO / "tests" / "accuracy" / "shared-lab.tsv")
BY_DEVICES = {token for token, cause in tools.causes().items() if cause.traits & {"SENT_ON_PATH", "FROM_ANYWHERE"}}
FLOOR = 30  # resets whose cause is named, in addition to those with an acceptable one; only ever raised


@pytest.fixture(scope="module")
def verdicts(tshark, shared):
    folder = shared / "lab"
    if not folder.is_dir():
        pytest.skip(f"no lab captures in {shared}")
    names = sorted({label["file"] for label in LABELS})
    found = sharkd.verdicts(tshark.environment(), [(folder / name, []) for name in names], jobs=1)
    return {(name, str(frame)): row for name, rows in zip(names, found) for frame, row in rows.items()}


def said(verdicts, label):
    return verdicts[label["file"], label["frame"]]["rst.cause"]


def test_no_wrong_cause(verdicts):
    wrong = [
        (label["file"], label["frame"], label["cause"], said(verdicts, label))
        for label in LABELS
        if said(verdicts, label) not in {label["cause"], *label["acceptable"].split(",")}
    ]
    assert wrong == []


def test_causes_named(verdicts):
    assert sum(said(verdicts, label) == label["cause"] for label in LABELS) >= FLOOR


def test_no_host_is_called_a_device(verdicts):
    accused = [
        label
        for label in LABELS
        if label["cause"] not in BY_DEVICES
        and verdicts[label["file"], label["frame"]]["rst.sender"] == "middlebox"
        and int(verdicts[label["file"], label["frame"]]["rst.confidence"]) >= 50
    ]
    assert accused == []
