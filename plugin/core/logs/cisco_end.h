/* cisco_end.h
 * How Cisco's firewalls write the ends of a connection: interface:address/port (mapped/port)(user).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CISCO_END_H
#define RST_CISCO_END_H

#include "logs/firewall.h"

typedef struct rst_cisco_end {
    rst_piece_t interface; /* length 0 = not told */
    rst_log_end_t real, mapped;
    rst_side_t side; /* real is set only if it is told */
} rst_cisco_end_t;

typedef enum rst_cisco_form {
    RST_CISCO_PLAIN,     /* 10.0.0.1/80, and an interface only if it must be one */
    RST_CISCO_INTERFACE, /* inside:10.0.0.1/80: what stands before the first colon is its name */
    RST_CISCO_LIST,      /* inside/10.0.0.1(80), of access lists */
    RST_CISCO_BLANK      /* 10.0.0.1 80 */
} rst_cisco_form_t;

/* Reads an end at text; returns the rest after its brackets. */
const char *rst_cisco_end(const char *text, rst_cisco_form_t form, rst_cisco_end_t *end);

typedef enum rst_cisco_words {
    RST_CISCO_FROM, /* from A to B */
    RST_CISCO_FOR,  /* for A to B */
    RST_CISCO_SRC,  /* src A dst B */
    RST_CISCO_DEST, /* src A dest B */
    RST_CISCO_CLIENT,
    RST_CISCO_FLOW,
    RST_CISCO_WORDS
} rst_cisco_words_t;

/* Two ends with these words before them; returns the rest, NULL if one of the words is missing. */
const char *rst_cisco_pair(const char *text, rst_cisco_words_t words, rst_cisco_form_t form, rst_cisco_end_t ends[2]);

/* Where the text before the first end stops. */
const char *rst_cisco_front(const char *text, rst_cisco_words_t words);

#endif
