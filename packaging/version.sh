# shellcheck shell=bash
# version.sh: version and date of this source (sourced, in the top folder).
# SPDX-License-Identifier: GPL-2.0-or-later

# in_git: is this folder a checkout of its own, and not just a folder inside another checkout?
in_git() {
    [ -e .git ] && command -v git >/dev/null && git rev-parse --git-dir >/dev/null 2>&1
}

rst_version() {
    sed -n 's/^set(RST_VERSION \([0-9.]*\))/\1/p' plugin/version.cmake
}

# source_date_epoch: the date that packages get instead of the current time: that of the commit or, in an unpacked
# tarball, that of its files.
source_date_epoch() {
    if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
        echo "$SOURCE_DATE_EPOCH"
    elif in_git; then
        git log -1 --format=%ct
    else
        stat -c %Y CMakeLists.txt
    fi
}
