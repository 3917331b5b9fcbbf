/* assign.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/assign.h"

#include "witness/claim.h"
#include "witness/offset.h"

#define LOOSE                                                                                                          \
    (4 * RST_SECOND)                      /* between a packet and its record while few of them agree: a clock that is  \
                                             kept right, and the guess which of the packets it was */
#define TIGHT (100 * RST_MILLISECOND)     /* never less */
#define LEAST_ERROR (2 * RST_MILLISECOND) /* whatever the matches say: packets and lines are stamped late */
#define ENOUGH 4                          /* connections that make an offset reliable */
#define LATE (120 * RST_SECOND)           /* firewalls write of an end when they clear it away */
#define EVER (5 * 24 * 3600 * RST_SECOND) /* the longest idle timer in use by default, that of netfilter */
#define MUCH_FARTHER 4

typedef struct found {
    rst_life_t *life;
    uint32_t sight;
    rst_likeness_t likeness;
    int64_t off; /* between the packet and the time of the record */
} found_t;

typedef struct search {
    const rst_lives_t *lives;
    const rst_log_clock_t *clock;
    const rst_kept_t *kept;
    int64_t tolerance; /* RST_TIME_NONE = only numbers count */
    found_t best;
    bool rival; /* of another connection, about as near */
} search_t;

/* How far a packet is from the span in which the event was. */
static int64_t distance(const search_t *search, int64_t time, int64_t at)
{
    int64_t begin, end;

    if (time == RST_TIME_NONE || !search->clock->known)
        return RST_TIME_NONE;
    begin = rst_offset_time(search->clock, search->kept, time, at);
    end = rst_time_add(begin, search->kept->resolution);
    return MAX(0, MAX(rst_time_sub(begin, at), rst_time_sub(at, end)));
}

/* They are offered from the last to the first: of packets that are equally near, the first is meant. */
static bool is_nearer(const found_t *now, const found_t *best)
{
    return now->likeness > best->likeness || (now->likeness == best->likeness && now->off <= best->off);
}

/* While few connections agree, the offset itself follows from the guess which packet is meant. */
static bool is_much_farther(const search_t *search, const found_t *far, const found_t *best)
{
    return far->likeness < best->likeness ||
           (search->clock->matched >= ENOUGH && far->off / MUCH_FARTHER > MAX(best->off, TIGHT / MUCH_FARTHER));
}

static void offer(search_t *search, const found_t *found)
{
    found_t other = *found;

    if (!search->best.life) {
        search->best = *found;
        return;
    }
    if (is_nearer(found, &search->best)) {
        other = search->best;
        search->best = *found;
        search->rival = search->rival && !is_much_farther(search, &other, found);
    }
    /* A record says of an attempt what it says of each of its SYNs, and of a session what it says of each packet that
     * may have ended it. */
    if (other.life != search->best.life && !is_much_farther(search, &other, &search->best))
        search->rival = true;
}

static void look_at(search_t *search, rst_life_t *life, uint32_t place)
{
    const rst_sight_t *sight = rst_lives_sight(search->lives, place);
    found_t found = {life, place, RST_LIKE_ANY, RST_TIME_NONE};
    bool near;
    int64_t time;

    if (!rst_claim_fits(search->kept, sight, &time))
        return;
    if (search->kept->packet)
        found.likeness = rst_claim_likeness(search->kept, sight);
    found.off = distance(search, time, sight->time);
    near = found.off != RST_TIME_NONE && found.off <= search->tolerance;
    /* Without a clock, only numbers tell; with one, numbers of 16 bits do not outweigh it. */
    if (near || (!search->clock->known && (found.likeness >= RST_LIKE_SEQ ||
                                           (search->kept->time == RST_TIME_NONE && found.likeness == RST_LIKE_IP_ID))))
        offer(search, &found);
}

