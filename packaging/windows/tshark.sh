#!/usr/bin/env bash
# tshark.sh SOURCES WORK SYSROOT RUN: a tshark.exe with all dissectors, what rst-compare and rst-report call beside it,
# and rst.dll, built in Wireshark's tree as docs/install.md describes it, and the folder RUN with everything that they
# need. The objects stay in WORK.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

sources=$1 work=$2 sysroot=$3 run=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$work/wireshark

unpack() {
    mkdir -p "$tree"
    tar -xf "$(compgen -G "$sources/wireshark_*.orig.tar.*" | head -n 1)" -C "$tree" --strip-components=1
    ln -sfn "$here/../../plugin" "$tree/plugins/epan/rst"
    touch "$tree/.unpacked"
}

# Everything that Wireshark would build or use by default, and tshark does not need, is off.
configure() {
    local name options=()
    while read -r name; do
        case $name in
        BUILD_tshark | BUILD_capinfos | BUILD_editcap | BUILD_mergecap | ENABLE_PLUGINS | ENABLE_ZLIB)
            options+=("-D$name=ON") # an earlier run may have had it off
            ;;
        *) options+=("-D$name=OFF") ;;
        esac
    done < <(sed -nE 's/^[[:space:]]*option\(((BUILD|ENABLE)_[A-Za-z0-9_]+) .* ON\).*/\1/p' "$tree/CMakeOptions.txt")
    # No optimization: it is to be compiled, not to be fast. No warnings: they are not ours.
    cmake -S "$tree" -B "$tree/build" -G Ninja -Wno-dev -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" \
        -DSYSROOT="$sysroot" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="-O0 -w" -DCMAKE_CXX_FLAGS="-O0 -w" \
        -DUSE_REPOSITORY=OFF -DCUSTOM_PLUGIN_SRC_DIR=plugins/epan/rst "${options[@]}"
}

rm -f "$run/.complete" # made by whoever called, when all is there
[ -e "$tree/.unpacked" ] || unpack
grep -qs mergecap "$tree/build/build.ninja" || configure
rm -rf "$tree/build/plugins/epan/rst/CMakeFiles/rst.dir" # the sources may be older than the objects and yet be others
ninja -C "$tree/build" tshark capinfos editcap mergecap plugins copy_data_files

rm -rf "$run"
cp -r "$tree/build/run" "$run"
rm -f "$run"/*.a
cp "$sysroot"/bin/*.dll "$run/"
"$here/wine-run" "$run/tshark.exe" --version
"$here/wine-run" "$run/tshark.exe" -G plugins | grep '^rst\.dll'
