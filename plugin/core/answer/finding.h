/* finding.h
 * Failures without a reset. findings.def is the only list of their kinds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FINDING_H
#define RST_FINDING_H

#include "answer/causes.h"
#include "answer/service_name.h"
#include "answer/witness_line.h"

typedef enum rst_finding_kind {
#define RST_FINDING(token, TOKEN, severity, label, explanation, reference, advice) RST_FINDING_##TOKEN,
#include "answer/findings.def"
#undef RST_FINDING
    RST_FINDING_COUNT
} rst_finding_kind_t;

/* A cause of rst_cause_t; from RST_CAUSE_COUNT on, a kind of finding. */
typedef unsigned rst_token_t;
#define RST_TOKEN_COUNT (RST_CAUSE_COUNT + RST_FINDING_COUNT)
#define RST_TOKEN_FINDING(kind) ((rst_token_t)RST_CAUSE_COUNT + (kind))

typedef struct rst_finding_info {
    const char *token; /* public */
    rst_severity_t severity;
    const char *label;
    const char *explanation;
    const char *reference;
    const char *advice; /* what it means, in one sentence with placeholders (advice/steps.def) */
} rst_finding_info_t;

/* kind must be below RST_FINDING_COUNT. The strings are static. */
const rst_finding_info_t *rst_finding_info(rst_finding_kind_t kind);

/* A failure without a reset. */
typedef struct rst_finding {
    rst_finding_kind_t kind;
    uint16_t count;      /* unanswered segments, or ICMP errors */
    int64_t duration;    /* ns from the first to the last of them, or RST_DURATION_NONE */
    const char *pattern; /* NULL = none */
    const char *summary;
    const char *server;                /* address:port that did not answer */
    const char *opener, *acceptor;     /* address:port of client and server, whichever did not answer */
    rst_service_name_t service;        /* what the latter is called */
    const rst_witness_line_t *witness; /* lines of logs */
    unsigned witnesses;
} rst_finding_t;

#endif
