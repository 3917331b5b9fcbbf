/* describe.h
 * A problem in words: what it is bound to, a stable id, a title, a display filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DESCRIBE_H
#define RST_DESCRIBE_H

#include "problems/problem.h"

void rst_describe(rst_problems_t *problems);

/* "service", "client", ... */
const char *rst_binding_name(rst_binding_t binding);

/* "10.0.0.2:80", "[2001:db8::1]:80", "10.0.0.2", "10.0.0.0/24"; into a buffer of RST_PLACE_MAX. */
#define RST_PLACE_MAX 64
void rst_describe_address(const rst_census_t *census, uint32_t address, char *buffer);
void rst_describe_service(const rst_census_t *census, uint32_t address, uint16_t port, char *buffer);
void rst_describe_net(const rst_census_t *census, uint32_t address, char *buffer);

#endif
