/* flood.c
 * A flood before, amid or after a capture, through the core alone: do the verdicts of the capture stay?
 *
 * Usage: rst_flood CAPTURE KIND COUNT POSITION [ipv6] [two] [list] [MB|FILE]
 *
 * CAPTURE   pcapng, Ethernet
 * KIND      as in kinds.c
 * COUNT     packets of the flood
 * POSITION  before, between (spread over all gaps of the capture) or after
 * ipv6      the flood has IPv6 addresses
 * two       two interfaces of the file see each packet of the flood; compared with two that see its first packet only,
 *           because a second capture point is knowledge of its own
 * list      also print each verdict that differs
 * MB        the preference that limits the memory, a number
 * FILE      no more than write capture and flood to this file, for Wireshark
 *
 * Prints: kind, family, interfaces, position, packets, resets of the capture, verdicts that differ (cause, sender or a
 * higher confidence), claims of 70 or more among them that differ in cause or sender, accusations that were none
 * before, verdicts that are only less sure, the most memory the core held in MB (without hash tables), the peak of the
 * process in MB, CPU seconds. Exit code 1 if more than one in a hundred differs, any claims or accuses, or the core
 * holds much more than the limit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/engine.h"
#include "flood-file.h"
#include "plan.h"
#include "scope.h"

#define FIRM 70       /* percent from which a claim must not be wrong */
#define BLAME 50      /* percent from which a verdict accuses */
#define TOLERATED 100 /* one in so many verdicts may differ */
#define FIXED 8       /* MB that may be held whatever the limit */

static const char *const positions[] = {"before", "between", "after"};

typedef struct options {
    rst_prefs_t prefs;
    bool list;
    const char *to; /* the file to write, NULL = none */
} options_t;

typedef struct claim {
    uint32_t reset;  /* its id */
    uint32_t number; /* of the packet in the capture, from 1 */
    rst_cause_t cause;
    rst_sender_t sender;
    uint8_t confidence;
    bool accuses;
} claim_t;

typedef struct run {
    const capture_t *capture;
    rst_engine_t *engine;
    scope_t scope;
    GArray *claims; /* about the resets of the capture */
    uint32_t frame;
    bool udp;
    double seconds;
} run_t;

typedef struct score {
    unsigned changed, firm, accusing, lower;
} score_t;

static void next_frame(run_t *run, int64_t time)
{
    rst_engine_frame(run->engine, ++run->frame, time);
}

static void feed_flood(void *data, const rst_segment_t *made)
{
    run_t *run = data;
    rst_segment_t segment = *made;

    next_frame(run, segment.time);
    segment.frame = run->frame;
    if (!run->udp)
        rst_engine_feed(run->engine, &segment);
}

static void feed_packet(void *data, uint32_t number)
{
    run_t *run = data;
    const packet_t *packet = capture_packet(run->capture, number);
    rst_segment_t segment = packet->segment;
    claim_t claim = {.number = number + 1};
    const rst_reset_t *reset;

    next_frame(run, packet->time);
    segment.frame = run->frame;
    if (packet->kind == PACKET_ICMP)
        rst_engine_icmp(run->engine, &packet->icmp);
    else if (packet->kind == PACKET_TCP && (reset = rst_engine_feed(run->engine, &segment)) != NULL) {
        claim.reset = rst_engine_reset_id(reset);
        g_array_append_val(run->claims, claim);
    }
}

static void classify(const run_t *run, claim_t *claim)
{
    rst_verdict_t verdict;
    scope_t scope;

    scope_open(&scope);
    rst_engine_classify(run->engine, rst_engine_reset(run->engine, claim->reset), &scope.memory, true, &verdict);
    claim->cause = verdict.cause;
    claim->sender = verdict.sender;
    claim->confidence = verdict.confidence;
    claim->accuses = verdict.confidence >= BLAME && rst_verdict_on_path(&verdict) != RST_ON_PATH_NONE;
    scope_close(&scope);
}

static void run_plan(run_t *run, const plan_t *plan, const capture_t *capture, const rst_prefs_t *prefs)
{
    visitor_t visitor = {feed_packet, feed_flood, run};
    clock_t start = clock();

    memset(run, 0, sizeof *run);
    run->capture = capture;
    run->udp = !plan->kind->steps;
    scope_open(&run->scope);
    run->engine = rst_engine_new(&run->scope.memory, prefs);
    run->claims = g_array_new(FALSE, FALSE, sizeof(claim_t));
    plan_walk(plan, capture, &visitor);
    rst_engine_finish_pass(run->engine);
    for (unsigned i = 0; i < run->claims->len; i++)
        classify(run, &g_array_index(run->claims, claim_t, i));
    run->seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    rst_engine_free(run->engine);
    scope_close(&run->scope);
}

