/* state.h
 * What the engine keeps for one capture file. Private to the files of the engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STATE_H
#define RST_STATE_H

#include "answer/finding.h"
#include "answer/foreign.h"
#include "base/frames.h"
#include "base/pace.h"
#include "base/pool.h"
#include "engine/engine.h"
#include "engine/folded.h"
#include "engine/reached.h"
#include "engine/roll.h"
#include "judge/judge.h"
#include "points/route.h"
#include "trace/in_log.h"
#include "track/asked_names.h"
#include "track/conn_table.h"
#include "track/connection.h"
#include "track/file.h"
#include "track/ghosts.h"
#include "track/host_table.h"
#include "track/icmp_reports.h"
#include "track/keep.h"
#include "track/resolved.h"

#define RST_ENDED_MAX 1024
#define RST_CLOSED_MAX 65536
#define RST_RECENT_RINGS 64

/* A failure without a reset, noted when its connection ended or at the end of the file. */
typedef struct rst_failure {
    const rst_conn_t *conn;   /* NULL if the capture does not show it (icmp_unreachable only), or it had to go */
    rst_address_t address[2]; /* and what is told of it then */
    uint16_t port[2];
    uint8_t client;
    uint32_t before;                 /* place of the failure noted of the same connection before this one, plus 1 */
    const rst_icmp_report_t *report; /* for icmp_unreachable, otherwise NULL */
    rst_finding_kind_t kind;
    uint8_t from;        /* index of the side whose segments stayed unanswered */
    rst_called_t called; /* what the server is called */
    bool icmp_unkept;    /* an ICMP error may have come, and have given way */
    uint16_t count;
    rst_moment_t first, last;
} rst_failure_t;

/* Of a verdict (remains.h). */
typedef struct rst_remains {
    uint16_t ordinal;
    uint8_t cause;          /* rst_cause_t */
    uint8_t confidence : 7; /* percent */
    uint8_t benign : 1;
    uint8_t sender : 2; /* rst_sender_t */
    uint8_t phase : 3;  /* rst_phase_t */
    uint8_t first : 1, noted : 1;
} rst_remains_t;

/* Tables by frame number or by our own pointers need no keyed hash (base/siphash.h): nobody chooses pointers, and
 * whoever wants N frame numbers to meet needs a file of N times as many frames as the table has places. */
struct rst_engine {
    rst_pool_t pool;
    rst_keep_t keep; /* what gives way when memory is used up */
    rst_file_t file;
    rst_memory_t memory; /* allocates from the pool, charged to RST_KIND_CONNS */
    rst_hosts_t hosts;
    rst_asked_names_t names;               /* of servers */
    rst_resolved_t resolved;               /* addresses that clients asked for by name */
    rst_conn_table_t table;                /* all connections */
    rst_points_t points;                   /* interfaces and capture points */
    rst_ghosts_t ghosts;                   /* what had to go */
    rst_roll_t roll;                       /* all resets */
    rst_fold_t fold;                       /* connections that are kept as what distinguishes them */
    GArray *remains;                       /* rst_remains_t, by id; those beyond its end are still there */
    GHashTable *back_references;     /* frame number -> pass_index of the reset that it belongs to; NULL until needed */
    rst_icmp_reports_t icmp_reports; /* ICMP errors */
    rst_judge_t judge;
    rst_reached_t *reached; /* verdicts, once the file was read */
    rst_chosen_t chosen;
    rst_in_log_t in_log;    /* a kernel's events in logs */
    rst_trace_t *own_trace; /* the events that were not in logs; NULL until there are such */
    GArray *misfits;        /* foreign packets (misfits.c) */
    rst_fit_counts_t fit_counts;
    GArray *failures; /* rst_failure_t, of connections that have ended */
    uint32_t failures_next;
    GArray *past;                  /* rst_past_t, earlier incarnations */
    struct rst_problems *problems; /* made after the first pass, NULL before */
    struct rst_history *history;   /* of services; the same */
    int64_t began;                 /* time of the first frame that has one */
    GHashTable *findings;          /* frame number -> rst_failure_t; made after the first pass, NULL before */
    rst_pace_t references_pace, findings_pace; /* of the two tables, which each packet drops */
    bool asked;                                /* since the latest packet: the next one drops what the answer needed */
    rst_reset_t orphan;                        /* stands for a reset that had to go (remains.h); id = its id */
    rst_story_t no_story;
    rst_conn_t nobody;          /* its connection */
    rst_direction_t nothing[2]; /* and the directions of that */
    /* Connections that ended last; each is trimmed when its place is needed. Those with segments of both sides have
     * places of their own, which a scan or lone resets do not take. */
    rst_conn_t *ended[2][RST_ENDED_MAX];
    uint16_t ended_next[2];
    rst_queue_t closed; /* those that closed in an orderly way, until no other attempt can race them */
    rst_recent_t recent[RST_RECENT_RINGS]; /* connections opened last, by link-layer address (attempts.h) */
};

#endif
