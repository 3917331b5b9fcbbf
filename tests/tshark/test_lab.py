"""The scoreboard over the lab (tests/lab): no figure below its committed floor.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
from pathlib import Path

import pytest
import scoreboard


@pytest.fixture(scope="module")
def board(tshark, tmp_path_factory):
    lab = Path(os.environ.get("RST_LAB", "none"))
    if not (lab / "labels.tsv").is_file():
        pytest.skip("no lab recorded: as root, tests/lab/run.py --half judge --out DIR, then RST_LAB=DIR")
    reader = scoreboard.Reader(tshark, lab, tmp_path_factory.mktemp("lab"), os.cpu_count() or 1)
    return scoreboard.score(reader, scoreboard.read_labels(lab))


def test_floors(board):
    print(scoreboard.report(board, wrong=True))
    assert scoreboard.below(board, json.loads(scoreboard.DEFAULT_FLOORS.read_text(encoding="utf-8"))) == []
