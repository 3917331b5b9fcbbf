/* core.c
 * Feeds the core with generated connections and prints what each costs: the growth curves without Wireshark's share.
 *
 * Usage: rst_bench KIND COUNT [longest]
 *
 * KIND   syn      a lone SYN to a new port
 *        refused  a SYN and the reset that refuses it
 *        closed   a connection of eight segments that both sides close
 *        reset    one of seven segments that ends with a reset
 *        reused   "closed", all on the same addresses and ports
 *        storm    resets in one connection
 *
 * Prints: kind, count, segments, CPU nanoseconds per segment, bytes per item (blocks of the core, without the headers
 * that an allocator adds and without the hash tables). With "longest", every reset gets its verdict, and the last
 * column is the CPU time in microseconds for the segment that took longest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/engine.h"

#define STEP INT64_C(20000) /* ns between two segments */

typedef struct bench {
    rst_engine_t *engine;
    uint32_t frame;
    bool same;
    bool timed;
    int64_t longest; /* ns */
} bench_t;

/* One segment of a kind of connection: sender (0 = client), flags, distance from the two initial numbers, payload. */
typedef struct step {
    uint8_t from, flags;
    uint16_t seq, ack, len;
} step_t;

typedef struct kind {
    const char *name;
    unsigned steps;
    bool same; /* all on the same addresses and ports */
    bool once; /* the steps before the last occur only once */
    step_t step[8];
} kind_t;

enum { FIN = RST_FLAG_FIN, SYN = RST_FLAG_SYN, RST = RST_FLAG_RST, PSH = RST_FLAG_PSH, ACK = RST_FLAG_ACK };

#define OPENING                                                                                                        \
    {0, SYN, 0, 0, 0}, {1, SYN | ACK, 0, 1, 0},                                                                        \
    {                                                                                                                  \
        0, ACK, 1, 1, 0                                                                                                \
    }
#define REQUEST                                                                                                        \
    {0, PSH | ACK, 1, 1, 300},                                                                                         \
    {                                                                                                                  \
        1, PSH | ACK, 1, 301, 1000                                                                                     \
    }
#define CLOSING                                                                                                        \
    {0, FIN | ACK, 301, 1001, 0}, {1, FIN | ACK, 1001, 302, 0},                                                        \
    {                                                                                                                  \
        0, ACK, 302, 1002, 0                                                                                           \
    }

static const kind_t kinds[] = {
    {"syn", 1, false, false, {{0, SYN, 0, 0, 0}}},
    {"refused", 2, false, false, {{0, SYN, 0, 0, 0}, {1, RST | ACK, 0, 1, 0}}},
    {"closed", 8, false, false, {OPENING, REQUEST, CLOSING}},
    {"reset", 6, false, false, {OPENING, REQUEST, {1, RST | ACK, 1001, 301, 0}}},
    {"reused", 8, true, false, {OPENING, REQUEST, CLOSING}},
    {"storm", 5, true, true, {OPENING, {0, PSH | ACK, 1, 1, 300}, {1, RST, 1, 0, 0}}},
};

/* Precedes each block: a ring of all blocks in use, so that they can be freed together like a Wireshark scope. */
typedef struct head {
    struct head *next, *before;
    size_t size;
    size_t unused; /* keeps blocks aligned to 16 bytes */
} head_t;

typedef struct scope {
    head_t ring;
    size_t held; /* bytes in use */
} scope_t;

static void *counted_alloc(void *data, size_t size)
{
    scope_t *scope = data;
    head_t *head = malloc(sizeof *head + size);

    if (!head)
        abort();
    *head = (head_t){scope->ring.next, &scope->ring, size, 0};
    head->next->before = head;
    scope->ring.next = head;
    scope->held += size;
    return head + 1;
}

static void counted_release(void *data, void *block, size_t size)
{
    scope_t *scope = data;
    head_t *head = (head_t *)block - 1;

    if (head->size != size)
        abort();
    head->next->before = head->before;
    head->before->next = head->next;
    scope->held -= head->size;
    free(head);
}

static void release_all(scope_t *scope)
{
    while (scope->ring.next != &scope->ring)
        counted_release(scope, scope->ring.next + 1, scope->ring.next->size);
}

