/* system.h
 * Which operating system a host probably runs, by what its packets look like.
 *
 * A guess that decides only which commands are named first: no verdict depends on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SYSTEM_H
#define RST_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

typedef enum rst_system {
    RST_SYSTEM_UNKNOWN,
    RST_SYSTEM_LINUX,
    RST_SYSTEM_WINDOWS,
    RST_SYSTEM_BSD,    /* macOS too */
    RST_SYSTEM_DEVICE, /* routers, load balancers and firewalls with a stack of their own */
    RST_SYSTEM_COUNT
} rst_system_t;

/* What is known of the packets of a host. */
typedef struct rst_looks {
    uint8_t ttl;     /* as captured, 0 = not known */
    bool syn;        /* the rest is known, from its SYN or SYN-ACK with all options */
    bool timestamps; /* it sends them; false may also mean that the other side does not */
    int8_t scale;    /* of its window, -1 = none */
    uint16_t window; /* of that segment */
} rst_looks_t;

rst_system_t rst_system_guess(const rst_looks_t *looks);

/* "Linux", "Windows", "BSD or macOS", "a network device"; "" if unknown. */
const char *rst_system_name(rst_system_t system);

#endif
