/* preferences.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include <epan/prefs.h>
#include <wsutil/inet_addr.h>
#include <wsutil/report_message.h>

#include "answer/verdict.h"
#include "facts/point_ends.h"
#include "preferences.h"
#include "witness-table.h"

static rst_pref_bool_t info_column = TRUE;
static unsigned min_confidence = 0;
static rst_stats_limits_t stats = {10, 20, 5};
static rst_prefs_t rules;
static struct {
#define RST_DECODER_FIELD(name, title, text) rst_pref_bool_t name;
    RST_DECODERS(RST_DECODER_FIELD)
#undef RST_DECODER_FIELD
} decoders;
static const char *netscaler_addresses = "";
static int capture_points = RST_POINTS_AUTO;
static const char *point_ends = "";
static const char *kernel_trace = "";
static rst_pref_bool_t witness_applications = FALSE;
static int capture_side = RST_CAPTURE_SIDE_UNKNOWN;

static const enum_val_t capture_side_vals[] = {
    {"automatic", "Determined from the packets", RST_CAPTURE_SIDE_UNKNOWN},
    {"client", "At the client", RST_CAPTURE_SIDE_CLIENT},
    {"server", "At the server", RST_CAPTURE_SIDE_SERVER},
    {"middle", "Between client and server", RST_CAPTURE_SIDE_MIDDLE},
    {NULL, NULL, 0},
};

static const enum_val_t capture_points_vals[] = {
    {"auto", "Told apart by the segments that interfaces have in common", RST_POINTS_AUTO},
    {"every_interface", "Every interface is a capture point", RST_POINTS_EVERY},
    {"one", "All interfaces are one capture point", RST_POINTS_ONE},
    {NULL, NULL, 0},
};

/* ADDRESS or ADDRESS/BITS, IPv4 or IPv6. */
static bool parse_network(const char *text, rst_network_t *network)
{
    char **part = g_strsplit(text, "/", 2);
    guint64 most = 0;
    guint64 bits;
    bool good = part[0] != NULL;

    memset(network, 0, sizeof *network);
    if (good && ws_inet_pton4(part[0], (ws_in4_addr *)network->address.word))
        network->address.size = 4;
    else if (good && ws_inet_pton6(part[0], (ws_in6_addr *)network->address.word))
        network->address.size = 16;
    else
        good = false;
    most = network->address.size * 8U;
    bits = most;
    if (good && part[1])
        good = g_ascii_string_to_unsigned(part[1], 10, 0, most, &bits, NULL);
    network->bits = (unsigned)bits;
    g_strfreev(part);
    return good;
}

/* Calls take() for each entry in the list; entries are separated by commas or spaces. */
static void each_network(void (*take)(const char *entry, const rst_network_t *network, void *data), void *data)
{
    char **entries = g_strsplit_set(netscaler_addresses ? netscaler_addresses : "", ", ;\t", -1);

    for (char **entry = entries; *entry; entry++) {
        rst_network_t network;

        if (**entry)
            take(*entry, parse_network(*entry, &network) ? &network : NULL, data);
    }
    g_strfreev(entries);
}

static void complain(const char *entry, const rst_network_t *network, void *data _U_)
{
    if (!network)
        report_failure("Preference rst.netscaler_addresses: \"%s\" is not an IP address or network and is ignored.",
                       entry);
}

static void append(const char *entry _U_, const rst_network_t *network, void *data)
{
    if (network)
        wmem_array_append((wmem_array_t *)data, network, 1);
}

/* Complains about each wrong entry; what the others say is not needed here. */
static void check_point_ends(void)
{
    rst_point_ends_t ends;
    char **entries = g_strsplit_set(point_ends ? point_ends : "", RST_POINT_ENDS_BLANKS, -1);

    for (char **entry = entries; *entry; entry++) {
        if (**entry && !rst_point_ends_state(&ends, *entry, 0))
            report_failure(
                "Preference rst.point_ends: \"%s\" is not of the form client=0, server=1,2 (also middle, point; "
                "interfaces 0 to %d). The wrong part is ignored.",
                *entry, RST_INTERFACES_MAX - 1);
    }
    g_strfreev(entries);
}

static void apply(void)
{
    each_network(complain, NULL);
    check_point_ends();
}

bool rst_preferences_info(void)
{
    return info_column;
}

unsigned rst_preferences_min_confidence(void)
{
    return min_confidence;
}

rst_stats_limits_t rst_preferences_stats(void)
{
    return (rst_stats_limits_t){MIN(stats.problems, 1000), CLAMP(stats.servers, 1, 1000), CLAMP(stats.ports, 1, 1000)};
}

const char *rst_preferences_kernel_trace(void)
{
    return kernel_trace ? kernel_trace : "";
}

bool rst_preferences_witness_applications(void)
{
    return witness_applications;
}

