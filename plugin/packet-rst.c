/* packet-rst.c
 * The post-dissector: feeds the facts of each frame to the engine on the first visit, and shows the verdicts of its
 * resets on every visit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define WS_LOG_DOMAIN "rst"
#include "compat.h"

#include <epan/conversation_filter.h>
#include <epan/proto_data.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "engine/engine.h"
#include "extract/dns-hook.h"
#include "extract/icmp-hook.h"
#include "extract/tcp-facts.h"
#include "extract/tcp-hook.h"
#include "extract/trace-file.h"
#include "packet-rst.h"
#include "preferences.h"
#include "present/advice_tree.h"
#include "present/csv.h"
#include "present/ending.h"
#include "present/expert.h"
#include "present/finding_tree.h"
#include "present/problems.h"
#include "present/resets.h"
#include "present/service.h"
#include "present/stats.h"
#include "present/stats_window.h"
#include "present/tree.h"

/* Data attached to a frame in file scope. It is never looked up by frame number, because with a read filter the number
 * of a rejected frame is reused. */
enum {
    KEY_RESET = 1,   /* + position among the resets of the frame: rst_engine_reset_id() */
    KEY_MISSED = 100 /* number of TCP layers that bypassed the hook */
};

static int proto_rst = -1;
static int tap_rst = -1;

/* For the open file; memory from wmem_file_scope(). */
static rst_engine_t *engine;
static bool missed_said;
static uint32_t last_frame;       /* that was read; with a read filter perhaps one more than there are */
static uint32_t noted_reset;      /* carries the note about the kernel trace */
static const char *trace_problem; /* why that trace is not used, or NULL */

static void *scope_alloc(void *scope, size_t size)
{
    return wmem_alloc((wmem_allocator_t *)scope, size);
}

static void scope_release(void *scope, void *block, size_t size _U_)
{
    wmem_free((wmem_allocator_t *)scope, block);
}

static rst_memory_t memory_of(wmem_allocator_t *scope)
{
    return (rst_memory_t){scope_alloc, scope_release, scope};
}

/* A trace that cannot be used is reported once and changes nothing. */
static void load_trace(const char *path)
{
    rst_trace_t *trace = rst_trace_file_read(path, wmem_file_scope(), &trace_problem);

    if (trace)
        rst_engine_take_trace(engine, trace);
    else
        report_failure("%s", trace_problem);
}

static void init_rst(void)
{
    rst_memory_t memory = memory_of(wmem_file_scope());
    rst_prefs_t chosen = rst_preferences_for_core(wmem_file_scope());

    rst_hook_restore();
    rst_icmp_hook_restore();
    rst_dns_hook_restore();
    rst_tree_unfold();
    rst_stats_window_rest();
    engine = rst_engine_new(&memory, &chosen);
    missed_said = false;
    last_frame = 0;
    noted_reset = 0;
    trace_problem = NULL;
    if (*rst_preferences_kernel_trace())
        load_trace(rst_preferences_kernel_trace());
}

/* Only at the end of the capture is it known that a trace belongs to another one. */
static void say_useless_trace(void)
{
    rst_memory_t memory = memory_of(wmem_file_scope());
    bool fits;
    const char *note = noted_reset ? rst_engine_trace_note(engine, &memory, &fits) : NULL;

    if (note && !fits)
        rst_say(note);
}

/* For whoever reads the log (tests/accuracy/foreign_share.py). */
static void log_fit(void)
{
    rst_fit_counts_t counts = rst_engine_fit_counts(engine);
    char line[120];

    if (!rst_log_is_active())
        return;
    snprintf(line, sizeof line, "%" PRIu64 " segments, %" PRIu64 " doubtful, %" PRIu64 " foreign", counts.segments,
             counts.doubtful, counts.foreign);
    rst_log_line(line);
}

