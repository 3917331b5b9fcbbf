#!/usr/bin/env bash
# sources.sh FOLDER PACKAGE...: fetches the original tarballs of Debian source packages, as root in a chroot. What is
# there already is not fetched again. Exit code 75: the mirror does not have one of them, which it says.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

TRIES=6 # earlier versions

folder=$1
shift
cd "$folder"

fetch() { # ADDRESS FILE [HASH]
    /usr/lib/apt/apt-helper -q download-file "$1" "$2" ${3:+"$3"} >/dev/null 2>&1
}

# earlier ADDRESS FILE: between two point releases a mirror may lack the version that its index names, and still have
# the one before: the same but for a lower last number. The index says nothing about that file any more.
earlier() {
    local address=$1 file=$2 number try
    [[ $file =~ ^(.*\.)([0-9]+)(\.orig\..*)$ ]] || return 1
    local before=${BASH_REMATCH[1]} after=${BASH_REMATCH[3]}
    number=${BASH_REMATCH[2]}
    for ((try = number - 1; try >= 0 && try >= number - TRIES; try--)); do
        if fetch "${address%/*}/$before$try$after" "$before$try$after"; then
            echo "$package: the mirror does not have $file; took $before$try$after instead, which apt cannot verify"
            return 0
        fi
    done
    return 1
}

for package; do
    if compgen -G "${package}_*.orig.tar.*" >/dev/null; then
        echo "$package: $(compgen -G "${package}_*.orig.tar.*[0-9a-z]" | head -n 1)"
        continue
    fi
    line=$(apt-get source --print-uris -qq "$package" | grep '\.orig\.tar\.[a-z0-9]* ')
    read -r address file _ hash <<<"${line//\'/}"
    if fetch "$address" "$file" "$hash"; then
        echo "$package: $file"
    elif ! earlier "$address" "$file"; then
        echo "the mirror has neither $file nor a version shortly before it"
        exit 75
    fi
done
