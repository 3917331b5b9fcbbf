/* offset.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/offset.h"

#include <stdlib.h>

#include "witness/claim.h"
#include "witness/vote.h"

#define VOTES_OF_RECORD 32
#define VOTES_MAX 400000
#define SKEW (2 * RST_SECOND)       /* of a clock that is kept right */
#define STEP (15 * 60 * RST_SECOND) /* between time zones */
#define HOUR (3600 * RST_SECOND)
#define DAY (24 * HOUR)
#define UNSET (20 * 60 * RST_SECOND) /* besides the zone: a clock that nobody keeps right */
#define WITNESSES 3                  /* connections that must agree on an offset that nothing explains */
#define SOME 20                      /* percent of the connections that must agree on any offset, */
#define MOST 50                      /* and if they are fewer than WITNESSES */
#define AGAIN (32 * RST_SECOND)      /* retransmissions of one SYN agree on offsets so far apart */

/* Into half a day before and after. */
static int64_t within_day(int64_t span)
{
    int64_t rest = span % DAY;

    if (rest >= DAY / 2)
        return rst_time_sub(rest, DAY);
    return rest < -(DAY / 2) ? rst_time_add(rest, DAY) : rest;
}

int64_t rst_offset_time(const rst_log_clock_t *clock, const rst_kept_t *kept, int64_t time, int64_t near)
{
    int64_t offset = clock->switched && kept->line >= clock->switched_at ? clock->after : clock->offset;
    int64_t result = rst_time_add(time, offset);

    if (clock->kind != RST_WHEN_OF_DAY || result == RST_TIME_NONE || near == RST_TIME_NONE)
        return result;
    return rst_time_add(near, within_day(rst_time_sub(result, near)));
}

/* How far from an offset that needs no explanation. */
static int64_t strangeness(const rst_log_clock_t *clock, int64_t offset)
{
    int64_t rest;

    if (clock->kind == RST_WHEN_UTC)
        return rst_time_abs(offset);
    if (clock->kind == RST_WHEN_BOOT)
        return 0;
    rest = rst_time_abs(offset) % STEP;
    return MIN(rest, rst_time_sub(STEP, rest));
}

static bool is_possible(const rst_log_clock_t *clock, int64_t offset)
{
    if (clock->kind == RST_WHEN_BOOT || clock->kind == RST_WHEN_OF_DAY)
        return true;
    if (clock->kind == RST_WHEN_UTC)
        return rst_time_abs(offset) <= rst_time_add(RST_ZONE_EAST, UNSET);
    /* Local time is ahead of UTC in the east, so the offset is negative there. */
    return offset >= rst_time_sub(-UNSET, RST_ZONE_EAST) && offset <= rst_time_add(RST_ZONE_WEST, UNSET);
}

typedef struct scene {
    const rst_kepts_t *kepts;
    rst_log_clock_t *clock;
    const GArray *records; /* of this clock: uint32_t, indexes */
    GArray *votes;         /* rst_ballot_t */
    int64_t resolution;    /* the coarsest */
} scene_t;

/* If both are one event, the clocks differ by that much. */
static void cast(scene_t *scene, rst_ballot_t *ballot, rst_likeness_t likeness, int64_t seen, int64_t logged)
{
    ballot->likeness = (uint8_t)likeness;
    ballot->offset = rst_time_sub(seen, logged);
    if (scene->clock->kind == RST_WHEN_OF_DAY)
        ballot->offset = within_day(ballot->offset);
    if (rst_time_fits(ballot->offset) && (likeness >= RST_LIKE_SEQ || is_possible(scene->clock, ballot->offset)))
        g_array_append_val(scene->votes, *ballot);
}

static void vote(scene_t *scene, const rst_kept_t *kept, uint32_t record)
{
    const rst_lives_t *lives = scene->kepts->lives;
    rst_ballot_t ballot = {.record = record, .ends = kept->ends};
    unsigned votes = 0;

    for (const rst_life_t *life = kept->ends->life; life; life = life->before) {
        if (kept->meaning == RST_MEANING_IDLE && kept->idle)
            cast(scene, &ballot, RST_LIKE_ANY, rst_time_add(life->quiet, kept->idle), kept->time);
        for (uint32_t place = life->sights; place; place = rst_lives_sight(lives, place)->before) {
            const rst_sight_t *sight = rst_lives_sight(lives, place);
            int64_t time;

            if (!rst_claim_fits(kept, sight, &time))
                continue;
            cast(scene, &ballot, kept->packet ? rst_claim_likeness(kept, sight) : RST_LIKE_ANY, sight->time, time);
            if (++votes == VOTES_OF_RECORD || scene->votes->len >= VOTES_MAX)
                return;
        }
    }
}

