# shellcheck shell=bash disable=SC2034
# flags.sh: how packages are compiled (sourced by make-package and tests/run.sh).
# SPDX-License-Identifier: GPL-2.0-or-later

# package_flags: sets compile_flags and link_flags to the distribution's hardening, as far as there is one.
package_flags() {
    compile_flags='' link_flags=''
    command -v dpkg-buildflags >/dev/null || return 0
    export DEB_BUILD_MAINT_OPTIONS=hardening=+bindnow
    compile_flags="$(dpkg-buildflags --get CFLAGS | sed 's/-ffile-prefix-map=[^ ]*//') $(dpkg-buildflags --get CPPFLAGS)"
    link_flags=$(dpkg-buildflags --get LDFLAGS)
}
