#!/usr/bin/env bash
# python.sh SOURCES WORK SYSROOT FOLDER: a Python for Windows in FOLDER, from Debian's source, to try our programs with.
# One static python.exe with the modules that are built into Python's DLL and the library beside it. Python itself is
# built for Windows by MSVC only: this is not the Python that users have, but the same code.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

sources=$1 work=$2 sysroot=$3 folder=$4
[ ! -e "$folder/python.exe" ] || exit 0
export tree=$work/python

unpack() {
    rm -rf "$tree"
    mkdir -p "$tree"
    tar -xf "$(compgen -G "$sources/python3.*_*.orig.tar.*[^c]" | head -n 1)" -C "$tree" --strip-components=1
    cd "$tree"
    version=$(sed -nE 's/^#define PY_VERSION +"([0-9]+\.[0-9]+).*/\1/p' Include/patchlevel.h)
}

# Modules that are part of the program, as byte code: that of another minor version would not be understood.
freeze() { # MODULE FILE
    python3 Programs/_freeze_module.py "$1" "$2" "Python/frozen_modules/$1.h"
}

freeze_all() {
    python3 -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" ||
        { echo "python.sh: the source is of $version, the machine's Python is another" >&2 && exit 1; }
    local header module
    while read -r header; do
        module=$(basename "$header" .h)
        case $module in
        getpath) freeze getpath Modules/getpath.py ;;
        frozen_only) freeze frozen_only Tools/freeze/flag.py ;;
        __phello__) freeze "$module" Lib/__phello__/__init__.py ;;
        __phello__.ham) freeze "$module" Lib/__phello__/ham/__init__.py ;;
        *) freeze "$module" "Lib/${module//.//}.py" ;;
        esac
    done < <(grep -ho 'frozen_modules/[^"]*\.h' Python/frozen.c Modules/getpath.c)
}

# What only MSVC compiles is left out (mmap) or worked around: an assertion about arrays, the version that the DLL knows.
prepare() {
    cp PC/pyconfig.h.in PC/pyconfig.h
    sed -i '/mmap/d' PC/config.c
    sed -i 's/^#if (defined(__GNUC__) && !defined(__STRICT_ANSI__)/#if (0/' Include/pymacro.h
    cp Programs/python.c PC/main.c
    printf 'void *PyWin_DLLhModule;\nconst char *PyWin_DLLVersionString = "%s";\n' "$version" >PC/version.c
    grep -o 'ClCompile Include="[^"]*"' PCbuild/pythoncore.vcxproj | sed 's/.*="//; s/"//; s/\.\.\\//; s/\\/\//g' |
        grep -v 'zlib\|mmap' >files
    printf '%s\n' PC/main.c PC/version.c >>files
}

compile() { # FILE
    local options=(-O1 -w -std=gnu11 -fpermissive -fno-strict-aliasing -fwrapv -include winsock2.h -include process.h
        -DPy_BUILD_CORE -DPy_NO_ENABLE_SHARED -DNDEBUG -DWIN32 -D_WIN32_WINNT=0x0A00 -DNTDDI_VERSION=0x0A000006
        -DPREFIX=NULL -DEXEC_PREFIX=NULL -DVERSION=NULL -DVPATH='".."' -DPYDEBUGEXT='""' -DPLATLIBDIR='"DLLs"'
        -I. -IPC -IInclude -IInclude/internal -IInclude/internal/mimalloc -IPython -IModules/_hacl/include -IModules/_hacl)
    if [ "$1" = Python/sysmodule.c ]; then options+=(-DMS_COREDLL); fi
    x86_64-w64-mingw32ucrt-gcc "${options[@]}" -c "$1" -o "objects/${1//\//_}.o"
}
export -f compile

unpack
freeze_all
prepare
mkdir -p objects "$folder"
# shellcheck disable=SC2016 # for the shell that is started
xargs -P "$(nproc)" -I{} bash -c 'compile "$1"' compile {} <files
x86_64-w64-mingw32ucrt-gcc -municode -s -o python.exe objects/*.o -lws2_32 -lbcrypt -lversion -lpathcch -lshlwapi \
    -lole32 -loleaut32 -luuid -lrpcrt4 -ladvapi32
cp -r Lib "$folder/"
rm -rf "$folder/Lib/test" "$folder/Lib/idlelib"
cp "$sysroot/bin/libwinpthread-1.dll" "$folder/"
cp python.exe "$folder/"
