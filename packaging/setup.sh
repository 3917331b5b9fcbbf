#!/usr/bin/env bash
# setup.sh: installs the dependencies, builds and installs the plugin, and shows it at work.
# SPDX-License-Identifier: GPL-2.0-or-later
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # started as: sh setup.sh
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: setup.sh [--all-users] [--no-deps] [--uninstall] [--help]

Installs the required Debian packages, builds the plugin in build/, installs it together with the
Wireshark profile "TCP Resets", and prints the causes found in sample-captures/tour.pcapng.

Where the plugin goes:

  as root               the global plugin folder (Wireshark never scans root's own)
  with sudo             the personal plugin folder of the calling user
  as an ordinary user   that user's personal plugin folder (the packages must already be installed)

The programs rst-* go into ~/.local/bin or /usr/local/bin, their manual pages into share/man beside
it. With sudo, rst-record and rst-record-drops go into /usr/local/bin as well, where sudo finds it. The profile goes into
the configuration folder of the same user or, for root, into the one for all users. If you have changed
a profile of that name, it is left as it is; other profiles are never touched.

Run it again to upgrade. Wireshark may be running; it loads the new plugin the next time it starts.

  --all-users   as root or with sudo: install into the global plugin folder
  --no-deps     do not install any packages
  --uninstall   remove the plugin, the programs, their pages and the profile (unless changed) from the
                folders where they would be installed, and the plugin also from those of other versions
                of Wireshark
  --help        show this help
TEXT
}

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=packaging/apt.sh
. "$repo/packaging/apt.sh"
unset WIRESHARK_PLUGIN_DIR # it would change the folders that tshark reports
umask 022
[ -w "${TMPDIR:-/tmp}" ] || unset TMPDIR

deps=yes
uninstall=no
all_users=no
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --all-users) all_users=yes ;;
    --no-deps) deps=no ;;
    --uninstall) uninstall=yes ;;
    *) echo "setup.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
    esac
    shift
done

# Whose Wireshark is it? Under sudo the calling user's, otherwise that of the current user.
user=$(id -un)
if [ "$all_users" = yes ]; then
    [ "$(id -u)" -eq 0 ] || { echo "setup.sh: --all-users needs root or sudo" >&2 && exit 2; }
elif [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ]; then
    user=$SUDO_USER
fi
home=$(getent passwd "$user" | cut -d: -f6 || true)
[ "$user" != "$(id -un)" ] || home=${HOME:-$home}
[ -n "$home" ] || { echo "setup.sh: user '$user' has no home folder" >&2 && exit 1; }

as_user() {
    if [ "$user" = "$(id -un)" ]; then
        "$@"
    else
        runuser -u "$user" -- env -u XDG_CONFIG_HOME -u XDG_DATA_HOME "HOME=$home" "USER=$user" \
            "LOGNAME=$user" "$@"
    fi
}

place() { # FILE MODE: standard input becomes that file when all of it is there; an interrupted run leaves nothing
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_user sh -c '
        rm -f "$1".new-????????
        new=$(mktemp "$1.new-XXXXXXXX") || exit
        trap "rm -f \"\$new\"" EXIT
        trap "exit 1" HUP INT TERM PIPE
        cat >"$new" && chmod "$2" "$new" && mv -fT "$new" "$1"
    ' sh "$1" "$2"
}

take_away() { # FILE: and what an interrupted run left
    # shellcheck disable=SC2016
    as_user sh -c 'rm "$1" && rm -f "$1".new-????????' sh "$1"
}

plugin_folder() { # Personal | Global: prints the folder for epan plugins (default: where this user's Wireshark looks)
    local label="${1:-Personal} Plugins"
    [ "$(id -u "$user")" -ne 0 ] || label="Global Plugins"
    as_user tshark -G folders 2>/dev/null | sed -n "s|^$label:[[:space:]]*\(.*\)|\1/epan|p"
}

build() {
    local build=$repo/build who=()
    # Under sudo in the user's own checkout, nothing should end up owned by root.
    if as_user test -w "$repo" && { [ ! -e "$build" ] || as_user test -w "$build"; }; then
        who=(as_user)
    fi
    # If the checkout was copied or moved, CMake rejects the cache made in the other place.
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repo" "$build/CMakeCache.txt" ||
        "${who[@]}" rm -rf "$build/CMakeCache.txt"
    if ! "${who[@]}" mkdir -p "$build" 2>/dev/null || ! "${who[@]}" test -w "$build"; then
        echo "error: no permission to write $build (if root made it earlier, remove it as root)" >&2
        return 1
    fi
    printf 'Building ...'
    alive make_build "$build" "${who[@]}"
}

