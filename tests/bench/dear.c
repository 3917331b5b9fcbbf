/* dear.c
 * The dearest single calls: what one packet or one question costs after a long history must not grow with that history.
 *
 * Usage: rst_dear [SCENE [SIZE]]
 *
 * Each scene makes a history of a size and of one sixteen times as long, and takes the cheapest of several equal calls
 * after each. Prints: scene, nanoseconds after the short history, after the long one, their ratio. Exit code 1 if a
 * ratio is above LIMIT: a cost that grew with the history would give 16. With SCENE and SIZE, only prints what the call
 * costs after a history of that size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "kinds.h"
#include "scope.h"

#define SHORT 2000
#define LONGER 16
#define LIMIT 6.0                  /* caches serve a long history worse */
#define CALLS 64                   /* equal calls, of which the cheapest counts */
#define STEP (2 * RST_MILLISECOND) /* farther apart than copies of a packet */

typedef struct dear {
    rst_engine_t *engine;
    scope_t scope;
    uint32_t frame;
    int64_t time;
    rst_reset_t *reset; /* the latest */
} dear_t;

/* Makes the history; then the call, which is made often. */
typedef struct scene {
    const char *name;
    void (*history)(dear_t *dear, uint32_t size);
    void (*call)(dear_t *dear);
    bool grows; /* it may: base/pace.h limits how often this is done */
} scene_t;

enum { RST = RST_FLAG_RST, SYN = RST_FLAG_SYN, ACK = RST_FLAG_ACK, PSH = RST_FLAG_PSH };

static void feed(dear_t *dear, rst_segment_t segment)
{
    rst_reset_t *reset;

    segment.frame = ++dear->frame;
    segment.ip_id = (uint16_t)(dear->frame * 7);
    segment.time = dear->time += STEP;
    rst_engine_frame(dear->engine, segment.frame, segment.time);
    reset = rst_engine_feed(dear->engine, &segment);
    if (reset)
        dear->reset = reset;
}

static void feed_kind(dear_t *dear, const char *name, uint32_t number)
{
    const kind_t *kind = kind_named(name);

    for (unsigned step = 0; step < kind->steps; step++)
        feed(dear, kind_segment(kind, step, number, false));
}

static void classify(dear_t *dear)
{
    rst_verdict_t verdict;
    scope_t scope;

    scope_open(&scope);
    rst_engine_classify(dear->engine, dear->reset, &scope.memory, true, &verdict);
    scope_close(&scope);
}

/* One connection, in which its server resets again and again. */
static void many_resets(dear_t *dear, uint32_t size)
{
    feed_kind(dear, "storm", 0);
    for (uint32_t i = 0; i < size; i++)
        feed(dear, kind_segment(kind_named("storm"), 4, 0, false));
}

static void another_reset(dear_t *dear)
{
    feed(dear, kind_segment(kind_named("storm"), 4, 0, false));
    classify(dear);
}

/* Segments that do not fit their connection. */
static void stray(dear_t *dear)
{
    rst_segment_t segment = kind_segment(kind_named("storm"), 3, 0, false);

    segment.seq += 0x40000000u + dear->frame * 7919u;
    feed(dear, segment);
}

static void many_strays(dear_t *dear, uint32_t size)
{
    feed_kind(dear, "storm", 0);
    while (size--)
        stray(dear);
}

static void another_stray(dear_t *dear)
{
    stray(dear);
    classify(dear);
}

/* A host whose attempts at ever new targets are refused, over many stretches of time. */
static void wide_host(dear_t *dear, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        feed_kind(dear, "scanned", i);
        dear->time += i % 8 ? 0 : 11 * RST_SECOND;
    }
}

static void another_target(dear_t *dear)
{
    feed_kind(dear, "scanned", dear->frame + 1000000);
    classify(dear);
}

/* A service that refuses and accepts in turn, with long silences. */
static void change_of_mind(dear_t *dear, uint32_t number)
{
    feed_kind(dear, number % 2 ? "open" : "refused", number);
    dear->time += number % 4 ? 0 : 1000 * RST_SECOND;
}

static void fickle_service(dear_t *dear, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        change_of_mind(dear, i);
}

static void another_change(dear_t *dear)
{
    change_of_mind(dear, dear->frame);
    classify(dear);
}

