/* causes.h
 * The registry of causes. causes.def is the only list; everything else is derived from it.
 * Ids and tokens are a public contract: append, never rename or renumber.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CAUSES_H
#define RST_CAUSES_H

#include <stdint.h>

typedef enum rst_category {
    RST_CATEGORY_REFUSED,
    RST_CATEGORY_HANDSHAKE,
    RST_CATEGORY_APPLICATION,
    RST_CATEGORY_TIMEOUT,
    RST_CATEGORY_STALE,
    RST_CATEGORY_NETWORK,
    RST_CATEGORY_DECLARED,
    RST_CATEGORY_ARTEFACT,
    RST_CATEGORY_UNKNOWN,
    RST_CATEGORY_COUNT
} rst_category_t;

typedef enum rst_severity {
    RST_SEVERITY_CHAT,
    RST_SEVERITY_NOTE,
    RST_SEVERITY_WARN,
    RST_SEVERITY_ERROR,
    RST_SEVERITY_COUNT
} rst_severity_t;

/* Position in the registry. The public id is rst_cause_info()->id. */
typedef enum rst_cause {
#define RST_CAUSE(id, token, TOKEN, category, severity, label, explanation, reference, advice) RST_CAUSE_##TOKEN,
#include "answer/causes.def"
#undef RST_CAUSE
    RST_CAUSE_COUNT
} rst_cause_t;

typedef struct rst_cause_info {
    uint16_t id;       /* public */
    const char *token; /* public */
    rst_category_t category;
    rst_severity_t severity; /* highest expert severity of the cause */
    const char *label;       /* a few words for a menu or a heading */
    const char *explanation; /* what happened, for a reader who does not know the term */
    const char *reference;   /* RFC section or vendor document */
    const char *advice;      /* what to check next, with commands */
} rst_cause_info_t;

/* cause must be below RST_CAUSE_COUNT. The strings are static. */
const rst_cause_info_t *rst_cause_info(rst_cause_t cause);

const char *rst_category_name(rst_category_t category);

/* The severity to show at this confidence (percent): the registry's from 90, one step lower from 60,
 * a note below; never above the registry's, and a chat stays a chat. */
rst_severity_t rst_cause_severity(rst_cause_t cause, unsigned confidence);

#endif
