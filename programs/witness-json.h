/* witness-json.h
 * A record of a log as a line of JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESS_JSON_H
#define RST_WITNESS_JSON_H

#include <glib.h>

#include "logs/record.h"

/* Appends one object and a newline. The names of its members are public. */
void witness_json(GString *out, const rst_record_t *record);

#endif
