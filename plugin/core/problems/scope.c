/* scope.c
 * A word for the kind of key and a port, one for two numbers of addresses or networks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/scope.h"

static rst_key_t key_of(rst_scope_t scope, uint32_t low, uint32_t from, uint32_t to)
{
    return (rst_key_t){(uint64_t)scope << 32 | low, (uint64_t)from << 32 | to};
}

rst_key_t rst_scope_key(const rst_census_t *census, const rst_flow_t *flow, rst_scope_t scope)
{
    uint32_t net = rst_census_net(census, flow->client);

    switch (scope) {
    case RST_SCOPE_SERVICE:
        return key_of(scope, flow->port, 0, flow->server);
    case RST_SCOPE_SERVER:
        return key_of(scope, 0, 0, flow->server);
    case RST_SCOPE_CLIENT:
        return key_of(scope, 0, flow->client, 0);
    case RST_SCOPE_NET:
        return key_of(scope, 0, net, 0);
    case RST_SCOPE_CLIENT_SERVICE:
        return key_of(scope, flow->port, flow->client, flow->server);
    case RST_SCOPE_NET_SERVICE:
        return key_of(scope, flow->port, net, flow->server);
    case RST_SCOPE_NET_SERVER:
        return key_of(scope, 0, net, flow->server);
    case RST_SCOPE_PORT:
        return key_of(scope, flow->port, 0, 0);
    case RST_SCOPE_NAME:
        return key_of(scope, 0, 0, flow->name);
    case RST_SCOPE_OPTIONS:
        return key_of(scope, flow->port | (flow->facts & RST_FLOW_OPTIONS) << 16, 0, flow->server);
    default:
        return key_of(RST_SCOPE_ALL, 0, 0, 0);
    }
}
