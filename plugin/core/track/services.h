/* services.h
 * When a service accepted connections and when it refused them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SERVICES_H
#define RST_SERVICES_H

#include "base/address.h"
#include "base/memory.h"
#include "base/moment.h"
#include "track/keep.h"

struct rst_reset;
struct rst_host;

#define RST_NEAR_BEFORE (900 * RST_SECOND) /* knowledge about a host that is older than this may be out of date */
#define RST_NEAR_AFTER (120 * RST_SECOND)  /* what comes later than this says nothing about the moment */

/* Is any part of the time from first to last near the moment? If the clock cannot tell, it may be. Where the clock was
 * set back in between, last is the earlier time. */
bool rst_moment_is_near(rst_moment_t first, rst_moment_t last, rst_moment_t at);

/* What was known up to a moment is lost, or what comes from it on: does that matter at another one? pass_index 0 =
 * nothing is lost. */
bool rst_lost_before(rst_moment_t lost, rst_moment_t at);
bool rst_lost_since(rst_moment_t crowded, rst_moment_t at);

/* An uninterrupted period in which a service only accepted, or only refused. */
typedef struct rst_service_run {
    bool accepts;
    bool served; /* for refusals: a connection accepted before them went on with data */
    rst_moment_t first, last;
} rst_service_run_t;

#define RST_SERVICE_RUNS_MAX 32
#define RST_SYN_KINDS 2 /* of special options: ECN in the flags, and all others */

typedef struct rst_service {
    rst_keep_item_t item;
    uint32_t holds; /* as in rst_host_t */
    rst_address_t address;
    uint32_t hash;
    uint16_t port;
    uint8_t point; /* capture point */
    uint8_t runs, room;
    bool accepted;
    bool for_all;            /* it accepted several clients */
    struct rst_host *client; /* the first that it accepted; held */
    rst_moment_t lost;       /* up to here, its acceptances and refusals were not kept; pass_index 0 = all were */
    rst_moment_t crowded;    /* from here on, not all changes were kept */
    rst_moment_t untold;     /* refusals up to here that wait for what follows were not told of it */
    rst_service_run_t *run;  /* oldest first; first_run until there are more */
    rst_service_run_t first_run;
    rst_moment_t plain_accept;                  /* latest SYN-ACK to a SYN without special options */
    rst_moment_t plain_refusal;                 /* latest refusal of such a SYN */
    rst_moment_t options_accept[RST_SYN_KINDS]; /* latest SYN-ACK to one with them */
    struct rst_reset *options_refused;          /* resets that refused a SYN with special options, latest first */
    rst_moment_t reset;                         /* when it last reset a connection that it had accepted */
} rst_service_t;

void rst_service_refuses(const rst_memory_t *memory, rst_service_t *service, rst_moment_t at);

/* A client completed the handshake that was answered at this moment, which may lie before the latest refusals. */
void rst_service_accepts(const rst_memory_t *memory, rst_service_t *service, rst_moment_t at, struct rst_host *client);

/* Was all kept that it accepted and refused, as far as it matters at a moment? */
bool rst_service_is_complete(const rst_service_t *service, rst_moment_t at);

/* It accepted only one client, and not this one: whoever that is may have any SYN-ACK written. */
bool rst_service_is_hearsay(const rst_service_t *service, const struct rst_host *client);

/* A connection that the service accepted at this moment carries data. */
void rst_service_serves(rst_service_t *service, rst_moment_t accepted);

/* The run with the nearest acceptance (or refusal) before or after a moment, or NULL. */
const rst_service_run_t *rst_service_before(const rst_service_t *service, bool accepts, rst_moment_t at);
const rst_service_run_t *rst_service_after(const rst_service_t *service, bool accepts, rst_moment_t at);

/* Has it accepted a connection since a moment? */
bool rst_service_accepted_since(const rst_service_t *service, rst_moment_t since);

/* Did it accept a connection near a moment, in the sense of rst_host_near()? */
bool rst_service_accepted_near(const rst_service_t *service, rst_moment_t at);

#endif