make_build() { # FOLDER [as_user]
    local build=$1
    shift
    build_log "$@" cmake -S "$repo" -B "$build" -DCMAKE_BUILD_TYPE=Release -DRST_WERROR=OFF -DBUILD_TESTING=OFF &&
        build_log "$@" cmake --build "$build" --parallel "$(nproc)"
}

package_of() { # FILE: prints the Debian package it belongs to, or nothing
    { dpkg-query --search "$1" 2>/dev/null || true; } | sed 's/:.*//'
}

program_folder() { # where the plugin's programs go
    if [ "$(id -u "$user")" -eq 0 ]; then
        echo /usr/local/bin
    else
        echo "$home/.local/bin"
    fi
}

license="SPDX-License-Identifier: GPL-2.0-or-later"
marks="# $license
.\\\" $license
.so man1/rst-batch.1"
compiled=(rst-witness)
compiled_mark="Prints what the plugin rst understands" # in its help

is_our_file() { # FILE: a program or a manual page: did we install it, in any version?
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_user sh -c 'test -f "$1" && { head -n 5 "$1" | grep -qaxF "$2" || grep -qaF "$3" "$1"; }' sh \
        "$1" "$marks" "$compiled_mark"
}

is_our_plugin() { # FILE
    as_user grep -qsa 'rst\.cause' "$1"
}

for_each_file() { # COMMAND: calls it with source, target and mode of each program and manual page
    local bin file
    bin=$(program_folder)
    for file in "$repo"/packaging/rst-*; do
        "$1" "$file" "$bin/${file##*/}" 755
    done
    for file in "${compiled[@]}"; do
        "$1" "$repo/build/programs/$file" "$bin/$file" 755
    done
    for file in "$repo"/packaging/man/*.1 "$repo"/packaging/*.4; do
        "$1" "$file" "${bin%/bin}/share/man/man${file##*.}/${file##*/}" 644
    done
}

install_file() { # SOURCE TARGET MODE
    if as_user test -e "$2" && ! is_our_file "$2"; then
        echo "note: $2 is something else and stays; ours is $1" >&2
        return 0
    fi
    as_user mkdir -p "${2%/*}"
    place "$2" "$3" <"$1"
}

remove_file() { # SOURCE TARGET
    if is_our_file "$2"; then
        take_away "$2"
        echo "Removed: $2"
    fi
}

# sudo does not look into ~/.local/bin, and what runs as root must be root's
sudo_folder=/usr/local/bin
for_sudo=(rst-record rst-record-drops)

as_ourselves() { # COMMAND...: a function from here, for files of root, although it is another user's Wireshark
    local user
    user=$(id -un)
    "$@"
}

install_programs() {
    local folder file
    folder=$(program_folder)
    for_each_file install_file
    echo "Installed: $folder/rst-*, with manual pages (man rst-batch)"
    if [ "$user" != "$(id -un)" ]; then
        for file in "${for_sudo[@]}"; do
            as_ourselves install_file "$repo/packaging/$file" "$sudo_folder/$file" 755
        done
        echo "Installed: $sudo_folder/rst-record (sudo rst-record)"
    # Under sudo, PATH is root's. Debian's ~/.profile adds the folder at the next login, now that it exists.
    elif [[ :$PATH: != *:$folder:* ]]; then
        echo "note: $folder is not in your PATH yet; log in again, or call the programs by their full path" >&2
    fi
}

remove_programs() {
    local file
    for_each_file remove_file
    # It may belong to an installation for all users.
    [ "$(program_folder)" != "$sudo_folder" ] && ! is_our_file "$sudo_folder/rst-batch" || return 0
    for file in "${for_sudo[@]}"; do
        if ! is_our_file "$sudo_folder/$file"; then
            continue
        elif [ "$(id -u)" -eq 0 ]; then
            as_ourselves remove_file "" "$sudo_folder/$file"
        else
            echo "Left: $sudo_folder/$file, which is root's (with sudo, this removes it, too)"
        fi
    done
}