static void cleanup_rst(void)
{
    if (engine) {
        say_useless_trace();
        log_fit();
    }
    rst_engine_free(engine);
    engine = NULL;
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

/* First visit only. Stores the ids of the resets in this frame and returns their number. */
static unsigned learn(packet_info *pinfo, uint32_t *found)
{
    const rst_frame_facts_t *facts = rst_hook_take(pinfo);
    const rst_icmp_t *error = rst_icmp_hook_error(pinfo);
    const rst_dns_t *dns = rst_dns_hook_message(pinfo);
    unsigned resets = 0;
    unsigned i;

    last_frame = pinfo->num;
    rst_engine_frame(engine, pinfo->num, facts && facts->count ? facts->layer[0].segment.time : rst_frame_time(pinfo));
    for (i = 0; facts && i < facts->count; i++) {
        const rst_reset_t *reset = rst_engine_feed(engine, &facts->layer[i].segment);

        if (!reset)
            continue;
        found[resets] = rst_engine_reset_id(reset);
        if (!noted_reset)
            noted_reset = found[resets];
        p_add_proto_data(wmem_file_scope(), pinfo, proto_rst, KEY_RESET + resets, GUINT_TO_POINTER(found[resets]));
        resets++;
    }
    if (error)
        rst_engine_icmp(engine, error);
    if (dns)
        rst_engine_dns(engine, dns);
    note_missed(pinfo, facts);
    return resets;
}

/* Later visits: what the first one stored. */
static unsigned recall(packet_info *pinfo, uint32_t *found)
{
    unsigned resets = 0;

    rst_engine_finish_pass(engine);
    while (resets < RST_LAYERS_MAX) {
        found[resets] = GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto_rst, KEY_RESET + resets));
        if (!found[resets])
            break;
        resets++;
    }
    return resets;
}

static void mark_earlier(packet_info *pinfo, uint32_t frame)
{
    if (frame && frame < pinfo->num)
        rst_mark_frame(pinfo, frame);
}

/* Frames that explain a reset are saved along with it when displayed packets are saved. */
static void mark_frames(packet_info *pinfo, const rst_verdict_t *verdict)
{
    unsigned i;

    mark_earlier(pinfo, verdict->trigger);
    for (i = 0; i < verdict->evidences; i++)
        mark_earlier(pinfo, verdict->evidence[i].frame);
    for (i = 0; i < verdict->foreigns; i++)
        mark_earlier(pinfo, verdict->foreign[i]);
}

static void append_info(packet_info *pinfo, const rst_verdict_t *verdict)
{
    if (rst_preferences_info())
        col_append_lstr(pinfo->cinfo, COL_INFO, " [RST: ", rst_cause_info(verdict->cause)->label,
                        verdict->confidence < RST_CONFIDENCE_LIKELY ? "?]" : "]", COL_ADD_LSTR_TERMINATOR);
}

static void queue_tap(packet_info *pinfo, const rst_tap_t *record)
{
    rst_tap_t *tap = (rst_tap_t *)wmem_memdup(pinfo->pool, record, sizeof *record);

    tap->provisional = !pinfo->fd->visited;
    tap_queue_packet(tap_rst, pinfo, tap);
}

/* How well the trace matches is known after the first pass. */
static void show_trace_note(tvbuff_t *tvb, packet_info *pinfo, proto_item *item)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    bool fits;

    if (trace_problem)
        rst_tree_add_note(item, tvb, trace_problem);
    else if (pinfo->fd->visited)
        rst_tree_add_note(item, tvb, rst_engine_trace_note(engine, &memory, &fits));
}

/* On the first visit, a filter on other protocols counts too: frames are marked in case the displayed ones are saved.
 */
static bool is_looked_at(const packet_info *pinfo, proto_tree *tree, bool fields)
{
    return fields || pinfo->cinfo || (!pinfo->fd->visited && (rst_tree_is_read(tree) || rst_expert_status_waits()));
}

/* On each visit: of the verdicts that a frame had, the last one holds. */
static void log_why(packet_info *pinfo, const rst_reset_t *reset)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    const char *line = rst_engine_explain(engine, reset, &memory);

    rst_log_line(pinfo->fd->visited ? "Final verdict" : "Provisional verdict, on the first visit");
    while (*line) {
        size_t length = strcspn(line, "\n");

        rst_log_line(wmem_strndup(pinfo->pool, line, length));
        line += length + (line[length] == '\n');
    }
}

/* From the second visit on, because a problem is made of the whole file; reset is NULL for a finding. */
static uint32_t problem_of(packet_info *pinfo, const rst_reset_t *reset, const char **title)
{
    rst_memory_t memory = memory_of(pinfo->pool);

    if (!pinfo->fd->visited)
        return 0;
    return reset ? rst_engine_problem_of(engine, reset, &memory, title)
                 : rst_engine_problem_at(engine, pinfo->num, &memory, title);
}

/* Of a reset, or of the finding in this frame; local = with local times too. */
static const rst_advice_t *advice_about(packet_info *pinfo, const rst_reset_t *reset, const rst_verdict_t *verdict,
                                        bool local)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    rst_advice_t *advice = wmem_new(pinfo->pool, rst_advice_t);

    if (reset)
        rst_engine_advice(reset, verdict, local, &memory, advice);
    else if (!rst_engine_finding_advice(engine, pinfo->num, local, &memory, advice))
        return NULL;
    return advice;
}

