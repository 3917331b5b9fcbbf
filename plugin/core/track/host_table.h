/* host_table.h
 * The tables of hosts and services, as each capture point sees them.
 *
 * What nobody holds gives way when memory is used up (keep.h) and leaves a mark: so a look-up tells what was not kept
 * from what never was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_HOST_TABLE_H
#define RST_HOST_TABLE_H

#include "track/hosts.h"

/* The record is NULL unless found. Not all that belongs into it need have been kept (rst_host_is_complete()). */
typedef struct rst_host_found {
    rst_found_t found;
    rst_host_t *host;
} rst_host_found_t;

typedef struct rst_service_found {
    rst_found_t found;
    rst_service_t *service;
} rst_service_found_t;

/* keep and file must outlive the tables. */
void rst_hosts_open(rst_hosts_t *hosts, rst_keep_t *keep, const rst_file_t *file);
void rst_hosts_close(rst_hosts_t *hosts);

/* The record, created if missing. */
rst_host_t *rst_hosts_host(rst_hosts_t *hosts, const rst_address_t *address, uint8_t point);
rst_service_t *rst_hosts_service(rst_hosts_t *hosts, const rst_address_t *address, uint16_t port, uint8_t point);

/* The record if there is one. Changes nothing. */
rst_host_found_t rst_hosts_find_host(const rst_hosts_t *hosts, const rst_address_t *address, uint8_t point,
                                     rst_moment_t at);
rst_service_found_t rst_hosts_find_service(const rst_hosts_t *hosts, const rst_address_t *address, uint16_t port,
                                           uint8_t point);

#endif
