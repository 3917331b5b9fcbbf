# shellcheck shell=bash
# chroot.sh: Debian suites in folders, for chroot-matrix (sourced by it). Needs root, mmdebstrap or debootstrap.
# SPDX-License-Identifier: GPL-2.0-or-later

# debian_mirror: prints the address from which this machine's apt gets its own release, or fails.
debian_mirror() {
    local release found
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    # shellcheck disable=SC2016 # apt expands these
    found=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Identifier: Packages' 2>/dev/null |
        awk -v release="$release" '$1 == release { print $2; exit }')
    [ -n "$found" ] && echo "${found%/}"
}

# make_chroot SUITE FOLDER MIRROR PACKAGE...: the packages and their dependencies, without recommended ones. A folder
# that a failed run left behind is made again. COMPONENTS are those of the mirror, main if unset. MACHINE is
# Debian's name of one whose programs run here, such as i386 on amd64; this machine's own if unset.
make_chroot() {
    local suite=$1 folder=$2 mirror=$3 components=${COMPONENTS:-main} settings status=0
    components=--components=${components// /,}
    shift 3
    rm -rf --one-file-system "$folder"
    settings=$(mktemp)
    # The chroot reaches the mirror in the same way as this machine (proxy, dates, retries).
    {
        apt-config dump Acquire
        echo 'APT::Install-Recommends "false";'
    } >"$settings"
    chmod a+r "$settings"
    if command -v mmdebstrap >/dev/null; then
        # Whether it runs here shows at once; the check would need another package on this machine.
        mmdebstrap --variant=apt "$components" ${MACHINE:+--architectures="$MACHINE" --skip=check/qemu} \
            --aptopt="$settings" --include="$(IFS=, && echo "$*")" "$suite" "$folder" "$mirror" || status=$?
    else
        debootstrap --variant=minbase "$components" ${MACHINE:+--arch="$MACHINE"} "$suite" "$folder" "$mirror" ||
            status=$?
        if [ "$status" -eq 0 ]; then
            cp "$settings" "$folder/etc/apt/apt.conf.d/99machine"
            in_chroot "$folder" root apt_get update && in_chroot "$folder" root apt_get install -y "$@" || status=$?
        fi
    fi
    rm -f "$settings"
    [ "$status" -ne 0 ] || touch "$folder/.complete"
    return "$status"
}

# in_chroot FOLDER USER COMMAND...: runs the command there, isolated: none of its processes outlives it or its caller,
# and no mount is left behind.
# SHARED, if set, is a folder on this machine that appears as /shared, read-only. apt_get is available as a command.
in_chroot() {
    local folder=$1 user=$2
    shift 2
    [ "$1" != apt_get ] || set -- env DEBIAN_FRONTEND=noninteractive apt-get -qq "${@:2}"
    local group home=/root
    group=$(chroot "$folder" id -g "$user")
    if [ "$user" != root ]; then
        home=/tmp/home
        [ -d "$folder$home" ] || install -d -o "$(chroot "$folder" id -u "$user")" -g "$group" "$folder$home"
    fi
    # shellcheck disable=SC2016 # expanded by the inner shell
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child -- bash -c '
        folder=$1 shared=$2 user=$3 group=$4
        shift 4
        mount -t proc proc "$folder/proc" && mount --rbind /dev "$folder/dev" || exit 125
        if [ -n "$shared" ]; then
            mkdir -p "$folder/shared"
            mount --bind "$shared" "$folder/shared" && mount -o remount,bind,ro "$folder/shared" || exit 125
        fi
        cp -L /etc/resolv.conf /etc/hosts "$folder/etc/"
        # No exec: as process 1 of its namespace, the command would not get the signals that xvfb-run waits for.
        chroot --userspec="$user:$group" --groups="$group" "$folder" "$@"
        exit $?
    ' in_chroot "$folder" "${SHARED:-}" "$user" "$group" \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LC_ALL=C.UTF-8 TZ=UTC \
        ${SOURCE_DATE_EPOCH:+SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH"} "$@" </dev/null
}