/* All that is known of a reset or finding, for those who want all. */
static void tap_reset(packet_info *pinfo, const rst_reset_t *reset, rst_tap_t *tap)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    const char *title;

    if (rst_resets_wanted()) {
        tap->client = reset ? rst_reset_client(reset, &memory) : tap->finding->opener;
        tap->acceptor = reset ? rst_reset_server(reset, &memory) : tap->finding->acceptor;
        tap->filter = reset ? rst_reset_filter(reset, &memory) : NULL;
        tap->advice = advice_about(pinfo, reset, tap->verdict, false);
        tap->problem = problem_of(pinfo, reset, &title);
    }
    queue_tap(pinfo, tap);
}

/* Once for each of the problems that statistics list, at its best example. */
static void add_problem_expert(packet_info *pinfo, proto_item *item, uint32_t number, const char *title)
{
    rst_severity_t severity;

    if (number && number <= rst_preferences_stats().problems &&
        rst_engine_problem_example(engine, number, &severity) == pinfo->num)
        rst_expert_add_problem(pinfo, item, severity, number, title);
}

static void show_problem(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *item,
                         const rst_reset_t *reset)
{
    bool expert = rst_expert_wanted(tree);
    bool field = item && rst_tree_wants_problem(tree);
    const char *title;
    uint32_t number;

    if (!pinfo->fd->visited || (!expert && !field))
        return;
    number = problem_of(pinfo, reset, &title);
    if (field)
        rst_tree_add_problem(item, tvb, number, title);
    if (expert)
        add_problem_expert(pinfo, item, number, title);
}

/* In one line each; the history only from the second visit on, because it is made of the whole file. */
static void show_service(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *item,
                         const rst_reset_t *reset, const rst_finding_t *finding)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    rst_service_history_t history;

    if (!item)
        return;
    if (rst_service_wants_name(tree)) {
        rst_service_name_t name = reset ? rst_engine_service_name(engine, reset, &memory) : finding->service;

        rst_service_add_name(item, tvb, &name);
    }
    if (pinfo->fd->visited && rst_service_wants_history(tree) &&
        (reset ? rst_engine_history_of(engine, reset, &memory, &history)
               : rst_engine_history_at(engine, pinfo->num, finding, &memory, &history)))
        rst_service_add_history(item, tvb, &history);
}

/* Never inlined: every packet would save the registers that hardly any needs. */
G_GNUC_NO_INLINE static void show_case(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint32_t id)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    const rst_reset_t *reset = rst_engine_reset(engine, id);
    rst_verdict_t *verdict;
    bool tapped = have_tap_listener(tap_rst);
    bool expert = rst_expert_wanted(tree);
    bool fields = tree && (expert || rst_tree_wanted(tree));
    proto_item *item = NULL;

    if (!tapped && !expert && !is_looked_at(pinfo, tree, fields))
        return;
    verdict = wmem_new(pinfo->pool, rst_verdict_t);
    /* Sentences cost more than the verdict, so they are only made if somebody reads them. */
    rst_engine_classify(engine, reset, &memory, rst_tree_wants_texts(tree) || rst_resets_wanted(), verdict);
    mark_frames(pinfo, verdict);
    if (fields)
        item = rst_tree_add_verdict(tree, tvb, pinfo, verdict,
                                    rst_tree_wants_filter(tree) ? rst_reset_filter(reset, &memory) : "",
                                    rst_tree_wants_advice(tree) ? advice_about(pinfo, reset, verdict, true) : NULL);
    if (item && rst_tree_wants_ends(tree))
        rst_tree_add_ends(item, tvb, rst_reset_client(reset, &memory), rst_reset_server(reset, &memory));
    show_service(tvb, pinfo, tree, item, reset, NULL);
    show_problem(tvb, pinfo, tree, item, reset);
    if (item && id == noted_reset)
        show_trace_note(tvb, pinfo, item);
    if (verdict->confidence >= rst_preferences_min_confidence()) {
        rst_expert_add(pinfo, item, verdict);
        rst_tree_own_fold(item);
        append_info(pinfo, verdict);
    }
    if (tapped)
        tap_reset(pinfo, reset,
                  &(rst_tap_t){.verdict = verdict,
                               .server = rst_reset_server(reset, &memory),
                               .service = rst_engine_service_name(engine, reset, &memory).label});
}

