/* packet-rst.c
 * The post-dissector: feeds the facts of each frame to the engine on the first visit, and has what is known of it shown
 * (present/show.h) on every visit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define WS_LOG_DOMAIN "rst"
#include "compat.h"

#include <inttypes.h>
#include <stdio.h>

#include <epan/conversation_filter.h>
#include <epan/proto_data.h>
#include <wsutil/report_message.h>

#include "batch.h"
#include "engine/engine.h"
#include "extract/dns-hook.h"
#include "extract/icmp-hook.h"
#include "extract/log-files.h"
#include "extract/tcp-facts.h"
#include "extract/tcp-hook.h"
#include "extract/trace-file.h"
#include "packet-rst.h"
#include "preferences.h"
#include "present/csv.h"
#include "present/ending.h"
#include "present/expert.h"
#include "present/problems.h"
#include "present/resets.h"
#include "present/show.h"
#include "present/stats.h"
#include "present/stats_window.h"
#include "present/tree.h"
#include "scope.h"
#include "witness-table.h"

/* Data attached to a frame in file scope: the number of TCP layers that bypassed the hook. */
enum { KEY_MISSED = 100 };

static int proto_rst = -1;

static rst_file_t file;

/* Of the open file too, but nothing that is shown. */
static bool missed_said;
static uint32_t last_frame; /* that was read; with a read filter perhaps one more than there are */

/* A trace that cannot be used is reported once and changes nothing. */
static void load_trace(const char *path)
{
    rst_trace_t *trace = rst_trace_file_read(path, wmem_file_scope(), &file.trace_problem);

    if (trace)
        rst_engine_take_trace(file.engine, trace);
    else
        report_failure("%s", file.trace_problem);
}

/* The engine keeps what it needs of the packets only where there are logs to join. */
static void await_logs(void)
{
    rst_witness_table_rows(&file.logs);
    file.log_problem = NULL;
    if (file.logs)
        rst_engine_await_logs(file.engine, rst_preferences_witness_applications());
}

/* A log that cannot be used is reported once and changes nothing. */
static void read_logs(void)
{
    const rst_witness_row_t *row = rst_witness_table_rows(&file.logs);
    bool first = !file.log_problem;

    if (first)
        file.log_problem = (const char **)wmem_alloc0(wmem_file_scope(), file.logs * sizeof *file.log_problem);
    rst_engine_logs_begin(file.engine);
    for (unsigned i = 0; i < file.logs; i++) {
        file.log_problem[i] = rst_log_file_read(file.engine, row[i].file, rst_witness_table_name(&row[i]), row[i].zone,
                                                wmem_file_scope());
        if (first && file.log_problem[i])
            report_failure("%s", file.log_problem[i]);
    }
    rst_engine_logs_end(file.engine);
}

static void init_rst(void)
{
    rst_memory_t memory = rst_memory_of(wmem_file_scope());
    rst_prefs_t chosen = rst_preferences_for_core(wmem_file_scope());

    rst_hook_restore();
    rst_icmp_hook_restore();
    rst_dns_hook_restore();
    rst_tree_unfold();
    rst_stats_window_rest();
    file.engine = rst_engine_new(&memory, &chosen);
    missed_said = false;
    last_frame = 0;
    file.noted_reset = 0;
    file.trace_problem = NULL;
    await_logs();
    if (*rst_preferences_kernel_trace())
        load_trace(rst_preferences_kernel_trace());
}

/* Only at the end of the capture is it known that a trace belongs to another one. */
static void say_useless_trace(void)
{
    rst_memory_t memory = rst_memory_of(wmem_file_scope());
    bool fits;
    const char *note = file.noted_reset ? rst_engine_trace_note(file.engine, &memory, &fits) : NULL;

    if (note && !fits)
        rst_say(note);
}

