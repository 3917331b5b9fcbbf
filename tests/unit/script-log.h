/* script-log.h
 * Reads the text of a log and shows its records as lines, for unit tests of readers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SCRIPT_LOG_H
#define SCRIPT_LOG_H

#include <glib.h>

#include "logs/log.h"

/* "1 netfilter dropped 6 192.0.2.7:40000 > 198.51.100.4:443", '-' instead of '>' if it is not known who began, '?' for
 * what is not told; then, where told, " nat 203.0.113.1:4000 10.0.0.1:80", and the time: " at 1565884991.5" in UTC,
 * " as Aug 15 16:03:31" as written. One line for each record, each with a newline. Free it. take and user_data of the
 * options are set here; sum and complaint, if not NULL, get the log's (free the complaint, which may become NULL). */
char *script_log(const char *text, size_t length, const rst_log_options_t *options, rst_log_sum_t *sum,
                 char **complaint);

/* The records of a string with the default options, fed whole and in pieces of 1 to 7 bytes, are these. */
void script_log_expect(const char *text, const char *expected);

#endif
