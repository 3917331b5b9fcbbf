# shellcheck shell=bash
# apt.sh: Debian packages, for setup.sh and tests/run.sh (sourced by them).
# SPDX-License-Identifier: GPL-2.0-or-later

# need_packages PACKAGE...: as root, installs the missing ones; otherwise says which are missing and fails.
need_packages() {
    local package missing=()
    if ! command -v dpkg-query >/dev/null; then
        echo "error: not a Debian system; install the equivalents of these packages, then use --no-deps: $*" >&2
        return 1
    fi
    for package; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "error: missing packages: ${missing[*]} (run this as root, or: sudo apt-get install ${missing[*]})" >&2
        return 1
    fi
    printf 'Installing %s; this can take some minutes ...' "${missing[*]}"
    alive apt_install "${missing[@]}" || {
        echo "error: apt cannot install ${missing[*]}: is this machine online, with a Debian mirror in its apt sources?" >&2
        return 1
    }
}

apt_install() { # PACKAGE...
    # Another apt may run at the same time (unattended-upgrades on a fresh machine): wait for its lock.
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    # A source that does not respond (a third-party one, an installation disc) must not keep the others from working.
    "${apt[@]}" update || true
    "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >/dev/null
}

# alive COMMAND...: runs it; on the open line of output, a dot shows every three seconds that it still does.
alive() {
    local parent=$BASHPID dots status=0
    # The sleeper holds no output open that somebody may be reading to its end.
    (while sleep 3 >/dev/null 2>&1 && kill -0 "$parent" 2>/dev/null; do printf .; done) </dev/null &
    dots=$!
    "$@" || status=$?
    kill "$dots" 2>/dev/null || true
    wait "$dots" 2>/dev/null || true
    echo
    return "$status"
}

# build_log COMMAND...: runs it quietly; shows its output only if it fails.
build_log() {
    local output
    output=$("$@" 2>&1) || {
        printf '%s\n' "$output" >&2
        echo "error: failed: $*" >&2
        return 1
    }
}
