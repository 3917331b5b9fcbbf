/* census.c
 * Collecting connections and incidents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/census.h"

#include <stdlib.h>
#include <string.h>

rst_census_t *rst_census_new(void)
{
    rst_census_t *census = g_new0(rst_census_t, 1);

    rst_keys_open(&census->address_keys);
    rst_keys_open(&census->net_keys);
    census->addresses = g_array_new(FALSE, FALSE, sizeof(rst_address_t));
    census->net_of = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    census->flows = g_array_new(FALSE, FALSE, sizeof(rst_flow_t));
    census->incidents = g_array_new(FALSE, FALSE, sizeof(rst_incident_t));
    census->names = g_ptr_array_new();
    census->first_time = census->last_time = census->clocks_apart = RST_TIME_NONE;
    return census;
}

void rst_census_free(rst_census_t *census)
{
    if (!census)
        return;
    rst_keys_close(&census->address_keys);
    rst_keys_close(&census->net_keys);
    g_array_free(census->addresses, TRUE);
    g_array_free(census->net_of, TRUE);
    g_array_free(census->flows, TRUE);
    g_array_free(census->incidents, TRUE);
    g_ptr_array_free(census->names, TRUE);
    if (census->quotes)
        g_string_chunk_free(census->quotes);
    g_free(census);
}

static uint32_t net_of(rst_census_t *census, const rst_address_t *address)
{
    uint8_t byte[sizeof address->word];
    unsigned prefix = address->size == 4 ? 3 : 8;
    uint64_t net;

    memcpy(byte, address->word, sizeof byte);
    memset(byte + prefix, 0, sizeof byte - prefix);
    memcpy(&net, byte, sizeof net);
    return rst_keys_number(&census->net_keys, net, address->size);
}

/* The size is told apart by the lowest bits of a word that is unused in short addresses. */
uint32_t rst_census_address(rst_census_t *census, const rst_address_t *address)
{
    uint32_t number = rst_keys_number(&census->address_keys, address->word[0],
                                      address->size == 16 ? address->word[1] : UINT64_MAX - address->size);

    if (number == census->addresses->len) {
        uint32_t net = net_of(census, address);

        g_array_append_val(census->addresses, *address);
        g_array_append_val(census->net_of, net);
    }
    return number;
}

uint32_t rst_census_flow(rst_census_t *census, const rst_flow_t *flow)
{
    g_array_append_val(census->flows, *flow);
    return census->flows->len - 1;
}

void rst_census_incident(rst_census_t *census, uint32_t flow, const rst_incident_t *incident)
{
    rst_incident_t *added;

    g_array_append_val(census->incidents, *incident);
    added = rst_incident_at(census, census->incidents->len - 1);
    added->flow = flow;
    rst_flow_at(census, flow)->incident = census->incidents->len;
}

/* By where they begin in the file; then by what differs, because the table of connections has no order. */
static int compare_flows(const void *left, const void *right)
{
    const rst_flow_t *a = left;
    const rst_flow_t *b = right;

    if (a->began != b->began)
        return a->began < b->began ? -1 : 1;
    if (a->client_port != b->client_port)
        return a->client_port < b->client_port ? -1 : 1;
    return a->port < b->port ? -1 : a->port > b->port;
}

static int compare_incidents(const void *left, const void *right)
{
    const rst_incident_t *a = left;
    const rst_incident_t *b = right;

    if (a->at.pass_index != b->at.pass_index)
        return a->at.pass_index < b->at.pass_index ? -1 : 1;
    return a->flow < b->flow ? -1 : a->flow > b->flow;
}

void rst_census_sort(rst_census_t *census)
{
    if (census->flows->len)
        qsort(census->flows->data, census->flows->len, sizeof(rst_flow_t), compare_flows);
    for (uint32_t i = 0; i < census->flows->len; i++) {
        uint32_t incident = rst_flow_at(census, i)->incident;

        if (incident)
            rst_incident_at(census, incident - 1)->flow = i;
    }
    if (census->incidents->len)
        qsort(census->incidents->data, census->incidents->len, sizeof(rst_incident_t), compare_incidents);
    for (uint32_t i = 0; i < census->incidents->len; i++)
        rst_flow_at(census, rst_incident_at(census, i)->flow)->incident = i + 1;
}

const rst_incident_t *rst_census_find(const rst_census_t *census, uint32_t pass_index)
{
    uint32_t low = 0, high = census->incidents->len;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (rst_incident_at(census, middle)->at.pass_index < pass_index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < census->incidents->len && rst_incident_at(census, low)->at.pass_index == pass_index
               ? rst_incident_at(census, low)
               : NULL;
}
