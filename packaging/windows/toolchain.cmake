# SPDX-License-Identifier: GPL-2.0-or-later
# For CMake: Debian's cross compiler for 64-bit Windows with the UCRT, which current GLib and Wireshark are built for.
# -DSYSROOT=FOLDER: where libraries.sh has installed; nothing is taken from the machine that builds.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SYSROOT)
set(tool x86_64-w64-mingw32ucrt-)
set(CMAKE_C_COMPILER ${tool}gcc)
set(CMAKE_CXX_COMPILER ${tool}g++)
set(CMAKE_RC_COMPILER ${tool}windres)
set(CMAKE_FIND_ROOT_PATH ${SYSROOT} /usr/x86_64-w64-mingw32ucrt)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${SYSROOT}/lib/pkgconfig)
