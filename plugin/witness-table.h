/* witness-table.h
 * The logs that the user names: a table in Wireshark's own way (epan/uat.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WITNESS_TABLE_H
#define WITNESS_TABLE_H

#include <epan/prefs.h>

typedef struct rst_witness_row {
    char *file;
    char *name; /* by which it is quoted; empty = the name of the file */
    char *zone; /* of times that state none; empty = worked out from the packets */
} rst_witness_row_t;

/* Adds the table to the preferences. */
void rst_witness_table_register(module_t *module);

/* The rows; they live until the preferences change, which redissects. */
const rst_witness_row_t *rst_witness_table_rows(unsigned *count);

/* What a row is called. */
const char *rst_witness_table_name(const rst_witness_row_t *row);

#endif
