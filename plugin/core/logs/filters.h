/* filters.h
 * Names of the filters of Windows' filtering platform by their run-time ids, from events 5441 and 5447, filters.xml and
 * wfpstate.xml. An id is valid for one boot: a name that changed later may be another filter's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FILTERS_H
#define RST_FILTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "logs/when.h"

#define RST_FILTERS_MAX 65536

typedef struct rst_filters rst_filters_t;

rst_filters_t *rst_filters_new(void);
void rst_filters_free(rst_filters_t *filters);

/* when = from when on the name is known to hold; NULL or no UTC = not known; loose = when the state was written down,
 * so that it held shortly before as well. At most RST_FILTERS_MAX are kept. The name is copied. */
void rst_filters_add(rst_filters_t *filters, uint64_t id, const char *name, const rst_when_t *when);

/* How many names were added so far. */
unsigned rst_filters_count(const rst_filters_t *filters);

/* The id has another filter, or none, from then on. */
void rst_filters_drop(rst_filters_t *filters, uint64_t id, const rst_when_t *when);

/* NULL if it is not known. *doubtful = the name may have changed between then and the event. */
const char *rst_filters_name(const rst_filters_t *filters, uint64_t id, const rst_when_t *event, bool *doubtful);

/* The filter that discards what comes for a port on which nobody listens, and the refusal that would be sent (stealth
 * mode), by its name or by the origin that events give. Neither is translated. */
bool rst_filter_is_silent_port(const char *name);

#endif