static void take_votes(scene_t *scene)
{
    for (guint i = 0; i < scene->records->len && scene->votes->len < VOTES_MAX; i++) {
        uint32_t index = g_array_index(scene->records, uint32_t, i);
        const rst_kept_t *kept = rst_kept(scene->kepts, index);

        if (kept->time == RST_TIME_NONE || kept->by == RST_BY_ONE_END)
            continue;
        scene->resolution = MAX(scene->resolution, kept->resolution);
        vote(scene, kept, index);
    }
    g_array_sort(scene->votes, rst_ballot_compare);
}

static void settle(scene_t *scene, const rst_mode_of_clock_t *mode, bool sure)
{
    scene->clock->known = true;
    scene->clock->sure = sure;
    scene->clock->matched = mode->connections;
    scene->clock->offset = rst_mode_offset(mode, scene->resolution);
    scene->clock->error = rst_mode_error(mode, scene->resolution);
}

/* A clock that is kept right, in UTC or in one of the time zones. */
static bool is_plain(const scene_t *scene, const rst_mode_of_clock_t *mode)
{
    int64_t offset = rst_mode_offset(mode, scene->resolution);

    return scene->clock->kind != RST_WHEN_BOOT &&
           strangeness(scene->clock, offset) <= rst_time_add(SKEW, scene->resolution / 2);
}

/* The numbers of packets agree: nothing else has to. One number alone may be the same again, of a scanner that always
 * writes the same, or by chance: then it takes two lines, or a clock that is kept right. Only sequence numbers prove a
 * clock that is off by days, and of two packets. */
static bool by_numbers(scene_t *scene)
{
    static const rst_likeness_t best_first[] = {RST_LIKE_ALL, RST_LIKE_SEQ, RST_LIKE_IP_ID};

    for (unsigned i = 0; i < G_N_ELEMENTS(best_first); i++) {
        rst_poll_t poll = {.votes = scene->votes, .width = scene->resolution, .likeness = (uint8_t)best_first[i]};
        rst_mode_of_clock_t mode;

        if (!rst_poll_mode(&poll, &mode))
            continue;
        if (is_possible(scene->clock, rst_mode_offset(&mode, scene->resolution)) || mode.connections >= 2) {
            settle(scene, &mode, best_first[i] == RST_LIKE_ALL || mode.records >= 2 || is_plain(scene, &mode));
            return true;
        }
    }
    return false;
}

/* Does another offset explain the same connections about as well? Retransmissions agree on several, all close together.
 */
static bool has_rival(const scene_t *scene, const rst_mode_of_clock_t *mode)
{
    GHashTable *same = rst_ballots_connections(scene->votes, mode->low, mode->high);
    rst_poll_t poll = {.votes = scene->votes,
                       .width = scene->resolution,
                       .outside = true,
                       .only = same,
                       .low = rst_time_sub(mode->low, AGAIN),
                       .high = rst_time_add(mode->high, AGAIN)};
    rst_mode_of_clock_t rival;
    bool found =
        rst_poll_mode(&poll, &rival) && rival.connections >= mode->connections && 2 * rival.votes > mode->votes;

    g_hash_table_destroy(same);
    return found;
}

/* Of UTC: the best window around zero. */
static bool by_right_clock(scene_t *scene, const rst_mode_of_clock_t *best)
{
    int64_t margin = rst_time_add(SKEW, scene->resolution);
    rst_poll_t poll = {.votes = scene->votes,
                       .width = scene->resolution,
                       .inside = true,
                       .low = rst_time_sub(0, margin),
                       .high = margin};
    rst_mode_of_clock_t mode;

    if (scene->clock->kind != RST_WHEN_UTC || !rst_poll_mode(&poll, &mode))
        return false;
    if (best->connections >= WITNESSES && best->connections >= 2 * mode.connections)
        return false;
    settle(scene, &mode, true);
    return true;
}

