#!/usr/bin/env bash
# smoke.sh: opens Wireshark with the plugin on a virtual display and checks that it loads the plugin, shows the capture
# and keeps running.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

if [ $# -lt 1 ] || [ "$1" = --help ]; then
    echo "Usage: smoke.sh PLUGIN-FOLDER [PICTURE]   (as an ordinary user; PLUGIN-FOLDER: <build>/plugins or -)" >&2
    exit 2
fi
[ "$(id -u)" -ne 0 ] || { echo "smoke.sh: root's Wireshark loads no plugin: use an ordinary user" >&2 && exit 2; }
plugins=$1 picture=${2:-}
capture=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/sample-captures/tour.pcapng

if [ "${RST_SMOKE_DISPLAY:-}" != yes ]; then # run again inside a display
    RST_SMOKE_DISPLAY=yes exec xvfb-run -a -s "-screen 0 1280x900x24" "$0" "$@"
fi

home=$(mktemp -d)
export HOME=$home XDG_RUNTIME_DIR=$home
unset WIRESHARK_PLUGIN_DIR
[ "$plugins" = - ] || export WIRESHARK_PLUGIN_DIR=$plugins
wireshark -o gui.update.enabled:FALSE -r "$capture" -Y rst >"$home/log" 2>&1 &
wireshark=$!
trap 'kill $wireshark 2>/dev/null || true; wait $wireshark 2>/dev/null || true; rm -rf "$home"' EXIT

fail() {
    echo "smoke.sh: $1" >&2
    sed 's/^/  wireshark: /' "$home/log" >&2
    exit 1
}

# The title shows the capture once it is loaded.
for _ in $(seq 120); do
    kill -0 "$wireshark" 2>/dev/null || fail "Wireshark ended before it showed the capture"
    window=$(xdotool search --onlyvisible --name 'tour\.pcapng' 2>/dev/null | head -n 1) || true
    [ -z "$window" ] || break
    sleep 0.5
done
[ -n "$window" ] || fail "no window with the capture after a minute"
grep -q '/rst\.so$' "/proc/$wireshark/maps" || fail "Wireshark did not load rst.so"
sleep 2 # an error at startup opens a dialog after the window
others=$(xdotool search --onlyvisible --name . 2>/dev/null | grep -vcx "$window") || true
[ -z "$picture" ] || import -window root "$picture"
[ "$others" -eq 0 ] || fail "$others more windows than the capture's"
kill -0 "$wireshark" 2>/dev/null || fail "Wireshark ended"
! grep -qiE 'rst.*(error|critical|warning)|(error|critical).*rst|plugin.*(fail|could)' "$home/log" ||
    fail "Wireshark complains"
echo "Wireshark shows $(basename "$capture") with rst.so loaded"
