/* witnesses.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/witnesses.h"

#include "witness/assign.h"
#include "witness/offset.h"

#define COMPLAINT_MAX 300

rst_witnesses_t *rst_witnesses_new(bool applications)
{
    rst_witnesses_t *witnesses = g_new0(rst_witnesses_t, 1);

    witnesses->applications = applications;
    rst_lives_open(&witnesses->lives);
    rst_kepts_open(&witnesses->kepts, &witnesses->lives);
    witnesses->filters = rst_filters_new();
    return witnesses;
}

void rst_witnesses_free(rst_witnesses_t *witnesses)
{
    if (!witnesses)
        return;
    rst_log_free(witnesses->log);
    rst_filters_free(witnesses->filters);
    rst_kepts_close(&witnesses->kepts);
    rst_lives_close(&witnesses->lives);
    g_free(witnesses);
}

void rst_witnesses_see(rst_witnesses_t *witnesses, const rst_segment_t *segment, rst_moment_t now)
{
    rst_lives_see(&witnesses->lives, segment, now);
}

static void forget_records(gpointer key, gpointer value, gpointer user_data)
{
    rst_ends_t *ends = key;

    (void)value;
    (void)user_data;
    ends->kept = 0;
    ends->count = 0;
}

void rst_witnesses_restart(rst_witnesses_t *witnesses)
{
    rst_log_free(witnesses->log);
    witnesses->log = NULL;
    rst_filters_free(witnesses->filters);
    witnesses->filters = rst_filters_new();
    rst_kepts_close(&witnesses->kepts);
    rst_kepts_open(&witnesses->kepts, &witnesses->lives);
    g_hash_table_foreach(witnesses->lives.table, forget_records, NULL);
    witnesses->joined = false;
}

static void take(const rst_record_t *record, void *user_data)
{
    rst_kepts_take(user_data, record);
}

void rst_witnesses_begin(rst_witnesses_t *witnesses, const char *name, const char *zone)
{
    rst_witness_file_t *file = rst_kepts_file(&witnesses->kepts, name, zone);
    rst_log_options_t options = {.zone = file->zone,
                                 .applications = witnesses->applications,
                                 .filters = witnesses->filters,
                                 .take = take,
                                 .user_data = &witnesses->kepts};

    witnesses->names_before = rst_filters_count(witnesses->filters);
    witnesses->log = rst_log_new(&options);
}

void rst_witnesses_feed(rst_witnesses_t *witnesses, const char *bytes, size_t length)
{
    rst_log_feed(witnesses->log, bytes, length);
}

void rst_witnesses_end(rst_witnesses_t *witnesses)
{
    rst_witness_file_t *file = g_ptr_array_index(witnesses->kepts.files, witnesses->kepts.files->len - 1);
    char buffer[COMPLAINT_MAX];
    const rst_log_sum_t *sum;

    rst_log_end(witnesses->log);
    sum = rst_log_sum(witnesses->log);
    file->lines = sum->lines;
    file->records = sum->records;
    file->broken = sum->broken;
    file->names = rst_filters_count(witnesses->filters) - witnesses->names_before;
    file->complaint = g_strdup(rst_log_complaint(witnesses->log, buffer, sizeof buffer));
    rst_log_free(witnesses->log);
    witnesses->log = NULL;
}

void rst_witnesses_join(rst_witnesses_t *witnesses)
{
    rst_kepts_name(&witnesses->kepts, witnesses->filters);
    rst_offsets_find(&witnesses->kepts);
    rst_assign_all(&witnesses->kepts);
    witnesses->joined = true;
    witnesses->connections = witnesses->lives.connections;
}

static bool is_asked(const rst_asked_t *asked, const rst_sight_t *sight)
{
    return sight->from == asked->from && sight->pass_index >= asked->first && sight->pass_index <= asked->last;
}

/* The connection that these packets belong to: data has no place of its own. */
static const rst_life_t *life_of(const rst_lives_t *lives, const rst_ends_t *ends, const rst_asked_t *asked)
{
    for (const rst_life_t *life = ends->life; life; life = life->before) {
        for (uint32_t place = life->sights; place; place = rst_lives_sight(lives, place)->before) {
            if (is_asked(asked, rst_lives_sight(lives, place)))
                return life;
        }
    }
    for (const rst_life_t *life = ends->life; life; life = life->before) {
        if (life->begin <= asked->time && asked->time <= life->end)
            return life;
    }
    return NULL;
}

