/* reset.h
 * One reset and everything the rules may ask about it: its own facts, the state of both directions when it came, what
 * it answers, and what later segments showed. Written while the file is read; rules only read it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RESET_H
#define RST_RESET_H

#include "answer/verdict.h"
#include "base/frames.h"
#include "track/asked_names.h"
#include "track/hosts.h"
#include "track/previous.h"
#include "track/visits.h"

/* The forms of reset that RFC 9293 describes, sections 3.5.2 and 3.10.7, and those that it does not. */
typedef enum rst_form {
    RST_FORM_UNKNOWN, /* nothing to compare it with */
    RST_FORM_REFUSAL, /* answers a segment without ACK, normally a SYN: ACK = SEG.SEQ + SEG.LEN (group 1) */
    RST_FORM_ANSWER,  /* answers a segment with ACK: SEQ = SEG.ACK (group 2) */
    RST_FORM_ABORT,   /* sent on its own initiative: SEQ = SND.NXT (ABORT call, timers) */
    RST_FORM_AHEAD,   /* SEQ beyond everything its sender had sent */
    RST_FORM_BELOW,   /* SEQ below SND.NXT of its sender, and it answers nothing */
    RST_FORM_COUNT
} rst_form_t;

/* What is kept of an earlier reset of the same connection. */
typedef struct rst_earlier {
    rst_moment_t at; /* pass_index 0 = none */
    uint32_t seq, ack;
    uint8_t ttl, flags;
    uint16_t ip_id, window;
} rst_earlier_t;

/* What later segments of the connection showed. The sender is the side that the reset comes from, by its source
 * address. */
typedef struct rst_aftermath {
    rst_moment_t alive; /* the sender sends what a host that had reset the connection would not; pass_index 0 = never */
    uint16_t alive_count;  /* how many such segments */
    bool alive_soon;       /* the first of them came so soon that the reset may have overtaken it */
    bool alive_taken;      /* the peer acknowledges one of them */
    rst_moment_t unbroken; /* the sender acknowledges what the peer sent only after the reset */
    rst_moment_t twin;     /* the same reset from the sender's own distance, while this one is from elsewhere */
    rst_moment_t foreign;  /* the first segment with the sender's address that does not fit it */
    uint8_t foreign_clues;
    /* the sender's first segment that is neither SYN nor reset and goes on with the connection */
    rst_moment_t own_next;
    uint8_t own_ttl;       /* its TTL, 0 = unknown */
    uint8_t alive_ttl;     /* TTL of the segment at alive, 0 = unknown */
    bool alive_new;        /* it was provably sent after the reset: new timestamp or IP ID */
    bool restarted;        /* the sender sends a new SYN: what follows is another connection */
    rst_moment_t same_syn; /* the sender of a bare reset repeats its SYN: it never left SYN-SENT */
    rst_moment_t peer;     /* the peer's latest segment after the reset */
    uint16_t peer_data;    /* the peer's segments with data after the reset */
    uint16_t peer_count;   /* the peer's segments after the reset, not counting resets and copies */
    bool peer_challenge; /* the first of them is a challenge ACK: bare, at the peer's RCV.NXT (RFC 5961, section 3.2) */
    bool syn_again;      /* the peer repeats its SYN */
    bool peer_reset_active;         /* the peer's first reset after this one has the ACK flag, so it answers nothing */
    rst_moment_t peer_reset;        /* the moment of that reset */
    bool peer_reset_elsewhere;      /* it comes from another distance than the peer's other packets */
    rst_moment_t synack;            /* the sender accepts the SYN after all, with no repeated SYN in between */
    uint32_t synack_seq;            /* its SEQ */
    uint8_t synack_ttl;             /* its TTL, 0 = unknown */
    bool synack_used;               /* the peer acknowledges it: the connection is open */
    rst_moment_t retry;             /* a new SYN on the same addresses and ports */
    rst_moment_t refused_again;     /* the SYN that this refuses is refused once more */
    rst_moment_t refused_otherwise; /* the same with another SEQ */
    bool same_syn_accepted;         /* the refused SYN, repeated, is answered by a SYN-ACK, and the connection opens */
    bool reached_known;
    uint32_t reached; /* SND.NXT of the sender at the end of this incarnation */
    /* the sender's later resets within seqchange_s, at rising sequence numbers that nobody has reached */
    uint16_t train;
    uint16_t train_elsewhere; /* of these, from another distance than the sender's other packets */
    uint16_t train_apart;     /* of these, from another distance than this reset */
    uint32_t train_step[2];   /* their distances from this reset */
} rst_aftermath_t;

