#!/usr/bin/env bash
# sources.sh FOLDER PACKAGE...: fetches the original tarballs of Debian source packages, as root in a chroot. What is
# there already is not fetched again. Exit code 75: the mirror does not have one of them, which it says.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

folder=$1
shift
cd "$folder"

fetch() { # ADDRESS FILE [HASH]: complete or not at all
    /usr/lib/apt/apt-helper -q download-file "$1" "part.$2" ${3:+"$3"} >/dev/null 2>&1 || return
    mv "part.$2" "$2"
}

# What was built from before. Between two point releases a mirror may lack what its index names, and still have these.
known=(
    wireshark_4.4.18.orig.tar.bz2 5b0b9157e48edffbc2434a93d8cb8a8c67ee9cfc046188cd3664e96744a3697d
    c-ares_1.34.5.orig.tar.gz 7d935790e9af081c25c495fd13c2cfcda4792983418e96358ef6e7320ee06346
)

before() { # ADDRESS
    local i
    for ((i = 0; i < ${#known[@]}; i += 2)); do
        [[ ${known[i]} == "${package}_"* ]] || continue
        fetch "${1%/*}/${known[i]}" "${known[i]}" "SHA256:${known[i + 1]}" || return
        echo "$package: the mirror does not have ${1##*/}; took ${known[i]}, which was built from before"
        return
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
    rm -f part.*
    if fetch "$address" "$file" "$hash"; then
        echo "$package: $file"
    elif ! before "$address"; then
        echo "the mirror has neither $file nor a version that was built from before"
        exit 75
    fi
done
