/* trace.h
 * What a Linux kernel said about its resets: the events tcp:tcp_send_reset (Linux 6.10 and later, with the reason) and
 * tcp:tcp_receive_reset from a text recorded alongside the capture.
 *
 * Read from trace_pipe, `trace-cmd report`, `perf script` and the bpftrace line of docs/kernel-trace.md. The text is
 * untrusted input: lines, events and bytes are bounded, and anything that is not an event is skipped.
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
#include "base/names.h"
#include "trace/parse.h"

#define RST_TRACE_LINE_MAX 1024      /* longer lines are not events */
#define RST_TRACE_EVENTS_MAX 1000000 /* about 100 MB */
#define RST_TRACE_BYTES_MAX (INT64_C(1) << 30)
#define RST_TRACE_NAMES_MAX 4096 /* distinct names of processes and unknown reasons to keep */
#define RST_TRACE_PEER_MAX 4096  /* events of one peer to examine */

typedef struct rst_trace {
    GArray *sent;      /* rst_event_t; after rst_trace_end() sorted by peer, own end and time */
    GArray *received;  /* the same */
    rst_names_t names; /* of processes and unknown reasons */
    char line[RST_TRACE_LINE_MAX + 1];
    size_t filled;
    bool skip; /* skipping the rest of a line that is too long */
    bool ended;
    bool lost; /* the recorder lost events, so a missing one means nothing */
    bool full; /* a bound was reached */
    unsigned old, broken;
    int64_t bytes;
} rst_trace_t;

rst_trace_t *rst_trace_new(void);
void rst_trace_free(rst_trace_t *trace);

/* Takes the next bytes of the text, split anywhere. Returns false when a bound was reached and nothing more is
 * accepted. */
bool rst_trace_feed(rst_trace_t *trace, const char *bytes, size_t length);

/* Takes all events of another trace too. */
void rst_trace_add(rst_trace_t *trace, const rst_trace_t *other);

/* Call after the last bytes. A last line without a newline is ignored, because its reason may be truncated. */
void rst_trace_end(rst_trace_t *trace);

/* After rst_trace_end(): events that are equal in everything become one, because several files told of them. Those that
 * name no peer stay: a listening socket answers many peers in the same microsecond. */
void rst_trace_drop_copies(rst_trace_t *trace);

/* The events between two endpoints, sorted by time, *count of them. If the size of an address is 0, these are the
 * events that do not name it. */
const rst_event_t *rst_trace_between(const GArray *events, const rst_address_t *local, uint16_t lport,
                                     const rst_address_t *remote, uint16_t rport, unsigned *count);

/* Is there an event about this peer between two times, whatever the local endpoint (the host may translate addresses)?
 * Also true if there are too many to examine. */
bool rst_trace_with_peer(const GArray *events, const rst_address_t *remote, uint16_t rport, bool active, int64_t from,
                         int64_t to);

#endif