static void print_claim(const char *what, const claim_t *claim)
{
    printf("%s %s %s %u%s", what, rst_cause_info(claim->cause)->token, rst_sender_name(claim->sender),
           claim->confidence, claim->accuses ? " (accuses)" : "");
}

static score_t compare(const run_t *alone, const run_t *flooded, bool list)
{
    score_t score = {0, 0, 0, 0};

    for (unsigned i = 0; i < alone->claims->len; i++) {
        const claim_t *before = &g_array_index(alone->claims, claim_t, i);
        const claim_t *after = &g_array_index(flooded->claims, claim_t, i);
        bool other = before->cause != after->cause || before->sender != after->sender;

        score.changed += other || after->confidence > before->confidence;
        score.firm += other && after->confidence >= FIRM;
        score.accusing += after->accuses && !before->accuses;
        score.lower += !other && after->confidence < before->confidence;
        if (list && (other || after->confidence != before->confidence)) {
            printf("# packet %" PRIu32, before->number);
            print_claim(":", before);
            print_claim(" ->", after);
            printf("\n");
        }
    }
    return score;
}

static int judge(const plan_t *plan, const capture_t *capture, const options_t *options)
{
    plan_t quiet = *plan;
    run_t alone, flooded;
    struct rusage usage;
    unsigned resets;
    score_t score;

    quiet.count = plan->two ? 2 : 0;
    quiet.position = plan->position == AFTER ? AFTER : BEFORE;
    run_plan(&alone, &quiet, capture, &options->prefs);
    run_plan(&flooded, plan, capture, &options->prefs);
    resets = alone.claims->len;
    score = compare(&alone, &flooded, options->list);
    getrusage(RUSAGE_SELF, &usage);
    printf("%s\t%s\t%d\t%s\t%" PRIu64 "\t%u\t%u\t%u\t%u\t%u\t%.1f\t%.1f\t%.1f\n", plan->kind->name,
           plan->ipv6 ? "IPv6" : "IPv4", plan->two ? 2 : 1, positions[plan->position], plan->count, resets,
           score.changed, score.firm, score.accusing, score.lower, (double)flooded.scope.peak / 1e6,
           (double)usage.ru_maxrss / 1024, flooded.seconds);
    g_array_free(alone.claims, TRUE);
    g_array_free(flooded.claims, TRUE);
    return score.firm || score.accusing || score.changed * TOLERATED > resets ||
           (double)flooded.scope.peak / 1e6 > options->prefs.memory_mb * 1.5 + FIXED;
}

/* Returns false if the arguments make no sense. */
static bool read_options(int argc, char **argv, plan_t *plan, options_t *options)
{
    if (argc < 5 || !(plan->kind = kind_named(argv[2])))
        return false;
    plan->count = strtoull(argv[3], NULL, 10);
    while (strcmp(argv[4], positions[plan->position])) {
        if (++plan->position == G_N_ELEMENTS(positions))
            return false;
    }
    for (int i = 5; i < argc; i++) {
        if (!strcmp(argv[i], "ipv6"))
            plan->ipv6 = true;
        else if (!strcmp(argv[i], "two"))
            plan->two = true;
        else if (!strcmp(argv[i], "list"))
            options->list = true;
        else if (strtoul(argv[i], NULL, 10))
            options->prefs.memory_mb = (unsigned)strtoul(argv[i], NULL, 10);
        else
            options->to = argv[i];
    }
    return plan->count > 0;
}

int main(int argc, char **argv)
{
    options_t options = {.prefs = rst_prefs_default()};
    plan_t plan = {.kind = NULL};
    capture_t capture;
    int status = 2;

    if (!read_options(argc, argv, &plan, &options)) {
        fprintf(stderr, "Usage: rst_flood CAPTURE KIND COUNT before|between|after [ipv6] [two] [list] [MB|FILE]\n");
        return 2;
    }
    if (!capture_read(argv[1], &capture))
        fprintf(stderr, "rst_flood: %s: no pcapng file with packets\n", argv[1]);
    else
        status = options.to ? !flood_file_write(&plan, &capture, options.to) : judge(&plan, &capture, &options);
    capture_free(&capture);
    return status;
}