rst_prefs_t rst_preferences_for_core(wmem_allocator_t *scope)
{
    rst_prefs_t chosen = rules;
    wmem_array_t *networks = wmem_array_new(scope, sizeof(rst_network_t));

    /* Wireshark's unsigned preferences have no limits of their own. */
#define RST_LIMIT(name, value, low, high, title, text)                                                                 \
    chosen.name = chosen.name < (low) + 1U ? (low) : MIN(chosen.name, (high));
    RST_PREFS(RST_LIMIT)
#undef RST_LIMIT
#define RST_TAKE(name, title, text) chosen.name = decoders.name;
    RST_DECODERS(RST_TAKE)
#undef RST_TAKE
    chosen.capture_points = (unsigned)capture_points;
    chosen.point_ends = point_ends;
    chosen.capture_side = (unsigned)capture_side;
    each_network(append, networks);
    chosen.netscaler_count = wmem_array_get_count(networks);
    chosen.netscalers = (const rst_network_t *)wmem_array_get_raw(networks);
    return chosen;
}

/* Limits that users set, and not only who knows the rules. */
static bool is_set_often(const char *name)
{
    static const char *const often[] = {"memory_mb"};

    for (size_t i = 0; i < G_N_ELEMENTS(often); i++) {
        if (!strcmp(name, often[i]))
            return true;
    }
    return false;
}

static void register_limits(module_t *module, bool often)
{
#define RST_REGISTER(name, value, low, high, title, text)                                                              \
    if (is_set_often(#name) == often)                                                                                  \
        prefs_register_uint_preference(module, #name, title, text, 10, &rules.name);
    RST_PREFS(RST_REGISTER)
#undef RST_REGISTER
}

static void register_display(module_t *module)
{
    prefs_register_bool_preference(module, "info_column", "Show the cause in the Info column",
                                   "Append the cause of each reset to its Info column. A question mark after it means "
                                   "that it is less than 50% sure",
                                   &info_column);
    prefs_register_uint_preference(module, "min_confidence", "Hide what is less sure than (percent)",
                                   "Causes that are less sure than this appear neither in Expert Information nor in "
                                   "the Info column. The packet details and the fields always have them",
                                   10, &min_confidence);
}

static void register_places(module_t *module)
{
    prefs_register_enum_preference(module, "capture_side", "Place of the capture",
                                   "Where the packets were captured. By default, the plugin assumes the side whose "
                                   "packets have not yet passed a router",
                                   &capture_side, capture_side_vals, FALSE);
    prefs_register_enum_preference(module, "capture_points", "Capture points",
                                   "In a file with several interfaces, which of them are separate places on the path",
                                   &capture_points, capture_points_vals, FALSE);
    prefs_register_string_preference(module, "point_ends", "Interfaces of the capture points",
                                     "Which interfaces form a capture point, and where it is, for example "
                                     "\"client=0 server=1,2\"; also middle, or point to let the packets decide. "
                                     "Empty: determined from the packets",
                                     &point_ends);
    prefs_register_filename_preference(module, "kernel_trace", "Kernel trace",
                                       "Text log of the events tcp:tcp_send_reset and tcp:tcp_receive_reset that a "
                                       "Linux host recorded with the capture",
                                       &kernel_trace, FALSE);
    rst_witness_table_register(module);
    prefs_register_bool_preference(module, "witness_applications", "Also logs of applications",
                                   "Take lines of the witnesses that name a port, a time and a word for a reset "
                                   "(ECONNRESET, connection reset), whatever program wrote them",
                                   &witness_applications);
}

static void register_statistics(module_t *module)
{
    prefs_register_uint_preference(module, "stats_problems", "Problems in the statistics",
                                   "So many problems have a line in the statistics; one line counts the others", 10,
                                   &stats.problems);
    prefs_register_uint_preference(module, "stats_servers", "Servers in the statistics",
                                   "So many servers, those with the most resets, have a line in the statistics; one "
                                   "line counts the others",
                                   10, &stats.servers);
    prefs_register_uint_preference(module, "stats_ports", "Ports of one server in the statistics",
                                   "A host of which more ports than this have resets is one line in the statistics", 10,
                                   &stats.ports);
}

static void register_decoders(module_t *module)
{
#define RST_REGISTER(name, title, text)                                                                                \
    decoders.name = rules.name;                                                                                        \
    prefs_register_bool_preference(module, #name, title, text, &decoders.name);
    RST_DECODERS(RST_REGISTER)
#undef RST_REGISTER
    prefs_register_string_preference(
        module, "netscaler_addresses", "NetScaler addresses",
        "Addresses or networks (192.0.2.10, 2001:db8::/64) known to be NetScalers, separated by "
        "commas. The window of their resets counts as a code without further evidence",
        &netscaler_addresses);
}

/* Wireshark shows them in this order. */
void rst_preferences_register(int proto)
{
    module_t *module = prefs_register_protocol(proto, apply);

    rules = rst_prefs_default();
    register_display(module);
    register_places(module);
    register_statistics(module);
    register_limits(module, true);
    prefs_register_static_text_preference(module, "heading_decoders", "What a reset says about itself:",
                                          "Which reasons are read that are written in the packet itself");
    register_decoders(module);
    prefs_register_static_text_preference(module, "heading_advanced",
                                          "Advanced: the limits of the rules. Their defaults suit ordinary captures.",
                                          "A number outside its range counts as the nearest end of the range");
    register_limits(module, false);
}
