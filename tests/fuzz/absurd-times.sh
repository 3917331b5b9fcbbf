#!/usr/bin/env bash
# absurd-times.sh: many captures with absurd times through every mode, in a build with the sanitizers.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: absurd-times.sh [--runs N] [--seed N] [--build DIR] [--help]

Each seed makes one capture for each mode (one point, several points, with a kernel's trace), which is read twice and
must give the same answers. The unit tests run a fixed sample. A failure names the seed, or the line that overflows.

  --runs N     seeds (default 20000)
  --seed N     the first one (default: another one in each run)
  --build DIR  a build with the preset "asan" (default: build/asan, made if missing)
TEXT
}

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=20000 seed=$(date +%s) build=$repo/build/asan
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --runs) runs=$2 && shift ;;
    --seed) seed=$2 && shift ;;
    --build) build=$2 && shift ;;
    *) echo "absurd-times.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
    esac
    shift
done

[ -e "$build/build.ninja" ] || cmake -S "$repo" --preset asan -B "$build" -DRST_PLUGIN=OFF
cmake --build "$build" --target test_absurd_times
echo "seeds $seed to $((seed + runs - 1))"
RST_ABSURD_SEED=$seed RST_ABSURD_RUNS=$runs "$build/tests/test_absurd_times"
