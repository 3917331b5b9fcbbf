/* icmp_reports.h
 * ICMP errors saying that a TCP segment or a UDP datagram could not be delivered.
 *
 * One report stands for all errors about the same addresses and ports. When memory is used up, reports give way
 * (keep.h), first those of which the capture shows nothing else, and leave a mark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ICMP_REPORTS_H
#define RST_ICMP_REPORTS_H

#include <glib.h>

#include "base/memory.h"
#include "base/siphash.h"
#include "facts/icmp.h"
#include "facts/prefs.h"
#include "track/keep.h"
#include "track/marks.h"

typedef struct rst_icmp_report {
    rst_keep_item_t item;
    rst_icmp_t icmp; /* of the latest error */
    uint32_t hash;
    uint16_t count;
    rst_moment_t first, last;
} rst_icmp_report_t;

typedef struct rst_icmp_reports {
    GHashTable *table; /* rst_icmp_report_t, keyed by itself */
    rst_secret_t secret;
    rst_keep_t *keep;
    rst_memory_t memory;
    rst_marks_t lost;
} rst_icmp_reports_t;

/* The report is NULL unless found. */
typedef struct rst_icmp_found {
    rst_found_t found;
    const rst_icmp_report_t *report;
} rst_icmp_found_t;

void rst_icmp_reports_open(rst_icmp_reports_t *reports, rst_keep_t *keep);
void rst_icmp_reports_close(rst_icmp_reports_t *reports);

/* Adds an error unless it says something other than "unreachable". shown = the capture shows the connection that it is
 * about. Returns whether it was added. */
bool rst_icmp_reports_take(rst_icmp_reports_t *reports, const rst_icmp_t *icmp, rst_moment_t at,
                           const rst_prefs_t *prefs, bool shown);

/* The report about TCP segments from src to dst. */
rst_icmp_found_t rst_icmp_reports_find(const rst_icmp_reports_t *reports, const rst_address_t *src, uint16_t sport,
                                       const rst_address_t *dst, uint16_t dport);

/* "10.0.0.1:40000 could not reach ...", without the end of the sentence. */
const char *rst_icmp_report_text(const rst_icmp_report_t *report, const rst_memory_t *memory);

#endif
