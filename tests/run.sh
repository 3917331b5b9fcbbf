#!/usr/bin/env bash
# run.sh: runs all checks: build with warnings as errors, unit tests, tests through tshark.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: run.sh [--no-deps] [--all] [--help] [-- PYTEST-ARGUMENT...]

Builds everything with sanitizers in build/check-asan and runs the unit tests there, then as packaged (optimized, with LTO)
in build/check and runs the tests through tshark; both must give the same verdicts. As root, it first installs the required
Debian packages and runs tshark as an ordinary user, because Wireshark does not load our plugin for root. As root, it
also runs the lab (tests/lab): resets of real stacks in network namespaces, whose reasons the kernel reports.

  --no-deps   do not install any packages
  --no-lab    do not run the lab (two to three minutes)
  --no-fuzz   do not fuzz the core (one minute; needs clang)
  --all       compare every capture in ../shared with stock tshark, not just a selection

RST_SHARED names a folder other than ../shared for additional captures; without them, the tests that need them are
skipped.
TEXT
}

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=packaging/apt.sh
. "$repo/packaging/apt.sh"
# shellcheck source=packaging/flags.sh
. "$repo/packaging/flags.sh"
umask 022

deps=yes lab=yes fuzz=yes
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --no-deps) deps=no ;;
    --no-lab) lab=no ;;
    --no-fuzz) fuzz=no ;;
    --all) export RST_ALL=1 ;;
    --) shift && break ;;
    *) echo "run.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
    esac
    shift
done

if [ "$deps" = yes ]; then
    need_packages gcc libc6-dev ninja-build cmake pkg-config libglib2.0-dev wireshark-dev tshark wireshark-common \
        python3 python3-pytest
    need_packages wireshark xvfb xauth openbox xdotool imagemagick tesseract-ocr ||
        echo "graphical Wireshark: cannot be installed, its tests are skipped"
    need_packages python3-jsonschema || echo "python3-jsonschema: cannot be installed, schemas are not checked"
    need_packages parallel || echo "GNU parallel: cannot be installed, the tests of rst-batch are skipped"
    need_packages openssh-server openssh-client rsync || echo "sshd: cannot be installed, hosts of rst-batch are not tested"
    need_packages sqlite3 python3-prometheus-client || echo "sqlite3, prometheus-client: cannot be installed, see skips"
    need_packages nftables ulogd2 conntrack tcpdump iproute2 ethtool ||
        echo "ulogd2: cannot be installed, real logs are not tested"
    if [ "$lab" = yes ] && [ "$(id -u)" -eq 0 ]; then
        need_packages python3-scapy tcpdump iptables iproute2 ethtool procps conntrack slirp4netns liblwip-dev ||
            echo "lab: its packages cannot be installed"
    fi
fi

build=$repo/build/check asan=$repo/build/check-asan
echo "Building ..."
package_flags
build_log cmake -S "$repo" --preset asan -B "$asan" -DCMAKE_C_FLAGS_DEBUG="-O1 -g"
build_log cmake -S "$repo" --preset release -B "$build" -DCMAKE_C_FLAGS="$compile_flags" \
    -DCMAKE_MODULE_LINKER_FLAGS="$link_flags"
build_log cmake --build "$asan" --parallel "$(nproc)"
build_log cmake --build "$build" --parallel "$(nproc)"

# The mutants are linked against a build without sanitizers; all other unit tests run with them.
unit=0
ctest --test-dir "$asan" --output-on-failure || unit=$?
ctest --test-dir "$build" --output-on-failure -R mutation || unit=$?
"$repo/tests/same.sh" "$asan" "$build" || unit=$?

if [ "$fuzz" = yes ]; then
    if command -v clang >/dev/null || { [ "$deps" = yes ] && [ "$(id -u)" -eq 0 ]; }; then
        "$repo/tests/fuzz/fuzz.sh" --seconds 15 $([ "$deps" = yes ] || echo --no-deps) || unit=1
    else
        echo "fuzz: skipped, it needs clang"
    fi
    # Damaged captures, always the same, through tshark and sharkd with the sanitizers.
    /usr/bin/python3 -B "$repo/tests/fuzz/tshark-fuzz.py" --count 12 --plugins "$asan/plugins" || unit=1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
tests=$repo/tests
export RST_SHARED=${RST_SHARED:-$repo/../shared} RST_PLUGIN_DIR=$build/plugins
export PYTHONDONTWRITEBYTECODE=1 HOME=$work/home
as_user=()
if [ "$(id -u)" -eq 0 ]; then
    # The ordinary user may not be allowed to read the checkout, so it gets a copy of what the tests read.
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chmod 755 "$work"
    mkdir -p "$work/repo/build"
    (cd "$repo" && tar -cf - --exclude='./build*' --exclude=.git --exclude=__pycache__ .) | tar -xf - -C "$work/repo"
    cp -r "$build/plugins" "$build/programs" "$work/repo/build/"
    chown -R nobody:nogroup "$work"
    tests=$work/repo/tests RST_PLUGIN_DIR=$work/repo/build/plugins
    if [ -d "$RST_SHARED/captures" ] && ! "${as_user[@]}" test -r "$RST_SHARED/captures"; then
        mkdir "$work/shared"
        cp -r "$RST_SHARED/captures" "$work/shared/"
        chmod -R a+rX "$work/shared"
        RST_SHARED=$work/shared
    fi
fi
cd "$work"
if [ "$(id -u)" -eq 0 ]; then
    # The programs that people run as root, attacked by users; and a router's real logs.
    /usr/bin/python3 -m pytest -p no:cacheprovider --basetemp="$work/root" "$tests/tshark/test_record.py" \
        "$tests/tshark/test_setup.py" "$tests/tshark/test_as_root.py" "$tests/tshark/test_hosts.py" \
        "$tests/tshark/test_witness_lab.py" || unit=1
fi
if [ "$lab" = yes ] && [ "$(id -u)" -eq 0 ]; then
    # The floors are judged on parameter values that are never used to tune the rules.
    if /usr/bin/python3 "$tests/lab/run.py" --half judge --out "$work/lab" --tolerate 8; then
        export RST_LAB=$work/lab
    else
        echo "lab: skipped (see the line above)"
    fi
    chmod -R a+rX "$work/lab" 2>/dev/null || true
elif [ "$lab" = yes ]; then
    echo "lab: skipped, it needs root"
fi
status=0
"${as_user[@]}" /usr/bin/python3 -m pytest -p no:cacheprovider --basetemp="$work/home/pytest" "$tests" "$@" || status=$?
if [ "$unit" -ne 0 ]; then
    echo "unit tests, fuzzing or the tests as root failed (see above)"
    exit 1
fi
exit "$status"
