/* envelope.h
 * What programs wrap around a line on its way: syslog headers, the journal, shippers' JSON, Docker, quotes of CSV.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENVELOPE_H
#define RST_ENVELOPE_H

#include "logs/reader.h"

#define RST_ENVELOPES_MAX 4 /* layers that are taken off */

typedef struct rst_envelope {
    rst_log_line_t line; /* without number; its texts live until rst_envelope_close() */
    char *text[RST_ENVELOPES_MAX + 2];
    rst_json_t *json;
} rst_envelope_t;

/* text is zero-terminated. */
void rst_envelope_open(rst_envelope_t *envelope, const char *text, size_t length);
void rst_envelope_close(rst_envelope_t *envelope);

#endif
