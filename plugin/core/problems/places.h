/* places.h
 * Addresses as people write them: "10.0.0.2:80", "[2001:db8::1]:80", "10.0.0.2", "10.0.0.0/24".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PLACES_H
#define RST_PLACES_H

#include "problems/census.h"

/* All write into a buffer of this size. */
#define RST_PLACE_MAX 64

void rst_place_address(const rst_census_t *census, uint32_t address, char *buffer);
void rst_place_service(const rst_census_t *census, uint32_t address, uint16_t port, char *buffer);
void rst_place_net(const rst_census_t *census, uint32_t address, char *buffer);

#endif
