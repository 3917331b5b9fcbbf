/* script.c
 * Implementation for running scripts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-excused.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000000)

const script_variant_t script_variants[] = {
    {"plain", false, false, 0, 0, 0, 0},
    /* The client's SYN is the last number before zero; the server crosses zero within its first bytes. */
    {"wrap", true, true, 0xee, (uint32_t)-1001, (uint32_t)-5101, INT64_C(1700000003) * SECOND},
    /* Both sides cross the middle, where signed and unsigned comparison differ. */
    {"middle", false, true, 0x11, 0x80000000u - 1051, 0x80000000u - 5001, INT64_C(1800000007) * SECOND},
};

const unsigned script_variant_count = G_N_ELEMENTS(script_variants);

/* Filled with a pattern: the core may not count on zeroed memory. */
static void *scope_alloc(void *scope, size_t size)
{
    void *block = malloc(size ? size : 1);

    if (!block)
        abort();
    memset(block, 0xa5, size);
    g_hash_table_insert(((script_scope_t *)scope)->blocks, block, GSIZE_TO_POINTER(size));
    return block;
}

static void scope_release(void *scope, void *block, size_t size)
{
    gpointer given;

    if (!g_hash_table_lookup_extended(((script_scope_t *)scope)->blocks, block, NULL, &given) ||
        GPOINTER_TO_SIZE(given) != size)
        g_error("released a block that does not belong to the scope, or twice, or with another size");
    g_hash_table_remove(((script_scope_t *)scope)->blocks, block);
}

void script_scope_open(script_scope_t *scope)
{
    scope->memory = (rst_memory_t){scope_alloc, scope_release, scope};
    scope->blocks = g_hash_table_new_full(NULL, NULL, free, NULL);
}

void script_scope_close(script_scope_t *scope)
{
    g_hash_table_destroy(scope->blocks);
}

/* The verdict of the first pass. Its memory goes at once: the core may not keep anything of it. */
static void classify_early(script_run_t *run, const rst_reset_t *reset)
{
    script_scope_t scope;
    rst_verdict_t verdict;

    if (run->resets == SCRIPT_RESETS_MAX)
        g_error("too many resets in one script");
    script_scope_open(&scope);
    rst_engine_classify(run->engine, reset, &scope.memory, true, &verdict);
    run->provisional[run->resets] = verdict.cause;
    run->sure_early[run->resets] = verdict.confidence;
    run->id[run->resets] = rst_engine_reset_id(reset);
    run->reset[run->resets++] = reset;
    script_scope_close(&scope);
    script_audit(run, run->resets - 1);
}

/* The next frame with what is in it: a segment, the ICMP error read last, or neither (NULL). */
static void feed_frame(script_run_t *run, rst_segment_t *segment, bool rejected)
{
    rst_reset_t *reset;

    if (!run->rejected)
        run->frame++;
    run->rejected = rejected;
    run->lossy = run->lossy || rejected;
    rst_engine_frame(run->engine, run->frame, run->time);
    if (run->has_icmp)
        rst_engine_icmp(run->engine, &run->icmp);
    if (!segment)
        return;
    segment->frame = run->frame;
    reset = rst_engine_feed(run->engine, segment);
    g_assert_true((reset != NULL) == ((segment->flags & RST_FLAG_RST) != 0));
    if (reset)
        classify_early(run, reset);
    for (unsigned i = 0; i < run->resets; i++)
        run->reset[i] = rst_engine_reset(run->engine, run->id[i]);
}

const rst_reset_t *script_reset(const script_run_t *run, unsigned number)
{
    return rst_engine_reset(run->engine, run->id[number]);
}

void script_feed(script_run_t *run, const char *line)
{
    rst_segment_t segment;
    bool rejected = false;
    bool is_segment = script_parse(run, line, &segment, &rejected);

    feed_frame(run, is_segment ? &segment : NULL, rejected);
}

void script_feed_segment(script_run_t *run, const rst_segment_t *segment)
{
    rst_segment_t copy = *segment;

    run->time = segment->time;
    run->has_icmp = false;
    feed_frame(run, &copy, false);
}

static bool set_preference(script_run_t *run, const char *line)
{
    rst_prefs_t *prefs = &run->prefs;
    char name[40];
    char host;
    unsigned value;

    if (sscanf(line, "pref netscaler %c", &host) == 1) {
        run->netscaler = (rst_network_t){script_address(run->variant, host), 0};
        run->netscaler.bits = run->netscaler.address.size * 8U;
        prefs->netscalers = &run->netscaler;
        prefs->netscaler_count = 1;
        return true;
    }
    if (sscanf(line, "pref %39s %u", name, &value) != 2)
        return false;
    if (strcmp(name, "capture_side") == 0) {
        prefs->capture_side = value;
        return true;
    }
#define SET_PREFERENCE(field, initial, low, high, title, text)                                                         \
    if (strcmp(name, #field) == 0) {                                                                                   \
        prefs->field = value;                                                                                          \
        return true;                                                                                                   \
    }
    RST_PREFS(SET_PREFERENCE)
#undef SET_PREFERENCE
#define SET_DECODER(field, title, text)                                                                                \
    if (strcmp(name, #field) == 0) {                                                                                   \
        prefs->field = value != 0;                                                                                     \
        return true;                                                                                                   \
    }
    RST_DECODERS(SET_DECODER)
#undef SET_DECODER
    g_error("no such preference: %s", line);
    return false;
}

const char *const *script_begin(script_run_t *run, const script_variant_t *variant, const char *const *lines)
{
    memset(run, 0, sizeof *run);
    run->variant = variant;
    run->time = RST_TIME_NONE;
    run->prefs = rst_prefs_default();
    for (; *lines && set_preference(run, *lines); lines++)
        ;
    script_scope_open(&run->scope);
    script_scope_open(&run->answers);
    run->engine = rst_engine_new(&run->scope.memory, &run->prefs);
    return lines;
}

void script_open(script_run_t *run, const script_variant_t *variant, const char *const *lines)
{
    for (lines = script_begin(run, variant, lines); *lines; lines++)
        script_feed(run, *lines);
}

void script_close(script_run_t *run)
{
    rst_engine_free(run->engine);
    script_scope_close(&run->answers);
    script_scope_close(&run->scope);
}

int script_main(int *argc, char ***argv, const script_test_t *tests)
{
    g_test_init(argc, argv, NULL);
    for (; tests->path; tests++)
        g_test_add_func(tests->path, tests->function);
    return g_test_run() || script_excuses_unused() ? 1 : 0;
}

void script_check_at(const char *file, int line, const char *expected, const char *const *lines)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);

        script_open(run, &script_variants[i], lines);
        rst_engine_finish_pass(run->engine);
        for (unsigned reset = 0; reset < run->resets; reset++)
            script_audit(run, reset);
        script_expect(run, file, line, expected);
        script_close(run);
        g_free(run);
    }
    script_check_foreign(file, line, expected, lines);
    script_check_order(file, line, expected, lines);
}
