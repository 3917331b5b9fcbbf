/* cisco_messages.h
 * The messages of Cisco's firewalls (ASA, FTD, PIX) that name a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CISCO_MESSAGES_H
#define RST_CISCO_MESSAGES_H

#include "logs/cisco_end.h"

typedef enum rst_cisco_kind {
    RST_CISCO_ENDS,        /* two ends, nothing else */
    RST_CISCO_BUILT,       /* the lower security level is written first, a word says who began */
    RST_CISCO_TEARDOWN,    /* the same order; who began is not told */
    RST_CISCO_TRANSLATION, /* one end and what it becomes */
    RST_CISCO_ACCESS_LIST,
    RST_CISCO_ICMP,  /* foreign, global and local address */
    RST_CISCO_INNER, /* the pair of the packet that an ICMP error quotes */
    RST_CISCO_EVENT  /* of Firepower, as a list of keys and values */
} rst_cisco_kind_t;

enum {
    RST_CISCO_NO_STATE = 1, /* the device knew no such connection */
    RST_CISCO_PACKET = 2,   /* about one packet of the first end */
    RST_CISCO_BEGAN = 4,    /* the first end began */
    RST_CISCO_ACTED = 8
};

typedef struct rst_cisco_message {
    uint32_t id;
    rst_cisco_kind_t kind;
    rst_cisco_form_t form;
    rst_cisco_words_t words;
    rst_meaning_t meaning;
    rst_cause_t cause;
    unsigned traits;    /* RST_CISCO_... */
    const char *phrase; /* how the text begins, for lines that lost the number; NULL if others begin like that too */
} rst_cisco_message_t;

/* What is known of a number; for numbers that are not, NULL. */
const rst_cisco_message_t *rst_cisco_message(uint32_t id);

/* The same by how the text of a message begins. */
const rst_cisco_message_t *rst_cisco_phrase(const char *text);

/* Why a connection was torn down. True: it was a reset that passed the device, from the higher security level (*higher)
 * or from the lower; then the meaning is left to the caller, who knows the ends. */
bool rst_cisco_reason(rst_piece_t reason, rst_record_t *record, bool *higher);

#endif