/* Is the packet one of those asked for, or another copy of one? */
static bool is_about(const rst_lives_t *lives, const rst_life_t *life, const rst_asked_t *asked,
                     const rst_sight_t *sight)
{
    if (is_asked(asked, sight))
        return true;
    for (uint32_t place = life->sights; place; place = rst_lives_sight(lives, place)->before) {
        const rst_sight_t *other = rst_lives_sight(lives, place);

        if (is_asked(asked, other) && rst_sight_is_copy(sight, other))
            return true;
    }
    return false;
}

static bool tells_of_unseen_reset(const rst_kept_t *kept, const rst_life_t *life)
{
    return (kept->meaning == RST_MEANING_RESET_BY_SRC && !life->broken[kept->side]) ||
           (kept->meaning == RST_MEANING_RESET_BY_DST && !life->broken[1 - kept->side]);
}

static rst_testimony_t testimony_of(const rst_witnesses_t *witnesses, const rst_kept_t *kept, const rst_life_t *life,
                                    const rst_asked_t *asked)
{
    const rst_log_clock_t *clock = rst_kept_clock(&witnesses->kepts, kept);
    const rst_sight_t *sight = rst_lives_sight(&witnesses->lives, kept->sight);

    return (rst_testimony_t){.kept = kept,
                             .file = g_ptr_array_index(witnesses->kepts.files, kept->file),
                             .itself = sight && is_about(&witnesses->lives, life, asked, sight),
                             .by_sender = kept->side == asked->from,
                             .sight = sight ? sight->pass_index : 0,
                             .flags = sight ? sight->flags : 0,
                             .time =
                                 clock->known ? rst_offset_time(clock, kept, kept->time, asked->time) : RST_TIME_NONE,
                             .unseen = tells_of_unseen_reset(kept, life)};
}

/* The records of the ends are linked from the last to the first. */
static void insert(rst_testimony_t *testimony, unsigned *count, const rst_testimony_t *one)
{
    unsigned at = 0;

    if (*count == RST_TESTIMONIES_MAX) {
        unsigned last = *count - 1;

        if (testimony[last].itself && !one->itself)
            return;
        --*count;
    }
    while (at < *count && testimony[at].itself && !one->itself)
        at++;
    memmove(&testimony[at + 1], &testimony[at], (*count - at) * sizeof *testimony);
    testimony[at] = *one;
    ++*count;
}

unsigned rst_witnesses_about(const rst_witnesses_t *witnesses, const rst_asked_t *question,
                             rst_testimony_t testimony[RST_TESTIMONIES_MAX])
{
    rst_asked_t own = *question;
    const rst_asked_t *asked = &own;
    unsigned count = 0;
    unsigned side;
    const rst_ends_t *ends = rst_lives_find(&witnesses->lives, &asked->address[0], asked->port[0], &asked->address[1],
                                            asked->port[1], &side);
    const rst_life_t *life;

    own.from ^= side; /* sides are in our order from here on */
    life = ends && witnesses->joined ? life_of(&witnesses->lives, ends, asked) : NULL;

    if (!life)
        return 0;
    for (uint32_t place = ends->kept; place;) {
        const rst_kept_t *kept = rst_kept(&witnesses->kepts, place - 1);

        place = kept->before;
        if (kept->life == life && (kept->state == RST_KEPT_JOINED || kept->state == RST_KEPT_AMBIGUOUS)) {
            rst_testimony_t one = testimony_of(witnesses, kept, life, asked);

            insert(testimony, &count, &one);
        }
    }
    return count;
}
