/* hosts.h
 * What the whole capture shows about hosts and services, across connections: who accepts, who refuses, how far away a
 * host is, which connections it resets together, how many targets a client tries.
 *
 * A record stays as long as somebody holds it: connections and resets hold their hosts and services, and what a host
 * has learned from another one holds that. Else it may give way (keep.h), and leaves a mark (marks.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_HOSTS_H
#define RST_HOSTS_H

#include <glib.h>

#include "base/index.h"
#include "base/siphash.h"
#include "track/direction.h"
#include "track/distances.h"
#include "track/file.h"
#include "track/keep.h"
#include "track/marks.h"
#include "track/services.h"

#define RST_RECENT_MAX 16
#define RST_HOSTS_NEAR_BITS 6
#define RST_HOSTS_NEAR (1u << RST_HOSTS_NEAR_BITS)

struct rst_conn;

/* The connections opened last, oldest overwritten first. Their ports are kept together because usually nothing else
 * needs to be read. */
typedef struct rst_recent {
    struct rst_conn *conn[RST_RECENT_MAX]; /* NULL = none, or released */
    uint64_t ports[2][RST_RECENT_MAX / 4]; /* of both sides, four to a word, the first in the lowest bits */
    rst_moment_t overwritten;              /* when the latest that had to go began; pass_index 0 = none had to */
    uint8_t next;
} rst_recent_t;

#define RST_BURST_CLIENTS 3

/* Resets that one host sent on its own initiative within batch_ms of each other. */
typedef struct rst_burst {
    rst_moment_t first, last;
    uint32_t connections;
    struct {
        struct rst_host *host; /* held */
        uint32_t connections;
    } other_end[RST_BURST_CLIENTS]; /* the first other hosts; 0 connections end the list */
    uint16_t port;                  /* the host's port, 0 = not the same for all */
    int64_t idle_min, idle_max;     /* silence before these resets, ns; both RST_TIME_NONE while unknown */
    bool survived;                  /* a connection older than the burst went on */
    bool serves; /* and one on the same port: its process read what came after the burst, and answered */
    bool closes; /* connections on the same port were closed by FIN at the same moment */
    struct rst_burst *earlier;
} rst_burst_t;

/* A client's attempts in one interval of scan_s seconds. */
typedef struct rst_breadth {
    int64_t stretch;
    uint16_t probes;  /* targets that the client itself reset before any data */
    uint16_t refused; /* targets that refused */
} rst_breadth_t;

#define RST_BREADTH_MAX 64

/* What a host showed during one period. Routes change, and other hosts take over an address: what came long after a
 * reset says nothing about it, and what came long before says little. */
typedef struct rst_host_period {
    rst_moment_t first, last;
    rst_host_distances_t distances; /* of completed connections */
    rst_hop_range_t stateless;      /* of resets that answer a segment */
    int64_t lag_min, lag_max;       /* shortest and longest delay of the relays, ns */
    uint32_t aborts;                /* connections that it reset on its own initiative */
    uint32_t relays;     /* how many of them right after it received a reset on another connection, as a proxy would */
    uint16_t unasked;    /* SYN-ACKs that it reset although its SYN is not in the capture */
    bool any_echo;       /* it went on after a SYN-ACK that echoes a timestamp which none of its SYNs bears */
    uint16_t open_ports; /* services of this host that accepted a connection */
    uint16_t home_seen;  /* by how many of the connections that it opened the next distance leads over all others */
    uint8_t home_hops;
    uint16_t netscaler_code; /* the first NetScaler window code in its resets */
    uint8_t netscaler_codes; /* distinct codes: 0, 1, or 2 for more */
    struct rst_host_period *earlier;
} rst_host_period_t;

#define RST_SILENCE_HABIT 3 /* this many show a timer */

/* A series of aborts, each after the same silence. */
typedef struct rst_silence {
    int64_t idle; /* ns */
    uint16_t count;
    struct rst_silence *earlier;
} rst_silence_t;

typedef struct rst_host {
    rst_keep_item_t item;
    uint32_t holds; /* while there are any, it cannot give way */
    rst_address_t address;
    uint32_t hash;            /* of address and point, by the secret of the tables */
    uint8_t point;            /* capture point */
    rst_moment_t left;        /* when nobody held it any more */
    rst_moment_t lost;        /* up to here, some of what it showed was not kept; pass_index 0 = all was */
    rst_moment_t crowded;     /* from here on as well */
    rst_host_period_t period; /* the latest one; leads to the earlier ones */
    uint8_t periods;
    rst_burst_t *burst;                /* the latest, which leads to the earlier ones; NULL before the first */
    rst_moment_t fin;                  /* its latest FIN on a connection that it had accepted */
    uint16_t fin_port;                 /* the host's port on it */
    rst_silence_t *silence;            /* the latest series, which leads to the earlier ones; NULL before the first */
    rst_moment_t reset_received;       /* when it last received the first reset of a connection */
    const struct rst_conn *reset_conn; /* that connection */
    rst_recent_t recent;               /* connections opened by this host */
    uint32_t target[8];                /* hashes of the latest targets */
    uint8_t target_next;
    uint8_t breadths, breadth_room;
    rst_breadth_t *breadth;
} rst_host_t;

