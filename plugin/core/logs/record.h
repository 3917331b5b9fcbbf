/* record.h
 * What one line of a log says about one connection, whoever wrote it: the only thing that leaves a reader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RECORD_H
#define RST_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/causes.h"
#include "base/address.h"
#include "logs/when.h"

#define RST_LOG_TEXT_MAX 300 /* bytes of a line that are ever quoted */

/* Public tokens (rst-witness, rst.witness.meaning): append, never rename. src and dst are those of the record. */
#define RST_MEANINGS(X)                                                                                                \
    X(OTHER, "other")            /* about the connection, but nothing of the below */                                  \
    X(MENTION, "mention")        /* names both ends, uninterpreted */                                                  \
    X(ALLOWED, "allowed")        /* let pass here */                                                                   \
    X(DROPPED, "dropped")        /* discarded here, silently as far as the record tells */                             \
    X(REJECTED, "rejected")      /* refused here with a reset or an ICMP error */                                      \
    X(OPENED, "opened")          /* a session began */                                                                 \
    X(CLOSED, "closed_normally") /* ended with FINs */                                                                 \
    X(RESET_BY_SRC, "reset_by_src")                                                                                    \
    X(RESET_BY_DST, "reset_by_dst")                                                                                    \
    X(RESET_BY_DEVICE, "reset_by_device")                                                                              \
    X(IDLE, "idle_timeout")           /* the device's own timer ended the session */                                   \
    X(HANDSHAKE, "handshake_timeout") /* the handshake did not finish in time */                                       \
    X(NO_LISTENER, "no_listener")     /* nobody listens on that port */                                                \
    X(CAUSE, "")                      /* one of our causes: its token stands for the meaning */

typedef enum rst_meaning {
#define RST_MEANING_NAME(NAME, token) RST_MEANING_##NAME,
    RST_MEANINGS(RST_MEANING_NAME)
#undef RST_MEANING_NAME
        RST_MEANING_COUNT
} rst_meaning_t;

/* address.size 0 = not told; port 0 = not told. */
typedef struct rst_log_end {
    rst_address_t address;
    uint16_t port;
} rst_log_end_t;

/* What identifies one packet; each counts only if its bit is set in known. */
enum {
    RST_KEY_IP_ID = 1,
    RST_KEY_TTL = 2,
    RST_KEY_SEQ = 4,
    RST_KEY_ACK = 8,
    RST_KEY_WINDOW = 16,
    RST_KEY_FLAGS = 32 /* of TCP, as in the header */
};

typedef struct rst_packet_keys {
    uint32_t seq, ack;
    uint16_t ip_id, window;
    uint8_t ttl, flags;
    uint8_t known; /* RST_KEY_... */
} rst_packet_keys_t;

#define RST_PROTOCOL_TCP 6

/* All strings live until the next line is read, or are static; NULL = none. All zeros is an empty record. */
typedef struct rst_record {
    uint32_t line;    /* of the file, from 1; set by rst_log_emit() */
    uint8_t reader;   /* rst_reader_id_t; set by rst_log_emit() */
    uint8_t protocol; /* IP protocol number, 0 = not told */
    rst_meaning_t meaning;
    rst_cause_t cause; /* for RST_MEANING_CAUSE; else RST_CAUSE_COUNT or 0 */
    bool oriented;     /* src began the connection */
    bool inner;        /* the pair is that of a packet inside an ICMP error */
    bool translation;  /* a mapping (src <-> nat_src) and no event: dst is not told */
    bool over;         /* that mapping ended then, duration after it began */
    bool weak;         /* one end is not told: never more than a hint */
    bool acted;        /* the device did it itself; false = it saw it pass, or had no state */
    bool no_state;     /* the device knew no such connection */
    bool packet;       /* about one packet, sent by src; false = about a session */
    rst_log_end_t src, dst;
    rst_log_end_t nat_src, nat_dst; /* as translated, size 0 = not translated */
    rst_when_t when; /* of the event, as the line has it */
    bool begins;     /* when is the begin of what lasted duration: the event came at its end */
    int64_t duration;               /* ns from begin to end, RST_TIME_NONE or 0 = not told */
    int64_t idle;                   /* ns that the timer waited, 0 = not told */
    rst_packet_keys_t keys;
    const char *rule;    /* name or number of the rule, policy or filter that decided */
    const char *device;  /* host name of the device, interface or unit, if told */
    const char *session; /* connection or session number of the device, if told */
    uint64_t filter;     /* Windows: run-time id of the filter, 0 = none (logs/filters.h names it) */
    const char *text;    /* the device's words: not escaped, printed only through rst_escaped_text() */
} rst_record_t;

/* The token; for RST_MEANING_CAUSE that of the cause. */
const char *rst_record_meaning(const rst_record_t *record);

#endif