static void report(GString *text, bool active, int64_t time)
{
    g_string_append_printf(text,
                           "  a-1 [001] ..... %" PRId64 ".%06" PRId64 ": tcp_send_reset: skbaddr=%s skaddr=1 "
                           "src=66.0.2.0:80 dest=42.0.0.0:1024 state=TCP_ESTABLISHED reason=NOT_SPECIFIED\n",
                           time / RST_SECOND, time % RST_SECOND / 1000, active ? "0" : "ff");
}

/* A kernel that reports the resets, and about their time any number of aborts of the same connection. */
static void large_trace(dear_t *dear, uint32_t size)
{
    rst_trace_t *trace = rst_trace_new();
    GString *text = g_string_new("# tracer: nop\n");

    dear->time = 5 * RST_SECOND;
    for (uint32_t i = 0; i < size; i++)
        report(text, true, dear->time + 50 * STEP + i % 1000 * RST_MICROSECOND);
    for (unsigned i = 0; i < 3 * CALLS; i++)
        report(text, false, dear->time + (5 + i) * STEP);
    rst_trace_feed(trace, text->str, text->len);
    rst_trace_end(trace);
    g_string_free(text, TRUE);
    rst_engine_take_trace(dear->engine, trace);
    many_resets(dear, CALLS);
}

/* Everything is dropped by a new segment. */
static void ask_again(dear_t *dear)
{
    feed(dear, kind_segment(kind_named("udp"), 0, 0, false));
    rst_engine_finish_pass(dear->engine);
    rst_engine_reset_in(dear->engine, 1, &dear->scope.memory);
}

static void ask_finding(dear_t *dear)
{
    rst_finding_t finding;

    feed(dear, kind_segment(kind_named("udp"), 0, 0, false));
    rst_engine_finish_pass(dear->engine);
    rst_engine_finding(dear->engine, 1, &dear->scope.memory, &finding);
}

static void icmp(dear_t *dear)
{
    rst_segment_t quoted = kind_segment(kind_named("lone_syn"), 0, dear->frame, false);
    rst_icmp_t error = {.reporter = quoted.dst,
                        .src = quoted.src,
                        .dst = quoted.dst,
                        .sport = quoted.sport,
                        .dport = quoted.dport,
                        .version = 4,
                        .type = 3,
                        .code = 1};

    rst_engine_frame(dear->engine, ++dear->frame, dear->time += STEP);
    rst_engine_icmp(dear->engine, &error);
}

static void many_icmp(dear_t *dear, uint32_t size)
{
    feed_kind(dear, "storm", 0);
    while (size--)
        icmp(dear);
}

static const scene_t scenes[] = {
    {"resets", many_resets, another_reset, false}, {"strays", many_strays, another_stray, false},
    {"host", wide_host, another_target, false},    {"service", fickle_service, another_change, false},
    {"trace", large_trace, another_reset, false},  {"icmp", many_icmp, icmp, false},
    {"reset_in", many_resets, ask_again, true},    {"finding", fickle_service, ask_finding, true},
};

static int64_t cpu_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * RST_SECOND + now.tv_nsec;
}

/* The cheapest of several calls, so that other programs and growing tables do not count. */
static int64_t cost(const scene_t *scene, uint32_t size)
{
    rst_prefs_t prefs = rst_prefs_default();
    int64_t least = INT64_MAX;
    dear_t dear = {.frame = 0};

    scope_open(&dear.scope);
    dear.engine = rst_engine_new(&dear.scope.memory, &prefs);
    scene->history(&dear, size);
    for (unsigned i = 0; i < CALLS; i++) {
        int64_t start = cpu_time();

        scene->call(&dear);
        least = MIN(least, cpu_time() - start);
    }
    rst_engine_free(dear.engine);
    scope_close(&dear.scope);
    return least;
}

int main(int argc, char **argv)
{
    bool grown = false;

    for (size_t i = 0; i < G_N_ELEMENTS(scenes); i++) {
        int64_t few, many;

        if (argc > 1 && strcmp(argv[1], scenes[i].name) != 0)
            continue;
        if (argc > 2) {
            printf("%s\t%" PRId64 "\n", argv[1], cost(&scenes[i], (uint32_t)strtoul(argv[2], NULL, 10)));
            continue;
        }
        few = cost(&scenes[i], SHORT);
        many = cost(&scenes[i], SHORT * LONGER);
        grown |= !scenes[i].grows && (double)many > (double)few * LIMIT;
        printf("%s\t%" PRId64 "\t%" PRId64 "\t%.1f\n", scenes[i].name, few, many, (double)many / (double)few);
    }
    return grown;
}
