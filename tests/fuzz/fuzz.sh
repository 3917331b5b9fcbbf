#!/usr/bin/env bash
# fuzz.sh: runs the core's libFuzzer targets with AddressSanitizer and UndefinedBehaviorSanitizer.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: fuzz.sh [--seconds N] [--runs N] [--folder F] [--only TARGET] [--coverage] [--keep]
               [--no-deps] [--help]

Builds the targets with Clang, makes seed corpora from the sample captures, adds the inputs that earlier runs found
(corpus), and runs each target. Ends with an error at the first breach; the input that caused it is named and kept in
the folder.

  --seconds N  time for each target (default 20)
  --runs N     at most so many executions of each (default: no limit)
  --folder F   corpora and findings (default: a temporary folder; a folder that is kept makes later runs better)
  --only T     one target: declared, trace, logs, points or engine
  --coverage   afterward, tell which share of the branches the inputs in the folder take
  --keep       afterward, choose the inputs that are worth keeping, for tests/fuzz/corpus
  --no-deps    install no packages
TEXT
}

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=packaging/apt.sh
. "$repo/packaging/apt.sh"

seconds=20 runs=-1 folder='' deps=yes failed='' targets='declared trace logs points engine' coverage='' keep=''
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --seconds) seconds=$2 && shift ;;
    --runs) runs=$2 && shift ;;
    --folder) folder=$2 && shift ;;
    --only) targets=$2 && shift ;;
    --coverage) coverage=yes ;;
    --keep) keep=yes ;;
    --no-deps) deps=no ;;
    *) echo "fuzz.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
    esac
    shift
done

if [ "$deps" = yes ]; then
    need_packages clang llvm cmake ninja-build pkg-config libglib2.0-dev tshark python3 "$(
        apt-cache depends clang | sed -n 's/^ *Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p')"
fi
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap '[ -n "$failed" ] || rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"

build=$repo/build/fuzz
build_log cmake -S "$repo" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DRST_PLUGIN=OFF \
    -DRST_FUZZ=ON -DRST_WERROR=OFF
read -ra wanted <<<"$targets"
build_log cmake --build "$build" --target "${wanted[@]/#/fuzz-}"
/usr/bin/python3 "$repo/tests/fuzz/make-corpus.py" "$folder/seed"
for target in engine points; do
    cp -r "$folder/seed/scenes" "$folder/seed/$target"
done
for target in $targets; do
    /usr/bin/python3 "$repo/tests/fuzz/pack.py" --unpack "$repo/tests/fuzz/corpus/$target.pack" "$folder/seed/$target"
done

# Next to no quarantine and stack traces, because otherwise most of the time would go into bookkeeping for freed blocks;
# the core's own blocks are poisoned by hand (arena.c).
quick=malloc_context_size=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=64:allocator_release_to_os_interval_ms=-1
export ASAN_OPTIONS=$quick:check_printf=0:${ASAN_OPTIONS:-} RST_FUZZ_FIGURES=1
longest() { case $1 in trace | logs) echo 2000 ;; declared) echo 264 ;; *) echo 500 ;; esac; }

for target in $targets; do
    mkdir -p "$folder/$target"
    log=$folder/$target.log
    if ! "$build/tests/fuzz/fuzz-$target" -max_total_time="$seconds" -runs="$runs" -max_len="$(longest "$target")" \
        -timeout=10 -entropic=0 -artifact_prefix="$folder/" "$folder/$target" "$folder/seed/$target" >"$log" 2>&1; then
        failed=yes
        grep -aE 'does not hold|runtime error|ERROR|SUMMARY|text:|Assertion|->' "$log" >&2 || tail -n 20 "$log" >&2
        echo "error: fuzz-$target failed; inputs and logs are in $folder" >&2
        exit 1
    fi
    sed -n "s/^Done \([0-9]*\) runs in \([0-9]*\) .*/fuzz-$target: \1 executions in \2 s, nothing found/p" "$log"
    sed -n 's/^[0-9]* executions, /    /p' "$log"
done

if [ "$keep" = yes ]; then
    for target in $targets; do
        rm -rf "$folder/kept-$target" && mkdir "$folder/kept-$target"
        "$build/tests/fuzz/fuzz-$target" -merge=1 -use_counters=0 "$folder/kept-$target" "$folder/seed/$target" \
            "$folder/$target" >"$folder/merge.log" 2>&1
        /usr/bin/python3 "$repo/tests/fuzz/pack.py" "$folder/$target.pack" "$folder/kept-$target"
        echo "$folder/$target.pack: $(find "$folder/kept-$target" -type f | wc -l) inputs"
    done
fi

if [ "$coverage" = yes ]; then
    covered=$repo/build/coverage objects=() profiles=()
    build_log cmake -S "$repo" -B "$covered" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release \
        -DRST_PLUGIN=OFF -DRST_WERROR=OFF -DCMAKE_C_FLAGS='-fprofile-instr-generate -fcoverage-mapping'
    for target in $targets; do
        build_log cmake --build "$covered" --target "replay-$target"
        LLVM_PROFILE_FILE=$folder/$target.profraw "$covered/tests/fuzz/replay-$target" "$folder/$target" \
            "$folder/seed/$target" >/dev/null
        objects+=(-object "$covered/tests/fuzz/replay-$target")
        profiles+=("$folder/$target.profraw")
    done
    llvm-profdata merge -o "$folder/all.profdata" "${profiles[@]}"
    for part in rules points trace track engine judge declared logs; do
        printf '%-9s' "$part"
        llvm-cov report "${objects[@]:1}" -instr-profile="$folder/all.profdata" "$repo/plugin/core/$part" |
            awk '/^TOTAL/ { printf "%s of %s branches taken (%s), lines %s\n", $11 - $12, $11, $13, $10 }'
    done
fi
