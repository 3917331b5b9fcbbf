/* compat.h
 * All differences between the supported versions of Wireshark (3.4 to 4.6). First include in every file that uses epan.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_COMPAT_H
#define RST_COMPAT_H

#if __has_include(<wireshark.h>)
#include <wireshark.h>
#include <ws_version.h>
#else /* 3.4 */
#include <config.h>

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#define WIRESHARK_VERSION_MAJOR VERSION_MAJOR
#define WIRESHARK_VERSION_MINOR VERSION_MINOR
#endif

#include <epan/packet.h>
#include <wiretap/wtap.h> /* complete type of pinfo->rec, no longer implied since 4.4 */

#if __has_include(<epan/tfs.h>)
#include <epan/tfs.h> /* true_false_string, no longer implied since 4.6 */
#endif
#if __has_include(<wsutil/plugins.h>)
#include <wsutil/plugins.h> /* WS_PLUGIN_DESC_*, not installed with 4.0 */
#endif

#if __has_include(<wsutil/wslog.h>)
#include <epan/wmem_scopes.h>
#include <wsutil/wslog.h>
#endif

/* Does somebody want to know how verdicts come about (--log-level debug --log-domain rst)? 3.4 has no such log. */
static inline bool rst_log_is_active(void)
{
#if __has_include(<wsutil/wslog.h>)
    return ws_log_msg_is_active("rst", LOG_LEVEL_DEBUG);
#else
    return false;
#endif
}

static inline void rst_log_line(const char *line)
{
#if __has_include(<wsutil/wslog.h>)
    ws_log("rst", LOG_LEVEL_DEBUG, "%s", line);
#else
    g_debug("%s", line);
#endif
}

/* A note for whoever reads the terminal, without the place in the source that ws_message() adds. */
static inline void rst_say(const char *note)
{
#if __has_include(<wsutil/wslog.h>)
    ws_log("rst", LOG_LEVEL_MESSAGE, "%s", note);
#else
    g_message("%s", note);
#endif
}

#define RST_WIRESHARK (WIRESHARK_VERSION_MAJOR * 100 + WIRESHARK_VERSION_MINOR)

#if RST_WIRESHARK < 304
#error "Wireshark 3.4 or later is needed"
#endif

/* Taps get flags, file sections have numbers, packet statistics have a menu of their own. */
#if RST_WIRESHARK >= 400
#define RST_TAP_FLAGS , tap_flags_t flags _U_
#define RST_SECTION(rec) (((rec)->presence_flags & WTAP_HAS_SECTION_NUMBER) ? (rec)->section_number : 0)
#define RST_STAT_GROUP REGISTER_PACKET_STAT_GROUP_UNSORTED
#else
#define RST_TAP_FLAGS
#define RST_SECTION(rec) 0U
#define RST_STAT_GROUP REGISTER_STAT_GROUP_UNSORTED
#endif

#if RST_WIRESHARK >= 404
typedef bool rst_pref_bool_t;
#else
typedef gboolean rst_pref_bool_t;
#endif

#if RST_WIRESHARK >= 402
#define RST_CONVERSATION_ARGUMENT , void *user_data _U_
#define RST_CONVERSATION_DATA , NULL
#else
#define RST_CONVERSATION_ARGUMENT
#define RST_CONVERSATION_DATA
#endif

/* Since 4.6, the function that starts a -z statistic returns whether it succeeded. */
#if RST_WIRESHARK >= 406
typedef bool rst_tap_started_t;
#define RST_TAP_STARTED true
#else
typedef void rst_tap_started_t;
#define RST_TAP_STARTED
#endif

static inline uint8_t rst_get_uint8(tvbuff_t *tvb, int offset)
{
#if RST_WIRESHARK >= 404
    return tvb_get_uint8(tvb, offset);
#else
    return tvb_get_guint8(tvb, offset);
#endif
}

/* Only for frames before the current one: a frame that has not been read yet crashes tshark when it writes the
 * displayed packets in two passes. */
static inline void rst_mark_frame(packet_info *pinfo, uint32_t frame)
{
    /* The packet in 4.0, its frame data in 4.4 and later. */
    mark_frame_as_depended_upon(_Generic(&mark_frame_as_depended_upon, void (*)(packet_info *, uint32_t)
                                         : pinfo, default
                                         : pinfo->fd),
                                frame);
}

#endif
