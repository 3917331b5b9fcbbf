#!/usr/bin/env bash
# same.sh: the same verdicts from every build, to the last byte: a debug build, one with sanitizers, the optimized one.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

if [ $# -lt 2 ] || [ "$1" = --help ]; then
    echo "Usage: same.sh BUILD BUILD... [-- CAPTURE...]

Asks the core of each build (tests/bench/verdicts.c) about all resets of the captures (default: all samples, in one
file) and compares all texts. Builds that have a plugin are asked through tshark too, about all fields." >&2
    exit 2
fi
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
builds=() captures=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    builds+=("$(cd "$1" && pwd)") && shift
done
[ $# -eq 0 ] || shift
captures=("$@")
[ $# -gt 0 ] || mapfile -t captures < <(find "$repo/sample-captures" -name '*.pcap*' | LC_ALL=C sort)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -m 777 "$work/home"
mergecap -a -I none -w "$work/all.pcapng" "${captures[@]}"
chmod 644 "$work/all.pcapng"

as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
through_tshark() {
    local sanitizer=
    ! grep -q __asan_init "$1"/plugins/*/epan/rst.so || sanitizer=$(gcc -print-file-name=libasan.so)
    "${as_user[@]}" env HOME="$work/home" LC_ALL=C TZ=UTC WIRESHARK_PLUGIN_DIR="$1/plugins" LD_PRELOAD="$sanitizer" \
        ASAN_OPTIONS=detect_leaks=0 tshark -2 -r "$work/all.pcapng" -Y rst -O rst
}

for i in "${!builds[@]}"; do
    "${builds[$i]}/tests/bench/rst_verdicts" "$work/all.pcapng" >"$work/core.$i"
    cmp "$work/core.0" "$work/core.$i"
done
echo "$(wc -l <"$work/core.0") verdicts of the core: the same in ${#builds[@]} builds"

first=
for i in "${!builds[@]}"; do
    compgen -G "${builds[$i]}/plugins/*/epan/rst.so" >/dev/null || continue
    through_tshark "${builds[$i]}" >"$work/tshark.$i"
    first=${first:-$work/tshark.$i}
    cmp "$first" "$work/tshark.$i"
done
[ -z "$first" ] || echo "$(grep -c 'Cause:' "$first") verdicts in tshark: the same in every build with a plugin"
