/* rule.h
 * A rule, and what it can see.
 *
 * A rule is a row: its name, the cause, a predicate that says how sure it is (percent, 0 = does not apply), a function
 * that writes the summary and the evidence, the resets that it is asked about, and the look-alikes that packets alone
 * cannot exclude. The order is from the specific to the general; ordinary stack behavior comes before any middlebox
 * unless the evidence is strong. Only the predicate decides, and only the row says who sent the reset and whether it is
 * harmless: a sentence that needs another question needs a row of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULE_H
#define RST_RULE_H

#include "answer/verdict.h"
#include "track/file.h"
#include "track/host_table.h"
#include "track/reset.h"

#define RST_LEADS 45  /* a rule below this can only be an alternative */
#define RST_SURE 90   /* from here on an inference is stated like a fact */
#define RST_LIKELY 50 /* a verdict below this says "perhaps" and accuses nobody */
/* the most for a rule that relies on an absence, if the absent packets may just not have been captured */
#define RST_WITHOUT_HISTORY 45
#define RST_HEARSAY 60 /* the most for what only the connections of one other host tell about this one's server */

typedef struct rst_view {
    const rst_file_t *file;
    const struct rst_points *points; /* for the judge alone */
    const rst_prefs_t *prefs;
    const rst_reset_t *reset;
    const rst_direction_t *own;          /* what the side sent that the reset comes from, by its source address */
    const rst_direction_t *peer;         /* what the other side sent */
    rst_host_found_t host[2];            /* of both sides, by index */
    rst_service_found_t service;         /* of the server side */
    rst_host_period_t own_host;          /* what its host showed around the time of the reset; zeros if unknown */
    rst_distance_view_t distance;        /* how far away that host is, for the other one; zeros if unknown */
    rst_host_period_t peer_host;         /* the same for the other host */
    const rst_recent_segment_t *trigger; /* NULL = the reset answers nothing in the capture */
    const rst_memory_t *memory;
    bool from_host;  /* another capture point shows that the host itself sent it */
    bool texts;      /* summary and evidence texts are wanted */
    uint32_t unkept; /* RST_NEEDS_: what is not known because it was not kept (judge/unkept.h) */
    rst_verdict_t *verdict;
    struct rst_why *why; /* for the judge alone; NULL = nobody asks for an explanation */
} rst_view_t;

enum {                               /* what a rule requires, or says besides its cause */
       RST_RULE_HISTORY = 0x001,     /* relies on an absence: at most RST_WITHOUT_HISTORY without a complete history */
       RST_RULE_MIDDLEBOX = 0x002,   /* the sender is not the host whose address the reset has */
       RST_RULE_BENIGN = 0x004,      /* nothing to fix */
       RST_RULE_FIRST = 0x008,       /* only for the first reset of its sender in the connection */
       RST_RULE_AGAIN = 0x010,       /* only for a later one */
       RST_RULE_ALTERNATIVE = 0x020, /* never sure enough to lead: explain is NULL */
       RST_RULE_SENDER_UNKNOWN = 0x040,  /* the host or something near it: packets cannot tell */
       RST_RULE_RETRANSMISSIONS = 0x080, /* the verdict counts the segment that the sender retransmitted in vain */
       RST_RULE_SYNACKS = 0x100,         /* the verdict counts the SYN-ACK that the sender repeated in vain */
       RST_RULE_KEEPALIVES = 0x200,      /* the verdict counts the sender's unanswered keepalive probes */
       RST_RULE_WINDOW_PROBES = 0x400,   /* the verdict counts the sender's unanswered window probes */
       RST_RULE_DUPLICATE = 0x800,       /* the trigger of the verdict is the late duplicate */
       /* what it rests on, and so what a forger would have to imitate (judge/honest.h) */
       RST_RULE_BY_DISTANCE = 0x1000,    /* another hop distance than that of its apparent sender */
       RST_RULE_BY_PROGRESS = 0x2000,    /* its apparent sender goes on */
       RST_RULE_BY_TRAIN = 0x4000,       /* further resets at numbers that nobody has reached */
       RST_RULE_BY_FIN = 0x8000,         /* the FIN of the other side */
       RST_RULE_BY_EARLIER = 0x10000,    /* an earlier reset of the connection */
       RST_RULE_BY_BOTH = 0x20000,       /* a reset of the other side at the same moment */
       RST_RULE_BY_ELIMINATION = 0x40000 /* nothing else explains it */
};

/* What the row takes for absent, in its predicate or because rows above it would lead otherwise. Each row names at
 * least one. Where that was not kept, the confidence falls (judge/unkept.h). */
enum {                                 /* among the flags of the row */
       RST_NEEDS_NOTHING = 0x80000,    /* the connection itself decides */
       RST_NEEDS_DISTANCE = 0x100000,  /* how far away its host is in other connections, and how soon it answers */
       RST_NEEDS_ENDINGS = 0x200000,   /* how that host ends them: timers, bursts, relays, probes */
       RST_NEEDS_SERVICE = 0x400000,   /* when the service accepted and refused */
       RST_NEEDS_VISITS = 0x800000,    /* connections without data of this client to this service */
       RST_NEEDS_ATTEMPTS = 0x1000000, /* what else the client tried at that moment */
       RST_NEEDS_HOST = RST_NEEDS_DISTANCE | RST_NEEDS_ENDINGS,
       RST_NEEDS_ALL = RST_NEEDS_HOST | RST_NEEDS_SERVICE | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
       /* Packets of the connection itself, which the capture may have lost (judge/unseen.h) */
       RST_NEEDS_REPLIES = 0x2000000,    /* what the other side said to what was repeated in vain */
       RST_NEEDS_NO_TRIGGER = 0x4000000, /* a segment that asks for this reset */
       RST_NEEDS_SILENCE = 0x8000000,    /* packets in the silence before it */
       RST_NEEDS_STATEMENT = 0x10000000, /* what the reset says about itself, in its payload */
       RST_NEEDS_PACKETS = RST_NEEDS_REPLIES | RST_NEEDS_NO_TRIGGER | RST_NEEDS_SILENCE | RST_NEEDS_STATEMENT
};

enum { /* the forms of reset that a rule may apply to: for other forms it is not asked */
       RST_IF_UNKNOWN = 1u << RST_FORM_UNKNOWN,
       RST_IF_REFUSAL = 1u << RST_FORM_REFUSAL,
       RST_IF_ANSWER = 1u << RST_FORM_ANSWER,
       RST_IF_ABORT = 1u << RST_FORM_ABORT,
       RST_IF_AHEAD = 1u << RST_FORM_AHEAD,
       RST_IF_BELOW = 1u << RST_FORM_BELOW,
       RST_IF_NO_ANSWER = RST_IF_UNKNOWN | RST_IF_ABORT | RST_IF_AHEAD | RST_IF_BELOW,
       RST_IF_NO_REFUSAL = RST_IF_NO_ANSWER | RST_IF_ANSWER,
       RST_IF_ANY = RST_IF_NO_REFUSAL | RST_IF_REFUSAL
};

#define RST_ALIKE_MAX 4

typedef struct rst_rule {
    const char *name; /* unique and stable: docs/why.md leads from it to the row */
    rst_cause_t cause;
    unsigned (*match)(const rst_view_t *view);
    void (*explain)(const rst_view_t *view); /* NULL for RST_RULE_ALTERNATIVE */
    uint16_t forms;                          /* RST_IF_ */
    uint32_t flags;                          /* RST_RULE_ and RST_NEEDS_ */
    rst_alternative_t alike[RST_ALIKE_MAX];  /* confidence 0 ends the list */
} rst_rule_t;

#endif
