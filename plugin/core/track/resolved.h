/* resolved.h
 * Addresses that clients asked for by name, as DNS, multicast DNS and LLMNR in the capture show it.
 *
 * Anybody can write such an answer, so only the first one to a question of the capture counts. What was longest not
 * heard of gives way when memory is used up (keep.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RESOLVED_H
#define RST_RESOLVED_H

#include <glib.h>

#include "base/moment.h"
#include "base/siphash.h"
#include "facts/dns.h"
#include "facts/segment.h"
#include "track/keep.h"

#define RST_QUESTIONS_MAX 4096   /* that wait for an answer; the oldest is given up */
#define RST_RESOLVED_NAMES_MAX 4 /* of one address, by one client: the oldest is forgotten */

/* A client asked for the address by this name. */
typedef struct rst_resolved_name {
    rst_keep_item_t item;
    rst_address_t client, address;
    uint32_t hash;
    struct rst_resolved_name *older; /* another name of the same address, by the same client */
    uint32_t first, last;            /* answers, pass_index */
    uint8_t by;                      /* rst_named_by_t */
    uint8_t length;
    uint8_t name[];
} rst_resolved_name_t;

typedef struct rst_question {
    uint64_t digest;
    rst_address_t client; /* an answer by multicast does not say whose question it answers */
} rst_question_t;

typedef struct rst_resolved {
    GHashTable *names;  /* latest rst_resolved_name_t of an address, keyed by itself; NULL until there is one */
    GHashTable *digest; /* of questions that wait -> question; NULL until there is one */
    rst_question_t *question;
    uint32_t place;   /* of the next one */
    uint32_t answers; /* names that are kept */
    rst_keep_t *keep;
    rst_memory_t memory;
    rst_secret_t secret;
} rst_resolved_t;

/* keep must outlive it. */
void rst_resolved_open(rst_resolved_t *resolved, rst_keep_t *keep);
void rst_resolved_close(rst_resolved_t *resolved);

/* Takes a question, or an answer if it was asked for. */
void rst_resolved_take(rst_resolved_t *resolved, const rst_dns_t *dns, rst_moment_t now);

/* The name by which a client had last asked for an address before a moment, or NULL. */
const rst_resolved_name_t *rst_resolved_find(const rst_resolved_t *resolved, const rst_address_t *client,
                                             const rst_address_t *address, rst_moment_t at);

#endif
