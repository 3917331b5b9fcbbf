/* prefs.h
 * Thresholds of the rules, and other user settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PREFS_H
#define RST_PREFS_H

#include <stdbool.h>

#include "facts/segment.h"

/* name, default, smallest, largest, title, description with source. The structure, its defaults and the plugin's
 * preferences are all made from this list. All values are unsigned. */
#define RST_PREFS(X)                                                                                                   \
    X(retx_threshold, 5, 1, 100, "Retransmissions before a give-up",                                                   \
      "Retransmissions of the same segment after which a reset by its sender counts as a give-up (Windows: 5)")        \
    X(retx_min_partial, 3, 1, 100, "Retransmissions for a possible give-up",                                           \
      "Retransmissions after which a give-up is possible, with less confidence (RFC 9293 R1: at least 3)")             \
    X(time_wait_s, 240, 1, 3600, "TIME-WAIT (seconds)",                                                                \
      "How long a closed connection may hold its addresses and ports (Windows 240, Linux 60)")                         \
    X(smb_race_ms, 1000, 1, 60000, "SMB race (milliseconds)",                                                          \
      "Longest time between the SYNs to ports 445 and 139 of one dual connect")                                        \
    X(he_ms, 2000, 1, 60000, "Connection race (milliseconds)",                                                         \
      "Longest time between two connection attempts that race each other (RFC 8305)")                                  \
    X(silent_s, 240, 1, 86400, "Silent connection (seconds)",                                                          \
      "A SYN on the addresses and ports of a connection that has been silent for longer begins a new one at once; "    \
      "otherwise only its answer does (two segment lifetimes of RFC 9293)")                                            \
    X(trigger_window_ms, 200, 1, 60000, "Trigger window (milliseconds)",                                               \
      "Longest time between a segment and the reset that answers it, if later segments came in between")               \
    X(min_rtt_us, 1000, 1, 1000000, "Smallest usable round trip (microseconds)",                                       \
      "Below this round-trip time, no reset counts as too fast")                                                       \
    X(fast_percent, 50, 1, 99, "Too fast (percent of the round trip)",                                                 \
      "A reset that comes sooner than this share of the known round trip was sent from nearer than the host")          \
    X(hop_delta, 2, 1, 64, "Hop distance difference",                                                                  \
      "Difference in hops that counts as strong evidence of another sender")                                           \
    X(seqchange_s, 2, 1, 60, "Sequence train (seconds)",                                                               \
      "Longest time between the resets of one train of guessed sequence numbers")                                      \
    X(dup_ms, 1, 0, 1000, "Copy of a packet (milliseconds)",                                                           \
      "Identical packets within this time are copies made by the capture")                                             \
    X(bidir_ms, 5, 0, 1000, "Both ends at once (milliseconds)",                                                        \
      "Resets in both directions within this time count as sent at once")                                              \
    X(idle_min_s, 30, 1, 86400, "Idle connection (seconds)", "Silence after which a connection counts as idle")        \
    X(ka_min_probes, 3, 1, 100, "Keepalive probes",                                                                    \
      "Unanswered keepalive probes before a give-up (Linux 9, Windows 10)")                                            \
    X(zw_probes, 5, 1, 100, "Zero-window probes", "Probes of a closed window before a give-up")                        \
    X(fin_wait_s, 30, 1, 3600, "Half-closed silence (seconds)",                                                        \
      "Silence following an acknowledged FIN after which the half-closed state may have expired (Linux 60)")           \
    X(opt_retry_s, 5, 1, 3600, "SYN option retry (seconds)",                                                           \
      "Time within which a plain SYN is accepted after one with options was refused")                                  \
    X(late_synack_ms, 1000, 1, 60000, "Late SYN-ACK (milliseconds)",                                                   \
      "A SYN-ACK that comes later than this may find that the client has given up")                                    \
    X(scan_ports, 5, 2, 1000, "Scan breadth", "Number of targets from one source, without data, that make a scan")     \
    X(scan_s, 10, 1, 3600, "Scan time (seconds)", "Time within which the targets of a scan are counted")               \
    X(batch_n, 3, 2, 1000, "Batch size", "Number of connections of one host, reset together, that make a batch")       \
    X(batch_ms, 50, 1, 60000, "Batch time (milliseconds)", "Longest time between the resets of a batch")               \
    X(close_race_ms, 1000, 1, 60000, "Close race (milliseconds)",                                                      \
      "A reset this soon after the peer's FIN, with no data pending, belongs to the close")                            \
    X(unread_ms, 50, 1, 60000, "Unread data (milliseconds)",                                                           \
      "A reset this soon after unanswered data suggests that the data was never read")                                 \
    X(cancel_bytes, 8192, 1, 1000000000, "Canceled transfer (bytes)",                                                  \
      "Bytes that must be received before a reset counts as a canceled transfer")                                      \
    X(memory_mb, 1024, 1, 1000000, "Memory (megabytes)",                                                               \
      "Memory for what is remembered of connections and hosts; beyond it, the least valuable gives way")

/* name, title, description: one switch per decoder of stated reasons; all are on by default. */
#define RST_DECODERS(X)                                                                                                \
    X(decode_mptcp, "Read MPTCP reasons",                                                                              \
      "Take MP_TCPRST and MP_FASTCLOSE (RFC 8684) as stated reasons where MPTCP was negotiated")                       \
    X(decode_rst_diag, "Read diagnostic payloads",                                                                     \
      "Take the reset diagnostic payload of the IETF drafts as the stated reason")                                     \
    X(decode_f5, "Read F5 reset causes", "Take the text or capture trailer of an F5 BIG-IP as the stated reason")      \
    X(decode_netscaler, "Read NetScaler window codes",                                                                 \
      "Take the window of a reset as a NetScaler (Citrix ADC) code; without other evidence, it is only a hint")        \
    X(decode_text, "Read text in resets", "Take printable payload of a reset as the stated reason (RFC 1122)")

/* All addresses that share this many first bits with address; with 0 bits, address still has the size of its family. */
typedef struct rst_network {
    rst_address_t address;
    unsigned bits;
} rst_network_t;

typedef struct rst_prefs {
#define RST_PREFS_FIELD(name, value, low, high, title, text) unsigned name;
    RST_PREFS(RST_PREFS_FIELD)
#undef RST_PREFS_FIELD
#define RST_DECODER_FIELD(name, title, text) bool name;
    RST_DECODERS(RST_DECODER_FIELD)
#undef RST_DECODER_FIELD
    const rst_network_t *netscalers; /* known to be NetScalers; must outlive the engine */
    unsigned netscaler_count;
    unsigned capture_points; /* rst_points_mode_t */
    unsigned capture_side;   /* rst_capture_side_t, as set by the user; 0 = worked out from the packets */
    const char *point_ends;  /* "client=0 server=1,2", interface numbers; NULL or empty = not set */
} rst_prefs_t;

typedef enum rst_points_mode {
    RST_POINTS_AUTO,  /* interfaces are told apart by the segments that they have in common */
    RST_POINTS_EVERY, /* every interface is a capture point */
    RST_POINTS_ONE    /* all interfaces are one capture point */
} rst_points_mode_t;

rst_prefs_t rst_prefs_default(void);

bool rst_prefs_names_netscaler(const rst_prefs_t *prefs, const rst_address_t *address);

#endif
