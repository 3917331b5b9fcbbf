/* verdicts.c
 * What the core says about each reset of a capture, with all texts: the same bytes from every build.
 *
 * Usage: rst_verdicts CAPTURE   (pcapng, Ethernet)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>

#include "capture.h"
#include "engine/engine.h"
#include "scope.h"

static void print_verdict(rst_engine_t *engine, uint32_t reset, uint32_t number)
{
    rst_verdict_t verdict;
    scope_t scope;

    scope_open(&scope);
    rst_engine_classify(engine, rst_engine_reset(engine, reset), &scope.memory, true, &verdict);
    printf("%" PRIu32 "\t%s\t%s\t%u\t%s\t%s\t%" PRIu32 "\t%" PRId64 "\t%d\t%s", number,
           rst_cause_info(verdict.cause)->token, rst_sender_name(verdict.sender), verdict.confidence,
           rst_phase_name(verdict.phase), rst_validity_name(verdict.validity), verdict.trigger, verdict.delay,
           verdict.hop_delta, verdict.summary);
    for (unsigned i = 0; i < verdict.evidences; i++)
        printf("\t%" PRIu32 " %s", verdict.evidence[i].frame, verdict.evidence[i].text);
    for (unsigned i = 0; i < verdict.alternatives; i++)
        printf("\t%s %u", rst_cause_info(verdict.alternative[i].cause)->token, verdict.alternative[i].confidence);
    printf("\n");
    scope_close(&scope);
}

/* The resets are asked about in the order of the file, after all of it was read. */
static void read_all(const capture_t *capture, rst_engine_t *engine)
{
    uint32_t *found = g_new0(uint32_t, capture->packets->len); /* ids of resets, 0 = none */

    for (uint32_t i = 0; i < capture->packets->len; i++) {
        const packet_t *packet = capture_packet(capture, i);
        rst_segment_t segment = packet->segment;
        const rst_reset_t *reset = NULL;

        segment.frame = i + 1;
        rst_engine_frame(engine, i + 1, packet->time);
        if (packet->kind == PACKET_ICMP)
            rst_engine_icmp(engine, &packet->icmp);
        else if (packet->kind == PACKET_TCP)
            reset = rst_engine_feed(engine, &segment);
        found[i] = reset ? rst_engine_reset_id(reset) : 0;
    }
    rst_engine_finish_pass(engine);
    for (uint32_t i = 0; i < capture->packets->len; i++) {
        if (found[i])
            print_verdict(engine, found[i], i + 1);
    }
    g_free(found);
}

int main(int argc, char **argv)
{
    rst_prefs_t prefs = rst_prefs_default();
    rst_engine_t *engine;
    capture_t capture;
    scope_t scope;
    bool readable;

    if (argc != 2) {
        fprintf(stderr, "Usage: rst_verdicts CAPTURE\n");
        return 2;
    }
    readable = capture_read(argv[1], &capture);
    if (readable) {
        scope_open(&scope);
        engine = rst_engine_new(&scope.memory, &prefs);
        read_all(&capture, engine);
        rst_engine_free(engine);
        scope_close(&scope);
    }
    capture_free(&capture);
    return readable ? 0 : 2;
}