static void say_useless_logs(void)
{
    rst_memory_t memory = rst_memory_of(wmem_file_scope());

    if (file.logs && !file.log_problem)
        rst_say("Witnesses are joined in the second pass only: run tshark with -2.");
    for (unsigned i = 0; file.log_problem && i < file.logs; i++) {
        bool fits;
        const char *note = file.log_problem[i] ? NULL : rst_engine_log_note(file.engine, i, &memory, &fits);

        if (note && !fits)
            rst_say(note);
    }
}

/* For whoever reads the log (tests/accuracy/foreign_share.py). */
static void log_fit(void)
{
    rst_fit_counts_t counts = rst_engine_fit_counts(file.engine);
    char line[120];

    if (!rst_log_is_active())
        return;
    snprintf(line, sizeof line, "%" PRIu64 " segments, %" PRIu64 " doubtful, %" PRIu64 " foreign", counts.segments,
             counts.doubtful, counts.foreign);
    rst_log_line(line);
}

static void cleanup_rst(void)
{
    if (file.engine) {
        say_useless_trace();
        say_useless_logs();
        log_fit();
    }
    rst_engine_free(file.engine);
    file.engine = NULL;
}

/* TCP that was called by handle or through a table that lost the hook is not analyzed, but never silently. */
static void note_missed(packet_info *pinfo, const rst_frame_facts_t *facts)
{
    unsigned missed = rst_hook_missed(pinfo, facts);

    if (!missed)
        return;
    p_add_proto_data(wmem_file_scope(), pinfo, proto_rst, KEY_MISSED, GUINT_TO_POINTER(missed));
    if (missed_said)
        return;
    missed_said = true;
    rst_say(wmem_strdup_printf(pinfo->pool,
                               "TCP in frame %u was not seen by the reset analysis (see the statistics for a count).",
                               pinfo->num));
}

/* First visit only. Writes the ids of the resets in this frame and returns their number. */
static unsigned learn(packet_info *pinfo, uint32_t *found)
{
    const rst_frame_facts_t *facts = rst_hook_take(pinfo);
    const rst_icmp_t *error = rst_icmp_hook_error(pinfo);
    const rst_dns_t *dns = rst_dns_hook_message(pinfo);
    unsigned resets = 0;
    unsigned i;

    last_frame = pinfo->num;
    rst_engine_frame(file.engine, pinfo->num,
                     facts && facts->count ? facts->layer[0].segment.time : rst_frame_time(pinfo));
    for (i = 0; facts && i < facts->count; i++) {
        const rst_reset_t *reset = rst_engine_feed(file.engine, &facts->layer[i].segment);

        if (!reset)
            continue;
        found[resets] = rst_engine_reset_id(reset);
        if (!file.noted_reset)
            file.noted_reset = found[resets];
        resets++;
    }
    if (error)
        rst_engine_icmp(file.engine, error);
    if (dns)
        rst_engine_dns(file.engine, dns);
    note_missed(pinfo, facts);
    return resets;
}

/* Later visits. */
static unsigned recall(packet_info *pinfo, uint32_t *found)
{
    unsigned resets = 0;

    if (rst_engine_wants_logs(file.engine))
        read_logs();
    rst_engine_finish_pass(file.engine);
    while (resets < RST_LAYERS_MAX) {
        found[resets] = rst_engine_reset_at(file.engine, pinfo->num, resets);
        if (!found[resets])
            break;
        resets++;
    }
    return resets;
}

static void tap_missed(packet_info *pinfo)
{
    unsigned missed = GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto_rst, KEY_MISSED));

    if (missed)
        rst_show_missed(pinfo, missed);
}

/* Where a read filter rejected the last frame, the one before it is the last. */
static void tap_end(packet_info *pinfo)
{
    if (pinfo->fd->visited && pinfo->num + 1 >= last_frame)
        rst_show_end(pinfo, pinfo->num < last_frame ? RST_ENDING_NEARLY : RST_ENDING_LAST);
}

