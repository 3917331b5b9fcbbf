/* parse.h
 * Parsing one line of a trace: an event of the kernel, or a message of the recorder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PARSE_H
#define RST_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

#define RST_TRACE_NAME_SIZE 48

/* enum sk_rst_reason, as an index into kernel_reasons.def; RST_REASON_OTHER for a name from a later kernel. */
typedef enum rst_reason {
#define RST_REASON(value, name, cause, sure, meaning, fits) RST_REASON_##name,
#include "trace/kernel_reasons.def"
#undef RST_REASON
    RST_REASON_OTHER,
    RST_REASON_COUNT
} rst_reason_t;

/* States of a Linux socket (include/net/tcp_states.h) that distinguish paths through the kernel's code. */
enum { RST_STATE_UNKNOWN = 0, RST_STATE_ESTABLISHED = 1, RST_STATE_FIN_WAIT2 = 5, RST_STATE_CLOSE = 7 };

typedef struct rst_event {
    rst_address_t local, remote; /* remote.size 0 = event of a listening socket, which names no peer */
    int64_t time;                /* ns, by a clock with an unknown origin */
    const char *process;         /* the task that was running, or NULL */
    const char *other;           /* the reason's name if it is RST_REASON_OTHER */
    uint32_t pid;
    uint16_t lport, rport;
    uint8_t reason;
    uint8_t state; /* of the socket, as in tcp_states.h */
    bool active;   /* sent on the socket's own initiative, not in answer to a segment */
} rst_event_t;

typedef enum rst_trace_kind {
    RST_TRACE_NOTHING,
    RST_TRACE_SEND,
    RST_TRACE_RECEIVE,
    RST_TRACE_LOST,  /* the recorder says that events are missing */
    RST_TRACE_OLD,   /* tcp_send_reset from a kernel that does not give the reason */
    RST_TRACE_BROKEN /* has the name of an event, but not its fields */
} rst_trace_kind_t;

typedef struct rst_trace_line {
    rst_event_t event; /* process and other are not set */
    char process[RST_TRACE_NAME_SIZE];
    char reason[RST_TRACE_NAME_SIZE];
} rst_trace_line_t;

/* line is zero-terminated and has no newline. */
rst_trace_kind_t rst_trace_parse(const char *line, rst_trace_line_t *parsed);

const char *rst_reason_name(const rst_event_t *event);

#endif
