/* checks.c
 * Implementation of the questions to an engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

#include "arena.h"
#include "audit.h"
#include "claims.h"
#include "engine/state.h"
#include "notes.h"
#include "rows.h"
#include "strangers.h"

#define LIMIT 20000 /* bytes for a small table */
/* Bytes over the limit, at most: what the latest item added, which is a second record of every connection when a second
 * interface shows up, and what nothing may displace. */
#define SLACK 16384
#define RESETS_MAX 6 /* whose verdicts are asked for: the last of a scene */

/* One engine and what it was fed. */
typedef struct run {
    const scene_t *scene;
    rst_engine_t *engine;
    uint32_t reset[RESETS_MAX]; /* ids */
    const scene_item_t *item[RESETS_MAX];
    unsigned resets;
    uint32_t frame; /* latest number */
} run_t;

/* Too large for the stack, and kept for the next input. */
static arena_t file_memory[2], answer_memory;
static rst_verdict_t verdicts[2][RESETS_MAX];

unsigned checks_for(const uint8_t *data, size_t size)
{
    static const struct {
        unsigned check, share; /* one input in so many */
    } shares[] = {{CHECK_EARLY, 8},  {CHECK_AGAIN, 16}, {CHECK_FRAMES, 16}, {CHECK_EXPLAIN, 32}, {CHECK_TWICE, 32},
                  {CHECK_AFTER, 32}, {CHECK_AMONG, 32}, {CHECK_TEXTS, 4},   {CHECK_ROOM, 16},    {CHECK_FIRST, 32}};
    static int all = -1;
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    unsigned checks = 0;

    if (all < 0)
        all = getenv("RST_FUZZ_ALL") != NULL;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 0x100000001b3u;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        hash ^= hash >> 29;
        if (all || hash % shares[i].share == 0)
            checks |= shares[i].check;
        hash /= shares[i].share;
    }
    return checks;
}

static unsigned asked(const run_t *run)
{
    return run->resets < RESETS_MAX ? run->resets : RESETS_MAX;
}

static const rst_reset_t *reset_of(const run_t *run, unsigned number)
{
    return rst_engine_reset(run->engine, run->reset[number]);
}

/* Of one that had to go, the verdict of that moment is left, and only the gist of it (engine/remains.h). */
static bool is_kept(const run_t *run, unsigned number)
{
    return reset_of(run, number) != &run->engine->orphan;
}

/* limit = bytes, 0 = what the preference says. */
static void open_run(run_t *run, const scene_t *scene, unsigned place, uint32_t limit)
{
    arena_open(&file_memory[place]);
    *run = (run_t){.scene = scene};
    run->engine = rst_engine_new(&file_memory[place].memory, &scene->prefs);
    if (limit)
        rst_engine_limit(run->engine, limit);
    if (scene->traced) {
        rst_trace_t *trace = rst_trace_new();

        rst_trace_feed(trace, scene->trace, scene->trace_length);
        rst_trace_end(trace);
        rst_engine_take_trace(run->engine, trace);
    }
}

/* The verdict in the first pass. Its memory is taken back at once, because the engine must not keep any of it. */
static void ask_early(const run_t *run, const rst_reset_t *reset)
{
    rst_verdict_t verdict;
    bool texts = run->frame & 1;

    arena_open(&answer_memory);
    rst_engine_classify(run->engine, reset, &answer_memory.memory, texts, &verdict);
    audit_verdict(&verdict, texts, run->frame);
    rows_audit(&verdict, run->scene);
}

/* A trace is compared with every reset, so those stay. */
static void audit_memory(const run_t *run)
{
    const rst_keep_t *keep = &run->engine->keep;

    REQUIRE(run->scene->traced || keep->used <= keep->limit + SLACK);
}

static void feed_segment(run_t *run, const scene_item_t *item, const rst_segment_t *segment, unsigned checks)
{
    rst_reset_t *reset = rst_engine_feed(run->engine, segment);

    audit_memory(run);
    REQUIRE((reset != NULL) == ((segment->flags & RST_FLAG_RST) != 0));
    if (!reset)
        return;
    if (checks & CHECK_EARLY)
        ask_early(run, reset);
    run->item[run->resets % RESETS_MAX] = item;
    run->reset[run->resets++ % RESETS_MAX] = rst_engine_reset_id(reset);
}

static void feed_item(run_t *run, const scene_item_t *item, uint32_t added, unsigned checks)
{
    run->frame = item->segment.frame + added;
    if (!item->same_frame)
        rst_engine_frame(run->engine, run->frame, item->segment.time);
    if (item->is_icmp) {
        rst_engine_icmp(run->engine, &item->icmp);
    } else if (added) {
        rst_segment_t segment = item->segment;

        segment.frame = run->frame;
        feed_segment(run, item, &segment, checks);
    } else {
        feed_segment(run, item, &item->segment, checks);
    }
}

