"""Every row of the registry of causes is complete: something gives it, a sample shows it, a unit test expects it, a page
explains it. Read from the sources, so that a row that was only begun is noticed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
from collections import Counter

import pytest
import tools

from registry import rows

CORE = tools.REPO / "plugin" / "core"
CAUSES = sorted(tools.causes())
# Causes that no rule gives come from these places alone.
ELSEWHERE = [*sorted((CORE / "declared").glob("*.[ch]")), CORE / "judge" / "at_points.c",
             CORE / "judge" / "rewritten_between.c", CORE / "judge" / "at_kernel.c", CORE / "judge" / "judge.c"]
# No TCP of a host sends these, or the cause says nothing about who sent it: no path of a kernel, and not by mistake.
WITHOUT_PATH = {"syn_options_refused", "declared", "undetermined"}


def text_of(paths):
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def rules():
    """[(name, token)] of every row."""
    source = text_of(sorted((CORE / "rules").glob("*.c")))
    return [(name, cause.lower()) for name, cause in re.findall(r'^    \{"(\w+)",\s+RST_CAUSE_(\w+),', source, re.M)]


def test_rules_have_names():
    names = Counter(name for name, _ in rules())
    assert len(names) > 50
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]+", name)] == []


@pytest.mark.parametrize("token", CAUSES)
def test_given(token):
    """By a rule, or in a named place."""
    given = token in {cause for _, cause in rules()} or re.search(rf"\bRST_CAUSE_{token.upper()}\b", text_of(ELSEWHERE))
    assert given, f"no row of plugin/core/rules/*.c gives {token}"


@pytest.mark.parametrize("token", CAUSES)
def test_has_a_sample(token):
    folders = [path for path in tools.SAMPLES.glob(f"{token}*") if path.name.partition("-")[0] == token]
    sampled = any((folder / "expected.tsv").is_file() for folder in folders)
    assert sampled, f"no sample-captures/{token}* with expected.tsv (tests/gen/README.md says how to make one)"


@pytest.fixture(scope="module")
def expectations():
    """The texts that the unit tests give to the script language."""
    source = text_of(sorted((tools.REPO / "tests" / "unit").glob("test_*.c")))
    return re.findall(r'"((?:[^"\\]|\\.)*)"', source)


@pytest.mark.parametrize("token", CAUSES)
def test_has_a_unit_test(expectations, token):
    """As the verdict, not only as an alternative."""
    tested = any(re.match(rf"(#\d+ )?{token}\b", part.strip()) for text in expectations for part in text.split(";"))
    assert tested, f"no script_check() in tests/unit/test_*.c expects {token} as the verdict"


@pytest.mark.parametrize("token", CAUSES)
def test_has_a_page(token):
    assert f"\n### {token}\n" in text_of([tools.REPO / "docs" / "causes.md"]), "run docs/gen-causes.py"


def findings():
    return sorted(token for _, (token, *_) in rows((CORE / "answer" / "findings.def").read_text(), "RST_FINDING"))


@pytest.mark.parametrize("token", findings())
def test_finding_is_complete(token):
    """The same for failures without a reset."""
    assert token in text_of((tools.SAMPLES / "findings").glob("expected*")), "tests/gen/findings.py makes its sample"
    assert token in text_of((tools.REPO / "tests" / "unit").glob("test_*.c")), "no unit test names it"
    assert f"\n### {token}\n" in text_of([tools.REPO / "docs" / "causes.md"]), "run docs/gen-causes.py"


def test_kernel_paths():
    """A kernel's own word fits the cause that it gives; whoever leaves the column empty means it."""
    causes = tools.causes()
    for _, (_, name, cause, _, _, path) in rows((CORE / "trace" / "kernel_reasons.def").read_text(), "RST_REASON"):
        if path != "ANY":
            assert path in causes[cause.lower()].paths, name
    empty = {token for token, cause in causes.items() if cause.paths is not None and not cause.paths}
    empty = {token for token in empty if "SENT_ON_PATH" not in causes[token].traits}
    assert empty == WITHOUT_PATH, "a cause that a host's own TCP can send has P(...) in causes.def; else name it above"


@pytest.mark.parametrize("file", ["packaging/rst-compare", *(
    str(path.relative_to(tools.REPO)) for folder in ("accuracy", "tshark") for path in
    sorted((tools.REPO / "tests" / folder).glob("*.py")))])
def test_one_definition_of_accusing(file):
    """No list of accusing causes but the registry's."""
    source = (tools.REPO / file).read_text(encoding="utf-8")
    lists = re.findall(r"\{[^{}]*\}", source)
    assert [text for text in lists if sum(f'"{token}"' in text for token in tools.accusing()) > 2] == []
