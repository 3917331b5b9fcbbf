/* offset.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/offset.h"

#include <stdlib.h>

#include "witness/claim.h"
#include "witness/vote.h"

#define VOTES_OF_RECORD 32
#define VOTES_MAX 400000
#define SKEW (2 * RST_SECOND)           /* of a clock that is kept right */
#define STEP (15 * 60 * RST_SECOND)     /* between time zones */
#define HOUR (3600 * RST_SECOND)
#define DAY (24 * HOUR)
#define UNSET (20 * 60 * RST_SECOND)    /* besides the zone: a clock that nobody keeps right */
#define WITNESSES 3                     /* connections that must agree on an offset that nothing explains */
#define AGAIN (32 * RST_SECOND)         /* retransmissions of one SYN agree on offsets so far apart */

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
    return offset >= -(RST_ZONE_EAST + 1200 * RST_SECOND) && offset <= RST_ZONE_WEST + 1200 * RST_SECOND;
}

typedef struct scene {
    const rst_kepts_t *kepts;
    rst_log_clock_t *clock;
    const GArray *records; /* of this clock: uint32_t, indexes */
    GArray *votes;         /* rst_ballot_t */
    int64_t resolution;    /* the coarsest */
} scene_t;

static void vote(scene_t *scene, const rst_kept_t *kept, uint32_t record)
{
    const rst_lives_t *lives = scene->kepts->lives;
    unsigned votes = 0;

    for (const rst_life_t *life = kept->ends->life; life; life = life->before) {
        for (uint32_t place = life->sights; place; place = rst_lives_sight(lives, place)->before) {
            const rst_sight_t *sight = rst_lives_sight(lives, place);
            rst_ballot_t ballot = {.record = record, .ends = kept->ends};
            int64_t time;

            if (!rst_claim_fits(kept, sight, &time))
                continue;
            ballot.likeness = (uint8_t)(kept->packet ? rst_claim_likeness(kept, sight) : RST_LIKE_ANY);
            ballot.offset = rst_time_sub(sight->time, time);
            if (scene->clock->kind == RST_WHEN_OF_DAY)
                ballot.offset = within_day(ballot.offset);
            if (!rst_time_fits(ballot.offset) ||
                (ballot.likeness < RST_LIKE_SEQ && !is_possible(scene->clock, ballot.offset)))
                continue;
            g_array_append_val(scene->votes, ballot);
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

        if (kept->time == RST_TIME_NONE)
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

/* The numbers of packets agree: nothing else has to. A clock that is off by days takes two such packets. */
static bool by_numbers(scene_t *scene)
{
    rst_poll_t poll = {.votes = scene->votes, .width = scene->resolution, .likeness = RST_LIKE_SEQ};
    rst_mode_of_clock_t mode;

    if (rst_poll_mode(&poll, &mode) &&
        (is_possible(scene->clock, rst_mode_offset(&mode, scene->resolution)) || mode.connections >= 2)) {
        settle(scene, &mode, true);
        return true;
    }
    poll.likeness = RST_LIKE_IP_ID;
    if (!rst_poll_mode(&poll, &mode) || !is_possible(scene->clock, rst_mode_offset(&mode, scene->resolution)))
        return false;
    settle(scene, &mode, true);
    return true;
}

/* A clock that is kept right, in UTC or in one of the time zones. */
static bool is_plain(const scene_t *scene, const rst_mode_of_clock_t *mode)
{
    int64_t offset = rst_mode_offset(mode, scene->resolution);

    return scene->clock->kind != RST_WHEN_BOOT &&
           strangeness(scene->clock, offset) <= rst_time_add(SKEW, scene->resolution / 2);
}

/* Does another offset explain about as much? Retransmissions agree on several, all close together. */
static bool has_rival(const scene_t *scene, const rst_mode_of_clock_t *mode)
{
    rst_poll_t poll = {.votes = scene->votes,
                       .width = scene->resolution,
                       .outside = true,
                       .low = rst_time_sub(mode->low, AGAIN),
                       .high = rst_time_add(mode->high, AGAIN)};
    rst_mode_of_clock_t rival;

    return rst_poll_mode(&poll, &rival) && rival.connections >= mode->connections && 2 * rival.votes > mode->votes;
}

/* Of UTC: the best window around zero. */
static bool by_right_clock(scene_t *scene, const rst_mode_of_clock_t *best, bool found)
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
    if (found && best->connections >= WITNESSES && best->connections >= 2 * mode.connections)
        return false;
    settle(scene, &mode, true);
    return true;
}

static void by_agreement(scene_t *scene)
{
    rst_poll_t poll = {.votes = scene->votes, .width = scene->resolution};
    rst_mode_of_clock_t mode;
    bool found = rst_poll_mode(&poll, &mode);

    if (by_right_clock(scene, &mode, found) || !found || has_rival(scene, &mode))
        return;
    if (mode.connections >= WITNESSES)
        settle(scene, &mode, true);
    else if (scene->clock->kind != RST_WHEN_UTC && is_plain(scene, &mode))
        settle(scene, &mode, mode.records >= 2);
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
    rst_span_t other = rst_ballots_lines(scene->kepts, scene->votes, rst_time_sub(after, margin),
                                         rst_time_add(after, margin));

    if (clock->switched || other.connections < 2 || !main.connections)
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

static void find_clock(scene_t *scene)
{
    take_votes(scene);
    if (scene->votes->len && !by_numbers(scene))
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
