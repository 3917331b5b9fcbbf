# SPDX-License-Identifier: GPL-2.0-or-later
# Debian and RPM packages; packaging/make-package runs this with the right folders.

# One package per Wireshark version, because the plugin interface and the plugin folder change with each. The package
# for a later Wireshark has a higher version, so that an upgrade of the distribution upgrades the plugin.
set(RST_PACKAGE_VERSION "${PROJECT_VERSION}+ws${RST_WIRESHARK_VERSION}")
math(EXPR RST_NEXT_MINOR "${Wireshark_MINOR_VERSION} + 1")

set(CPACK_PACKAGE_NAME wireshark-plugin-rst)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_VENDOR "rst")
set(CPACK_PACKAGE_CONTACT "${RST_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Wireshark plugin that explains TCP resets")
set(CPACK_PACKAGE_DESCRIPTION "For every TCP reset in a capture, it tells why it was sent, who sent it,
how certain that is, which packets show it, what else would fit, and what
to check next. The answer comes from the capture alone: the plugin sends no
packets and looks nothing up.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
# Wireshark's plugin folder is absolute, so the prefix is that of this build (/usr) and not a temporary one.
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_PACKAGE_VERSION "${RST_PACKAGE_VERSION}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# shlibdeps says "at least", but the plugin interface is that of this minor version only.
get_filename_component(RST_WIRESHARK_SONAME "${RST_WIRESHARK_LIBRARY}" REALPATH)
execute_process(COMMAND dpkg-query --search "${RST_WIRESHARK_SONAME}"
	OUTPUT_VARIABLE RST_OWNER OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
string(REGEX REPLACE ":.*" "" RST_OWNER "${RST_OWNER}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tshark | wireshark")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "wireshark, parallel") # rst-batch needs the latter
foreach(program IN LISTS RST_PROGRAMS) # shlibdeps does not examine scripts
	file(STRINGS ${program} interpreter LIMIT_COUNT 1)
	if(interpreter MATCHES "python3" AND NOT CPACK_DEBIAN_PACKAGE_DEPENDS MATCHES "python3")
		string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", python3")
	endif()
endforeach()
if(RST_OWNER)
	string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", ${RST_OWNER} (>= ${RST_WIRESHARK_VERSION}~)"
		", ${RST_OWNER} (<< ${Wireshark_MAJOR_VERSION}.${RST_NEXT_MINOR}~)")
endif()

set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_RPM_PACKAGE_LICENSE "GPL-2.0-or-later")
set(CPACK_RPM_PACKAGE_VERSION "${RST_PACKAGE_VERSION}")
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_AUTOREQ ON) # libwireshark.so.N, where N depends on the minor version
set(CPACK_RPM_PACKAGE_REQUIRES "wireshark-cli, python3") # for the programs
# Folders that do not belong to our package.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
	/usr/lib64/wireshark /usr/lib64/wireshark/plugins /usr/lib64/wireshark/plugins/${RST_WIRESHARK_VERSION}
	/usr/lib64/wireshark/plugins/${RST_WIRESHARK_VERSION}/epan /usr/share/wireshark /usr/share/wireshark/profiles
	/usr/share/man /usr/share/man/man1 /usr/share/man/man4)
# The same source gives the same bytes: the build date and host stay out, and the build ID is derived from the content.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define build_mtime_policy clamp_to_source_date_epoch
%define _buildhost reproducible
%define _build_id_links none
%define __brp_mangle_shebangs %{nil}")

set(doc_dir share/doc/${CPACK_PACKAGE_NAME})
install(FILES ${PROJECT_SOURCE_DIR}/packaging/copyright DESTINATION ${doc_dir})
if(RST_PACKAGE STREQUAL "deb")
	string(TIMESTAMP RST_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH
	configure_file(changelog.in changelog @ONLY)
	execute_process(COMMAND gzip --force --best --no-name changelog WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz DESTINATION ${doc_dir})
	install(FILES lintian-overrides DESTINATION share/lintian/overrides RENAME ${CPACK_PACKAGE_NAME})
endif()
# The same layout as in the source, so that the links between the pages work.
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${doc_dir})
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
install(FILES ${pages} DESTINATION ${doc_dir}/docs)
install(DIRECTORY opensearch DESTINATION ${doc_dir}/packaging)

set(CPACK_GENERATOR DEB)
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)
