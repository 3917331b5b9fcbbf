/* script-dress.h
 * Scripts without headers, dressed in those of two stacks: TTL, IP id, options, windows and timestamps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_DRESS_H
#define RST_TEST_SCRIPT_DRESS_H

#include "script.h"

/* How one side writes its headers. */
typedef struct script_side {
    unsigned ttl; /* as the capture shows it */
    unsigned window;
    unsigned scale;  /* of the window */
    double clock_hz; /* of the timestamps; 0 = none */
    bool stamps_resets;
    uint32_t clock_base; /* added to its timestamps, to see them wrap around */
} script_side_t;

typedef struct script_dress {
    script_side_t client, server;
} script_dress_t;

extern const script_dress_t script_linux, script_windows;

/* Checks a script as script_check() does, dressed three times: with timestamps, without, and without an IP header. What
 * a line says itself is left as it is; "ttl +N" changes the side's own by so much, "nots" is a segment without
 * timestamp, "plain" a SYN without options.
 * expected: for all three, or one each, separated by '|'. */
#define script_check_dressed(dress, expected, ...)                                                                     \
    script_check_dressed_at(__FILE__, __LINE__, (dress), (expected), (const char *const[]){__VA_ARGS__, NULL})

void script_check_dressed_at(const char *file, int line, const script_dress_t *dress, const char *expected,
                             const char *const *lines);

#endif
