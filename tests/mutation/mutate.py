#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks the rules on purpose, one limit or comparison at a time, and demands that a unit test notices.

usage: mutate.py [--build DIR] [--sample N] [--jobs N] [--match REGEX] [--quick] [--again] [--list] [--survivors]

  --build DIR    a build with unit tests, up to date (build/dev); its objects are linked again with changed rules
  --sample N     only N mutants, always the same ones: a mutant's place is decided by a hash of its name
  --match REGEX  only mutants whose name it matches (as --list prints them)
  --quick        one round, without slow tests and with one variant of each script: nearly all that is caught is then
  --again        take what the last run caught as caught
  --list         print the mutants and stop
  --survivors    print those too that equivalent.txt excuses

Every limit is doubled and halved, every confidence moved across the line from which a rule leads, every comparison
made to include (or exclude) equality and turned round, && and || exchanged, every condition negated. All is compiled
in at once and switched on by an environment variable (mutants.py). A mutant is caught when some unit test turns red,
crashes or hangs. equivalent.txt lists, with reasons, mutants that cannot alter a verdict, and those that are open: no
test notices them yet.

Exit code: 0 when at least 90 % are caught, 80 % in each group, and equivalent.txt lists the rest; else 1.
"""
import argparse
import fcntl
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import PRELUDE, MutantError, Rewriter, names_that_are_shares, names_that_are_structural

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
CORE = REPO / "plugin" / "core"

# Everything that decides on a verdict; a group is a file.
RULES = ("rules/*.[ch]", "declared/*.c", "judge/*.c", "track/trigger.c", "track/aftermath.c",
         "track/connection.c", "track/doubt.c", "track/fit.[ch]", "track/gap.[ch]", "track/opening.c",
         "track/hosts.c", "track/services.c", "track/distances.c", "track/syn_origin.c",
         "engine/segments.c", "engine/resets.c", "engine/misfits.c", "engine/proof.c", "engine/attempts.c",
         "engine/learn*.c", "engine/failures.c",  # what is remembered of hosts, and told without a reset
         "points/delivery.c", "facts/prefs.[ch]",
         "witness/*.c", "engine/logs.c", "engine/heard.c",  # which line of a log is about which packet, and what it tells
         "engine/reached.c")
NOT_RULES = ("rules/explain*.c", "judge/why*.c", "judge/measure.c")  # words and measured values

ALL, EACH_GROUP = 90, 80  # percent that must be caught
OPEN = "open"  # how the reason begins of those for which a test is still to be written
TOO_LONG = {"test_attack"}  # it tells how much forgers achieve, not why
SLOW = 0.03  # seconds from which a test is kept for what quicker ones have not caught
WRAPPED = ("script_check_at", "script_audit", "script_check_foreign", "script_check_order", "g_test_add_func",
           "g_test_add_data_func", "g_test_add_data_func_full")  # by mutant.c
SEED = "--seed=R02S" + 32 * "0"


def rule_files():
    files = {path for pattern in RULES for path in CORE.glob(pattern)}
    return sorted(path for path in files if not any(path.match(pattern) for pattern in NOT_RULES))


def make_mutants(tree):
    """Copies the core into a folder, with changed rules. Returns the mutants and the changed C files."""
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(CORE, tree)
    everything = [path.read_text(encoding="utf-8") for path in CORE.rglob("*.[ch]")]
    structural, shares = names_that_are_structural(everything), names_that_are_shares(everything)
    mutants, changed = [], []
    for path in rule_files():
        rewriter = Rewriter(str(path.relative_to(CORE).with_suffix("")), path.read_text(encoding="utf-8"), 1 + len(mutants), structural, shares)
        (tree / path.relative_to(CORE)).write_text(rewriter.rewrite(), encoding="utf-8")
        mutants += rewriter.mutants
        if path.suffix == ".c":
            changed.append(tree / path.relative_to(CORE))
    return mutants, changed


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise MutantError(f"{command[0]} failed:\n{done.stderr[:3000]}")
    return done.stdout


def compile_all(work, tree, changed, count, options):
    """Returns the objects of the changed rules, and of the switch. What the last run compiled is taken again."""
    prelude = work / "mutants.h"
    prelude.write_text(PRELUDE, encoding="ascii")
    folders = [tree, HERE.parent / "unit"]
    flags = ["-std=gnu11", "-w", "-O0" if options.sample else "-O1", "-fno-lto", *run(["pkg-config", "--cflags", "glib-2.0"]).split()]
    compiler = os.environ.get("CC", "cc")

    (work / "objects").mkdir(exist_ok=True)
    shutil.copy(HERE / "mutant.c", work / "mutant.c")
    flags.append(f"-DRST_MUTANTS={count + 1}")
    common = b"".join(path.read_bytes() for path in sorted(tree.rglob("*.[hd]*")) if path.is_file())

    def one(source):
        target = work / "objects" / (str(source.relative_to(work)).replace("/", "_") + ".o")
        command = [compiler, *flags, "-include", prelude, *(f"-I{folder}" for folder in folders), "-c", source, "-o"]
        digest = hashlib.sha1(str(command).encode() + common + source.read_bytes()).hexdigest()
        stamp = target.with_suffix(".sha1")
        if not stamp.exists() or stamp.read_text() != digest:
            run([*command, target])
            stamp.write_text(digest)
        return target

    with ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(one, [*changed, work / "mutant.c"]))


def link_all(build, work, objects, jobs):
    """The unit tests of the build once more, with the changed rules. Returns the programs."""
    listed = build / "tests" / "CTestTestfile.cmake"
    if not listed.exists():
        raise MutantError(f"{build} has no unit tests: build it first")
    tests = re.findall(r"^add_test\(\[=\[(test_\w+)|^add_test\((test_\w+)", listed.read_text(), re.MULTILINE)
    glib = [*run(["pkg-config", "--libs", "glib-2.0"]).split(), "-lm"]
    archives = [build / "tests" / "librst_script.a", build / "plugin" / "librst_core.a"]

    def one(test):
        program = work / "programs" / test
        own = sorted((build / "tests" / "CMakeFiles" / f"{test}.dir").rglob("*.o"))
        run([os.environ.get("CC", "cc"), "-fno-lto", "-o", program, *own, *objects, "-Wl,--start-group", *archives,
             "-Wl,--end-group", *(f"-Wl,--wrap={name}" for name in WRAPPED), *glib])
        return program

    shutil.rmtree(work / "programs", ignore_errors=True)
    (work / "programs").mkdir()
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, sorted(set("".join(names) for names in tests) - TOO_LONG)))


def run_tests(programs, mutants, chosen, known, work, options):
    """Runs each unit test with all of the chosen mutants. Returns the names of those that were caught, or known to be."""
    wanted = {mutant.number for mutant in chosen}
    state = work / "state"
    state.write_bytes(b"".join(b"1" if number in wanted else b"0" for number in range(len(mutants) + 1)))

    def one(program, **variables):
        environment = {**os.environ, "RST_MUTANTS_STATE": str(state), "RST_MUTANTS_SLOW": str(SLOW), **variables}
        done = subprocess.run([program, "-q", SEED], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MutantError(f"{program.name} is red without any mutant:\n{done.stdout[-2000:]}{done.stderr[-500:]}")

    def caught():
        after = state.read_bytes()
        return {mutant.key for mutant in chosen if after[mutant.number:mutant.number + 1] == b"2"}

    rounds = [{}, {"RST_MUTANTS_THOROUGH": "1"}, {"RST_MUTANTS_THOROUGH": "1", "RST_MUTANTS_ONLY_SLOW": "1"}]
    for variables in rounds[:1] if options.quick else rounds:
        if b"1" not in state.read_bytes():
            break
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda program, variables=variables: one(program, **variables), programs))
        (work / "caught").write_text("\n".join(sorted(known | caught())))
    return known | caught()


def read_excuses():
    """{name of a mutant: reason} from equivalent.txt: lines with names, and after them one indented reason."""
    excuses, names = {}, []
    for line in (HERE / "equivalent.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("    "):
            excuses.update(dict.fromkeys(names, line.strip()))
            names = []
        else:
            names.append(line)
    if names:
        raise MutantError(f"equivalent.txt: no reason for {names[0]}")
    return excuses


def percent(part, whole):
    return 100 * part / whole if whole else 100.0


def print_table(mutants, caught, excuses):
    rows = []
    for group in sorted({mutant.group for mutant in mutants}):
        members = [mutant for mutant in mutants if mutant.group == group]
        hit = sum(mutant.key in caught for mutant in members)
        reasons = [excuses[mutant.key] for mutant in members if mutant.key not in caught and mutant.key in excuses]
        still_open = sum(reason.startswith(OPEN) for reason in reasons)
        rows.append((group, len(members), hit, percent(hit, len(members)), len(reasons) - still_open, still_open))
    sums = [sum(row[i] for row in rows) for i in (1, 2, 4, 5)]
    total = ("all", *sums[:2], percent(sums[1], sums[0]), *sums[2:])
    print(f"{'group':24} {'mutants':>8} {'caught':>8} {'share':>8} {'equivalent':>11} {'open':>6} {'new':>6}")
    for name, count, hit, share, same, still_open in (*rows, total):
        new = count - hit - same - still_open
        print(f"{name:24} {count:8} {hit:8} {share:7.1f}% {same:11} {still_open:6} {new:6}")
    return total[3] >= ALL and all(row[3] >= EACH_GROUP for row in rows)


def sample_of(mutants, size):
    return sorted(mutants, key=lambda mutant: hashlib.sha1(mutant.key.encode()).digest())[:size]


def report(mutants, caught, excuses, options):
    enough = print_table(mutants, caught, excuses)
    survivors = [mutant for mutant in mutants if mutant.key not in caught]
    unexplained = [mutant for mutant in survivors if mutant.key not in excuses]
    for mutant in survivors if options.survivors else unexplained:
        print(f"survives: {mutant.key}  (line {mutant.line})")
    names = {mutant.key for mutant in mutants}
    stale = [] if options.match or options.sample else [name for name in excuses if name not in names or name in caught]
    for name in stale:
        print(f"equivalent.txt lists what is caught or gone: {name}")
    return 0 if not unexplained and not stale and (enough or options.sample or options.match) else 1


def parse():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\nEvery")[0])
    parser.add_argument("--build", type=Path, default=REPO / "build" / "dev")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--match")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--survivors", action="store_true")
    return parser.parse_args()


def main():
    options = parse()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    work = options.build.resolve() / "mutation"
    work.mkdir(parents=True, exist_ok=True)
    lock = open(work / "lock", "w", encoding="ascii")  # until the end: runs take turns
    fcntl.flock(lock, fcntl.LOCK_EX)
    mutants, changed = make_mutants(work / "core")
    chosen = [mutant for mutant in mutants if not options.match or re.search(options.match, mutant.key)]
    chosen = sample_of(chosen, options.sample) if options.sample else chosen
    if options.list:
        print("\n".join(f"{mutant.key}  (line {mutant.line})" for mutant in chosen))
        return 0
    objects = compile_all(work, work / "core", changed, len(mutants), options)
    programs = link_all(options.build.resolve(), work, objects, options.jobs)
    excuses = read_excuses()
    memory = work / "caught"
    caught = set(memory.read_text().splitlines()) if options.again and memory.exists() else set()
    asked = [mutant for mutant in chosen if mutant.key not in caught and not (options.sample and mutant.key in excuses)]
    caught = run_tests(programs, mutants, asked, caught, work, options)
    return report(chosen, caught, excuses, options)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (MutantError, OSError) as error:
        print(f"mutate.py: {error}", file=sys.stderr)
        sys.exit(2)
