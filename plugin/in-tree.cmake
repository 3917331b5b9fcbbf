# SPDX-License-Identifier: GPL-2.0-or-later
# For this folder inside a Wireshark source tree, as a custom plugin; see docs/install.md.

include(WiresharkPlugin)
include(${CMAKE_CURRENT_LIST_DIR}/version.cmake)

string(REPLACE "." ";" version_parts ${RST_VERSION})
set_module_info(rst ${version_parts} 0)
file(GLOB RST_CORE_SOURCES CONFIGURE_DEPENDS core/*/*.c)
set(PLUGIN_FILES ${RST_PLUGIN_SOURCES} ${RST_CORE_SOURCES})
set_source_files_properties(${PLUGIN_FILES} PROPERTIES COMPILE_FLAGS "${WERROR_COMMON_FLAGS}")
add_wireshark_plugin_library(rst epan)
# Distributions build Wireshark with neither CMake's optimization flags nor NDEBUG; our assertions are for debug builds.
target_compile_definitions(rst PRIVATE RST_VERSION="${RST_VERSION}" $<$<NOT:$<CONFIG:Debug>>:NDEBUG>)
target_include_directories(rst PRIVATE core)
target_link_libraries(rst epan)
install_plugin(rst epan)
