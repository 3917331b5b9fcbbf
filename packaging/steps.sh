# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names of the program that sources it
# steps.sh: programs that work in Debian chroots step by step, each with a log and a cell of a table (sourced by
# chroot-matrix, other-machines and windows/cross-build). They set $program, their name in messages, and $repo.
# SPDX-License-Identifier: GPL-2.0-or-later

# shellcheck source=packaging/apt.sh
. "$repo/packaging/apt.sh"
# shellcheck source=packaging/chroot.sh
. "$repo/packaging/chroot.sh"

skip_all() {
    echo "$program: skipped: $1"
    exit 0
}

# need_chroots: sets $mirror, unless it is another one; or ends the program where no chroots can be made.
need_chroots() {
    [ "$(id -u)" -eq 0 ] || skip_all "it needs root"
    unshare --mount --pid --fork true 2>/dev/null || skip_all "this machine allows no mount namespaces"
    mirror=${mirror:-$(debian_mirror)} || skip_all "this machine's apt has no Debian mirror"
    if ! command -v mmdebstrap >/dev/null && ! command -v debootstrap >/dev/null; then
        need_packages mmdebstrap || skip_all "mmdebstrap cannot be installed"
    fi
}

# need_folder: $dir, or a temporary one that goes with the program, and $tarball in it, with the sources as they are.
need_folder() {
    if [ -z "$dir" ]; then
        dir=$(mktemp -d)
        trap 'rm -rf --one-file-system "$dir"' EXIT
        chmod 755 "$dir"
    fi
    mkdir -p "$dir/packages"
    dir=$(cd "$dir" && pwd)
    tarball=$("$repo/packaging/source-tarball" "$dir/packages")
}

mirror_answers() { # SUITE
    local probe status=0
    probe=$(mktemp -d)
    timeout 60 /usr/lib/apt/apt-helper download-file "$mirror/dists/$1/InRelease" "$probe/InRelease" \
        >/dev/null 2>&1 || status=1
    rm -rf "$probe"
    return "$status"
}

# The steps run as an ordinary user of the chroot $root.
tester() { in_chroot "$root" nobody "$@"; }

# prepare_chroot SUITE PACKAGE...: $root with these packages and with the sources in /tmp/rst.
prepare_chroot() {
    local suite=$1
    shift
    if [ ! -e "$root/.complete" ]; then
        make_chroot "$suite" "$root" "$mirror" "$@"
    else
        in_chroot "$root" root apt_get update
        in_chroot "$root" root apt_get install -y "$@"
    fi
    rm -rf "$root/tmp/rst" "$root/tmp/home"
    mkdir "$root/tmp/rst"
    tar -xzf "$tarball" -C "$root/tmp/rst" --strip-components=1
    chown -R "$(chroot "$root" id -u nobody):$(chroot "$root" id -g nobody)" "$root/tmp/rst"
}

# skip_step WHY: for a step that cannot be done here, which says nothing about the plugin.
skip_step() {
    echo "skipped: $1"
    echo skipped >&3
    exit 0
}

# run_step STEP PLACE: runs step_STEP in its own shell with -e, its log in $dir/log-PLACE. Sets $cell: FAILED, or what
# the step wrote to file descriptor 3; the first failure sets $failed.
run_step() {
    local note log status=0
    log=$dir/log-$2/$1
    mkdir -p "$dir/log-$2"
    note=$(mktemp)
    # In the background, because bash ignores -e in commands before "||".
    (
        set -e
        "step_$1"
    ) >"$log" 2>&1 3>"$note" &
    step_process=$!
    wait "$step_process" || status=$?
    cell=$(cat "$note")
    rm -f "$note"
    cell=${cell:-ok}
    if [ "$status" -ne 0 ]; then
        cell=FAILED
        failed=yes
        {
            echo "$program: $2: $1 failed; the end of its log:"
            tail -n 40 "$log" | without_hosts | sed 's/^/    /'
        } >&2
    elif [ "$cell" = skipped ]; then
        echo "$program: $2: $1 $(grep '^skipped: ' "$log" | tail -n 1 | without_hosts)" >&2
    fi
}

without_hosts() { sed -E "s,(https?://)[^ ]*,\1...,g"; } # a log may end up in a ticket
