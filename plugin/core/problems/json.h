/* json.h
 * Problems for machines: the form that docs/problems.schema.json describes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JSON_H
#define RST_JSON_H

#include "problems/extent.h"
#include "problems/problem.h"

/* Appends one JSON object, with as much as is asked for. */
void rst_json_write(const rst_problems_t *problems, const rst_extent_t *extent, GString *out);

#endif
