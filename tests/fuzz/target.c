/* target.c
 * Implementation of what the targets that play scenes have in common.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    uint64_t executions, long_ones, segments, resets;
} figures;

static void print_figures(void)
{
    double executions = figures.executions ? (double)figures.executions : 1;

    fprintf(stderr,
            "%" PRIu64 " executions, on average %.1f segments and %.1f resets; %.0f %% had 30 segments or more\n",
            figures.executions, (double)figures.segments / executions, (double)figures.resets / executions,
            100 * (double)figures.long_ones / executions);
}

void target_count(const scene_t *scene)
{
    if (!figures.executions && getenv("RST_FUZZ_FIGURES"))
        atexit(print_figures);
    figures.executions++;
    figures.long_ones += scene->segments >= 30;
    figures.segments += scene->segments;
    figures.resets += scene->resets;
}

static void show_segment(const rst_segment_t *segment)
{
    static const char letters[] = "FSRPAUEC";

    printf("  :%u > :%u ", segment->sport, segment->dport);
    for (unsigned bit = 0; bit < 8; bit++) {
        if (segment->flags & 1u << bit)
            putchar(letters[bit]);
    }
    printf(" seq=%u ack=%u len=%u ttl=%u id=%u window=%u known=%x interface=%u link=%u tsval=%u host=%u\n",
           segment->seq, segment->ack, segment->len, segment->ttl, segment->ip_id, segment->window, segment->known,
           segment->interface, segment->link, segment->tsval, ((const uint8_t *)segment->src.word)[3]);
}

void target_show(const scene_t *scene)
{
    if (!getenv("RST_FUZZ_SHOW"))
        return;
    for (unsigned i = 0; i < scene->items; i++) {
        const scene_item_t *item = &scene->item[i];

        printf("%u%s %" PRId64, item->segment.frame, item->same_frame ? "+" : "", item->segment.time);
        if (item->is_icmp)
            printf("  ICMP %u/%u\n", item->icmp.type, item->icmp.code);
        else
            show_segment(&item->segment);
    }
    printf("%.*s", (int)scene->trace_length, scene->trace);
    fflush(stdout);
}
