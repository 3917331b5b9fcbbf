/* history.c
 * The connections of each service stand in a row, in the order in which they began, and each place knows the next
 * success in both directions: a million questions take no longer than a million connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/history.h"

#include "base/text.h"
#include "problems/words.h"

typedef struct place {
    uint32_t flow;
    uint32_t before, after; /* place of the nearest success up to here, and from here on, plus 1; 0 = none */
} place_t;

typedef struct row {
    uint32_t start, count, failed;
    uint32_t one_way; /* the capture lacks what the server sent */
} row_t;

struct rst_history {
    const rst_census_t *census;
    rst_keys_t services;
    GArray *row;   /* row_t, by number of the service */
    GArray *place; /* place_t, row by row */
};

/* What is only counted is no failure, unless it is the noise of strangers; nor is what turned out to be harmless. */
static bool has_failed(const rst_incident_t *incident)
{
    return rst_incident_is_listed(incident) || incident->problem == RST_PROBLEM_NOISE ||
           (!incident->problem && incident->token == RST_CAUSE_UNDETERMINED);
}

static bool is_failure(const rst_census_t *census, const rst_flow_t *flow)
{
    return flow->incident && has_failed(rst_incident_at(census, flow->incident - 1));
}

static bool is_success(const rst_census_t *census, const rst_flow_t *flow)
{
    return (flow->facts & RST_FLOW_ANSWERED) && !is_failure(census, flow);
}

static row_t *row_of(const rst_history_t *history, const rst_flow_t *flow)
{
    rst_key_t key = rst_scope_key(history->census, flow, RST_SCOPE_SERVICE);

    return &g_array_index(history->row, row_t, rst_keys_find(&history->services, key.a, key.b));
}

static place_t *place_at(const rst_history_t *history, uint32_t place)
{
    return &g_array_index(history->place, place_t, place);
}

static void count_rows(rst_history_t *history)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < history->census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(history->census, i);
        rst_key_t key = rst_scope_key(history->census, flow, RST_SCOPE_SERVICE);
        uint32_t number = rst_keys_number(&history->services, key.a, key.b);

        if (number == history->row->len)
            g_array_set_size(history->row, number + 1);
        g_array_index(history->row, row_t, number).count++;
    }
    for (uint32_t i = 0; i < history->row->len; i++) {
        row_t *row = &g_array_index(history->row, row_t, i);

        row->start = start;
        start += row->count;
        row->count = 0;
    }
    g_array_set_size(history->place, start);
}

static void fill_rows(rst_history_t *history)
{
    for (uint32_t i = 0; i < history->census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(history->census, i);
        row_t *row = row_of(history, flow);
        uint32_t at = row->start + row->count++;
        place_t *place = place_at(history, at);

        place->flow = i;
        row->failed += is_failure(history->census, flow);
        row->one_way += (flow->facts & RST_FLOW_CLIENT_DATA) && !(flow->facts & RST_FLOW_ANSWERED);
        if (is_success(history->census, flow))
            place->before = at + 1;
        else
            place->before = at > row->start ? place_at(history, at - 1)->before : 0;
    }
}

static void look_back(rst_history_t *history)
{
    for (uint32_t i = 0; i < history->row->len; i++) {
        const row_t *row = &g_array_index(history->row, row_t, i);
        uint32_t after = 0;

        for (uint32_t at = row->start + row->count; at-- > row->start;) {
            if (is_success(history->census, rst_flow_at(history->census, place_at(history, at)->flow)))
                after = at + 1;
            place_at(history, at)->after = after;
        }
    }
}

rst_history_t *rst_history_new(const rst_problems_t *problems)
{
    rst_history_t *history = g_new0(rst_history_t, 1);

    history->census = problems->census;
    rst_keys_open(&history->services);
    history->row = g_array_new(FALSE, TRUE, sizeof(row_t));
    history->place = g_array_new(FALSE, TRUE, sizeof(place_t));
    count_rows(history);
    fill_rows(history);
    look_back(history);
    return history;
}

void rst_history_free(rst_history_t *history)
{
    if (!history)
        return;
    rst_keys_close(&history->services);
    g_array_free(history->row, TRUE);
    g_array_free(history->place, TRUE);
    g_free(history);
}