static void feed_stranger(run_t *run, rst_segment_t *segment)
{
    segment->frame = ++run->frame;
    rst_engine_frame(run->engine, segment->frame, segment->time);
    REQUIRE(!rst_engine_feed(run->engine, segment));
}

/* A connection of strangers, in steps: one segment after each so many items. Never before the first TCP segment, because
 * with that the capture begins. */
static void play_among(run_t *run)
{
    const scene_t *scene = run->scene;
    unsigned every = scene->items / STRANGERS_SEGMENTS + 1;
    unsigned stranger = 0;
    bool begun = false;

    for (unsigned i = 0; i < scene->items; i++) {
        const scene_item_t *next = i + 1 < scene->items ? &scene->item[i + 1] : NULL;

        feed_item(run, &scene->item[i], stranger, 0);
        begun = begun || !scene->item[i].is_icmp;
        if (i % every == 0 && begun && next && next->segment.frame != scene->item[i].segment.frame) {
            rst_segment_t segment = strangers_segment(scene, stranger, scene->item[i].segment.time);

            feed_stranger(run, &segment);
            stranger++;
        }
    }
}

static void play(run_t *run, unsigned items, unsigned checks)
{
    for (unsigned i = 0; i < items; i++)
        feed_item(run, &run->scene->item[i], 0, checks);
}

static void play_after(run_t *run)
{
    for (unsigned i = 0; i < STRANGERS_SEGMENTS; i++) {
        rst_segment_t segment = strangers_segment(run->scene, i, strangers_time(run->scene, i));

        feed_stranger(run, &segment);
    }
}

static void ask_finally(const run_t *run, rst_verdict_t *verdict, bool texts)
{
    for (unsigned i = 0; i < asked(run); i++) {
        rst_engine_classify(run->engine, reset_of(run, i), &answer_memory.memory, texts, &verdict[i]);
        audit_verdict(&verdict[i], texts, run->frame);
        if (is_kept(run, i))
            rows_audit(&verdict[i], run->scene);
    }
}

static void ask_for_ends(const run_t *run, unsigned number)
{
    const rst_memory_t *memory = &answer_memory.memory;
    const char *const text[] = {rst_reset_filter(reset_of(run, number), memory),
                                rst_reset_client(reset_of(run, number), memory),
                                rst_reset_server(reset_of(run, number), memory)};

    for (unsigned i = 0; i < G_N_ELEMENTS(text); i++) {
        if (is_kept(run, number))
            audit_text(text[i]);
        else
            REQUIRE(!*text[i]);
    }
}

static void ask_again(const run_t *run, const rst_verdict_t *verdict, bool texts)
{
    for (unsigned i = 0; i < asked(run); i++) {
        rst_verdict_t again;

        rst_engine_classify(run->engine, reset_of(run, i), &answer_memory.memory, texts, &again);
        audit_verdict(&again, texts, run->frame);
        audit_equal(&verdict[i], &again);
        ask_for_ends(run, i);
    }
}

static void ask_about_frames(const run_t *run)
{
    const rst_memory_t *memory = &answer_memory.memory;

    for (uint32_t frame = 1; frame <= run->frame; frame++) {
        unsigned clues = rst_engine_foreign(run->engine, frame);
        rst_finding_t finding;

        if (clues)
            audit_text(rst_foreign_text(clues, memory));
        REQUIRE(rst_engine_reset_in(run->engine, frame, memory) <= run->frame);
        if (rst_engine_finding(run->engine, frame, memory, &finding))
            audit_finding(&finding);
    }
}

static void ask_why(const run_t *run)
{
    bool fits;

    for (unsigned i = 0; i < asked(run); i++)
        REQUIRE(*rst_engine_explain(run->engine, reset_of(run, i), &answer_memory.memory));
    if (run->scene->traced)
        audit_text(rst_engine_trace_note(run->engine, &answer_memory.memory, &fits));
}

static bool same_claim(const rst_verdict_t *one, const rst_verdict_t *other)
{
    return one->cause == other->cause && one->sender == other->sender && one->confidence == other->confidence;
}

static uint32_t limit_of(const scene_t *scene)
{
    return scene->limited ? LIMIT : 0;
}

