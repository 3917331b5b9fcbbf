/* ports.c
 * The ports of known services.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/ports.h"

#include <stdlib.h>

#include <glib.h>

/* Services on ports from 1024 up, which systems also give to clients, and those below 1024 in real use: Unix clients
 * that must prove their privilege (NFS, rsh) take other low ports for their own end. From the IANA registry; ascending,
 * for binary search. */
static const uint16_t service_ports[] = {
    20,    21,    22,    23,    25,    43,    49,    53,    67,    70,    79,    80,    88,    102,   110,   111,
    113,   119,   123,   135,   137,   138,   139,   143,   161,   162,   179,   194,   389,   427,   443,   444,
    445,   464,   465,   502,   512,   513,   514,   515,   540,   543,   544,   548,   554,   563,   587,   593,
    631,   636,   646,   853,   860,   873,   902,   990,   992,   993,   995,   1080,  1194,  1352,  1433,  1521,
    1720,  1723,  1883,  2000,  2049,  2181,  2375,  2376,  2379,  2380,  2404,  3000,  3128,  3260,  3268,  3269,
    3306,  3389,  3478,  4369,  4444,  4786,  4840,  5000,  5001,  5060,  5061,  5201,  5222,  5269,  5432,  5671,
    5672,  5900,  5938,  5984,  5985,  5986,  6000,  6379,  6443,  6514,  6667,  6881,  7000,  7001,  7077,  7547,
    7687,  8000,  8008,  8080,  8081,  8086,  8088,  8090,  8123,  8200,  8443,  8500,  8530,  8531,  8883,  8888,
    9000,  9042,  9090,  9092,  9093,  9100,  9200,  9300,  9418,  10050, 10051, 10250, 11211, 11434, 15672, 20000,
    25565, 27017, 32400, 44818, 47808, 50000, 50051, 61613, 61616,
};

static int compare_ports(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

bool rst_port_is_service(uint16_t port)
{
    return bsearch(&port, service_ports, G_N_ELEMENTS(service_ports), sizeof port, compare_ports) != NULL;
}