static rst_address_t ip4(uint32_t number)
{
    rst_address_t address = {{0, 0}, 4};

    memcpy(address.word, &number, sizeof number);
    return address;
}

static rst_segment_t segment_of(const step_t *step, uint32_t number, bool same)
{
    uint32_t place = same ? 0 : number;
    rst_address_t end[2] = {ip4(0x0a000000u + place / 60000 % 1000), ip4(0xc0000200u)};
    uint16_t port[2] = {(uint16_t)(1024 + place % 60000), 80};
    uint32_t isn[2] = {number * 0x9e3779b1u, number * 0x85ebca6bu};
    rst_segment_t segment = {.known = RST_HAS_IP | RST_HAS_IP_ID | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH};

    segment.src = end[step->from];
    segment.dst = end[1 - step->from];
    segment.sport = port[step->from];
    segment.dport = port[1 - step->from];
    segment.seq = isn[step->from] + step->seq;
    segment.ack = (step->flags & ACK) ? isn[1 - step->from] + step->ack : 0;
    segment.len = step->len;
    segment.flags = step->flags;
    segment.window = 502;
    segment.ttl = step->from ? 60 : 64;
    return segment;
}

static int64_t cpu_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* A verdict with all its texts, as for a row in the packet list with the details open. */
static void ask(const bench_t *bench, const rst_reset_t *reset)
{
    scope_t scope = {{&scope.ring, &scope.ring, 0, 0}, 0};
    rst_memory_t memory = {counted_alloc, counted_release, &scope};
    rst_verdict_t verdict;

    rst_engine_classify(bench->engine, reset, &memory, true, &verdict);
    release_all(&scope);
}

static void feed_timed(bench_t *bench, const rst_segment_t *segment)
{
    int64_t start = cpu_time();
    rst_reset_t *reset;

    rst_engine_frame(bench->engine, segment->frame, segment->time);
    reset = rst_engine_feed(bench->engine, segment);
    if (reset)
        ask(bench, reset);
    bench->longest = MAX(bench->longest, cpu_time() - start);
}

static void feed(bench_t *bench, const step_t *step, uint32_t number)
{
    rst_segment_t segment = segment_of(step, number, bench->same);
    int64_t time = ++bench->frame * STEP;

    segment.frame = bench->frame;
    segment.time = time;
    segment.ip_id = (uint16_t)(bench->frame * 7);
    if (bench->timed) {
        feed_timed(bench, &segment);
        return;
    }
    rst_engine_frame(bench->engine, bench->frame, time);
    rst_engine_feed(bench->engine, &segment);
}

static void run(bench_t *bench, const kind_t *kind, uint32_t count)
{
    for (uint32_t number = 0; number < count; number++) {
        for (unsigned i = kind->once && number ? kind->steps - 1 : 0; i < kind->steps; i++)
            feed(bench, &kind->step[i], kind->once ? 0 : number);
    }
}

static int measure(const kind_t *kind, uint32_t count, bool timed)
{
    scope_t scope = {{&scope.ring, &scope.ring, 0, 0}, 0};
    rst_memory_t memory = {counted_alloc, counted_release, &scope};
    rst_prefs_t prefs = rst_prefs_default();
    bench_t bench = {.engine = rst_engine_new(&memory, &prefs), .same = kind->same, .timed = timed};
    clock_t start = clock();
    double seconds;

    run(&bench, kind, count);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%s\t%" PRIu32 "\t%" PRIu32 "\t%.1f\t%.1f", kind->name, count, bench.frame, seconds * 1e9 / bench.frame,
           (double)scope.held / count);
    if (timed)
        printf("\t%.1f", (double)bench.longest / 1000);
    printf("\n");
    rst_engine_free(bench.engine);
    release_all(&scope);
    return 0;
}

int main(int argc, char **argv)
{
    bool timed = argc == 4 && !strcmp(argv[3], "longest");
    uint32_t count = argc == 3 || timed ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

    for (size_t i = 0; count && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!strcmp(argv[1], kinds[i].name))
            return measure(&kinds[i], count, timed);
    }
    fprintf(stderr, "Usage: rst_bench syn|refused|closed|reset|reused|storm COUNT [longest]\n");
    return 2;
}
