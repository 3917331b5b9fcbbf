/* reset.h
 * One reset with everything the rules may ask: its own facts, the state of both sides when it came, what it answers,
 * and what later segments showed. Written while the file is read; the rules only read it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RESET_H
#define RST_RESET_H

#include "answer/verdict.h"
#include "base/frames.h"
#include "track/hosts.h"
#include "track/previous.h"

/* The shapes of RFC 9293, sections 3.5.2 and 3.10.7. */
typedef enum rst_form {
    RST_FORM_UNKNOWN, /* nothing is known that it could be compared with */
    RST_FORM_REFUSAL, /* answers a segment without ACK, normally a SYN: ACK = SEG.SEQ + SEG.LEN (group 1) */
    RST_FORM_ANSWER,  /* answers a segment with ACK: SEQ = SEG.ACK (group 2) */
    RST_FORM_ABORT,   /* on its own account: SEQ = SND.NXT (ABORT call, timers) */
    RST_FORM_AHEAD,   /* SEQ above everything this side sent */
    RST_FORM_BELOW,   /* SEQ below what this side sent */
    RST_FORM_COUNT
} rst_form_t;

/* What is kept of an earlier reset. */
typedef struct rst_earlier {
    rst_moment_t at; /* pass_index 0 = there was none */
    uint32_t seq, ack;
    uint8_t ttl, flags;
    uint16_t ip_id, window;
} rst_earlier_t;

/* What later segments showed. */
typedef struct rst_aftermath {
    rst_moment_t alive;      /* X sends what a host that gave up would not send; pass_index 0 = nothing */
    rst_moment_t own_next;   /* X's first segment that is neither SYN nor reset */
    uint8_t own_ttl;         /* of that segment, 0 unknown */
    uint8_t alive_ttl;       /* of the one that shows it, 0 unknown */
    bool alive_new;          /* with proof that it was sent after the reset: new time stamp or IP id */
    bool restarted;          /* X sends a new SYN: what follows is another connection */
    rst_moment_t peer;       /* Y's latest segment after the reset */
    uint16_t peer_data;      /* Y's segments with data after the reset */
    uint16_t peer_count;     /* Y's segments after the reset, resets and copies left out */
    bool peer_challenge;     /* the first of them is a bare ACK for what Y expects (RFC 5961, section 3.2) */
    bool syn_again;          /* Y repeats its SYN */
    bool peer_reset_active;  /* Y's first reset after this one answers nothing */
    rst_moment_t peer_reset; /* that reset */
    rst_moment_t synack;     /* X accepts the SYN after all, without a repeated SYN in between */
    rst_moment_t retry;      /* a new SYN on the same addresses and ports */
    bool same_syn_accepted;  /* the refused SYN, repeated, is answered by a SYN-ACK, and the connection opens */
    bool reached_known;
    uint32_t reached;       /* SND.NXT of X at the end of this use of the addresses and ports */
    uint16_t train;         /* later resets of X within seqchange_s with rising, unseen sequence numbers */
    uint32_t train_step[2]; /* their distances from this reset */
} rst_aftermath_t;

typedef struct rst_reset rst_reset_t;
struct rst_tally;

/* What all resets of one use of the addresses and ports share. Written while that use lasts; a later one has a story of
 * its own. */
typedef struct rst_story {
    const rst_address_t *address; /* of both sides, by index; the connection's, which stays once it has a reset */
    const uint16_t *port;
    uint8_t point;                 /* capture point */
    bool merged_places;            /* the file shows it from two places, on one interface (merged.h) */
    rst_moment_t began;            /* its first segment */
    const struct rst_reset *first; /* its first reset; NULL as long as all are copies */
} rst_story_t;

/* Another connection attempt of the same client, as long as that one lasted. */
typedef struct rst_attempt {
    rst_address_t server;
    uint16_t port;
    rst_moment_t syn;
    rst_moment_t answered; /* first segment of the server; pass_index 0 = none */
    bool opened;           /* both SYNs were acknowledged, or more */
    bool used;             /* with data */
} rst_attempt_t;
struct rst_conn_at_point;

struct rst_reset {
    struct rst_conn *conn; /* as it goes on: for engine, points and trace; rules see the story */
    rst_story_t *story;
    rst_reset_t *next;     /* reset in the file, NULL for the latest */
    rst_reset_t *original; /* of a copy, otherwise NULL */
    rst_moment_t at;
    uint16_t copies;   /* resets that are copies of this one */
    bool trigger_late; /* the trigger is stored after the reset */
    bool let_go;       /* gave its place to later resets: what came since is not known */
    int64_t idle;      /* ns since the connection's previous segment, resets left out; RST_TIME_NONE unknown */
    uint32_t seq, ack, len, known, tsval, link;
    uint16_t window, ip_id;
    uint16_t ordinal;         /* within the generation, from 1 */
    uint16_t own_ordinal;     /* among the resets of this sender */
    uint16_t silences;        /* in the row of equal silences, up to its own */
    uint8_t from;             /* index of the side that it comes from by its addresses */
    uint8_t client;           /* index of the client, as known then */
    bool role_known;          /* by a SYN, not by ports */
    bool opened;              /* the start of this generation is in the capture */
    bool from_closed_summary; /* the connection had closed long before, and only a summary of it was left */
    bool fresh;               /* no other TCP segment was seen for a while before the connection's first */
    bool at_start;            /* the capture begins less than a SYN's timeout before it */
    uint8_t flags, ttl, tos, form;
    bool df;
    uint8_t mptcp, mptcp_reason, mptcp_flags;
    bool named_netscaler; /* the sender is one, says the user */
    bool sibling_smb;     /* the sibling asked for the other port of SMB */
    uint8_t head_len;
    const uint8_t *head;              /* payload, NULL when there is none */
    rst_recent_segment_t trigger;     /* moment.pass_index 0 = none */
    rst_moment_t late_duplicate;      /* data that its side had acknowledged before, with ACK = SEQ; 0 = none */
    const rst_direction_t *direction; /* both sides as they were; the rings are not part of the copy */
    const rst_previous_t *previous;
    rst_earlier_t own_first, own_last, peer_last; /* earlier resets of the connection */
    rst_host_t *host[2];
    rst_service_t *service;                 /* of the server side; NULL when the table is full */
    rst_habit_t *habit;                     /* of an empty connection, otherwise NULL */
    rst_silence_t *silence;                 /* the row of equal silences that its own belongs to, NULL = none */
    rst_moment_t plain_before, plain_after; /* of a refusal: nearest acceptance of a plain SYN; pass_index 0 = none */
    rst_reset_t *waiting;                   /* next in service->options_refused */
    rst_burst_t *burst;                     /* of an abort, otherwise NULL */
    struct rst_conn_at_point
        *at_point;                /* at its capture point; NULL while the file has one interface, and for copies */
    struct rst_tally *tally;      /* all resets of this side (judge/patterns.h); NULL for a copy */
    rst_moment_t relayed;         /* reset that the sender got just before on another connection; pass_index 0 = none */
    const rst_attempt_t *sibling; /* another attempt of the same client that this one may have raced */
    int64_t sibling_lead;         /* ns from the sibling's SYN to this connection's; negative = sibling later */
    rst_aftermath_t after;
};

/* A display filter for the whole connection of the reset. */
const char *rst_reset_filter(const rst_reset_t *reset, const rst_memory_t *memory);

/* "address:port" of the server side (brackets for IPv6), for statistics. */
const char *rst_reset_server(const rst_reset_t *reset, const rst_memory_t *memory);

#endif