install_plugin() {
    local folder=$1 module version package
    if [ -z "$folder" ]; then
        echo "error: tshark does not report its plugin folder (tshark -G folders)" >&2
        return 1
    fi
    version=$(basename "$(dirname "$folder")")
    module=$repo/build/plugins/$version/epan/rst.so
    package=$(package_of "$folder/rst.so")
    if [ -n "$package" ]; then
        echo "error: $folder/rst.so belongs to the package $package; upgrade it, or: apt-get remove $package" >&2
        return 1
    fi
    if [ ! -f "$module" ]; then
        echo "error: tshark is version $version, but the plugin was built for another version" >&2
        return 1
    fi
    if as_user test -e "$folder/rst.so" && ! is_our_plugin "$folder/rst.so"; then
        echo "error: $folder/rst.so is another plugin" >&2
        return 1
    fi
    as_user mkdir -p "$folder"
    place "$folder/rst.so" 644 <"$module" # moved into place, so that a running Wireshark keeps the old file
    echo "Installed: $folder/rst.so"
    install_programs
    local global
    global=$(plugin_folder Global)/rst.so
    if [ "$global" != "$folder/rst.so" ] && [ -e "$global" ]; then
        echo "note: $global also exists, and Wireshark will complain; remove it as root: setup.sh --all-users --uninstall" >&2
    fi
    if ! as_user tshark -G plugins 2>/dev/null | grep '^rst\.so[[:space:]]' >/dev/null; then
        echo "error: tshark does not load $folder/rst.so" >&2
        return 1
    fi
}

profile="TCP Resets"
profile_files=(preferences colorfilters dfilter_buttons)
unfinished="# being installed"
profile_sums=.installed # checksums of the installed files: a file that still has its checksum was not changed

profile_folder() { # prints the profile folder of this user's Wireshark, or for root that of all users
    local label="Personal configuration"
    [ "$(id -u "$user")" -ne 0 ] || label="Global configuration"
    as_user tshark -G folders 2>/dev/null | sed -n "s|^$label:[[:space:]]*\(.*\)|\1/profiles/$profile|p"
}

is_ours() { # FOLDER FILE: is it as we installed it? The user may not be allowed to read the checkout.
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_user cmp -s - "$1/$2" <"$repo/packaging/profile/$profile/$2" ||
        as_user grep -qsxF "$(as_user sh -c 'cd "$1" && sha256sum "$2"' sh "$1" "$2" 2>/dev/null)" "$1/$profile_sums"
}

our_sums() {
    (cd "$repo/packaging/profile/$profile" && sha256sum "${profile_files[@]}")
}

install_profile() {
    local folder=$1 file
    [ -n "$folder" ] || return 0
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_user sh -c 'rm -f "$1/$2".new-???????? && rmdir "$1"' sh "$folder" "$profile_sums" 2>/dev/null || true
    if as_user test -d "$folder"; then
        for file in "${profile_files[@]}"; do
            is_ours "$folder" "$file" && continue
            ! as_user test -e "$folder/$file" && as_user grep -qsxF "$unfinished" "$folder/$profile_sums" && continue
            echo "Profile kept, because it was changed: $folder (remove it to get the current one)"
            return 0
        done
    fi
    as_user mkdir -p "$folder"
    # An interrupted run leaves files of both versions: until all are there, the checksums of both count.
    { as_user cat "$folder/$profile_sums" 2>/dev/null || true; echo "$unfinished"; our_sums; } |
        place "$folder/$profile_sums" 644
    # Widths and panes: from then on, the file belongs to Wireshark, until there are other columns.
    if ! as_user test -e "$folder/recent" ||
        ! as_user cmp -s - "$folder/preferences" <"$repo/packaging/profile/$profile/preferences"; then
        place "$folder/recent" 644 <"$repo/packaging/profile/$profile/recent"
    fi
    for file in "${profile_files[@]}"; do
        place "$folder/$file" 644 <"$repo/packaging/profile/$profile/$file"
    done
    our_sums | place "$folder/$profile_sums" 644
    echo "Profile: $folder (wireshark -C \"$profile\")"
}

