/* script-log.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-log.h"

#include <string.h>

#include "base/moment.h"
#include "base/text.h"

static void *take_block(void *scope, size_t size)
{
    void *block = g_malloc(size);

    g_ptr_array_add(scope, block);
    return block;
}

static void show_end(GString *out, const rst_log_end_t *end)
{
    GPtrArray *blocks = g_ptr_array_new_with_free_func(g_free);
    rst_memory_t memory = {take_block, NULL, blocks};

    if (!end->address.size)
        g_string_append_c(out, '?');
    else if (!end->port)
        g_string_append(out, rst_address_text(&memory, &end->address));
    else
        g_string_append(out, rst_endpoint_text(&memory, &end->address, end->port));
    g_ptr_array_free(blocks, TRUE);
}

static void show_time(GString *out, const rst_when_t *when)
{
    if (when->kind == RST_WHEN_UTC) {
        g_string_append_printf(out, " at %" G_GINT64_FORMAT, rst_time_seconds(when->ns));
        if (when->resolution < RST_SECOND)
            g_string_append_printf(out, ".%09u", rst_time_fraction(when->ns));
        while (when->resolution < RST_SECOND && out->str[out->len - 1] == '0')
            g_string_truncate(out, out->len - 1);
    } else if (when->kind != RST_WHEN_NONE && when->text) {
        g_string_append_printf(out, " as %.*s", (int)when->length, when->text);
    }
}

static void show(const rst_record_t *record, void *user_data)
{
    GString *out = user_data;

    g_string_append_printf(out, "%u %s %s ", record->line, rst_reader((rst_reader_id_t)record->reader)->token,
                           rst_record_meaning(record));
    if (record->protocol)
        g_string_append_printf(out, "%u ", record->protocol);
    else
        g_string_append(out, "? ");
    show_end(out, &record->src);
    g_string_append(out, record->oriented ? " > " : " - ");
    show_end(out, &record->dst);
    if (record->nat_src.address.size || record->nat_dst.address.size) {
        g_string_append(out, " nat ");
        show_end(out, &record->nat_src);
        g_string_append_c(out, ' ');
        show_end(out, &record->nat_dst);
    }
    show_time(out, &record->when);
    g_string_append_c(out, '\n');
}

static char *read_in_pieces(const char *text, size_t length, size_t step, const rst_log_options_t *options,
                            rst_log_sum_t *sum, char **complaint)
{
    GString *out = g_string_new(NULL);
    rst_log_options_t own = *options;
    char buffer[RST_COMPLAINT_MAX];
    rst_log_t *log;

    own.take = show;
    own.user_data = out;
    log = rst_log_new(&own);
    for (size_t at = 0; at < length; at += step)
        rst_log_feed(log, text + at, MIN(step, length - at));
    rst_log_end(log);
    if (sum)
        *sum = *rst_log_sum(log);
    if (complaint)
        *complaint = g_strdup(rst_log_complaint(log, buffer, sizeof buffer));
    rst_log_free(log);
    return g_string_free(out, FALSE);
}

char *script_log(const char *text, size_t length, const rst_log_options_t *options, rst_log_sum_t *sum,
                 char **complaint)
{
    return read_in_pieces(text, length, length ? length : 1, options, sum, complaint);
}

void script_log_expect(const char *text, const char *expected)
{
    static const rst_log_options_t options = {0};

    for (size_t step = 0; step < 8; step++) {
        char *shown = read_in_pieces(text, strlen(text), step ? step : strlen(text) + 1, &options, NULL, NULL);

        g_assert_cmpstr(shown, ==, expected);
        g_free(shown);
    }
}
