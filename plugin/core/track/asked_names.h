/* asked_names.h
 * Names of servers that clients asked for, each as a number, so that a connection keeps four bytes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ASKED_NAMES_H
#define RST_ASKED_NAMES_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/siphash.h"
#include "facts/protocol.h"

#define RST_ASKED_NAMES_MAX 65536

/* What is known by other words than its address: the server of a connection. */
typedef struct rst_called {
    uint32_t name : 20;    /* its number, 0 = none */
    uint32_t by : 4;       /* rst_named_by_t */
    uint32_t protocol : 7; /* rst_protocol_t */
    uint32_t by_port : 1;  /* the port alone tells the protocol */
} rst_called_t;

typedef struct rst_asked_names {
    GHashTable *table; /* name_t of asked_names.c, keyed by itself */
    GPtrArray *text;   /* escaped, by number - 1 */
    rst_secret_t secret;
} rst_asked_names_t;

void rst_asked_names_open(rst_asked_names_t *names);
void rst_asked_names_close(rst_asked_names_t *names);

/* The number of a name from the wire, from 1; 0 when there are too many. */
uint32_t rst_asked_names_number(rst_asked_names_t *names, const uint8_t *bytes, size_t length,
                                const rst_memory_t *memory);

/* May a policy on the path be bound to the name? One HTTP Host is often that of all servers behind a load balancer. */
static inline bool rst_called_binds(rst_called_t called)
{
    return called.by == RST_NAMED_BY_TLS || called.by == RST_NAMED_BY_PROXY;
}

/* Did the connection itself ask for the name? */
static inline bool rst_called_is_asked(rst_called_t called)
{
    return called.by == RST_NAMED_BY_TLS || called.by == RST_NAMED_BY_HTTP || called.by == RST_NAMED_BY_PROXY;
}

/* The name, escaped; NULL for 0. */
const char *rst_asked_names_text(const rst_asked_names_t *names, uint32_t number);

#endif
