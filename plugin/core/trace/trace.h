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
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "trace/parse.h"

#define RST_TRACE_LINE_MAX 1024      /* longer lines are no events */
#define RST_TRACE_EVENTS_MAX 1000000 /* about 100 MB */
#define RST_TRACE_BYTES_MAX (INT64_C(1) << 30)
#define RST_TRACE_NAMES_MAX 4096 /* different names of processes and of unknown reasons that are kept */
#define RST_TRACE_PEER_MAX 4096  /* events of one peer that are looked through */

typedef struct rst_trace {
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
} rst_trace_t;

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