/* Whoever folds connections (engine/fold.h) along with hosts and services that nobody else refers to. */
typedef struct rst_folder {
    void *owner;
    /* Makes the records that are folded under this number again. */
    void (*restore)(void *owner, uint32_t number);
    /* What they hold, to read at once; NULL = none of the kind. */
    struct rst_host *(*host)(void *owner, uint32_t number);
    rst_service_t *(*service)(void *owner, uint32_t number);
} rst_folder_t;

typedef struct rst_hosts {
    GHashTable *hosts, *services, *visits;
    rst_index_t folded; /* numbers of hosts and services that are not in the tables, by their hash */
    rst_folder_t folder;
    rst_host_t *near[RST_HOSTS_NEAR]; /* found last */
    rst_keep_t *keep;
    rst_memory_t memory, service_memory, visits_memory; /* each charged to its kind */
    rst_marks_t lost_hosts, lost_services;
    const rst_file_t *file;
    rst_secret_t secret;
} rst_hosts_t;

/* Whoever keeps a pointer to a host or service holds it; NULL is allowed. */
void rst_host_hold(const rst_hosts_t *hosts, rst_host_t *host);
void rst_host_drop(const rst_hosts_t *hosts, rst_host_t *host);
void rst_service_hold(const rst_hosts_t *hosts, rst_service_t *service);
void rst_service_drop(const rst_hosts_t *hosts, rst_service_t *service);

/* Has anything been learned of it? */
bool rst_host_is_known(const rst_host_t *host);

/* Releases a record, which nobody may hold, and all that hangs on it. */
void rst_host_forget(const rst_hosts_t *hosts, rst_host_t *host);
void rst_service_forget(const rst_hosts_t *hosts, rst_service_t *service);

/* Was all kept that the host showed around a moment? */
bool rst_host_is_complete(const rst_host_t *host, rst_moment_t at);

/* Two silences of at least one second that differ by at most half a percent, or two percent from five seconds up. */
bool rst_same_idle(int64_t a, int64_t b);

/* Counts the silence before an abort; returns the series of equal ones that it belongs to, NULL if no timer explains
 * it. */
rst_silence_t *rst_host_note_idle(const rst_hosts_t *hosts, rst_host_t *host, int64_t idle);

/* The period to write to at a moment: a new one after a long silence, or when the current one has grown long. */
rst_host_period_t *rst_host_period(const rst_hosts_t *hosts, rst_host_t *host, rst_moment_t at);

/* What the host showed around a moment, at most RST_NEAR_BEFORE before and RST_NEAR_AFTER after it; without the
 * distances. */
rst_host_period_t rst_host_near(const rst_host_t *host, rst_moment_t at);

/* The same for its distances, as far as they count for this client. */
rst_distance_view_t rst_host_distance(const rst_host_t *host, rst_moment_t at, const rst_host_t *client);

/* Counts a reset that the host sent on its own initiative after a silence, in a connection with another host; returns
 * the burst it belongs to. */
rst_burst_t *rst_host_note_abort(const rst_hosts_t *hosts, rst_host_t *host, uint16_t port, rst_host_t *other_end,
                                 int64_t idle, rst_moment_t at);

/* Does all that the burst says about this end's connections come from those of a single other one? */
bool rst_burst_is_hearsay(const rst_burst_t *burst, const rst_host_t *end, unsigned enough);

/* A connection that the host opened, and in which its data was acknowledged, shows this distance; most decide. */
void rst_host_note_home(rst_host_period_t *period, uint8_t hops);

/* Is this distance that one, or another one? False if either is not known. */
bool rst_host_is_at_home(const rst_host_period_t *period, uint8_t hops);
bool rst_host_is_away(const rst_host_period_t *period, uint8_t hops);

/* Counts a connection that a client completed. */
void rst_host_note_accept(const rst_hosts_t *hosts, rst_host_period_t *period, const rst_host_distance_t *seen);

/* A FIN of the host on a connection that it had accepted. */
void rst_host_note_fin(const rst_hosts_t *hosts, rst_host_t *host, uint16_t port, rst_moment_t at);

/* A reset from the host has a window that is a NetScaler code and not an advertised window. */
void rst_host_note_code(rst_host_period_t *period, uint16_t code);

/* Counts a target that the client reset before any data (probe) or that refused it. */
void rst_host_note_target(const rst_hosts_t *hosts, rst_host_t *client, uint32_t target, bool probe, rst_moment_t at);

/* Targets near a moment: probes or refusals within about scan_s. */
unsigned rst_host_breadth(const rst_prefs_t *prefs, const rst_host_t *client, bool probes, rst_moment_t at);

#endif
