/* state.h
 * What the engine holds for one capture file. Shared by the files that make the engine; nobody else looks inside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STATE_H
#define RST_STATE_H

#include "base/frames.h"
#include "base/pool.h"
#include "points/points.h"
#include "trace/join.h"
#include "track/conn_table.h"
#include "track/hosts.h"
#include "track/reset.h"

#define RST_LINGER_MAX 1024
#define RST_CLOSED_MAX 65536

/* Connections that closed in order, oldest first, until nothing can race against them any more. */
typedef struct rst_closed {
    rst_conn_t *first, *last;
    uint32_t count;
} rst_closed_t;

/* A failure without a reset, noted when its connection ended or at the end of the file. */
typedef struct rst_failure {
    const rst_conn_t *conn;     /* NULL when the capture does not show it (icmp_unreachable only) */
    const rst_report_t *report; /* of icmp_unreachable, otherwise NULL */
    rst_finding_kind_t kind;
    uint8_t from; /* side whose segments stayed unanswered */
    uint16_t count;
    rst_moment_t first, last;
} rst_failure_t;

#define RST_CHOSEN_MAX 64

struct rst_rule;

struct rst_engine {
    rst_pool_t pool;
    rst_memory_t memory; /* the pool's */
    rst_prefs_t prefs;
    rst_frames_t frames;
    rst_hosts_t hosts;
    rst_conn_table_t table;                /* all connections */
    rst_points_t points;                   /* several interfaces */
    rst_reset_t *first_reset, *last_reset; /* of all resets, in file order */
    GHashTable
        *back_references;       /* frame number -> pass_index of the reset that it explains; NULL until somebody asks */
    rst_reports_t reports;      /* ICMP errors */
    rst_join_t *join;           /* with a kernel's trace; NULL without */
    GArray *failures;           /* rst_failure_t of ended connections */
    GHashTable *findings;       /* frame number -> rst_failure_t; made after the first pass, NULL before */
    rst_reset_t orphan;         /* stands for every reset that found the table of connections full */
    rst_conn_t nobody;          /* its connection */
    rst_direction_t nothing[2]; /* and that one's sides */
    rst_conn_t *linger[RST_LINGER_MAX]; /* latest connections that ended, trimmed when their turn comes again */
    uint16_t linger_next;
    rst_closed_t closed;
    rst_recent_t recent; /* connections opened by anybody */
    rst_moment_t now;    /* present frame */
    bool options_cut;    /* the snap length cut options of SYNs off */
    int64_t tick;        /* smallest difference between two time stamps, 0 = none seen */
    /* The rules to ask, NULL at the end, by form and by whether the sender has reset the connection before. */
    const struct rst_rule *rules[RST_FORM_COUNT][2][RST_CHOSEN_MAX];
};

/* rules.c: fills the lists of rules. */
void rst_rules_choose(rst_engine_t *engine);

/* Notes the failure with which the present generation of a connection ends, if there is one. */
void rst_findings_note(rst_engine_t *engine, const rst_conn_t *conn);

/* New segments came: findings and back_references that were made before are no longer complete. */
void rst_lists_drop(rst_engine_t *engine);

/* A service accepted or refused, a client opened a connection: keeps the tables across connections up to date. */
void rst_learn_segment(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);
void rst_learn_reset(rst_engine_t *engine, rst_reset_t *reset);

#endif
