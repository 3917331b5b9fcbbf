/* fuzz-engine.c
 * libFuzzer target: a miniature capture through the engine, with all questions that the plugin asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "questions.h"
#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Some segments are quoted in an ICMP error in the same frame, with type and code taken from the window. */
static void feed_icmp(const stream_t *stream, rst_engine_t *engine, const rst_segment_t *segment)
{
    rst_icmp_t icmp = {.reporter = segment->ip_id & 1 ? segment->dst : segment->src,
                       .src = segment->src,
                       .dst = segment->dst,
                       .sport = segment->sport,
                       .dport = segment->dport,
                       .ip_id = segment->ip_id,
                       .version = stream->ipv6 ? 6 : 4,
                       .type = segment->window & 3,
                       .code = segment->window >> 12,
                       .udp = segment->ttl & 1};

    if ((segment->ttl & 0xf0) == 0x30)
        rst_engine_icmp(engine, &icmp);
}

static void feed(stream_t *stream, questions_t *questions)
{
    rst_segment_t segment;
    bool same_frame;

    while (stream_next(stream, &segment, &same_frame)) {
        if (!same_frame)
            rst_engine_frame(questions->engine, segment.frame, segment.time);
        questions->frame = segment.frame;
        feed_icmp(stream, questions->engine, &segment);
        questions_feed(questions, &segment);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static questions_t questions;
    stream_t stream;
    rst_prefs_t prefs;
    scope_t scope;

    if (!stream_open(&stream, data, size, &prefs))
        return 0;
    scope_open(&scope);
    questions.resets = 0;
    questions.engine = rst_engine_new(&scope.memory, &prefs);
    if (stream.limited)
        rst_engine_limit(questions.engine, 20000);
    feed(&stream, &questions);
    questions_end(&questions);
    rst_engine_free(questions.engine);
    scope_close(&scope);
    return 0;
}
