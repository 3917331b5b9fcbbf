/* census.h
 * What problems are made from: every connection of the capture, and what went wrong with some of them.
 *
 * Filled by the engine after the first pass. Addresses are numbers here, so that a million connections stay small and
 * are compared quickly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CENSUS_H
#define RST_CENSUS_H

#include <glib.h>

#include "answer/finding.h"
#include "answer/verdict.h"
#include "base/address.h"
#include "base/moment.h"
#include "problems/keys.h"
#include "track/asked_names.h"

enum {                              /* rst_flow_t.facts */
       RST_FLOW_BEGAN = 0x01,       /* its SYN is in the capture */
       RST_FLOW_ANSWERED = 0x02,    /* the server sent something that is no reset */
       RST_FLOW_CLIENT_DATA = 0x04, /* payload */
       RST_FLOW_SERVER_DATA = 0x08,
       RST_FLOW_CLIENT_FIN = 0x10,
       RST_FLOW_SERVER_FIN = 0x20,
       RST_FLOW_RESET = 0x40,    /* for whatever reason, also a harmless one */
       RST_FLOW_OPTIONS = 0x80,  /* its SYN asked for ECN, Fast Open, MPTCP or a signature */
       RST_FLOW_GUESSED = 0x100, /* who is the client is a guess by port */
       RST_FLOW_ASKED = 0x200,   /* the client sent something that is no reset */
       RST_FLOW_LOST = 0x400,    /* packets were acknowledged that the capture does not show */
       RST_FLOW_ACCEPTED = 0x800 /* its SYN-ACK is in the capture */
};

/* A connection, or an attempt: one SYN, however often it was repeated. */
typedef struct rst_flow {
    int64_t first, last; /* its segments, ns, or RST_TIME_NONE */
    uint32_t began;      /* pass_index of the first segment */
    uint32_t client, server;
    uint16_t client_port, port;
    uint16_t facts;
    uint8_t ttl;                   /* of what the server sent, apart from resets; 0 = not known */
    uint8_t system;                /* rst_system_t of the client, and times 8 that of the server */
    uint8_t client_ttl;            /* of its SYN, 0 = not known */
    uint32_t name;                 /* that the client asked for on this connection, 0 = not known */
    rst_called_t called;           /* what its server is called */
    uint32_t incident;             /* number + 1, 0 = it did not fail */
    uint32_t to_client, to_server; /* bytes, at most UINT32_MAX */
} rst_flow_t;

/* A connection that failed: its first reset that is not benign, or a finding without a reset. */
typedef struct rst_incident {
    rst_moment_t at; /* of the deciding frame */
    uint32_t frame;  /* its number */
    uint32_t flow;
    uint32_t problem; /* index + 1, 0 = none (yet) */
    uint32_t relayed; /* pass_index of the reset on another connection that its sender had just received, 0 = none */
    int64_t silence;  /* before it, or before the FIN that it follows; RST_TIME_NONE = not known */
    uint16_t token;
    uint8_t confidence;
    uint8_t sender;      /* rst_sender_t: of the reset; of a finding, the side that nobody answered */
    uint8_t on_path;     /* rst_on_path_t */
    uint8_t system;      /* rst_system_t of the side whose address the reset bears */
    uint8_t ttl;         /* of the reset, 0 = not known */
    int8_t hop_delta;    /* RST_HOPS_NONE = not known */
    const char *witness; /* the line of a log that says why, in quotes of the census; NULL = none */
    bool died;           /* what comes around it shows that a process ended */
} rst_incident_t;

typedef struct rst_census {
    rst_keys_t address_keys;
    GArray *addresses; /* rst_address_t */
    rst_keys_t net_keys;
    GArray *net_of;                /* uint32_t, by number of the address */
    GArray *flows;                 /* rst_flow_t, in the order in which they began after rst_census_close() */
    GArray *incidents;             /* rst_incident_t, in the order of the file after rst_census_close() */
    GPtrArray *names;              /* const char *, by number - 1; escaped */
    GStringChunk *quotes;          /* NULL until there is one */
    int64_t first_time, last_time; /* of the capture */
    uint32_t frames;
    uint64_t copies, gaps; /* packets that the capture holds twice; times that packets are missing from it */
    uint32_t interfaces;
    int64_t clocks_apart;             /* the most that the clocks of two interfaces differ, RST_TIME_NONE = not known */
    int64_t tick;                     /* smallest step of the clock, 0 = it stands still */
    uint32_t backward;                /* frames that bear an earlier time than the one before */
    uint32_t snapped;                 /* packets that are not here as a whole, */
    uint32_t longest;                 /* and the most that is here of one */
    bool several_points;              /* the file shows connections at several places */
    bool cut;                         /* the snap length cut off options of SYNs */
    uint32_t benign[RST_CAUSE_COUNT]; /* first resets */
    uint32_t followers;
    bool truncated; /* not all connections or incidents are here */
} rst_census_t;

rst_census_t *rst_census_new(void);
void rst_census_free(rst_census_t *census);

/* The number of an address. */
uint32_t rst_census_address(rst_census_t *census, const rst_address_t *address);

/* Adds a connection, returns its number. */
uint32_t rst_census_flow(rst_census_t *census, const rst_flow_t *flow);

/* Adds an incident to a connection. */
void rst_census_incident(rst_census_t *census, uint32_t flow, const rst_incident_t *incident);

/* Call when all has been added: puts everything in the order of the file. */
void rst_census_sort(rst_census_t *census);

/* The incident with this deciding frame, NULL if there is none; after rst_census_sort(). */
const rst_incident_t *rst_census_find(const rst_census_t *census, uint32_t pass_index);

static inline rst_flow_t *rst_flow_at(const rst_census_t *census, uint32_t number)
{
    return &g_array_index(census->flows, rst_flow_t, number);
}

static inline rst_incident_t *rst_incident_at(const rst_census_t *census, uint32_t number)
{
    return &g_array_index(census->incidents, rst_incident_t, number);
}

static inline const rst_flow_t *rst_incident_flow(const rst_census_t *census, const rst_incident_t *incident)
{
    return rst_flow_at(census, incident->flow);
}

static inline const rst_address_t *rst_address_at(const rst_census_t *census, uint32_t number)
{
    return &g_array_index(census->addresses, rst_address_t, number);
}

/* The number of the network that an address belongs to, as far as nothing else is known: /24 of IPv4, /64 of IPv6. */
static inline uint32_t rst_census_net(const rst_census_t *census, uint32_t address)
{
    return g_array_index(census->net_of, uint32_t, address);
}

#endif
