/* witness-table.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include <epan/uat.h>

#include "engine/engine.h"
#include "witness-table.h"

#define TABLE "rst_witness" /* its file in the profile, and its name for -o uat:... */

static rst_witness_row_t *rows;
static guint row_count;

UAT_FILENAME_CB_DEF(witness, file, rst_witness_row_t)
UAT_CSTRING_CB_DEF(witness, name, rst_witness_row_t)
UAT_CSTRING_CB_DEF(witness, zone, rst_witness_row_t)

static void *copy_row(void *to, const void *from, size_t size _U_)
{
    const rst_witness_row_t *row = (const rst_witness_row_t *)from;

    *(rst_witness_row_t *)to = (rst_witness_row_t){g_strdup(row->file), g_strdup(row->name), g_strdup(row->zone)};
    return to;
}

static void free_row(void *record)
{
    rst_witness_row_t *row = (rst_witness_row_t *)record;

    g_free(row->file);
    g_free(row->name);
    g_free(row->zone);
}

static rst_pref_bool_t check_row(void *record, char **error)
{
    const rst_witness_row_t *row = (const rst_witness_row_t *)record;

    *error = NULL;
    if (!row->file || !*row->file)
        *error = g_strdup("A witness needs the name of a log file.");
    else if (row->zone && *row->zone && !rst_engine_is_zone(row->zone))
        *error = g_strdup_printf("\"%s\" is no time zone. Write it like +02:00, UTC or Europe/Berlin.", row->zone);
    return *error == NULL;
}

void rst_witness_table_register(module_t *module)
{
    static uat_field_t fields[] = {
        UAT_FLD_FILENAME(witness, file, "Log file", "What a host, firewall or balancer wrote down itself"),
        UAT_FLD_CSTRING(witness, name, "Name", "By which it is quoted; empty: the name of the file"),
        UAT_FLD_CSTRING(witness, zone, "Time zone",
                        "Of times that state none, like +02:00 or Europe/Berlin; empty: worked out from the packets"),
        UAT_END_FIELDS};
    uat_t *table = uat_new("Witnesses of TCP resets", sizeof(rst_witness_row_t), TABLE, TRUE, &rows, &row_count,
                           UAT_AFFECTS_DISSECTION, NULL, copy_row, check_row, free_row, NULL, NULL, fields);

    prefs_register_uat_preference(module, "witness", "Witnesses",
                                  "Logs of hosts, firewalls and balancers to join with the capture: one row for each "
                                  "file. On the command line -o 'uat:rst_witness:\"FILE\",\"NAME\",\"ZONE\"'",
                                  table);
}

const rst_witness_row_t *rst_witness_table_rows(unsigned *count)
{
    *count = row_count;
    return rows;
}

const char *rst_witness_table_name(const rst_witness_row_t *row)
{
    const char *base;

    if (row->name && *row->name)
        return row->name;
    base = row->file + strlen(row->file);
    while (base > row->file && !G_IS_DIR_SEPARATOR(base[-1])) /* Windows has two */
        base--;
    return *base ? base : row->file;
}
