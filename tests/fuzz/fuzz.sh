#!/usr/bin/env bash
# fuzz.sh: runs the core's libFuzzer targets with AddressSanitizer and UndefinedBehaviorSanitizer.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: fuzz.sh [--seconds N] [--runs N] [--folder F] [--no-deps] [--help]

Builds the targets with Clang, makes the seed corpora from the sample captures, and runs each target. Ends with an error
at the first breach; the input that caused it is named and kept in the folder.

  --seconds N  time for each target (default 20)
  --runs N     at most so many executions of each (default: no limit)
  --folder F   corpora and findings (default: a temporary folder; a folder that is kept makes later runs better)
  --no-deps    install no packages
TEXT
}

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=packaging/apt.sh
. "$repo/packaging/apt.sh"

seconds=20 runs=-1 folder='' deps=yes failed=''
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --seconds) seconds=$2 && shift ;;
    --runs) runs=$2 && shift ;;
    --folder) folder=$2 && shift ;;
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
build_log cmake --build "$build" --target fuzz-engine fuzz-points fuzz-declared fuzz-trace
/usr/bin/python3 "$repo/tests/fuzz/make-corpus.py" "$folder/seed"

# A small quarantine, because otherwise most of the time would go into bookkeeping for freed blocks.
export ASAN_OPTIONS=malloc_context_size=3:quarantine_size_mb=4:${ASAN_OPTIONS:-}
for target in declared trace points engine; do
    mkdir -p "$folder/$target"
    log=$folder/$target.log
    longest=$([ "$target" = trace ] && echo 2000 || echo 264)
    if ! "$build/tests/fuzz/fuzz-$target" -max_total_time="$seconds" -runs="$runs" -max_len="$longest" -timeout=10 \
        -entropic=0 -artifact_prefix="$folder/" "$folder/$target" "$folder/seed/$target" >"$log" 2>&1; then
        failed=yes
        grep -E 'does not hold|runtime error|ERROR|SUMMARY|text:' "$log" >&2 || tail -n 20 "$log" >&2
        echo "error: fuzz-$target failed; inputs and logs are in $folder" >&2
        exit 1
    fi
    sed -n "s/^Done \([0-9]*\) runs in \([0-9]*\) .*/fuzz-$target: \1 executions in \2 s, nothing found/p" "$log"
done
