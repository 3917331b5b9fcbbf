/* scope.h
 * What connections can have in common: the keys by which they are bundled and counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SCOPE_H
#define RST_SCOPE_H

#include "problems/census.h"

typedef enum rst_scope {
    RST_SCOPE_ALL,
    RST_SCOPE_SERVICE,        /* address and port of the server */
    RST_SCOPE_SERVER,         /* its address */
    RST_SCOPE_CLIENT,         /* the client's address */
    RST_SCOPE_NET,            /* the client's network */
    RST_SCOPE_CLIENT_SERVICE, /* one client at one service */
    RST_SCOPE_NET_SERVICE,    /* one network of clients at one service */
    RST_SCOPE_NET_SERVER,     /* one network of clients at one server */
    RST_SCOPE_PORT,           /* one port of any server */
    RST_SCOPE_NAME,           /* one TLS server name; connections without one have nothing in common */
    RST_SCOPE_OPTIONS,        /* SYNs with special options at one service */
    RST_SCOPE_COUNT
} rst_scope_t;

/* Is there anything to have in common? */
static inline bool rst_scope_has(const rst_flow_t *flow, rst_scope_t scope)
{
    return scope != RST_SCOPE_NAME || flow->name;
}

rst_key_t rst_scope_key(const rst_census_t *census, const rst_flow_t *flow, rst_scope_t scope);

#endif
