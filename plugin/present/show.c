/* show.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include <epan/tap.h>

#include "advice_tree.h"
#include "expert.h"
#include "finding_tree.h"
#include "packet-rst.h"
#include "preferences.h"
#include "resets.h"
#include "scope.h"
#include "service.h"
#include "show.h"
#include "tree.h"
#include "witness_tree.h"

static int tap_rst = -1;
static const rst_file_t *file;

void rst_show_register(const rst_file_t *open)
{
    file = open;
    tap_rst = register_tap(RST_TAP_NAME);
}

bool rst_show_is_tapped(void)
{
    return have_tap_listener(tap_rst);
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
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    bool fits;

    if (file->trace_problem)
        rst_tree_add_note(item, tvb, file->trace_problem);
    else if (pinfo->fd->visited)
        rst_tree_add_note(item, tvb, rst_engine_trace_note(file->engine, &memory, &fits));
}

static void show_log_notes(tvbuff_t *tvb, packet_info *pinfo, proto_item *item)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    bool fits;

    if (file->logs && !file->log_problem)
        rst_witness_tree_add_note(item, tvb, "Logs are joined from the second pass on (tshark -2)");
    for (unsigned i = 0; file->log_problem && i < file->logs; i++)
        rst_witness_tree_add_note(item, tvb,
                                  file->log_problem[i] ? file->log_problem[i]
                                                       : rst_engine_log_note(file->engine, i, &memory, &fits));
}

/* On the first visit, a filter on other protocols counts too: frames are marked in case the displayed ones are saved.
 */
static bool is_looked_at(const packet_info *pinfo, proto_tree *tree, bool fields)
{
    return fields || pinfo->cinfo || (!pinfo->fd->visited && (rst_tree_is_read(tree) || rst_expert_status_waits()));
}

/* From the second visit on, because a problem is made of the whole file; reset is NULL for a finding. */
static uint32_t problem_of(packet_info *pinfo, const rst_reset_t *reset, const char **title)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);

    if (!pinfo->fd->visited)
        return 0;
    return reset ? rst_engine_problem_of(file->engine, reset, &memory, title)
                 : rst_engine_problem_at(file->engine, pinfo->num, &memory, title);
}

/* Of a reset, or of the finding in this frame; local = with local times too. */
static const rst_advice_t *advice_about(packet_info *pinfo, const rst_reset_t *reset, const rst_verdict_t *verdict,
                                        bool local)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    rst_advice_t *advice = wmem_new(pinfo->pool, rst_advice_t);

    if (reset)
        rst_engine_advice(reset, verdict, local, &memory, advice);
    else if (!rst_engine_finding_advice(file->engine, pinfo->num, local, &memory, advice))
        return NULL;
    return advice;
}

/* All that is known of a reset or finding, for those who want all. */
static void tap_reset(packet_info *pinfo, const rst_reset_t *reset, rst_tap_t *tap)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);
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
        rst_engine_problem_example(file->engine, number, &severity) == pinfo->num)
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
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    rst_service_history_t history;

    if (!item)
        return;
    if (rst_service_wants_name(tree)) {
        rst_service_name_t name = reset ? rst_engine_service_name(file->engine, reset, &memory) : finding->service;

        rst_service_add_name(item, tvb, &name);
    }
    if (pinfo->fd->visited && rst_service_wants_history(tree) &&
        (reset ? rst_engine_history_of(file->engine, reset, &memory, &history)
               : rst_engine_history_at(file->engine, pinfo->num, finding, &memory, &history)))
        rst_service_add_history(item, tvb, &history);
}

