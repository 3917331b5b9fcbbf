/* failures.h
 * Failures without a reset: SYNs or data that nobody answers, or that ICMP reports as unreachable.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FAILURES_H
#define RST_FAILURES_H

#include "engine/state.h"

/* Notes the failure, if any, with which the current incarnation of a connection ends. */
void rst_findings_note(rst_engine_t *engine, rst_conn_t *conn);

/* The connection goes: what was noted of it stands alone now. */
void rst_findings_leave(const rst_engine_t *engine, const rst_conn_t *conn);

/* Calls back for each failure of the file, in no particular order, with the number of the frame that bears it. */
void rst_findings_each(rst_engine_t *engine,
                       void (*take)(const rst_failure_t *failure, uint32_t frame, void *user_data), void *user_data);

/* Which side is the client, of a failure that no ICMP error reports. */
unsigned rst_failure_client(const rst_failure_t *failure);

/* Would it end with one now? */
bool rst_findings_has(const rst_engine_t *engine, const rst_conn_t *conn);

#endif