static rst_moment_t moment_of(const rst_history_t *history, uint32_t place)
{
    const rst_flow_t *flow = place ? rst_flow_at(history->census, place_at(history, place - 1)->flow) : NULL;

    return flow ? (rst_moment_t){flow->began, flow->first} : (rst_moment_t){0, RST_TIME_NONE};
}

bool rst_history_find(const rst_history_t *history, const rst_incident_t *incident, rst_service_history_t *found)
{
    const rst_flow_t *flow = rst_incident_flow(history->census, incident);
    const row_t *row = row_of(history, flow);
    uint32_t low = row->start, end = row->start + row->count, high = end;

    /* Of a single connection whose server is a guess, not even the service is known. */
    if (!has_failed(incident) || (row->count == 1 && (flow->facts & RST_FLOW_GUESSED)))
        return false;
    while (low < high) { /* the first that began after the failure */
        uint32_t middle = low + (high - low) / 2;

        if (rst_flow_at(history->census, place_at(history, middle)->flow)->began <= incident->at.pass_index)
            low = middle + 1;
        else
            high = middle;
    }
    *found = (rst_service_history_t){.failed = row->failed, .total = row->count, .one_way = row->one_way};
    found->last = moment_of(history, low > row->start ? place_at(history, low - 1)->before : 0);
    found->next = moment_of(history, low < end ? place_at(history, low)->after : 0);
    return true;
}

static void write_moment(rst_moment_t moment, uint32_t frame, rst_moment_t failure, const char *order,
                         const rst_memory_t *memory, GString *out)
{
    int64_t apart = rst_time_apart(moment.time, failure.time);
    bool one_day = moment.time / (86400 * RST_SECOND) == failure.time / (86400 * RST_SECOND);

    if (moment.time == RST_TIME_NONE || failure.time == RST_TIME_NONE) {
        g_string_append_printf(out, "frame %u", frame);
        return;
    }
    rst_words_time(moment.time, one_day ? "%H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S UTC", out);
    g_string_append_printf(out, " (frame %u, %s %s)", frame, rst_duration_text(memory, apart), order);
}

static void write_last(const rst_history_t *history, const rst_incident_t *incident, const rst_service_history_t *found,
                       const rst_memory_t *memory, GString *out)
{
    int64_t seen = incident->at.time == RST_TIME_NONE || history->census->first_time == RST_TIME_NONE
                       ? RST_TIME_NONE
                       : rst_time_apart(incident->at.time, history->census->first_time);

    if (found->last.pass_index) {
        g_string_append(out, ". Last success before this: ");
        write_moment(found->last, found->last_frame, incident->at, "earlier", memory, out);
    } else if (history->census->truncated) {
        g_string_append(out, ". No success before this is known");
    } else {
        g_string_append(out, ". No success before this in the capture");
        if (seen != RST_TIME_NONE)
            g_string_append_printf(out, ", which begins %s earlier", rst_duration_text(memory, seen));
    }
}

static void write_next(const rst_incident_t *incident, const rst_service_history_t *found, const rst_memory_t *memory,
                       GString *out)
{
    if (found->next.pass_index) {
        g_string_append(out, ", first success after it: ");
        write_moment(found->next, found->next_frame, incident->at, "later", memory, out);
    } else {
        g_string_append(out, found->last.pass_index ? ", none after it" : ", and none after it");
    }
}

const char *rst_history_text(const rst_history_t *history, const rst_incident_t *incident,
                             const rst_service_history_t *found, const char *service, const rst_memory_t *memory)
{
    GString *out = g_string_new(NULL);
    const char *text;

    if (found->total == 1)
        g_string_append_printf(out, "The only connection to %s %s failed", service,
                               history->census->truncated ? "that is known" : "in this capture");
    else
        g_string_append_printf(out, "%u of %u connections to %s failed", found->failed, found->total, service);
    if (found->one_way && !found->last.pass_index && !found->next.pass_index && found->total > 1) {
        g_string_append_printf(
            out, ". The capture lacks what the server sent in %u of them, so successes are not known", found->one_way);
    } else if (found->total > 1) {
        write_last(history, incident, found, memory, out);
        write_next(incident, found, memory, out);
    }
    if (history->census->truncated)
        g_string_append(out, ". Connections that were dropped to save memory are left out");
    text = rst_text(memory, "%s", out->str);
    g_string_free(out, TRUE);
    return text;
}
