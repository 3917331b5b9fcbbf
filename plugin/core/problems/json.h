/* json.h
 * Problems for machines: the form that docs/problems.schema.json describes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JSON_H
#define RST_JSON_H

#include "problems/problem.h"

/* Appends one JSON object, with at most so many problems. */
void rst_json_write(const rst_problems_t *problems, uint32_t most, GString *out);

#endif
