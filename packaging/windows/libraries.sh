#!/usr/bin/env bash
# libraries.sh SOURCES WORK SYSROOT [LIBRARY...]: builds the libraries that rst and tshark need for Windows, from the
# tarballs in SOURCES (sources.sh) in the folder WORK, and installs them in SYSROOT. What is there is not built again.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

sources=$1 work=$2 sysroot=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
host=x86_64-w64-mingw32ucrt
export PKG_CONFIG_LIBDIR=$sysroot/lib/pkgconfig
jobs=$(nproc)

# unpack NAME: goes to its folder, which is made anew.
unpack() {
    local tarball
    tarball=$(compgen -G "$sources/$1_*.orig.tar.*[^c]" | head -n 1)
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1"
    tar -xf "$tarball" -C "$work/$1" --strip-components=1
    cd "$work/$1"
}

with_cmake() {
    cmake -S . -B build -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" -DSYSROOT="$sysroot" \
        -DCMAKE_INSTALL_PREFIX="$sysroot" -DCMAKE_BUILD_TYPE=Release "$@"
    cmake --build build --parallel "$jobs"
    cmake --install build
}

# The host has the name that the packages know; the names of the tools have "ucrt" in them.
with_configure() {
    ./configure --build=x86_64-linux-gnu --host=x86_64-w64-mingw32 --prefix="$sysroot" --enable-shared \
        --disable-static --disable-doc --disable-dependency-tracking CC=$host-gcc CXX=$host-g++ AR=$host-ar \
        NM=$host-nm RANLIB=$host-ranlib STRIP=$host-strip OBJDUMP=$host-objdump DLLTOOL=$host-dlltool \
        RC=$host-windres WINDRES=$host-windres CFLAGS="-O2" CPPFLAGS="-I$sysroot/include" LDFLAGS="-L$sysroot/lib" "$@"
    make -j "$jobs"
    make install
}

build_intl() {
    mkdir -p "$sysroot/include" "$sysroot/lib" "$work/intl"
    $host-gcc -O2 -Wall -Wextra -Werror -c "$here/libintl.c" -o "$work/intl/libintl.o"
    $host-ar rcs "$sysroot/lib/libintl.a" "$work/intl/libintl.o"
    cp "$here/libintl.h" "$sysroot/include/"
}

# Debian's tarball has no folder win32, which the CMake file wants.
build_zlib() {
    unpack zlib
    ./configure --prefix="$sysroot" >/dev/null # makes zconf.h and zlib.pc
    mkdir -p "$sysroot/bin" "$sysroot/lib/pkgconfig" "$sysroot/include"
    $host-gcc -O2 -shared -Wl,--export-all-symbols -Wl,--out-implib="$sysroot/lib/libz.dll.a" \
        -o "$sysroot/bin/zlib1.dll" ./*.c
    cp zlib.h zconf.h "$sysroot/include/"
    cp zlib.pc "$sysroot/lib/pkgconfig/"
}

build_libffi() {
    unpack libffi
    autoreconf -fi
    with_configure --disable-docs --disable-builddir --disable-multi-os-directory
}

build_pcre2() {
    unpack pcre2
    with_cmake -DBUILD_SHARED_LIBS=ON -DBUILD_STATIC_LIBS=OFF -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_BUILD_TESTS=OFF
}

build_glib2.0() {
    unpack glib2.0
    cat >"$work/cross.ini" <<TEXT
[binaries]
c = '$host-gcc'
cpp = '$host-g++'
ar = '$host-ar'
strip = '$host-strip'
windres = '$host-windres'
dlltool = '$host-dlltool'
pkg-config = 'pkg-config'
[built-in options]
c_args = ['-I$sysroot/include']
c_link_args = ['-L$sysroot/lib']
cpp_args = ['-I$sysroot/include']
cpp_link_args = ['-L$sysroot/lib']
[properties]
pkg_config_libdir = '$sysroot/lib/pkgconfig'
[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
TEXT
    meson setup build --cross-file "$work/cross.ini" --prefix "$sysroot" --libdir lib --buildtype release \
        --wrap-mode nodownload -Ddefault_library=shared -Dtests=false -Dintrospection=disabled -Dnls=disabled \
        -Dglib_debug=disabled -Dman-pages=disabled -Ddocumentation=false
    meson compile -C build -j "$jobs"
    meson install -C build
}

build_c-ares() {
    unpack c-ares
    with_cmake -DCARES_BUILD_TOOLS=OFF -DCARES_BUILD_TESTS=OFF
}

build_libgpg-error() {
    unpack libgpg-error
    with_configure --disable-nls --disable-languages --disable-tests
}

build_libgcrypt20() {
    unpack libgcrypt20
    with_configure --with-libgpg-error-prefix="$sysroot"
}

# The compiler's own library, which programs find only beside them.
build_compiler() {
    local dll
    mkdir -p "$sysroot/bin"
    for dll in libgcc_s_seh-1.dll libwinpthread-1.dll; do
        cp "$(dirname "$($host-gcc -print-file-name=$dll)")/$dll" "$sysroot/bin/" ||
            cp "/usr/$host/lib/$dll" "$sysroot/bin/"
    done
}

mkdir -p "$work" "$sysroot"
for library in "$@"; do
    if [ -e "$sysroot/.done-$library" ]; then continue; fi
    echo "== $library"
    cd "$work"
    "build_$library"
    touch "$sysroot/.done-$library"
done