/* Is the one line that votes for it about addresses and ports that were used once? Then nothing else can be meant. */
static bool is_only(const scene_t *scene, const rst_mode_of_clock_t *mode)
{
    const rst_ballot_t *vote = &g_array_index(scene->votes, rst_ballot_t, 0);

    while (vote->offset != mode->middle)
        vote++;
    return !vote->ends->life->before;
}

/* How many percent of the connections that the log may speak of agree? Of a log of the right time it is most: lines of
 * other times, about addresses and ports that were used again, agree with nothing. */
static unsigned percent_of(const scene_t *scene, const rst_mode_of_clock_t *mode)
{
    GHashTable *all = rst_ballots_connections(scene->votes, INT64_MIN, INT64_MAX);
    unsigned percent = mode->connections * 100u / g_hash_table_size(all);

    g_hash_table_destroy(all);
    return percent;
}

static void by_agreement(scene_t *scene)
{
    rst_poll_t poll = {.votes = scene->votes, .width = scene->resolution};
    rst_mode_of_clock_t mode;

    rst_poll_mode(&poll, &mode);
    if (by_right_clock(scene, &mode) || has_rival(scene, &mode))
        return;
    if (mode.connections >= WITNESSES && percent_of(scene, &mode) >= SOME)
        settle(scene, &mode, true);
    else if (scene->clock->kind != RST_WHEN_UTC && is_plain(scene, &mode) && percent_of(scene, &mode) >= MOST)
        settle(scene, &mode, mode.records >= 2 || is_only(scene, &mode));
}

/* Of the records that the offset does not explain: does another one, an hour away, and only on one side of some line?
 */
static void find_switch(scene_t *scene, int64_t step)
{
    int64_t margin = rst_time_add(RST_SECOND, scene->resolution);
    rst_log_clock_t *clock = scene->clock;
    rst_span_t main = rst_ballots_lines(scene->kepts, scene->votes, rst_time_sub(clock->offset, margin),
                                        rst_time_add(clock->offset, margin));
    int64_t after = rst_time_add(clock->offset, step);
    rst_span_t other =
        rst_ballots_lines(scene->kepts, scene->votes, rst_time_sub(after, margin), rst_time_add(after, margin));

    if (clock->switched || other.connections < 2)
        return;
    if (other.first > main.last) {
        clock->switched_at = other.first;
        clock->after = after;
        clock->switched = true;
    } else if (other.last < main.first) {
        clock->switched_at = main.first;
        clock->after = clock->offset;
        clock->offset = after;
        clock->switched = true;
    }
}

/* Nothing to measure it by, and nothing against it. */
static void take_for_right(rst_log_clock_t *clock)
{
    clock->known = clock->sure = clock->kind == RST_WHEN_UTC;
    clock->error = SKEW;
}

static void find_clock(scene_t *scene)
{
    take_votes(scene);
    if (!scene->votes->len)
        take_for_right(scene->clock);
    else if (!by_numbers(scene))
        by_agreement(scene);
    if (!scene->clock->known || (scene->clock->kind != RST_WHEN_LOCAL && scene->clock->kind != RST_WHEN_OF_DAY))
        return;
    find_switch(scene, HOUR);
    find_switch(scene, -HOUR);
}

void rst_offsets_find(rst_kepts_t *kepts)
{
    GArray **of = g_new0(GArray *, kepts->clocks->len);

    for (uint32_t i = 0; i < kepts->records->len; i++) {
        GArray **records = &of[rst_kept(kepts, i)->clock];

        if (!*records)
            *records = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_array_append_val(*records, i);
    }
    for (guint i = 0; i < kepts->clocks->len; i++) {
        scene_t scene = {.kepts = kepts,
                         .clock = &g_array_index(kepts->clocks, rst_log_clock_t, i),
                         .records = of[i],
                         .votes = g_array_new(FALSE, FALSE, sizeof(rst_ballot_t))};

        if (scene.records)
            find_clock(&scene);
        g_array_free(scene.votes, TRUE);
        if (of[i])
            g_array_free(of[i], TRUE);
    }
    g_free(of);
}