remove_profile() {
    local folder=$1 file
    as_user test -d "$folder" || return 0
    [ -z "$(package_of "$folder/preferences")" ] || return 0
    for file in "${profile_files[@]}"; do
        ! is_ours "$folder" "$file" || take_away "$folder/$file"
    done
    # Wireshark keeps its window sizes there.
    as_user rm -f "$folder/recent" "$folder/$profile_sums"
    as_user rmdir "$folder" 2>/dev/null && echo "Removed: $folder" || echo "Kept, because it was changed: $folder"
}

copy=
trap '[ -z "$copy" ] || rm -rf "$copy"' EXIT

show_tour() { # ten of its many resets
    local status=0
    copy=$(mktemp -d)
    # A copy, because the calling user may not be allowed to read the checkout.
    cp "$repo/sample-captures/tour.pcapng" "$copy" && chmod -R a+rX "$copy"
    echo
    echo "tshark -2 -r sample-captures/tour.pcapng -Y rst -T fields \\"
    echo "    -e frame.number -e rst.cause -e rst.confidence -e rst.sender -e rst.summary"
    as_user tshark -2 -r "$copy/tour.pcapng" -Y rst -T fields -e frame.number -e rst.cause -e rst.confidence \
        -e rst.sender -e rst.summary 2>"$copy/errors" | awk -F '\t' '
            !shown[$2]++ && ++lines <= 10
            END { if (NR) printf "[... %d resets in all; shown: the first of each of %d causes]\n", NR, lines < 10 ? lines : 10 }
        ' || status=$?
    grep -v '^Running as user "root"' "$copy/errors" >&2 || true
    return "$status"
}

show_next() {
    local tour=$repo/sample-captures/tour.pcapng
    as_user test -r "$tour" || tour=FILE
    echo
    echo "Next: look at it in Wireshark, with the profile that has columns, colors and buttons for it"
    [ "$tour" = FILE ] || tour=$(printf '%q' "$tour")
    command -v wireshark >/dev/null || echo "    sudo apt-get install wireshark"
    echo "    wireshark -C \"$profile\" $tour"
    echo "and ask about your own captures:"
    echo "    tshark -2 -r FILE -q -z rst,problems    # what is wrong, what hurts most first"
    echo "    rst-report FILE                         # the same as a page to send"
    echo "    man wireshark-rst                       # everything else"
}

remove_plugin() { # including any left behind by an update of Wireshark: the folder is PLUGINS/VERSION/epan
    local folder=$1 module package found=no
    for module in "${folder%/*/epan}"/*/epan/rst.so; do
        [ -e "$module" ] || continue
        found=yes
        package=$(package_of "$module")
        if [ -n "$package" ]; then
            echo "Kept: $module, which belongs to the package $package (apt-get remove $package)"
        elif ! is_our_plugin "$module"; then
            echo "Kept: $module, which is another plugin"
        else
            take_away "$module"
            echo "Removed: $module"
        fi
    done
    [ "$found" = yes ] || echo "Not installed: $folder/rst.so"
}

if [ "$uninstall" = yes ]; then
    if ! command -v tshark >/dev/null; then
        echo "error: without tshark, its folders are unknown (the plugin is rst.so in ~/.local/lib/wireshark or" \
            "/usr/lib/*/wireshark, the profile in ~/.config/wireshark/profiles or /usr/share/wireshark/profiles)" >&2
        exit 1
    fi
    remove_plugin "$(plugin_folder)"
    remove_programs
    remove_profile "$(profile_folder)"
    exit 0
fi

if [ "$deps" = yes ]; then
    # Python is for the programs rst-*.
    need_packages gcc libc6-dev make cmake pkg-config libglib2.0-dev wireshark-dev tshark python3
    # Only rst-batch needs these, so nothing fails without them.
    [ "$(id -u)" -ne 0 ] || need_packages parallel rsync || true
fi
if ! command -v tshark >/dev/null || ! command -v cmake >/dev/null; then
    echo "error: tshark or cmake is not installed (run this without --no-deps)" >&2
    exit 1
fi
build
install_plugin "$(plugin_folder)"
install_profile "$(profile_folder)"
command -v parallel >/dev/null || echo "note: rst-batch needs GNU parallel: sudo apt-get install parallel" >&2
command -v rsync >/dev/null || echo "note: rst-batch --hosts needs rsync: sudo apt-get install rsync" >&2
show_tour
show_next
