/* core.c
 * Feeds the core with generated connections and prints what each costs: the growth curves without Wireshark's share.
 *
 * Usage: rst_bench KIND COUNT [longest|problems|ipv6]
 *
 * KIND   syn      a lone SYN to a new port
 *        refused  a SYN and the reset that refuses it
 *        closed   a connection of eight segments that both sides close
 *        reset    one of seven segments that ends with a reset
 *        reused   "closed", all on the same addresses and ports
 *        storm    resets in one connection
 *        spread   a lone SYN from a random IPv6 address
 *        chosen   the same from addresses that once met in few places of the table
 *        portscan a SYN to each port of a host, then of the next, all refused
 *        services 100000 services, each refuses a client of its own again and again
 *
 * Prints: kind, count, segments, CPU nanoseconds per segment, bytes per item (blocks of the core, without the headers
 * that an allocator adds and without the hash tables). With "longest", every reset gets its verdict, and the last
 * column is the CPU time in microseconds for the segment that took longest. With "problems", nothing gives way, and the
 * last columns are what the problems of all that cost: how many they are, CPU seconds, megabytes at most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/engine.h"
#include "kinds.h"
#include "scope.h"

#define STEP INT64_C(20000) /* ns between two segments */

typedef struct bench {
    rst_engine_t *engine;
    uint32_t frame;
    bool timed, ipv6;
    int64_t longest; /* ns */
} bench_t;

static int64_t cpu_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* A verdict with all its texts, as for a row in the packet list with the details open. */
static void ask(const bench_t *bench, const rst_reset_t *reset)
{
    rst_verdict_t verdict;
    scope_t scope;

    scope_open(&scope);
    rst_engine_classify(bench->engine, reset, &scope.memory, true, &verdict);
    scope_close(&scope);
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

static void feed(bench_t *bench, const kind_t *kind, unsigned step, uint32_t number)
{
    rst_segment_t segment = kind_segment(kind, step, number, bench->ipv6);
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
            feed(bench, kind, i, kind->once ? 0 : number);
    }
}

static double megabytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* The verdicts that they rest on are part of it. */
static void print_problems(rst_engine_t *engine)
{
    double before = megabytes();
    int64_t start = cpu_time();
    const char *total;
    scope_t scope;
    char *text;

    scope_open(&scope);
    rst_engine_finish_pass(engine);
    text = rst_engine_problems(engine, &(rst_extent_t){.json = true}, &scope.memory);
    total = strstr(text, "\"problems_total\":");
    printf("\t%d\t%.2f\t%.0f", total ? atoi(strchr(total, ':') + 1) : 0, (double)(cpu_time() - start) / 1e9,
           megabytes() - before);
    g_free(text);
    scope_close(&scope);
}

static int measure(const kind_t *kind, uint32_t count, const char *mode)
{
    rst_prefs_t prefs = rst_prefs_default();
    bench_t bench = {.timed = !strcmp(mode, "longest"), .ipv6 = !strcmp(mode, "ipv6")};
    clock_t start = clock();
    scope_t scope;
    double seconds;

    scope_open(&scope);
    bench.engine = rst_engine_new(&scope.memory, &prefs);
    if (!strcmp(mode, "problems"))
        rst_engine_limit(bench.engine, UINT64_MAX);
    run(&bench, kind, count);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%s\t%" PRIu32 "\t%" PRIu32 "\t%.1f\t%.1f", kind->name, count, bench.frame, seconds * 1e9 / bench.frame,
           (double)scope.held / count);
    if (bench.timed)
        printf("\t%.1f", (double)bench.longest / 1000);
    if (!strcmp(mode, "problems"))
        print_problems(bench.engine);
    printf("\n");
    rst_engine_free(bench.engine);
    scope_close(&scope);
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc == 4 ? argv[3] : "";
    bool known = argc == 3 || !strcmp(mode, "longest") || !strcmp(mode, "problems") || !strcmp(mode, "ipv6");
    uint32_t count = known && argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    const kind_t *kind = count ? kind_named(argv[1]) : NULL;

    if (kind && kind->steps)
        return measure(kind, count, mode);
    fprintf(stderr, "Usage: rst_bench syn|refused|closed|reset|reused|storm|spread|chosen|portscan|services COUNT "
                    "[longest|problems|ipv6]\n");
    return 2;
}
