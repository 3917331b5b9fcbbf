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

/* The record of a host or service that only one connection refers to leaves its table and is released; number = where
 * it is found again. */
bool rst_hosts_can_fold_host(const rst_host_t *host, unsigned holds);
bool rst_hosts_can_fold_service(const rst_service_t *service);
void rst_hosts_fold_host(rst_hosts_t *hosts, rst_host_t *host, uint32_t number);
void rst_hosts_fold_service(rst_hosts_t *hosts, rst_service_t *service, uint32_t number);

/* It comes back as it was. */
rst_host_t *rst_hosts_restore_host(rst_hosts_t *hosts, const rst_host_t *host, uint32_t number);
rst_service_t *rst_hosts_restore_service(rst_hosts_t *hosts, const rst_service_t *service, uint32_t number);

/* The record if there is one. Changes nothing. */
rst_host_found_t rst_hosts_find_host(const rst_hosts_t *hosts, const rst_address_t *address, uint8_t point,
                                     rst_moment_t at);
rst_service_found_t rst_hosts_find_service(const rst_hosts_t *hosts, const rst_address_t *address, uint16_t port,
                                           uint8_t point);

#endif
