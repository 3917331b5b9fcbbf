/* quotes.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/quotes.h"

#include <string.h>

#include "base/text.h"
#include "logs/reader.h"
#include "logs/record.h"

#define RULE_MAX 100    /* bytes of a rule's name */
#define LOG_NAME_MAX 80 /* of a log's */

static const char *escaped(const rst_memory_t *memory, const char *text, size_t most)
{
    const char *whole = rst_escaped_text(memory, (const uint8_t *)text, MIN(strlen(text), most));

    return strlen(whole) <= most ? whole : rst_text(memory, "%.*s", (int)most, whole);
}

static const char *token_of(const rst_kept_t *kept)
{
    const rst_record_t record = {.meaning = kept->meaning, .cause = kept->cause};

    return rst_record_meaning(&record);
}

const char *rst_quotes_place(const rst_testimony_t *testimony, const rst_memory_t *memory)
{
    return rst_text(memory, "%s line %u", escaped(memory, testimony->file->name, LOG_NAME_MAX), testimony->kept->line);
}

const char *rst_quotes_rule(const rst_kept_t *kept, const rst_memory_t *memory)
{
    if (!kept->rule)
        return "";
    return rst_text(memory, " (rule '%s')%s", escaped(memory, kept->rule, RULE_MAX),
                    kept->old_name ? ", as its number was called at another time" : "");
}

const char *rst_quotes_words(const rst_kept_t *kept, const rst_memory_t *memory)
{
    return kept->rule ? escaped(memory, kept->rule, RULE_MAX) : token_of(kept);
}

static const char *limits(const rst_testimony_t *testimony, const rst_memory_t *memory)
{
    const rst_kept_t *kept = testimony->kept;
    const char *translated = kept->by == RST_BY_PAIR ? "" : ", by its translated addresses";

    if (kept->by == RST_BY_ONE_END)
        return " (it names one end only, so it changes nothing)";
    if (kept->state == RST_KEPT_AMBIGUOUS)
        return rst_text(memory, " (it may be about another connection, so it changes nothing%s)", translated);
    if (kept->error == RST_TIME_NONE)
        return rst_text(memory, " (found by the packet's numbers%s)", translated);
    return rst_text(memory, " (clocks agree within %s%s)", rst_duration_text(memory, kept->error), translated);
}

const char *rst_quotes_evidence(const rst_testimony_t *testimony, const rst_memory_t *memory)
{
    return rst_text(memory, "%s: '%s'%s", rst_quotes_place(testimony, memory),
                    escaped(memory, testimony->kept->text, RST_LOG_TEXT_MAX), limits(testimony, memory));
}

rst_witness_line_t rst_quotes_line(const rst_testimony_t *testimony, const rst_memory_t *memory)
{
    const rst_kept_t *kept = testimony->kept;

    return (rst_witness_line_t){.file = escaped(memory, testimony->file->name, LOG_NAME_MAX),
                                .format = rst_reader((rst_reader_id_t)kept->reader)->token,
                                .meaning = token_of(kept),
                                .text = escaped(memory, kept->text, RST_LOG_TEXT_MAX),
                                .rule = kept->rule ? escaped(memory, kept->rule, RULE_MAX) : NULL,
                                .line = kept->line,
                                .clock_error = kept->error,
                                .ambiguous = kept->state == RST_KEPT_AMBIGUOUS};
}

/* Of the clock that most connections agree on. */
static const rst_log_clock_t *clock_of(const rst_witnesses_t *witnesses, unsigned nth)
{
    const rst_log_clock_t *best = NULL;

    for (guint i = 0; i < witnesses->kepts.clocks->len; i++) {
        const rst_log_clock_t *clock = &g_array_index(witnesses->kepts.clocks, rst_log_clock_t, i);

        if (clock->file == nth && clock->known && (!best || clock->matched > best->matched))
            best = clock;
    }
    return best;
}

static const char *clock_text(const rst_memory_t *memory, const rst_log_clock_t *clock)
{
    if (!clock || !clock->matched)
        return "";
    if (clock->kind == RST_WHEN_BOOT)
        return ", times counted since the system started";
    if (rst_time_abs(clock->offset) <= clock->error)
        return ", the clocks agree";
    return rst_text(memory, ", its clock is %s %s%s", rst_duration_text(memory, rst_time_abs(clock->offset)),
                    clock->offset > 0 ? "behind" : "ahead",
                    clock->switched ? ", and an hour apart from there after a change of daylight saving" : "");
}

static const char *rest_text(const rst_memory_t *memory, const rst_witness_file_t *file)
{
    const char *ambiguous = file->ambiguous ? rst_text(memory, ", %u may be about several", file->ambiguous) : "";
    const char *other =
        file->other ? rst_text(memory, ", %u name its addresses and ports at other times", file->other) : "";

    return rst_text(memory, "%s%s%s", ambiguous, other,
                    file->unplaced ? rst_text(memory, ", %u at times that cannot be told", file->unplaced) : "");
}

const char *rst_quotes_note(const rst_witnesses_t *witnesses, unsigned nth, const rst_memory_t *memory, bool *fits)
{
    const rst_witness_file_t *file;
    const char *name;
    const char *complaint;

    if (!witnesses || nth >= witnesses->kepts.files->len)
        return NULL;
    file = g_ptr_array_index(witnesses->kepts.files, nth);
    name = escaped(memory, file->name, LOG_NAME_MAX);
    complaint = file->complaint ? rst_text(memory, ". %s", file->complaint) : "";
    *fits = file->joined > 0 || (file->names && !file->records);
    if (file->names && !file->records)
        return rst_text(memory, "Witness %s: the names of %u filters of Windows%s", name, file->names, complaint);
    if (file->joined)
        return rst_text(memory, "Witness %s: %u of its %" G_GUINT64_FORMAT " record%s about this capture%s%s%s", name,
                        file->joined, file->records,
                        file->records == 1  ? " is"
                        : file->joined == 1 ? "s is"
                                            : "s are",
                        clock_text(memory, clock_of(witnesses, nth)), rest_text(memory, file), complaint);
    return rst_text(memory, "Witness %s: none of its %" G_GUINT64_FORMAT " record%s is about this capture%s%s", name,
                    file->records, file->records == 1 ? "" : "s", rest_text(memory, file), complaint);
}
