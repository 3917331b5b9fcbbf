/* trace.h
 * What a Linux kernel said about its resets: the events tcp:tcp_send_reset (Linux 6.10 and later, with the reason) and
 * tcp:tcp_receive_reset from a text that was recorded beside the capture.
 *
 * Read from trace_pipe, `trace-cmd report`, `perf script` and the bpftrace line of docs/kernel-trace.md. The text is
 * hostile input: lines, events and bytes are bounded, and what is no event is passed over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TRACE_H
#define RST_TRACE_H

#include <glib.h>

#include "facts/segment.h"

#define RST_TRACE_LINE_MAX 1024      /* longer lines are no events */
#define RST_TRACE_EVENTS_MAX 1000000 /* about 100 MB */
#define RST_TRACE_BYTES_MAX (INT64_C(1) << 30)
#define RST_TRACE_NAMES_MAX 4096 /* different names of processes and of unknown reasons that are kept */
#define RST_TRACE_NAME_SIZE 48
#define RST_TRACE_PEER_MAX 4096 /* events of one peer that are looked through */

/* enum sk_rst_reason, as an index; RST_REASON_OTHER for a name of a later kernel. */
typedef enum rst_reason {
#define RST_REASON(value, name, cause, sure, meaning, fits) RST_REASON_##name,
#include "trace/kernel_reasons.def"
#undef RST_REASON
    RST_REASON_OTHER,
    RST_REASON_COUNT
} rst_reason_t;

/* States of a Linux socket (include/net/tcp_states.h) that tell one path through the code from another. */
enum { RST_STATE_UNKNOWN = 0, RST_STATE_ESTABLISHED = 1, RST_STATE_FIN_WAIT2 = 5, RST_STATE_CLOSE = 7 };

typedef struct rst_event {
    rst_address_t local, remote; /* remote.size 0: the event of a listening socket, which names no peer */
    int64_t time;                /* ns, of a clock whose zero is not known */
    const char *process;         /* the task that ran, or NULL */
    const char *other;           /* name of RST_REASON_OTHER */
    uint32_t pid;
    uint16_t lport, rport;
    uint8_t reason;
    uint8_t state; /* of the socket, as a number */
    bool active;   /* sent on the socket's own account, not in answer to a segment */
} rst_event_t;

typedef struct rst_trace rst_trace_t;

/* One line, taken apart. */
typedef enum rst_trace_kind {
    RST_TRACE_NOTHING,
    RST_TRACE_SEND,
    RST_TRACE_RECEIVE,
    RST_TRACE_LOST,  /* the recorder says that events are missing */
    RST_TRACE_OLD,   /* tcp_send_reset of a kernel that does not tell the reason */
    RST_TRACE_BROKEN /* the name of an event, but not its fields */
} rst_trace_kind_t;

typedef struct rst_trace_line {
    rst_event_t event; /* process and other are not set */
    char process[RST_TRACE_NAME_SIZE];
    char reason[RST_TRACE_NAME_SIZE];
} rst_trace_line_t;

/* line ends with a zero byte and has no line end. */
rst_trace_kind_t rst_trace_parse(const char *line, rst_trace_line_t *parsed);

/* "10.0.0.1:80", "[2001:db8::1]:80", or a struct sockaddr in hexadecimal, as bpftrace writes it. Mapped IPv4 addresses
 * become IPv4; an address of zeros has size 0. */
bool rst_trace_endpoint(const char *text, rst_address_t *address, uint16_t *port);
bool rst_trace_address(const char *text, size_t length, rst_address_t *address);

const char *rst_reason_name(const rst_event_t *event);

struct rst_trace {
    GArray *sent;      /* rst_event_t, after rst_trace_end() by peer, own end and time */
    GArray *received;  /* the same */
    GHashTable *names; /* names of processes and of unknown reasons, each once */
    char line[RST_TRACE_LINE_MAX + 1];
    size_t filled;
    bool skip; /* the rest of a line that is too long */
    bool ended;
    bool lost; /* the recorder lost events: a missing one means nothing */
    bool full; /* a bound was reached */
    unsigned old, broken;
    int64_t bytes;
};

rst_trace_t *rst_trace_new(void);
void rst_trace_free(rst_trace_t *trace);

/* The next bytes of the text, cut anywhere. Returns false when a bound is reached and nothing more is taken. */
bool rst_trace_feed(rst_trace_t *trace, const char *bytes, size_t length);

/* No more bytes: a last line without its end is left out, because its reason may be cut. */
void rst_trace_end(rst_trace_t *trace);

/* Events from end to end, ordered by time: *count of them. Any of local's or remote's address may have size 0: then
 * the events that name none. */
const rst_event_t *rst_trace_between(const GArray *events, const rst_address_t *local, uint16_t lport,
                                     const rst_address_t *remote, uint16_t rport, unsigned *count);

/* Is there an event about this peer between two times, whatever the own end (address translation on the host)? Also
 * true when there are too many to look through. */
bool rst_trace_with_peer(const GArray *events, const rst_address_t *remote, uint16_t rport, bool active, int64_t from,
                         int64_t to);

#endif
