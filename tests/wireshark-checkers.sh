#!/usr/bin/env bash
# wireshark-checkers.sh: runs Wireshark's own source code checkers, which come with its source, on the plugin.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

if [ $# -ne 1 ] || [ ! -f "$1/tools/checkhf.pl" ]; then
    echo "Usage: wireshark-checkers.sh WIRESHARK-SOURCE   (with tools/ and epan/, as from apt-get source wireshark)" >&2
    exit 2
fi
tools=$(cd "$1" && pwd)/tools
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# Reports that are not caused by our code:
# - ei_rst_finding: registered in a loop over the kinds of findings, but the checker looks for a literal array.
# - present/csv.c: a tshark tap (-z rst,csv), not a dissector: like tshark's own taps in ui/cli, it prints its table
#   and ends the program if its option is wrong.
# - core/judge/judge.c: asserts facts about the rule tables at startup (g_assert) and, in debug builds only, for every
#   reset (assert); neither depends on a packet.
known='^ERROR: NO ARRAY: expert\.c: ei_rst_finding$|APIs in (present/csv\.c: (exit|printf)|core/judge/judge\.c: assert,g_assert)$'

# check NAME COMMAND...: clean means exit code 0 and no output that says error or warning.
check() {
    local name=$1 output code=0
    shift
    output=$("$@" 2>&1) || code=$?
    if grep -qE "$known" <<<"$output"; then
        output=$(grep -vE "$known" <<<"$output") && [ -n "$output" ] || code=0
    fi
    if [ "$code" -eq 0 ] && ! grep -qiE '^(error|warning|unused)|does not exist|[1-9][0-9]* (warnings|errors)' <<<"$output"; then
        echo "$name: clean"
    else
        echo "$name: exit code $code"
        printf '%s\n' "$output" | sed 's/^/    /'
        status=1
    fi
}

# They read C line by line and do not know macros. Our fields are in tables of macros, so they get the expanded text:
# local macros expanded, Wireshark's kept (its headers are omitted), and adjacent string literals joined.
mkdir -p "$work/epan/dissectors/rst"
for file in "$repo"/plugin/*.c "$repo"/plugin/extract/*.c "$repo"/plugin/present/*.c; do
    sed '/^#include </d; /^#include "compat.h"/d; /^#include "[a-z_/-]*\.h"/d' "$file" |
        gcc -E -P -I "$repo/plugin/core" - | sed 's/" *"//g' >"$work/epan/dissectors/rst/$(basename "$file")"
done

# Without the check for shadowed names: it is meant for compilers older than GCC 4.8 and mistakes structure members
# called "time" and "index" for variables.
cd "$repo/plugin"
find . -name '*.[ch]' -printf '%P\n' | sort >"$work/files"
mapfile -t files <"$work/files"
check checkAPIs "$tools/checkAPIs.pl" --group dissectors-prohibited --group dissectors-restricted \
    --nocheck-shadow --sourcedir="$repo/plugin" "${files[@]}"
cd "$work/epan/dissectors/rst"
check checkhf "$tools/checkhf.pl" ./*.c
check checkfiltername "$tools/checkfiltername.pl" ./*.c
cd "$work"
for file in epan/dissectors/rst/*.c; do
    check "check_typed_item_calls $(basename "$file")" python3 "$tools/check_typed_item_calls.py" --mask --label \
        --consecutive --missing-items --file "$file"
done
exit "$status"
