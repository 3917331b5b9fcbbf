/* witness-json.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness-json.h"

#include <string.h>

#include "base/json_put.h"
#include "base/moment.h"
#include "base/text.h"
#include "logs/reader.h"

#define SCRATCH 8192 /* bytes for the texts of one record: one of 300 bytes, a time, four addresses, all escaped */
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMP 1

typedef struct scratch {
    size_t used;
    char bytes[SCRATCH];
} scratch_t;

static void *take(void *scope, size_t size)
{
    scratch_t *scratch = scope;
    void *block = scratch->bytes + scratch->used;

    scratch->used += (size + 7) & ~(size_t)7;
    g_assert(scratch->used <= SCRATCH);
    return block;
}

/* Escaped, and cut after max characters, but not within an escape. */
static void put_text(GString *out, const rst_memory_t *memory, const char *name, const char *text, size_t length)
{
    const char *escaped = rst_escaped_text(memory, (const uint8_t *)text, MIN(length, RST_LOG_TEXT_MAX));
    size_t cut = strlen(escaped);
    char *shown;

    if (cut > RST_LOG_TEXT_MAX) {
        const char *escape;

        cut = RST_LOG_TEXT_MAX;
        escape = g_strrstr_len(escaped, (gssize)cut, "\\x");
        if (escape && escape + 4 > escaped + cut)
            cut = (size_t)(escape - escaped);
    }
    shown = g_strndup(escaped, cut);
    rst_json_put_text(out, name, shown);
    g_free(shown);
}

static unsigned decimals(int64_t resolution)
{
    int64_t unit = RST_SECOND;
    unsigned digits = 0;

    while (digits < 9 && resolution > 0 && unit > resolution) {
        unit /= 10;
        digits++;
    }
    return digits;
}

static void put_time(GString *out, const rst_memory_t *memory, const rst_when_t *when)
{
    char *text = when->kind == RST_WHEN_UTC ? rst_calendar_text(when->ns, "%Y-%m-%dT%H:%M:%S", false) : NULL;
    char fraction[16], *whole;
    unsigned digits = decimals(when->resolution);

    if (!text) {
        rst_json_put_text(out, "time", NULL);
        if (when->kind != RST_WHEN_NONE && when->text)
            put_text(out, memory, "time_text", when->text, when->length);
        return;
    }
    g_snprintf(fraction, sizeof fraction, ".%09u", rst_time_fraction(when->ns));
    fraction[digits ? digits + 1 : 0] = 0;
    whole = g_strconcat(text, fraction, "Z", NULL);
    rst_json_put_text(out, "time", whole);
    g_free(whole);
    g_free(text);
}

static void put_end(GString *out, const rst_memory_t *memory, const rst_log_end_t *end, const char *address,
                    const char *port)
{
    rst_json_put_text(out, address, end->address.size ? rst_address_text(memory, &end->address) : NULL);
    if (end->port)
        rst_json_put_number(out, port, end->port);
    else
        rst_json_put_text(out, port, NULL);
}

static void put_protocol(GString *out, uint8_t protocol)
{
    char number[4];
    const char *name = number;

    g_snprintf(number, sizeof number, "%u", protocol);
    if (protocol == RST_PROTOCOL_TCP)
        name = "tcp";
    else if (protocol == PROTOCOL_UDP)
        name = "udp";
    else if (protocol == PROTOCOL_ICMP)
        name = "icmp";
    rst_json_put_text(out, "protocol", protocol ? name : NULL);
}

void witness_json(GString *out, const rst_record_t *record)
{
    scratch_t scratch;
    rst_memory_t memory = {take, NULL, &scratch};

    scratch.used = 0;
    rst_json_open(out, '{');
    rst_json_put_number(out, "line", record->line);
    rst_json_put_text(out, "format", rst_reader((rst_reader_id_t)record->reader)->token);
    put_time(out, &memory, &record->when);
    put_protocol(out, record->protocol);
    put_end(out, &memory, &record->src, "src", "sport");
    put_end(out, &memory, &record->dst, "dst", "dport");
    put_end(out, &memory, &record->nat_src, "nat_src", "nat_sport");
    put_end(out, &memory, &record->nat_dst, "nat_dst", "nat_dport");
    rst_json_put_boolean(out, "oriented", record->oriented);
    rst_json_put_text(out, "meaning", rst_record_meaning(record));
    put_text(out, &memory, "text", record->text, strlen(record->text));
    rst_json_close(out, '}');
    g_string_append_c(out, '\n');
}
