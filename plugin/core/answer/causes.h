/* causes.h
 * The registry of causes. causes.def is the only list; everything else is derived from it.
 * Ids and tokens are a public contract: append, never rename or renumber.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CAUSES_H
#define RST_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

#define RST_CONFIDENCE_LIKELY 50 /* percent; below this, the Info column has a question mark */

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

/* What a cause says about who was involved. */
enum {
    RST_TRAIT_SENT_ON_PATH = 0x001,      /* a device or packet filter sent the reset */
    RST_TRAIT_CHANGED_ON_PATH = 0x002,   /* a host sent it, because of what a device did to packets */
    RST_TRAIT_REFUTED_AT_SENDER = 0x004, /* ruled out if a capture at the sender shows the same reset */
    RST_TRAIT_SENT_BY_DEVICE = 0x008,    /* a reset that states this cause itself was sent by a device */
    RST_TRAIT_FORGED = 0x010,            /* made to look like the host's */
    RST_TRAIT_FROM_ANYWHERE = 0x020,     /* known from what was seen, whoever sent it */
    RST_TRAIT_FROM_NOBODY = 0x040,       /* no TCP stack makes such a packet: its source address says nothing */
    RST_TRAIT_GIVES_UP = 0x080,          /* after retransmitting one segment in vain */
    RST_TRAIT_BY_TIMESTAMP = 0x100,      /* a wrong timestamp made the sender reset */
    RST_TRAIT_BY_WINDOW = 0x200,         /* a closed receive window made the sender reset */
    RST_TRAIT_TAKES_DATA = 0x400,        /* needs payload that the sender had received */
    RST_TRAITS_ACCUSING = RST_TRAIT_SENT_ON_PATH | RST_TRAIT_CHANGED_ON_PATH
};

/* The ways in which a Linux kernel sends a reset: the names of enum sk_rst_reason, grouped where several say
 * the same. */
typedef enum rst_kernel_path {
    RST_KERNEL_PATH_NO_SOCKET,     /* the segment found no socket */
    RST_KERNEL_PATH_BAD_ACK,       /* a handshake whose ACK does not fit */
    RST_KERNEL_PATH_PAWS,          /* a handshake whose timestamp does not fit */
    RST_KERNEL_PATH_LISTENER,      /* the segment found a listening socket */
    RST_KERNEL_PATH_CLOSED_SOCKET, /* data for a socket without an application */
    RST_KERNEL_PATH_TIME_WAIT,     /* a segment for TIME-WAIT or FIN-WAIT-2 */
    RST_KERNEL_PATH_SYN_QUEUE,     /* a SYN or third ACK that the listener would not accept */
    RST_KERNEL_PATH_UNREAD,        /* close() with data unread */
    RST_KERNEL_PATH_LINGER2,       /* close() with TCP_LINGER2 */
    RST_KERNEL_PATH_MEMORY,        /* too many orphans */
    RST_KERNEL_PATH_DISCONNECT,    /* close() with SO_LINGER 0, connect(AF_UNSPEC) */
    RST_KERNEL_PATH_DESTROY,       /* SOCK_DESTROY (ss -K) */
    RST_KERNEL_PATH_FIN_WAIT,      /* the timer of FIN-WAIT-2 */
    RST_KERNEL_PATH_KEEPALIVE,     /* the keepalive timer */
    RST_KERNEL_PATH_UNSENT,        /* disconnected with data still unsent */
    RST_KERNEL_PATH_MPTCP,         /* Multipath TCP ended a subflow */
    RST_KERNEL_PATH_ANY            /* not told: excludes nothing */
} rst_kernel_path_t;

/* Position in the registry. The public id is rst_cause_info()->id. */
typedef enum rst_cause {
#define RST_CAUSE(id, token, TOKEN, category, severity, traits, paths, label, explanation, reference, advice)          \
    RST_CAUSE_##TOKEN,
#include "answer/causes.def"
#undef RST_CAUSE
    RST_CAUSE_COUNT
} rst_cause_t;

typedef struct rst_cause_info {
    uint16_t id;       /* public */
    const char *token; /* public */
    rst_category_t category;
    rst_severity_t severity; /* how bad it is if true */
    uint16_t traits;         /* RST_TRAIT_ */
    uint32_t paths;          /* set of rst_kernel_path_t, one bit each */
    const char *label;       /* a few words for a menu or a heading */
    const char *explanation; /* what happened, for a reader who does not know the term */
    const char *reference;   /* RFC section or vendor document */
    const char *advice;      /* what it means, in one sentence with placeholders (advice/steps.def) */
} rst_cause_info_t;

/* cause must be below RST_CAUSE_COUNT. The strings are static. */
const rst_cause_info_t *rst_cause_info(rst_cause_t cause);

/* Does the cause have one of these traits? */
bool rst_cause_is(rst_cause_t cause, unsigned traits);

/* Can a kernel send a reset of this cause by this path? */
bool rst_cause_has_path(rst_cause_t cause, rst_kernel_path_t path);

const char *rst_category_name(rst_category_t category);

/* How bad it is if true, which is not how sure it is: the registry's severity from RST_CONFIDENCE_LIKELY on, a note below
 * that. What needs nobody is a chat, however sure. */
rst_severity_t rst_cause_severity(rst_cause_t cause, unsigned confidence, bool benign);

#endif
