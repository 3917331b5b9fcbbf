/* verdict.h
 * The answer about one reset: why, who, how sure, on what evidence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_VERDICT_H
#define RST_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/causes.h"
#include "answer/witness_line.h"
#include "base/memory.h"
#include "facts/segment.h"

#define RST_EVIDENCE_MAX 16
#define RST_ALTERNATIVES_MAX 5
#define RST_PATTERNS_MAX 4
#define RST_FOREIGN_NAMED_MAX 4
#define RST_DURATION_NONE INT64_MIN /* a duration that is not known */
#define RST_HOPS_NONE INT8_MIN      /* a hop difference that is not known */

typedef enum rst_sender {
    RST_SENDER_UNKNOWN,
    RST_SENDER_CLIENT,
    RST_SENDER_SERVER,
    RST_SENDER_MIDDLEBOX,
    RST_SENDER_COUNT
} rst_sender_t;

typedef enum rst_phase {
    RST_PHASE_UNKNOWN,
    RST_PHASE_HANDSHAKE,
    RST_PHASE_ESTABLISHED,
    RST_PHASE_CLOSING, /* one FIN seen */
    RST_PHASE_CLOSED,  /* both FINs or an earlier reset seen */
    RST_PHASE_COUNT
} rst_phase_t;

typedef enum rst_validity {
    RST_VALIDITY_UNKNOWN,
    RST_VALIDITY_EXACT,
    RST_VALIDITY_IN_WINDOW,
    RST_VALIDITY_OUTSIDE,
    RST_VALIDITY_COUNT
} rst_validity_t;

typedef enum rst_truth { /* yes or no, if known */
                         RST_UNKNOWN,
                         RST_NO,
                         RST_YES
} rst_truth_t;

typedef enum rst_capture_side {
    RST_CAPTURE_SIDE_UNKNOWN,
    RST_CAPTURE_SIDE_CLIENT,
    RST_CAPTURE_SIDE_SERVER,
    RST_CAPTURE_SIDE_MIDDLE,
    RST_CAPTURE_SIDE_COUNT
} rst_capture_side_t;

typedef struct rst_evidence {
    const char *text; /* one fact; no ';', no tab, printable */
    /* the frame that shows it, possibly that of the reset; 0 = that of the reset, whose number is not known */
    uint32_t frame;
} rst_evidence_t;

typedef struct rst_alternative {
    rst_cause_t cause;
    uint8_t confidence; /* percent */
} rst_alternative_t;

typedef struct rst_declared {
    const char *source; /* NULL: the reset says nothing about its reason */
    const char *text;   /* escaped, or NULL */
    uint32_t code;
    bool has_code;
    bool from_wire; /* the text; otherwise it is a word of ours */
} rst_declared_t;

/* All strings live in the memory that was passed to rst_engine_classify(), or are static. */
typedef struct rst_verdict {
    rst_cause_t cause;
    uint8_t confidence; /* percent; all confidences of a reset sum to at most 100 */
    uint8_t said;       /* what the packets would give if nobody deceived; for choosing among capture points */
    uint8_t alternatives;
    uint8_t evidences;
    uint8_t patterns;
    uint8_t foreigns;
    uint8_t witnesses;
    bool benign;
    bool conflict; /* the stated reason and the history disagree */
    bool stated;   /* the cause is the stated reason; otherwise that is only quoted */
    bool first;    /* counts as a reset of its own; false for followers and copies */
    rst_sender_t sender;
    rst_phase_t phase;
    rst_validity_t validity;
    rst_truth_t accepted;
    rst_capture_side_t capture_side;
    uint16_t ordinal;                        /* 1 = first reset of the connection */
    uint16_t retransmissions;                /* copies of the segment that stayed unacknowledged, 0 = none */
    uint16_t probes;                         /* unanswered keepalive or window probes, 0 = none */
    uint32_t trigger;                        /* frame that the reset answers, 0 = none */
    uint32_t contradicted_by;                /* frame that shows that the apparent sender carried on, 0 = none */
    uint32_t foreign[RST_FOREIGN_NAMED_MAX]; /* frames that bear an address of the connection but do not fit it */
    int64_t idle;                            /* ns of silence before the reset */
    int64_t delay;                           /* ns since the trigger */
    int8_t hop_delta;                        /* negative = nearer than its sender's other packets */
    const char *points_seen;                 /* capture points that saw it, NULL = nothing to compare with */
    const char *points_missing;              /* capture points that should have seen it but did not, NULL = none */
    const char *points_clock;                /* how the clock of another point differs, NULL = not compared */
    const char *summary;                     /* one sentence, or two */
    rst_declared_t declared;
    const rst_witness_line_t *witness;                   /* lines of logs, with texts only */
    rst_alternative_t alternative[RST_ALTERNATIVES_MAX]; /* most likely first */
    rst_evidence_t evidence[RST_EVIDENCE_MAX];
    const char *pattern[RST_PATTERNS_MAX];
} rst_verdict_t;

/* What a verdict says about the path between the hosts. This is the only definition of an accusation: anything but
 * NONE. */
typedef enum rst_on_path {
    RST_ON_PATH_NONE,
    RST_ON_PATH_SENT,    /* something there, or a packet filter, sent the reset */
    RST_ON_PATH_CHANGED, /* something there made a host send it */
    RST_ON_PATH_COUNT
} rst_on_path_t;

/* Depends on the cause, and on the sender whatever the cause, but not on the confidence: callers must check that. */
rst_on_path_t rst_verdict_on_path(const rst_verdict_t *verdict);

/* Names as in the public fields: "client", "handshake", "in_window", ... */
const char *rst_sender_name(rst_sender_t sender);
const char *rst_on_path_name(rst_on_path_t on_path);
const char *rst_phase_name(rst_phase_t phase);
const char *rst_validity_name(rst_validity_t validity);
const char *rst_capture_side_name(rst_capture_side_t side);

#endif