/* The scene in another engine, with or without strangers. */
static void compare(const run_t *run, unsigned check, bool texts)
{
    run_t other;

    open_run(&other, run->scene, 1, limit_of(run->scene));
    if (check == CHECK_AMONG)
        play_among(&other);
    else
        play(&other, run->scene->items, 0);
    if (check == CHECK_AFTER)
        play_after(&other);
    rst_engine_finish_pass(other.engine);
    ask_finally(&other, verdicts[1], texts);
    REQUIRE(run->resets == other.resets);
    for (unsigned i = 0; i < asked(run); i++) {
        if (check == CHECK_TWICE)
            audit_same(&verdicts[0][i], &verdicts[1][i]);
        else if (!same_claim(&verdicts[0][i], &verdicts[1][i]))
            notes_take(check == CHECK_AFTER ? "after" : "among", &verdicts[0][i], &verdicts[1][i]);
    }
    rst_engine_free(other.engine);
}

static bool dropped_any(const run_t *run)
{
    uint64_t dropped = 0;

    for (unsigned kind = 0; kind < RST_KIND_COUNT; kind++)
        dropped += run->engine->keep.kind[kind].evicted;
    return dropped;
}

/* The scene in another engine, with half of the memory that it took or more, or with enough if it had little. */
static void compare_room(const run_t *run, bool texts)
{
    const scene_t *scene = run->scene;
    uint32_t little = (uint32_t)run->engine->keep.used / 8 * (4 + scene->items % 4);
    run_t other;

    open_run(&other, scene, 1, scene->limited ? 0 : little);
    play(&other, scene->items, 0);
    rst_engine_finish_pass(other.engine);
    ask_finally(&other, verdicts[1], texts);
    for (unsigned i = 0; i < asked(run); i++) {
        const rst_verdict_t *ample = &verdicts[scene->limited][i], *cramped = &verdicts[!scene->limited][i];

        if (!dropped_any(run) && !dropped_any(&other))
            audit_same(ample, cramped);
        else if (is_kept(run, i) && is_kept(&other, i) && !claims_hold_cramped(ample, cramped))
            notes_take("room", ample, cramped);
    }
    rst_engine_free(other.engine);
}

/* Some of the items: up to the end of any frame. */
static unsigned first_items(const scene_t *scene)
{
    const scene_item_t *last = &scene->item[scene->items - 1];
    unsigned items = 1 + (last->segment.seq ^ last->segment.sport ^ scene->last) % scene->items;

    while (items < scene->items && scene->item[items].segment.frame == scene->item[items - 1].segment.frame)
        items++;
    return items;
}

/* The beginning of the scene in another engine. */
static void compare_first(const run_t *run, bool texts)
{
    unsigned items = first_items(run->scene);
    run_t other;

    open_run(&other, run->scene, 1, 0);
    play(&other, items, 0);
    rst_engine_finish_pass(other.engine);
    ask_finally(&other, verdicts[1], texts);
    /* Whether the clock stands is known by the whole file. */
    for (unsigned i = 0; i < asked(&other) && other.engine->file.tick; i++) {
        rst_verdict_t later;

        rst_engine_classify(run->engine, rst_engine_reset(run->engine, other.reset[i]), &answer_memory.memory, texts,
                            &later);
        if (!claims_hold_later(run->scene, items, other.item[i], &verdicts[1][i], &later))
            notes_take("first", &verdicts[1][i], &later);
    }
    rst_engine_free(other.engine);
}

void checks_run(const scene_t *scene, unsigned checks)
{
    bool texts = checks & CHECK_TEXTS;
    run_t run;

    open_run(&run, scene, 0, limit_of(scene));
    play(&run, scene->items, checks);
    rst_engine_finish_pass(run.engine);
    arena_open(&answer_memory);
    ask_finally(&run, verdicts[0], texts);
    if (checks & CHECK_AGAIN)
        ask_again(&run, verdicts[0], !texts);
    if (checks & CHECK_FRAMES)
        ask_about_frames(&run);
    if (checks & CHECK_EXPLAIN)
        ask_why(&run);
    if (checks & CHECK_TWICE)
        compare(&run, CHECK_TWICE, texts);
    /* A stranger takes up room in a small table, and shows that an interface lacks what another one has. */
    if ((checks & CHECK_AFTER) && !scene->limited && !scene->several)
        compare(&run, CHECK_AFTER, texts);
    if ((checks & CHECK_AMONG) && !scene->limited && !scene->several)
        compare(&run, CHECK_AMONG, texts);
    /* What a kernel says was not dropped. */
    if ((checks & CHECK_ROOM) && !scene->several && !scene->traced)
        compare_room(&run, texts);
    if ((checks & CHECK_FIRST) && scene->items && !scene->limited && !scene->several)
        compare_first(&run, texts);
    rst_engine_free(run.engine);
}