/* Never inlined: every packet would save the registers that hardly any needs. */
G_GNUC_NO_INLINE void rst_show_reset(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint32_t id)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    const rst_reset_t *reset = rst_engine_reset(file->engine, id);
    rst_verdict_t *verdict;
    bool tapped = rst_show_is_tapped();
    bool expert = rst_expert_wanted(tree);
    bool fields = tree && (expert || rst_tree_wanted(tree));
    proto_item *item = NULL;

    if (!tapped && !expert && !is_looked_at(pinfo, tree, fields))
        return;
    verdict = wmem_new(pinfo->pool, rst_verdict_t);
    /* Sentences cost more than the verdict, so they are only made if somebody reads them. */
    rst_engine_classify(file->engine, reset, &memory, rst_tree_wants_texts(tree) || rst_resets_wanted(), verdict);
    mark_frames(pinfo, verdict);
    if (fields)
        item = rst_tree_add_verdict(tree, tvb, pinfo, verdict,
                                    rst_tree_wants_filter(tree) ? rst_reset_filter(reset, &memory) : "",
                                    rst_tree_wants_advice(tree) ? advice_about(pinfo, reset, verdict, true) : NULL);
    if (item && rst_tree_wants_ends(tree))
        rst_tree_add_ends(item, tvb, rst_reset_client(reset, &memory), rst_reset_server(reset, &memory));
    show_service(tvb, pinfo, tree, item, reset, NULL);
    show_problem(tvb, pinfo, tree, item, reset);
    if (item && id == file->noted_reset) {
        show_trace_note(tvb, pinfo, item);
        show_log_notes(tvb, pinfo, item);
    }
    if (verdict->confidence >= rst_preferences_min_confidence()) {
        rst_expert_add(pinfo, item, verdict);
        rst_tree_own_fold(item);
        append_info(pinfo, verdict);
    }
    if (tapped)
        tap_reset(pinfo, reset,
                  &(rst_tap_t){.verdict = verdict,
                               .server = rst_reset_server(reset, &memory),
                               .service = rst_engine_service_name(file->engine, reset, &memory).label});
}

void rst_show_finding(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    bool tapped = rst_show_is_tapped();
    bool expert = rst_expert_wanted(tree);
    bool fields = tree && (expert || rst_tree_wanted(tree));
    rst_finding_t *finding;
    rst_memory_t memory;
    proto_item *item = NULL;

    if (!fields && !tapped && !expert)
        return;
    memory = rst_memory_of(pinfo->pool);
    finding = wmem_new(pinfo->pool, rst_finding_t);
    if (!rst_engine_finding(file->engine, pinfo->num, &memory, finding))
        return;
    if (fields)
        item = rst_tree_add_finding(tree, tvb, finding,
                                    rst_tree_wants_advice(tree) ? advice_about(pinfo, NULL, NULL, true) : NULL);
    if (item && rst_tree_wants_ends(tree))
        rst_tree_add_ends(item, tvb, finding->opener, finding->acceptor);
    if (item && !file->noted_reset)
        show_log_notes(tvb, pinfo, item);
    show_service(tvb, pinfo, tree, item, NULL, finding);
    show_problem(tvb, pinfo, tree, item, NULL);
    rst_expert_add_finding(pinfo, item, finding);
    rst_finding_tree_own_fold(item);
    if (tapped)
        tap_reset(pinfo, NULL,
                  &(rst_tap_t){.finding = finding, .server = finding->server, .service = finding->service.label});
}

/* Asked first, because hardly any is foreign. */
void rst_show_foreign(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    unsigned clues = rst_engine_foreign(file->engine, pinfo->num);
    proto_item *item = NULL;
    rst_memory_t memory;
    const char *text;
    bool expert;

    if (!clues)
        return;
    memory = rst_memory_of(pinfo->pool);
    text = rst_foreign_text(clues, &memory);
    expert = rst_expert_wanted(tree);
    if (tree && (expert || rst_tree_wants_foreign(tree)))
        item = rst_tree_add_foreign(tree, tvb, text);
    if (item || expert)
        rst_expert_add_foreign(pinfo, item, text);
    if (rst_show_is_tapped())
        queue_tap(pinfo, &(rst_tap_t){.foreign = text});
}

void rst_show_reset_in(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);

    rst_tree_add_reset_in(tree, tvb, rst_engine_reset_in(file->engine, pinfo->num, &memory));
}

void rst_show_why(packet_info *pinfo, uint32_t id)
{
    rst_memory_t memory = rst_memory_of(pinfo->pool);
    const char *line = rst_engine_explain(file->engine, rst_engine_reset(file->engine, id), &memory);

    rst_log_line(pinfo->fd->visited ? "Final verdict" : "Provisional verdict, on the first visit");
    while (*line) {
        size_t length = strcspn(line, "\n");

        rst_log_line(wmem_strndup(pinfo->pool, line, length));
        line += length + (line[length] == '\n');
    }
}

void rst_show_missed(packet_info *pinfo, unsigned missed)
{
    queue_tap(pinfo, &(rst_tap_t){.missed = missed});
}

void rst_show_end(packet_info *pinfo, rst_ending_kind_t kind)
{
    queue_tap(pinfo, &(rst_tap_t){.end = kind});
}
