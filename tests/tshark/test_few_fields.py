"""tshark -T fields: what nobody prints is not made, and what is printed is the same as if all were.

Before Wireshark 4.4 only the arguments of tshark tell which fields it prints (plugin/present/program.h).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest
import tools

# Each has something of its own: a line, a value below another one, a pair, an item of Expert Information.
ALONE = [["rst"], ["rst.summary"], ["rst.problem.title"], ["rst.service.failed", "rst.service.last_success"],
         ["rst.evidence.frame"], ["rst.alternative.confidence"], ["rst.advice.command"], ["rst.finding.advice.step"],
         ["rst.reset_in"], ["_ws.expert.message", "_ws.expert.severity"], ["rst.hop_delta", "rst.reference"],
         ["rst.finding.kind", "rst.foreign"]]



@pytest.fixture(scope="module")
def whole(tshark, tour):
    """All fields, and the lines of the tree, for which it must be whole."""
    names = ["rst", *tools.field_list(tshark), "_ws.expert.message", "_ws.expert.severity"]
    return tshark.fields(tour, [*names, "text"])


@pytest.mark.parametrize("names", ALONE, ids=lambda names: names[0])
def test_alone(tshark, tour, whole, names):
    rows = tshark.fields(tour, names)
    assert rows == [{name: row[name] for name in names} for row in whole]
    assert any(row[names[0]] for row in rows)


def test_thirds(tshark, tour, whole):
    fields = sorted(tools.field_list(tshark))
    for n in range(3):
        names = fields[n::3]
        assert tshark.fields(tour, names) == [{name: row[name] for name in names} for row in whole]


@pytest.mark.parametrize("form", [["-T", "fields"], ["-Tfields"], ["-nTfields"], ["-n2T", "fields"]], ids="".join)
def test_forms(tshark, tour, whole, form):
    """All forms of the option; and the other option may be one word with its value as well."""
    text = tshark("-2", *form, "-r", tour, "-erst.cause", "-e", "rst.delay")
    assert [line.split("\t")[0].split(",") for line in text.splitlines()] == [row["rst.cause"] or [""] for row in whole]


def test_other_readers(tshark, tour):
    """A filter, a custom column and a statistic read fields that are not printed."""
    plain = tshark.fields(tour, ["frame.number"], "-Y", "rst.confidence > 60 && rst.evidence.text")
    named = tshark.fields(tour, ["frame.number", "rst.evidence.text"], "-Y", "rst.confidence > 60 && rst.evidence.text")
    assert [row["frame.number"] for row in plain] == [row["frame.number"] for row in named]
    column = 'gui.column.format:"Why","%Cus:rst.cause:0:R"'
    text = tshark("-2", "-r", tour, "-o", column, "-T", "fields", "-e", "_ws.col.Why")
    causes = [row["rst.cause"] for row in tshark.fields(tour, ["rst.cause"])]
    if any(text.split("\n")):  # columns have their names in -e since 3.6
        assert [line.split(",") for line in text.splitlines()] == [cause or [""] for cause in causes]
    counted = tshark("-2", "-r", tour, "-T", "fields", "-e", "ip.src", "-z", "rst,tree")
    assert tshark("-2", "-q", "-r", tour, "-z", "rst,tree").strip() in counted
