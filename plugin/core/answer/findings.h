/* findings.h
 * The kinds of failures without a reset. findings.def is the only list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FINDINGS_H
#define RST_FINDINGS_H

#include "answer/causes.h"

typedef enum rst_finding_kind {
#define RST_FINDING(token, TOKEN, severity, label, explanation, reference, advice) RST_FINDING_##TOKEN,
#include "answer/findings.def"
#undef RST_FINDING
    RST_FINDING_COUNT
} rst_finding_kind_t;

typedef struct rst_finding_info {
    const char *token; /* public */
    rst_severity_t severity;
    const char *label;
    const char *explanation;
    const char *reference;
    const char *advice; /* what to check next, with commands */
} rst_finding_info_t;

/* kind must be below RST_FINDING_COUNT. The strings are static. */
const rst_finding_info_t *rst_finding_info(rst_finding_kind_t kind);

#endif
