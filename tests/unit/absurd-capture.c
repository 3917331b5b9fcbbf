/* absurd-capture.c
 * A capture by absurd clocks, and all questions about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "absurd-times.h"
#include "script.h"

#define SEGMENTS 40
#define RESETS_MAX 256
#define INTERFACES 3

typedef struct side {
    uint32_t nxt;
    uint16_t ip_id;
} side_t;

typedef struct capture {
    GRand *chance;
    script_scope_t scope;
    rst_engine_t *engine;
    absurd_clock_t clock[INTERFACES], kernel;
    unsigned interfaces;
    side_t side[2][2]; /* of two connections */
    uint32_t frame;
    rst_reset_t *reset[RESETS_MAX];
    unsigned resets;
    guint answers;
} capture_t;

static unsigned pick(capture_t *capture, unsigned below)
{
    return (unsigned)g_rand_int_range(capture->chance, 0, (gint32)below);
}

static int64_t step_of(capture_t *capture)
{
    static const int64_t steps[] = {
        0,
        1,
        100,
        20 * RST_MICROSECOND,
        RST_MILLISECOND,
        30 * RST_MILLISECOND,
        RST_SECOND,
        61 * RST_SECOND,
        7200 * RST_SECOND,
    };

    return steps[pick(capture, G_N_ELEMENTS(steps))];
}

static rst_address_t address_of(uint8_t last)
{
    const uint8_t bytes[] = {10, 0, 0, last};
    rst_address_t address = {{0, 0}, 4};

    memcpy(address.word, bytes, sizeof bytes);
    return address;
}

static rst_segment_t segment_of(capture_t *capture, unsigned conn, unsigned from, uint8_t flags, uint32_t len)
{
    side_t *own = &capture->side[conn][from];
    rst_segment_t segment = {.known = RST_HAS_IP | RST_HAS_IP_ID | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH};

    segment.src = address_of((uint8_t)(1 + from));
    segment.dst = address_of((uint8_t)(2 - from));
    segment.sport = (uint16_t)(from ? 80 : 40000 + conn);
    segment.dport = (uint16_t)(from ? 40000 + conn : 80);
    segment.seq = own->nxt;
    segment.ack = flags & RST_FLAG_ACK ? capture->side[conn][1 - from].nxt : 0;
    segment.flags = flags;
    segment.len = len;
    segment.window = 502;
    segment.ttl = (uint8_t)(from ? 60 : 64);
    segment.ip_id = ++own->ip_id;
    if (!(flags & RST_FLAG_RST))
        own->nxt += rst_segment_space(&segment);
    return segment;
}

/* Asked in the first pass, and again after the last frame. */
static void ask(capture_t *capture, const rst_reset_t *reset)
{
    script_scope_t answers;
    rst_verdict_t verdict, silent;

    script_scope_open(&answers);
    rst_engine_classify(capture->engine, reset, &answers.memory, true, &verdict);
    rst_engine_classify(capture->engine, reset, &answers.memory, false, &silent);
    g_assert_cmpint(verdict.cause, ==, silent.cause);
    g_assert_cmpint(verdict.confidence, ==, silent.confidence);
    g_assert_cmpint(verdict.confidence, <=, 100);
    g_assert_true(verdict.idle >= 0 || verdict.idle == RST_DURATION_NONE);
    g_assert_true(verdict.delay >= 0 || verdict.delay == RST_DURATION_NONE);
    capture->answers = capture->answers * 31 + g_str_hash(verdict.summary) + (guint)verdict.cause * 101 +
                       verdict.confidence + (verdict.points_clock ? g_str_hash(verdict.points_clock) : 0);
    for (unsigned i = 0; i < verdict.evidences; i++)
        capture->answers = capture->answers * 31 + g_str_hash(verdict.evidence[i].text);
    rst_engine_explain(capture->engine, reset, &answers.memory);
    script_scope_close(&answers);
}

static void show(capture_t *capture, const rst_segment_t *segment, unsigned interface, int64_t step)
{
    rst_segment_t copy = *segment;
    rst_reset_t *reset;

    copy.frame = ++capture->frame;
    copy.time = absurd_clock_read(&capture->clock[interface], step, capture->chance);
    copy.interface = interface + 1;
    copy.ttl = (uint8_t)(copy.ttl - interface);
    rst_engine_frame(capture->engine, copy.frame, copy.time);
    reset = rst_engine_feed(capture->engine, &copy);
    if (!reset)
        return;
    ask(capture, reset);
    if (capture->resets < RESETS_MAX)
        capture->reset[capture->resets++] = reset;
}

/* The kernel's line about a reset, by seconds with a fraction or by nanoseconds. */
static void write_event(const rst_segment_t *segment, GString *trace, int64_t time, bool active, bool whole)
{
    uint64_t ns = time < 0 ? (uint64_t) - (time + 1) : (uint64_t)time; /* a trace has no sign */

    g_string_append(trace, "  nginx-812 [001] ..... ");
    if (whole)
        g_string_append_printf(trace, "%" G_GUINT64_FORMAT, ns);
    else
        g_string_append_printf(trace, "%" G_GUINT64_FORMAT ".%06u", ns / 1000000000,
                               (unsigned)(ns % 1000000000 / 1000));
    g_string_append_printf(
        trace,
        ": tcp_send_reset: skbaddr=%s skaddr=1 src=10.0.0.%u:%u dest=10.0.0.%u:%u state=TCP_ESTABLISHED reason=%s\n",
        active ? "0000000000000000" : "000000ff", segment->sport == 80 ? 2 : 1, segment->sport,
        segment->sport == 80 ? 1 : 2, segment->dport, active ? "TCP_ABORT_ON_CLOSE" : "NO_SOCKET");
}