typedef struct rst_reset rst_reset_t;
struct rst_tally;

/* What all resets of one incarnation share. Written while the incarnation lasts; the next one has its own story. */
typedef struct rst_story {
    /* of both sides, by index; points into the connection, which is never released once it has a reset */
    const rst_address_t *address;
    const uint16_t *port;
    uint8_t point;                 /* capture point */
    bool merged_places;            /* the file shows it from two places on one interface (merged.h) */
    rst_called_t called;           /* what its server was called when it was reset first */
    rst_moment_t began;            /* its first segment */
    const struct rst_reset *first; /* its first reset; NULL while there are only copies */
} rst_story_t;

/* Another connection attempt of the same client. Written only while that incarnation lasts. */
typedef struct rst_attempt {
    uint32_t users; /* its connection, and the resets of others that refer to it */
    rst_address_t server;
    uint16_t port;
    rst_moment_t syn;
    rst_moment_t answered; /* first segment from the server; pass_index 0 = none */
    int64_t way;           /* ns from the capture point to the client and back; RST_TIME_NONE = unknown */
    bool opened;           /* both SYNs were acknowledged, or more */
    bool used;             /* it carried data */
} rst_attempt_t;
struct rst_conn_at_point;

struct rst_reset {
    /* the live record, which later traffic changes: for engine, points and trace; rules see the story */
    struct rst_conn *conn;
    rst_story_t *story;
    uint32_t id;                /* by which others keep it: the record may have to go (engine/forget.h) */
    uint32_t dropped;           /* as in rst_conn_t */
    rst_reset_t *record;        /* the one before it on the same addresses and ports, of any incarnation */
    rst_reset_t *original;      /* of a copy, otherwise NULL */
    rst_moment_t at;
    bool sent_again;         /* equal to original, but no other packet of the connection is there twice: no copy */
    uint16_t copies;         /* resets that are copies of this one */
    uint8_t clues;           /* RST_CLUE_*: what does not fit its sender */
    uint8_t doubt_ttl;       /* TTL of a segment without payload that was held for its distance then; 0 = none */
    bool counts;             /* as an earlier reset: it fits, and the connection did not go on after it (so far) */
    /* the reset of its side that counted before it, NULL = none, or it is folded (engine/followers.h); and its id */
    rst_reset_t *own_before;
    uint32_t own_before_id;
    uint32_t place; /* among all on the same addresses and ports, from 1 */
    bool trigger_late;       /* the trigger comes after the reset in the file, and not earlier by its time */
    bool let_go;             /* gave up its place to later resets: what followed is not known */
    int64_t tick;            /* smallest difference between two timestamps of the file so far, 0 = none seen */
    int64_t idle;            /* ns since the connection's previous segment that is no reset; RST_TIME_NONE = unknown */
    uint32_t seq, ack, len, known, tsval, link;
    uint16_t window, ip_id;
    uint16_t ordinal;     /* within the incarnation, from 1, of those that count; 0 = does not fit its sender */
    uint16_t own_ordinal; /* among those of this side */
    uint16_t silences;    /* how many silences that series had, up to this reset */
    uint8_t stalled;      /* for a refusal: connections of the service that wait in vain, if none is served */
    uint8_t from;         /* index of the side that it comes from, by its source address */
    uint8_t client;       /* index of the client, as known then */
    bool role_known;      /* client is known from a SYN, not guessed by port */
    bool opened;          /* the start of this incarnation is in the capture */
    /* the connection had closed long before, and only a summary of it remained (closed_summary.h) */
    bool from_closed_summary;
    bool fresh;    /* the capture begins so shortly before the connection that its SYN may just have been missed */
    bool at_start; /* the capture begins less than a SYN timeout before it */
    uint8_t flags, ttl, tos, form;
    bool df;
    uint8_t mptcp, mptcp_reason, mptcp_flags;
    bool named_netscaler; /* the user named the sender as a NetScaler */
    bool asked_elsewhere; /* this one comes from where all connections of the client do, but its SYN does not */
    bool at_home;         /* it comes from where the connections of its host do, and the SYN of this one does not */
    bool takes_any_echo;  /* this host had accepted a SYN-ACK that echoes a timestamp which none of its SYNs bore */
    bool visits_unkept;   /* earlier visits of this client to this service may have given way */
    bool attempts_unkept; /* the client made more attempts at that moment than are kept */
    bool sibling_smb;     /* the sibling went to the other SMB port */
    uint8_t head_len;
    const uint8_t *head;          /* payload, or NULL */
    rst_recent_segment_t trigger; /* moment.pass_index 0 = none */
    rst_moment_t acknowledged;    /* data that it is the first to acknowledge, up to its ACK; pass_index 0 = none */
    bool asked_before;            /* the peer had sent the ACK number of the trigger before */
    rst_moment_t late_duplicate; /* data that the sender had acknowledged before, with ACK = SEQ; pass_index 0 = none */
    const rst_direction_t *direction; /* both directions as they were when it came, by index; without their rings */
    const rst_previous_t *previous;
    rst_earlier_t own_first, own_last, peer_last; /* earlier resets of the connection */
    /* latest reset before it that bears the address of that side but does not fit it; NULL = none */
    const rst_reset_t *stray_before[2];
    rst_host_t *host[2];    /* held; NULL for a lone reset (for rules: rst_view_t) */
    rst_service_t *service; /* of the server side; held; NULL for a lone reset (for rules: rst_view_t) */
    rst_habit_t *habit;     /* for an empty connection, otherwise NULL */
    rst_silence_t *silence; /* the series of equal silences that the one before it belongs to, NULL = none */
    /* for a refusal of a SYN with special options, each pass_index 0 = none */
    rst_moment_t plain_before, plain_after;     /* nearest acceptances of a plain SYN */
    rst_moment_t plain_refused[2];              /* nearest refusals of a plain SYN, before and after */
    rst_moment_t options_before, options_after; /* nearest acceptances of a SYN with such options */
    rst_moment_t service_reset; /* for a refusal: when its service last reset a connection that it had accepted */
    rst_reset_t *waiting;       /* next in service->options_refused */
    rst_reset_t *waiting_before;
    rst_burst_t *burst; /* for an abort, otherwise NULL */
    /* the connection at its capture point; NULL while the file has one interface, and for copies */
    struct rst_conn_at_point *at_point;
    struct rst_tally *tally;    /* counts all resets from this side (judge/patterns.h); NULL for a copy */
    const rst_probes_t *probes; /* keepalive probes that only the SEQ of the reset shows to be such; NULL = none */
    rst_moment_t relayed;       /* reset that the sender had just received on another connection; pass_index 0 = none */
    rst_attempt_t *sibling;     /* another attempt of the same client that may have raced this one */
    int64_t sibling_lead;       /* ns from the sibling's SYN to this connection's; negative = the sibling's was later */
    rst_aftermath_t after;
};

/* A display filter for the whole connection of the reset; "" if its record had to go. */
const char *rst_reset_filter(const rst_reset_t *reset, const rst_memory_t *memory);

/* "address:port" of the client and of the server (brackets for IPv6); "" if the record of the reset had to go. */
const char *rst_reset_client(const rst_reset_t *reset, const rst_memory_t *memory);
const char *rst_reset_server(const rst_reset_t *reset, const rst_memory_t *memory);

#endif
