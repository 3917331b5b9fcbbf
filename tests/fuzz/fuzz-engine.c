/* fuzz-engine.c
 * libFuzzer target: a capture in small through the engine, with all questions that the plugin asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "audit.h"
#include "stream.h"

#define RESETS_MAX 64 /* asked again at the end */

typedef struct run {
    rst_engine_t *engine;
    stream_t stream;
    rst_case_t *reset[RESETS_MAX];
    unsigned resets;
} run_t;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The verdict of the first pass. Its memory goes at once: the engine may keep nothing of it. */
static void ask_early(run_t *run, rst_case_t *reset)
{
    scope_t scope;
    rst_verdict_t verdict;
    bool texts = run->stream.frame & 1;

    scope_open(&scope);
    rst_engine_classify(run->engine, reset, &scope.memory, texts, &verdict);
    audit_verdict(&verdict, texts, run->stream.frame);
    rst_engine_link(run->engine, reset, &verdict);
    scope_close(&scope);
    if (run->resets < RESETS_MAX)
        run->reset[run->resets++] = reset;
}

/* Some segments are quoted by an ICMP error in the same frame, with type and code from the window. */
static void feed_icmp(const run_t *run, const rst_segment_t *segment)
{
    rst_icmp_t icmp = {.reporter = segment->ip_id & 1 ? segment->dst : segment->src,
                       .src = segment->src,
                       .dst = segment->dst,
                       .sport = segment->sport,
                       .dport = segment->dport,
                       .ip_id = segment->ip_id,
                       .version = run->stream.ipv6 ? 6 : 4,
                       .type = segment->window & 3,
                       .code = segment->window >> 12,
                       .udp = segment->ttl & 1};

    if ((segment->ttl & 0xf0) == 0x30)
        rst_engine_icmp(run->engine, &icmp);
}

static void feed(run_t *run)
{
    rst_segment_t segment;
    bool same_frame;

    while (stream_next(&run->stream, &segment, &same_frame)) {
        rst_case_t *reset;

        if (!same_frame)
            rst_engine_frame(run->engine, segment.frame, segment.time);
        feed_icmp(run, &segment);
        reset = rst_engine_feed(run->engine, &segment);
        REQUIRE((reset != NULL) == ((segment.flags & RST_FLAG_RST) != 0));
        if (reset)
            ask_early(run, reset);
    }
}

static void ask_finally(run_t *run, const rst_case_t *reset)
{
    scope_t scope;
    rst_verdict_t verdict, again;

    scope_open(&scope);
    rst_engine_classify(run->engine, reset, &scope.memory, true, &verdict);
    audit_verdict(&verdict, true, run->stream.frame);
    rst_engine_classify(run->engine, reset, &scope.memory, false, &again);
    audit_verdict(&again, false, run->stream.frame);
    audit_equal(&verdict, &again);
    audit_text(rst_case_filter(reset, &scope.memory));
    audit_text(rst_case_server(reset, &scope.memory));
    scope_close(&scope);
}

static void ask_about_frames(run_t *run)
{
    scope_t scope;

    scope_open(&scope);
    for (uint32_t frame = 1; frame <= run->stream.frame; frame++) {
        rst_finding_t finding;

        REQUIRE(rst_engine_reset_in(run->engine, frame) <= run->stream.frame);
        if (rst_engine_finding(run->engine, frame, &scope.memory, &finding))
            audit_finding(&finding);
    }
    scope_close(&scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run_t run;
    rst_prefs_t prefs;
    scope_t scope;

    if (!stream_open(&run.stream, data, size, &prefs))
        return 0;
    run.resets = 0;
    scope_open(&scope);
    run.engine = rst_engine_new(&scope.memory, &prefs);
    if (run.stream.limited)
        rst_engine_limit(run.engine, 4, 2);
    feed(&run);
    rst_engine_settle(run.engine);
    for (unsigned i = 0; i < run.resets; i++)
        ask_finally(&run, run.reset[i]);
    ask_about_frames(&run);
    rst_engine_free(run.engine);
    scope_close(&scope);
    return 0;
}