/* Findings are known once the whole file has been read: from the second visit on. */
static void show_finding(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    bool tapped = have_tap_listener(tap_rst);
    bool expert = rst_expert_wanted(tree);
    bool fields = tree && (expert || rst_tree_wanted(tree));
    rst_finding_t *finding;
    proto_item *item = NULL;

    if (!fields && !tapped && !expert)
        return;
    finding = wmem_new(pinfo->pool, rst_finding_t);
    if (!rst_engine_finding(engine, pinfo->num, &memory, finding))
        return;
    if (fields)
        item = rst_tree_add_finding(tree, tvb, finding,
                                    rst_tree_wants_advice(tree) ? advice_about(pinfo, NULL, NULL, true) : NULL);
    if (item && rst_tree_wants_ends(tree))
        rst_tree_add_ends(item, tvb, finding->opener, finding->acceptor);
    show_service(tvb, pinfo, tree, item, NULL, finding);
    show_problem(tvb, pinfo, tree, item, NULL);
    rst_expert_add_finding(pinfo, item, finding);
    rst_finding_tree_own_fold(item);
    if (tapped)
        tap_reset(pinfo, NULL,
                  &(rst_tap_t){.finding = finding, .server = finding->server, .service = finding->service.label});
}

/* Known as soon as the packet is read. Asked first, because hardly any is foreign. */
static void show_foreign(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    unsigned clues = rst_engine_foreign(engine, pinfo->num);
    rst_memory_t memory = memory_of(pinfo->pool);
    proto_item *item = NULL;
    const char *text;
    bool expert;

    if (!clues)
        return;
    text = rst_foreign_text(clues, &memory);
    expert = rst_expert_wanted(tree);
    if (tree && (expert || rst_tree_wants_foreign(tree)))
        item = rst_tree_add_foreign(tree, tvb, text);
    if (item || expert)
        rst_expert_add_foreign(pinfo, item, text);
    if (have_tap_listener(tap_rst))
        queue_tap(pinfo, &(rst_tap_t){.foreign = text});
}

static void show_reset_in(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    rst_memory_t memory = memory_of(pinfo->pool);

    rst_tree_add_reset_in(tree, tvb, rst_engine_reset_in(engine, pinfo->num, &memory));
}

static void tap_missed(packet_info *pinfo)
{
    unsigned missed = GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto_rst, KEY_MISSED));

    if (missed)
        queue_tap(pinfo, &(rst_tap_t){.missed = missed});
}

/* Where a read filter rejected the last frame, the one before it is the last. */
static void tap_end(packet_info *pinfo)
{
    if (pinfo->fd->visited && pinfo->num + 1 >= last_frame)
        queue_tap(pinfo, &(rst_tap_t){.end = pinfo->num < last_frame ? RST_ENDING_NEARLY : RST_ENDING_LAST});
}

/* Returns 0, so that we do not appear in the frame's list of protocols. */
static int dissect_rst(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    uint32_t found[RST_LAYERS_MAX];
    unsigned resets, i;

    if (!engine)
        return 0;
    pinfo->current_proto = RST_LABEL; /* the name under which Expert Information lists our items */
    resets = pinfo->fd->visited ? recall(pinfo, found) : learn(pinfo, found);
    for (i = 0; i < resets; i++)
        show_case(tvb, pinfo, tree, found[i]);
    for (i = 0; i < resets && rst_log_is_active(); i++)
        log_why(pinfo, rst_engine_reset(engine, found[i]));
    show_foreign(tvb, pinfo, tree);
    if (pinfo->fd->visited) {
        if (rst_tree_wants_reset_in(tree))
            show_reset_in(tvb, pinfo, tree);
        show_finding(tvb, pinfo, tree);
    }
    if (have_tap_listener(tap_rst)) {
        tap_missed(pinfo);
        if (rst_ending_awaited())
            tap_end(pinfo);
    }
    return 0;
}

char *rst_problems_text(const rst_extent_t *extent)
{
    wmem_allocator_t *scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
    rst_memory_t memory = memory_of(scope);
    char *text = rst_engine_problems(engine, extent, &memory);

    wmem_destroy_allocator(scope);
    return text;
}

uint32_t rst_problems_known(void)
{
    wmem_allocator_t *scope;
    rst_memory_t memory;
    uint32_t known;

    if (!engine)
        return 0;
    scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
    memory = memory_of(scope);
    known = rst_engine_problems_known(engine, &memory);
    wmem_destroy_allocator(scope);
    return known;
}

const char *rst_problems_line(uint32_t number, uint32_t *hits)
{
    return rst_engine_problem_line(engine, number, hits);
}

static uint32_t first_reset(packet_info *pinfo)
{
    return GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto_rst, KEY_RESET));
}

/* "" if the frame has no reset, or if nothing is left of it. */
static const char *filter_of(packet_info *pinfo)
{
    rst_memory_t memory = memory_of(pinfo->pool);
    uint32_t id = first_reset(pinfo);

    return id ? rst_reset_filter(rst_engine_reset(engine, id), &memory) : "";
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
    tap_rst = register_tap(RST_TAP_NAME);
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
}