typedef struct planned {
    rst_segment_t segment;
    int64_t step;
} planned_t;

/* What happens, whoever records it: handshakes, data, silences, repeated data, resets. */
static void plan(capture_t *capture, planned_t *planned)
{
    static const uint8_t flags[] = {RST_FLAG_ACK,
                                    RST_FLAG_ACK | RST_FLAG_PSH,
                                    RST_FLAG_ACK | RST_FLAG_PSH,
                                    RST_FLAG_ACK | RST_FLAG_FIN,
                                    RST_FLAG_RST,
                                    RST_FLAG_RST | RST_FLAG_ACK,
                                    RST_FLAG_SYN};

    for (unsigned i = 0; i < SEGMENTS; i++) {
        unsigned conn = pick(capture, 2);
        unsigned from = pick(capture, 2);
        uint8_t flag = flags[pick(capture, G_N_ELEMENTS(flags))];

        if (i < 6) { /* both connections are opened */
            conn = i & 1;
            from = i / 2 == 1;
            flag = i < 2 ? RST_FLAG_SYN : i < 4 ? RST_FLAG_SYN | RST_FLAG_ACK : RST_FLAG_ACK;
        }
        if (i > 6 && !pick(capture, 4))
            planned[i].segment = planned[i - 1].segment; /* repeated */
        else
            planned[i].segment = segment_of(capture, conn, from, flag, flag & RST_FLAG_PSH ? 100 : 0);
        planned[i].step = step_of(capture);
    }
}

static void write_trace(capture_t *capture, const planned_t *planned)
{
    bool whole = pick(capture, 2);
    rst_trace_t *trace = rst_trace_new();
    GString *text = g_string_new("# tracer: nop\n");

    absurd_clock_set(&capture->kernel, pick(capture, ABSURD_CLOCKS), capture->chance);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        int64_t time = absurd_clock_read(&capture->kernel, planned[i].step, capture->chance);

        if (planned[i].segment.flags & RST_FLAG_RST)
            write_event(&planned[i].segment, text, time, (planned[i].segment.flags & RST_FLAG_ACK) != 0, whole);
    }
    rst_trace_feed(trace, text->str, text->len);
    rst_trace_end(trace);
    rst_engine_take_trace(capture->engine, trace);
    g_string_free(text, TRUE);
}

static void play(capture_t *capture, const planned_t *planned)
{
    for (unsigned i = 0; i < SEGMENTS; i++) {
        unsigned first = pick(capture, capture->interfaces);

        for (unsigned k = 0; k < capture->interfaces; k++) {
            if (pick(capture, 8)) /* else it is lost here */
                show(capture, &planned[i].segment, (first + k) % capture->interfaces, planned[i].step);
        }
    }
}

static void ask_all(capture_t *capture)
{
    script_scope_t answers;
    bool fits;

    rst_engine_finish_pass(capture->engine);
    for (unsigned i = 0; i < capture->resets; i++)
        ask(capture, capture->reset[i]);
    script_scope_open(&answers);
    for (uint32_t frame = 1; frame <= capture->frame; frame++) {
        rst_finding_t finding;

        capture->answers = capture->answers * 31 + rst_engine_reset_in(capture->engine, frame, &answers.memory);
        if (rst_engine_finding(capture->engine, frame, &answers.memory, &finding))
            capture->answers = capture->answers * 31 + (guint)finding.kind;
    }
    rst_engine_trace_note(capture->engine, &answers.memory, &fits);
    script_scope_close(&answers);
}

guint absurd_capture(guint32 seed, absurd_mode_t mode)
{
    capture_t *capture = g_new0(capture_t, 1);
    planned_t *planned = g_new0(planned_t, SEGMENTS);
    rst_prefs_t prefs = rst_prefs_default();
    unsigned kind;
    guint answers;

    capture->chance = g_rand_new_with_seed(seed);
    script_scope_open(&capture->scope);
    capture->interfaces = mode == ABSURD_ONE ? 1 : 1 + pick(capture, INTERFACES);
    prefs.capture_points = pick(capture, 3);
    kind = pick(capture, ABSURD_CLOCKS);
    for (unsigned i = 0; i < INTERFACES; i++) /* half of them of one kind */
        absurd_clock_set(&capture->clock[i], pick(capture, 2) ? kind : pick(capture, ABSURD_CLOCKS), capture->chance);
    capture->engine = rst_engine_new(&capture->scope.memory, &prefs);
    plan(capture, planned);
    if (mode == ABSURD_TRACE)
        write_trace(capture, planned);
    play(capture, planned);
    ask_all(capture);
    answers = capture->answers;
    rst_engine_free(capture->engine);
    script_scope_close(&capture->scope);
    g_rand_free(capture->chance);
    g_free(planned);
    g_free(capture);
    return answers;
}
