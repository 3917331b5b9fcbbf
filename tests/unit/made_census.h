/* made_census.h
 * A census written by hand, and what is made of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MADE_CENSUS_H
#define RST_MADE_CENSUS_H

#include <string.h>

#include "problems/problems.h"

static uint32_t frames; /* so far */

static inline rst_address_t address(unsigned a, unsigned b, unsigned c, unsigned d)
{
    rst_address_t made = {.size = 4};
    const uint8_t byte[4] = {(uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d};

    memcpy(made.word, byte, sizeof byte);
    return made;
}

/* Rounded: what is a little less than a whole number in the registers of an 80387 is one in memory. */
static inline int64_t nanoseconds(double seconds)
{
    return (int64_t)(seconds * RST_SECOND + .5);
}

/* A connection of 10.0.NET.HOST with 10.9.9.SERVER, in seconds. */
static inline rst_flow_t flow(rst_census_t *census, unsigned net, unsigned host, unsigned server, uint16_t port,
                              double at)
{
    rst_address_t client = address(10, 0, net, host), service = address(10, 9, 9, server);
    int64_t time = nanoseconds(at);

    frames++;
    return (rst_flow_t){.first = time,
                        .last = time + RST_SECOND / 10,
                        .began = frames,
                        .client = rst_census_address(census, &client),
                        .server = rst_census_address(census, &service),
                        .client_port = (uint16_t)(30000 + frames),
                        .port = port,
                        .ttl = 60,
                        .facts = RST_FLOW_BEGAN};
}

static inline void fine(rst_census_t *census, unsigned net, unsigned host, unsigned server, uint16_t port, double at)
{
    rst_flow_t made = flow(census, net, host, server, port, at);

    made.facts |= RST_FLOW_ANSWERED | RST_FLOW_CLIENT_DATA | RST_FLOW_SERVER_DATA;
    rst_census_flow(census, &made);
}

static inline rst_incident_t incident(rst_token_t token, rst_sender_t sender, double at)
{
    frames++;
    return (rst_incident_t){.at = {frames, nanoseconds(at)},
                            .frame = frames,
                            .silence = RST_TIME_NONE,
                            .token = (uint16_t)token,
                            .confidence = 80,
                            .sender = (uint8_t)sender,
                            .ttl = 60,
                            .hop_delta = RST_HOPS_NONE};
}

static inline void fails(rst_census_t *census, unsigned net, unsigned host, unsigned server, uint16_t port, double at,
                         rst_token_t token, rst_sender_t sender)
{
    rst_flow_t made = flow(census, net, host, server, port, at);
    rst_incident_t failed = incident(token, sender, at + .05);

    if (token != RST_CAUSE_CLOSED_PORT && token < RST_CAUSE_COUNT)
        made.facts |= RST_FLOW_ANSWERED | RST_FLOW_CLIENT_DATA;
    rst_census_incident(census, rst_census_flow(census, &made), &failed);
}

static inline void refused(rst_census_t *census, unsigned net, unsigned host, unsigned server, uint16_t port, double at)
{
    fails(census, net, host, server, port, at, RST_CAUSE_CLOSED_PORT, RST_SENDER_SERVER);
}

static inline rst_problems_t *solve(rst_census_t *census)
{
    rst_census_sort(census);
    return rst_problems_new(census);
}

static inline unsigned count(const rst_problems_t *problems)
{
    unsigned counted = 0;

    for (uint32_t i = 0; i < problems->problem->len; i++)
        counted += rst_problem_at(problems, i)->hits != 0;
    return counted;
}

/* The n-th most important problem. */
static inline const rst_problem_t *nth(const rst_problems_t *problems, uint32_t n)
{
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        if (rst_problem_at(problems, i)->hits && rst_problem_at(problems, i)->number == n)
            return rst_problem_at(problems, i);
    }
    g_assert_not_reached();
}

#endif
