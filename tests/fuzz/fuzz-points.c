/* fuzz-points.c
 * libFuzzer target: a miniature capture, as seen at two or three capture points, through the engine. Segments get lost
 * between the points, arrive late, have their addresses translated and their numbers rewritten; clocks differ.
 *
 * Input: a plan of 24 bytes (how interfaces are told apart, clock, translation, the user's preference, then one byte
 * for each segment in turn), then an input of fuzz-engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "questions.h"
#include "stream.h"

#define PLAN_HEAD 4
#define PLAN_SIZE 24
#define LATE_MAX 3 /* segments that wait */

enum { /* byte of a segment */
       AT_BOTH = 0,
       AT_FIRST = 1,
       AT_SECOND = 2,
       AT_SECOND_FIRST = 3,
       AT_MASK = 3,
       BIT_LATE = 0x04,       /* at the second point after the segments that follow */
       BIT_THIRD = 0x08,      /* on a third interface too */
       BIT_TRANSLATED = 0x10, /* as the plan says */
       BIT_SHIFTED = 0x20,    /* numbers rewritten */
       BIT_OTHER_ID = 0x40,
       BIT_CHANGED = 0x80 /* window and TTL */
};

typedef struct path {
    const uint8_t *plan;
    unsigned next; /* byte of the plan */
    int64_t clock; /* of the second point relative to the first */
    questions_t questions;
    rst_segment_t late[LATE_MAX];
    unsigned waiting;
} path_t;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(path_t *path, const rst_segment_t *segment)
{
    rst_segment_t copy = *segment;

    copy.frame = ++path->questions.frame;
    rst_engine_frame(path->questions.engine, copy.frame, copy.time);
    questions_feed(&path->questions, &copy);
}

/* Addresses and ports of the client, or only the client's port. */
static void translate(const path_t *path, rst_segment_t *segment)
{
    bool from_client = segment->sport > segment->dport;
    uint8_t *address = (uint8_t *)(from_client ? segment->src.word : segment->dst.word);
    uint16_t *port = from_client ? &segment->sport : &segment->dport;

    if (path->plan[2] & 1)
        address[segment->src.size - 1] ^= 0x40;
    if (path->plan[2] & 2)
        *port ^= 0x1000;
}

static rst_segment_t at_second(const path_t *path, const rst_segment_t *segment, unsigned how)
{
    rst_segment_t other = *segment;

    other.interface = 2;
    other.ttl = (uint8_t)(segment->ttl - 3);
    if (other.time != RST_TIME_NONE)
        other.time = (int64_t)((uint64_t)other.time + (uint64_t)path->clock);
    if (how & BIT_TRANSLATED)
        translate(path, &other);
    if (how & BIT_SHIFTED) {
        bool from_client = segment->sport > segment->dport;

        other.seq += from_client ? 77777u : 0;
        other.ack += from_client ? 0 : 77777u;
    }
    if (how & BIT_OTHER_ID)
        other.ip_id = (uint16_t)(segment->ip_id ^ 0x5a5a);
    if (how & BIT_CHANGED) {
        other.window = (uint16_t)(segment->window / 2);
        other.ttl = 7;
    }
    return other;
}

static void show_late(path_t *path)
{
    for (unsigned i = 0; i < path->waiting; i++)
        show(path, &path->late[i]);
    path->waiting = 0;
}

static void show_second(path_t *path, const rst_segment_t *segment, unsigned how)
{
    rst_segment_t other = at_second(path, segment, how);

    if ((how & BIT_LATE) && path->waiting < LATE_MAX) {
        path->late[path->waiting++] = other;
        return;
    }
    show(path, &other);
    show_late(path);
}

static void take(path_t *path, rst_segment_t *segment)
{
    unsigned how = path->plan[PLAN_HEAD + path->next];

    path->next = (path->next + 1) % (PLAN_SIZE - PLAN_HEAD);
    segment->interface = 1;
    if ((how & AT_MASK) == AT_SECOND_FIRST)
        show_second(path, segment, how);
    if ((how & AT_MASK) != AT_SECOND)
        show(path, segment);
    if ((how & AT_MASK) == AT_BOTH || (how & AT_MASK) == AT_SECOND)
        show_second(path, segment, how);
    if (how & BIT_THIRD) {
        segment->interface = 3;
        show(path, segment);
    }
}

static void set_prefs(const uint8_t *plan, rst_prefs_t *prefs)
{
    static const char *const ends[] = {
        NULL,
        "",
        "client=0 server=1",
        "client=0-1 middle=2",
        "server=1;client=0,2",
        "client=",
        "client=1-0",
        "=0 x",
        "client=99999999999999999999-99999999999999999999 server=0-18446744073709551615",
    };

    prefs->capture_points = plan[0] % 3;
    prefs->point_ends = ends[plan[3] % (sizeof ends / sizeof ends[0])];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t clocks[] = {0,          1000,          -1000,          250000000,
                                     -250000000, 3600000000000, -7200000000000, INT64_C(1) << 60};
    static path_t path; /* too large for the stack */
    stream_t stream;
    rst_prefs_t prefs;
    rst_segment_t segment;
    scope_t scope;
    bool same_frame;

    if (size < PLAN_SIZE || !stream_open(&stream, data + PLAN_SIZE, size - PLAN_SIZE, &prefs))
        return 0;
    memset(&path, 0, sizeof path);
    path.plan = data;
    path.clock = clocks[data[1] & 7];
    set_prefs(data, &prefs);
    scope_open(&scope);
    path.questions.engine = rst_engine_new(&scope.memory, &prefs);
    if (stream.limited)
        rst_engine_limit(path.questions.engine, 20000);
    while (stream_next(&stream, &segment, &same_frame))
        take(&path, &segment);
    show_late(&path);
    questions_end(&path.questions);
    rst_engine_free(path.questions.engine);
    scope_close(&scope);
    return 0;
}
