/* fuzz-trace.c
 * libFuzzer target: the reader of kernel traces, and the join with a small capture.
 *
 * Input: one byte for the size of the chunks in which the text is fed, then the text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "arena.h"
#include "audit.h"

#include "trace/trace.h"

#define ADDRESS_A 0x0a000002
#define ADDRESS_B 0x0a000001
#define PORTS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rst_trace_t *read_text(const uint8_t *data, size_t size)
{
    rst_trace_t *trace = rst_trace_new();
    size_t step = 1u + (size ? data[0] : 0u);

    for (size_t at = 1; at < size; at += step)
        rst_trace_feed(trace, (const char *)data + at, step < size - at ? step : size - at);
    rst_trace_end(trace);
    for (unsigned i = 0; i < trace->sent->len; i++) {
        const rst_event_t *event = &g_array_index(trace->sent, rst_event_t, i);

        REQUIRE(event->reason < RST_REASON_COUNT && rst_reason_name(event));
        REQUIRE(event->local.size == 0 || event->local.size == 4 || event->local.size == 16);
    }
    return trace;
}

/* A SYN and its refusal on port 1, aborts on the others. */
static rst_segment_t segment(unsigned n, bool reset)
{
    rst_segment_t seg = {.frame = n + 1, .known = RST_HAS_LENGTH | RST_HAS_OPTIONS | RST_HAS_WINDOW};

    seg.src = rst_address_of_ipv4(GUINT32_TO_BE(reset ? ADDRESS_B : ADDRESS_A));
    seg.dst = rst_address_of_ipv4(GUINT32_TO_BE(reset ? ADDRESS_A : ADDRESS_B));
    seg.sport = (uint16_t)(reset ? 1 + n % PORTS : 2);
    seg.dport = (uint16_t)(reset ? 2 : 1 + n % PORTS);
    seg.seq = reset && n % PORTS ? 5001 : reset ? 0 : 1000;
    seg.ack = reset ? 1001 : 0;
    seg.flags = reset ? RST_FLAG_RST | RST_FLAG_ACK : RST_FLAG_SYN;
    return seg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arena_t file, answers;
    rst_prefs_t prefs = rst_prefs_default();
    const rst_reset_t *reset[2 * PORTS];
    rst_engine_t *engine;
    bool fits;

    arena_open(&file);
    engine = rst_engine_new(&file.memory, &prefs);
    rst_engine_take_trace(engine, read_text(data, size));
    for (unsigned n = 0; n < 2 * PORTS; n++) {
        for (unsigned back = 0; back < 2; back++) {
            rst_segment_t seg = segment(n, back);

            rst_engine_frame(engine, 2 * n + back + 1, (int64_t)(n * 20 + back) * 1000000000);
            seg.frame = 2 * n + back + 1;
            reset[n] = rst_engine_feed(engine, &seg);
        }
    }
    rst_engine_frame(engine, 4 * PORTS + 1, INT64_C(1000000000000));
    arena_open(&answers);
    for (unsigned n = 0; n < 2 * PORTS; n++) {
        rst_verdict_t told, silent;

        rst_engine_classify(engine, reset[n], &answers.memory, true, &told);
        rst_engine_classify(engine, reset[n], &answers.memory, false, &silent);
        audit_verdict(&told, true, 4 * PORTS + 1);
        audit_equal(&told, &silent);
    }
    rst_engine_trace_note(engine, &answers.memory, &fits);
    rst_engine_free(engine);
    return 0;
}
