/* servers.h
 * Counts by server: a number of lines that is bounded, however many servers there are, and memory and time that grow
 * with their number only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SERVERS_H
#define RST_SERVERS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "answer/causes.h"

typedef struct rst_servers rst_servers_t;

/* One line of statistics. Those of a section follow its heading, what is counted within them follows each. */
typedef struct rst_line {
    unsigned depth; /* 0 = heading of a section */
    uint32_t count;
    char *name; /* owned */
} rst_line_t;

/* For g_array_set_clear_func(). */
void rst_line_clear(gpointer line);

/* Appends a line; takes ownership of the name. */
void rst_line_add(GArray *lines, unsigned depth, uint32_t count, char *name);

/* The share of what the line is counted within. */
double rst_line_percent(const GArray *lines, unsigned at);

rst_servers_t *rst_servers_new(void);
void rst_servers_free(rst_servers_t *servers);
void rst_servers_clear(rst_servers_t *servers);

/* server is address:port, or empty if it is not known. cause is RST_CAUSE_COUNT where nothing is counted within. */
void rst_servers_add(rst_servers_t *servers, const char *server, unsigned cause);

/* What a server is called (rst_service_name_t.label, NULL = not known); call after it was added. */
void rst_servers_label(rst_servers_t *servers, const char *server, const char *label);

/* Appends the servers with the most, and one line for the others; a host of which more than so many ports were counted
 * is one line. */
void rst_servers_list(const rst_servers_t *servers, unsigned most, unsigned ports, unsigned depth, GArray *lines);

/* Appends a line for each cause that was counted, most frequent first. */
void rst_causes_list(const uint32_t *count, unsigned depth, GArray *lines);

#endif
