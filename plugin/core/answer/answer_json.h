/* answer_json.h
 * One answer for machines: the form that docs/resets.schema.json describes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ANSWER_JSON_H
#define RST_ANSWER_JSON_H

#include <glib.h>

#include "answer/finding.h"
#include "answer/steps.h"
#include "answer/verdict.h"

/* A reset, or a failure without one. */
typedef struct rst_answer {
    const rst_verdict_t *verdict; /* with its texts, or NULL */
    const rst_finding_t *finding; /* or NULL */
    const rst_advice_t *advice;   /* or NULL */
    const char *client, *server;  /* address:port; NULL or "" = not known */
    const char *filter;           /* for all packets of its connection; NULL or "" = not known */
    uint32_t frame, problem;      /* 0 = none */
    int64_t time;
} rst_answer_t;

/* Appends one JSON object. */
void rst_answer_json(const rst_answer_t *answer, GString *out);

#endif
