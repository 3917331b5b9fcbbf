/* fuzz-logs.c
 * libFuzzer target: the reading of logs, from bytes to records, with all readers.
 *
 * Input: one byte for the size of the pieces in which the text is fed and for the options, then the text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "audit.h"

#include "logs/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct seen {
    uint64_t records, hash;
} seen_t;

static void audit_string(const char *text)
{
    static volatile size_t length; /* read to its end, for the sanitizer */

    if (text)
        length = strlen(text);
    (void)length;
}

static void audit_end(const rst_log_end_t *end)
{
    REQUIRE(end->address.size == 0 || end->address.size == 4 || end->address.size == 16);
}

static void take(const rst_record_t *record, void *user_data)
{
    seen_t *seen = user_data;

    REQUIRE(record->line > 0 && record->reader < RST_READER_COUNT && record->meaning < RST_MEANING_COUNT);
    REQUIRE(record->src.address.size || record->dst.address.size);
    REQUIRE(record->text && *rst_record_meaning(record));
    REQUIRE(record->meaning != RST_MEANING_CAUSE || record->cause < RST_CAUSE_COUNT);
    REQUIRE(record->when.kind <= RST_WHEN_BOOT && (!record->when.length || record->when.text));
    audit_end(&record->src);
    audit_end(&record->dst);
    audit_end(&record->nat_src);
    audit_end(&record->nat_dst);
    audit_string(record->text);
    audit_string(record->rule);
    audit_string(record->device);
    audit_string(record->session);
    if (record->when.kind != RST_WHEN_NONE && record->when.text)
        REQUIRE(memchr(record->when.text, 0, record->when.length) == NULL);
    seen->records++;
    seen->hash = seen->hash * 31 + record->line + record->src.port * 7u + record->dst.port * 5u + record->meaning * 3u +
                 record->reader;
}

static seen_t read_text(const char *text, size_t size, size_t step, uint8_t options)
{
    seen_t seen = {0, 0};
    char buffer[RST_COMPLAINT_MAX];
    rst_filters_t *filters = options & 1 ? rst_filters_new() : NULL;
    rst_log_options_t wanted = {options & 2 ? "Europe/Berlin" : NULL, (options & 4) != 0, filters, take, &seen};
    rst_log_t *log = rst_log_new(&wanted);
    const rst_log_sum_t *sum = rst_log_sum(log);

    for (size_t at = 0; at < size; at += step)
        rst_log_feed(log, text + at, step < size - at ? step : size - at);
    rst_log_end(log);
    REQUIRE(sum->records == seen.records && sum->lines <= size);
    audit_string(rst_log_complaint(log, buffer, sizeof buffer));
    rst_log_free(log);
    rst_filters_free(filters);
    return seen;
}

/* In pieces and as a whole, the same records. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    seen_t whole, pieces;

    if (!size)
        return 0;
    whole = read_text((const char *)data + 1, size - 1, size, data[0]);
    pieces = read_text((const char *)data + 1, size - 1, 1u + (data[0] >> 3), data[0]);
    REQUIRE(whole.records == pieces.records && whole.hash == pieces.hash);
    return 0;
}
