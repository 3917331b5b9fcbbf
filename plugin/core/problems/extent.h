/* extent.h
 * What is asked for when somebody asks for the problems.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_EXTENT_H
#define RST_EXTENT_H

#include <stdbool.h>
#include <stdint.h>

#define RST_LISTED_MAX 1000 /* frames, servers, clients of one problem */

typedef struct rst_extent {
    bool json;
    uint32_t problems; /* at most so many */
    uint32_t listed;   /* at most so many frames, servers and clients of each, and at most RST_LISTED_MAX; JSON only */
} rst_extent_t;

#endif
