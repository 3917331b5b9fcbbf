/* history.h
 * Of how many connections to a service how many failed, and when one last did not. Counted like problems (scope.h):
 * what made none because it is harmless, or because the capture lacks the answers, is no failure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_HISTORY_H
#define RST_HISTORY_H

#include "answer/service_history.h"
#include "base/memory.h"
#include "problems/problem.h"

typedef struct rst_history rst_history_t;

/* problems must outlive it. */
rst_history_t *rst_history_new(const rst_problems_t *problems);
void rst_history_free(rst_history_t *history);

/* For the connection of an incident; false if that counts as no failure. Frames and text are left out. */
bool rst_history_find(const rst_history_t *history, const rst_incident_t *incident, rst_service_history_t *found);

/* The text: service = "address:port", with its name if there is one. */
const char *rst_history_text(const rst_history_t *history, const rst_incident_t *incident,
                             const rst_service_history_t *found, const char *service, const rst_memory_t *memory);

#endif
