"""Figures about verdicts, and the floors and limits that they are held against (floors.json).

SPDX-License-Identifier: GPL-2.0-or-later
"""
CLAIM, FIRM, SURE = 50, 70, 90  # percent: from where a verdict claims something, and how firmly
# Counts of what is wrong: they must not exceed their limit. Other figures must not fall below their floor.
COUNTS = {"accusations", "confident_wrong", "near_wrong", "firm_wrong", "sure_wrong"}


def share(part, whole):
    return round(100 * part / whole, 1) if whole else 100.0


def broken(what, values, floors):
    """One line for each figure that is on the wrong side of its floor or limit."""
    lines = []
    for name, floor in floors.items():
        value = values.get(name)
        if value is not None and (value > floor if name in COUNTS else value < floor):
            lines.append(f"{what}: {name} is {value}, {'limit' if name in COUNTS else 'floor'} {floor}")
    return lines
