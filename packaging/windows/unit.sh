#!/usr/bin/env bash
# unit.sh SYSROOT BUILD: the core and all programs that need no Wireshark for Windows, with warnings as errors; then the
# unit tests under Wine.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

sysroot=$1 build=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rm -rf "$build" # the sources may be older than its objects and yet be others
cmake -S "$here/../.." -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DRST_PLUGIN=OFF \
    -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" -DSYSROOT="$sysroot" \
    -DCMAKE_CROSSCOMPILING_EMULATOR="$here/wine-run;--console"
cmake --build "$build" --parallel "$(nproc)"
# Windows looks for DLLs beside the program.
cp "$sysroot"/bin/*.dll "$build/tests/"
cp "$sysroot"/bin/*.dll "$build/tests/fuzz/"
# Twice at most: Wine has been seen to crash beside a test that passed.
ctest --test-dir "$build" --parallel "$(nproc)" --output-on-failure --tests-regex '^(test|fuzz_corpus)_' \
    --repeat until-pass:2 --timeout 300