/* Returns 0, so that we do not appear in the frame's list of protocols. */
static int dissect_rst(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    uint32_t found[RST_LAYERS_MAX];
    unsigned resets, i;

    if (!file.engine)
        return 0;
    pinfo->current_proto = RST_LABEL; /* the name under which Expert Information lists our items */
    resets = pinfo->fd->visited ? recall(pinfo, found) : learn(pinfo, found);
    for (i = 0; i < resets; i++)
        rst_show_reset(tvb, pinfo, tree, found[i]);
    for (i = 0; i < resets && rst_log_is_active(); i++)
        rst_show_why(pinfo, found[i]);
    rst_show_foreign(tvb, pinfo, tree);
    if (pinfo->fd->visited) {
        if (rst_tree_wants_reset_in(tree))
            rst_show_reset_in(tvb, pinfo, tree);
        rst_show_finding(tvb, pinfo, tree);
    }
    if (rst_show_is_tapped()) {
        tap_missed(pinfo);
        if (rst_ending_awaited())
            tap_end(pinfo);
    }
    return 0;
}

char *rst_problems_text(const rst_extent_t *extent)
{
    wmem_allocator_t *scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
    rst_memory_t memory = rst_memory_of(scope);
    char *text = rst_engine_problems(file.engine, extent, &memory);

    wmem_destroy_allocator(scope);
    return text;
}

uint32_t rst_problems_known(void)
{
    wmem_allocator_t *scope;
    rst_memory_t memory;
    uint32_t known;

    if (!file.engine)
        return 0;
    scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
    memory = rst_memory_of(scope);
    known = rst_engine_problems_known(file.engine, &memory);
    wmem_destroy_allocator(scope);
    return known;
}

const char *rst_problems_line(uint32_t number, uint32_t *hits)
{
    return rst_engine_problem_line(file.engine, number, hits);
}

static uint32_t first_reset(packet_info *pinfo)
{
    return file.engine ? rst_engine_reset_at(file.engine, pinfo->num, 0) : 0;
}

/* "" if the frame has no reset, or if nothing is left of it. */
static const char *filter_of(packet_info *pinfo)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    uint32_t id = first_reset(pinfo);

    return id ? rst_reset_filter(rst_engine_reset(file.engine, id), &memory) : "";
}

static rst_pref_bool_t has_connection(packet_info *pinfo RST_CONVERSATION_ARGUMENT)
{
    return *filter_of(pinfo) != '\0';
}

/* The menu frees the result with g_free(). */
static char *connection_filter(packet_info *pinfo RST_CONVERSATION_ARGUMENT)
{
    return g_strdup(filter_of(pinfo));
}

void proto_register_rst(void)
{
    int proto_post;

    proto_rst = proto_register_protocol(RST_LABEL, RST_LABEL, "rst");
    rst_tree_register(proto_rst);
    rst_expert_register(proto_rst);
    rst_hook_register();
    rst_icmp_hook_register(proto_rst);
    rst_dns_hook_register(proto_rst);
    rst_preferences_register(proto_rst);
    rst_show_register(&file);
    register_init_routine(init_rst);
    register_cleanup_routine(cleanup_rst);
    register_conversation_filter("rst", "This reset's connection", has_connection,
                                 connection_filter RST_CONVERSATION_DATA);
    /* In name only, so that Wireshark does not enter and leave a layer for every frame; enabled along with its parent.
     */
    proto_post = proto_register_protocol_in_name_only(RST_LABEL " (post-dissector)", RST_LABEL " (post-dissector)",
                                                      "rst_post", proto_rst, FT_PROTOCOL);
    register_postdissector(create_dissector_handle(dissect_rst, proto_post));
}

void proto_reg_handoff_rst(void)
{
    rst_hook_handoff();
    rst_icmp_hook_handoff();
    rst_dns_hook_handoff();
    rst_stats_register();
    rst_csv_register();
    rst_problems_tap_register();
    rst_resets_tap_register();
    rst_batch_register();
}
