/* plugin.c
 * The symbols that Wireshark's plugin loader looks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define WS_BUILD_DLL
#include "compat.h"

#include <epan/proto.h>

#include "packet-rst.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = RST_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

#ifdef WS_PLUGIN_DESC_DISSECTOR
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}
#endif

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = proto_register_rst;
    plugin.register_handoff = proto_reg_handoff_rst;
    proto_register_plugin(&plugin);
}