/* The connection that was there at that time, where no packet that we keep is meant. RST_TIME_NONE is before all. */
static unsigned lives_at(const search_t *search, rst_life_t **only)
{
    const rst_kept_t *kept = search->kept;
    int64_t late = kept->idle ? rst_time_add(kept->idle, LATE) : kept->meaning == RST_MEANING_IDLE ? EVER : LATE;
    int64_t next = RST_TIME_NONE; /* when the one after it began */
    unsigned count = 0;

    for (rst_life_t *life = kept->ends->life; life; life = life->before) {
        int64_t time = rst_offset_time(search->clock, kept, kept->time, life->end);
        int64_t last = rst_claim_ends(kept) ? rst_time_add(life->end, late) : life->end;
        int64_t end = rst_time_add(time, kept->resolution);

        if (next != RST_TIME_NONE)
            last = MIN(last, next);
        next = life->begin;
        if (end < rst_time_sub(life->begin, search->tolerance) || time > rst_time_add(last, search->tolerance))
            continue;
        /* A session that began at another time is another one, unless the capture came later. */
        if (kept->duration && life->opener >= 0 &&
            rst_time_apart(rst_time_sub(time, kept->duration), life->begin) >
                rst_time_add(rst_time_times(2, search->tolerance), kept->resolution))
            continue;
        *only = life;
        count++;
    }
    return count;
}

static int64_t tolerance_of(const rst_log_clock_t *clock)
{
    if (clock->matched < ENOUGH)
        return LOOSE;
    return CLAMP(rst_time_times(2, clock->error), TIGHT, LOOSE);
}

static void conclude(const search_t *search, rst_kept_t *kept)
{
    kept->life = search->best.life;
    kept->sight = search->best.sight;
    if (!search->clock->known) {
        kept->state = search->rival ? RST_KEPT_AMBIGUOUS : RST_KEPT_JOINED;
        kept->error = RST_TIME_NONE;
        return;
    }
    kept->state = search->rival || !search->clock->sure ? RST_KEPT_AMBIGUOUS : RST_KEPT_JOINED;
    kept->error = MAX(MAX(search->clock->error, search->best.off), LEAST_ERROR);
}

/* Of a device that also tells the packet, a record of no packet of the capture is of none. */
static bool must_be_packet(const rst_kept_t *kept)
{
    return kept->packet && (kept->keys.known & RST_KEY_FLAGS) &&
           (kept->keys.flags & (RST_FLAG_SYN | RST_FLAG_FIN | RST_FLAG_RST));
}

/* The connection of that pair that began or ended nearest to the time of a line which names one end only. */
static void assign_one_end(rst_kept_t *kept)
{
    int64_t best = RST_TIME_MAX;

    for (rst_life_t *life = kept->ends->life; life; life = life->before) {
        int64_t off = MIN(rst_time_apart(life->begin, kept->time), rst_time_apart(life->end, kept->time));

        if (off >= best)
            continue;
        best = off;
        kept->life = life;
    }
    kept->error = best;
    kept->state = RST_KEPT_AMBIGUOUS;
}

static void assign(const rst_kepts_t *kepts, rst_kept_t *kept)
{
    const rst_log_clock_t *clock = rst_kept_clock(kepts, kept);
    search_t search = {.lives = kepts->lives, .clock = clock, .kept = kept, .tolerance = tolerance_of(clock)};
    rst_life_t *only = NULL;
    unsigned lives;

    for (rst_life_t *life = kept->ends->life; life; life = life->before) {
        for (uint32_t place = life->sights; place; place = rst_lives_sight(kepts->lives, place)->before)
            look_at(&search, life, place);
    }
    if (search.best.life) {
        conclude(&search, kept);
        return;
    }
    kept->state = clock->known ? RST_KEPT_OTHER : RST_KEPT_UNPLACED;
    if (!clock->known || must_be_packet(kept))
        return;
    lives = lives_at(&search, &only);
    if (!lives)
        return;
    search.best = (found_t){only, 0, RST_LIKE_ANY, 0};
    search.rival = lives > 1;
    conclude(&search, kept);
}

static void count(const rst_kepts_t *kepts, const rst_kept_t *kept)
{
    rst_witness_file_t *file = g_ptr_array_index(kepts->files, kept->file);

    switch (kept->state) {
    case RST_KEPT_JOINED:
        file->joined++;
        break;
    case RST_KEPT_AMBIGUOUS:
        file->ambiguous++;
        break;
    case RST_KEPT_OTHER:
        file->other++;
        break;
    default:
        file->unplaced++;
    }
}

void rst_assign_all(rst_kepts_t *kepts)
{
    for (guint i = 0; i < kepts->records->len; i++) {
        rst_kept_t *kept = rst_kept(kepts, i);

        if (kept->by == RST_BY_ONE_END)
            assign_one_end(kept);
        else
            assign(kepts, kept);
        count(kepts, kept);
    }
}
