/* expert.c
 * The severity of an expert item is fixed when it is registered, so each cause has one item per severity it can have,
 * all under one filter name.
 *
 * All resets with one cause and severity have the same text, because Expert Information and -z expert group equal
 * texts, and -z expert looks them up along a list. Servers are told by the statistics and the problems, the numbers of
 * the individual case by rst.summary.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/column-info.h>
#include <epan/expert.h>
#include <epan/tap.h>

#include "expert.h"
#include "program.h"
#include "put.h"

static expert_field ei_rst[RST_CAUSE_COUNT][RST_SEVERITY_COUNT];
static ei_register_info ei[RST_CAUSE_COUNT * RST_SEVERITY_COUNT];
static ei_register_info *highest[RST_CAUSE_COUNT];
static expert_field ei_rst_finding[RST_FINDING_COUNT];
static ei_register_info ei_finding[RST_FINDING_COUNT];
static expert_field ei_rst_foreign = EI_INIT;
static expert_field ei_rst_problem[RST_SEVERITY_COUNT];
static ei_register_info ei_problem[RST_SEVERITY_COUNT];

static const int severities[RST_SEVERITY_COUNT] = {
    [RST_SEVERITY_CHAT] = PI_CHAT,
    [RST_SEVERITY_NOTE] = PI_NOTE,
    [RST_SEVERITY_WARN] = PI_WARN,
    [RST_SEVERITY_ERROR] = PI_ERROR,
};

/* Benign, unsure, or what it is if true. */
static bool is_possible(rst_cause_t cause, rst_severity_t severity)
{
    return severity == RST_SEVERITY_CHAT || severity == rst_cause_severity(cause, 0, false) ||
           severity == rst_cause_info(cause)->severity;
}

/* The note of a cause that is worse if true says that it may not be. */
static const char *text_of(const rst_cause_info_t *info, int severity)
{
    if (severity != RST_SEVERITY_NOTE || info->severity <= RST_SEVERITY_NOTE)
        return info->label;
    return wmem_strdup_printf(wmem_epan_scope(), "%s?", info->label);
}

/* Lowest severity first, because Wireshark's table of custom severities finds the item that was registered last. */
static unsigned prepare_cause(rst_cause_t cause, ei_register_info *info)
{
    const rst_cause_info_t *cause_info = rst_cause_info(cause);
    const char *name = wmem_strdup_printf(wmem_epan_scope(), "rst.expert.%s", cause_info->token);
    unsigned count = 0;
    int severity;

    for (severity = 0; severity < RST_SEVERITY_COUNT; severity++) {
        if (!is_possible(cause, (rst_severity_t)severity))
            continue;
        info[count].ids = &ei_rst[cause][severity];
        info[count].eiinfo =
            (expert_field_info){name, PI_SEQUENCE, severities[severity], text_of(cause_info, severity), EXPFILL};
        highest[cause] = &info[count++];
    }
    return count;
}

static void prepare_findings(void)
{
    static const expert_field unregistered = EI_INIT;
    int kind;

    for (kind = 0; kind < RST_FINDING_COUNT; kind++) {
        const rst_finding_info_t *info = rst_finding_info((rst_finding_kind_t)kind);
        const char *name = wmem_strdup_printf(wmem_epan_scope(), "rst.finding.expert.%s", info->token);

        ei_rst_finding[kind] = unregistered;
        ei_finding[kind].ids = &ei_rst_finding[kind];
        ei_finding[kind].eiinfo =
            (expert_field_info){name, PI_SEQUENCE, severities[info->severity], info->label, EXPFILL};
    }
}

static void prepare_problems(void)
{
    static const expert_field unregistered = EI_INIT;
    int severity;

    for (severity = 0; severity < RST_SEVERITY_COUNT; severity++) {
        ei_rst_problem[severity] = unregistered;
        ei_problem[severity].ids = &ei_rst_problem[severity];
        ei_problem[severity].eiinfo =
            (expert_field_info){"rst.expert_problem", PI_SEQUENCE, severities[severity], "Problem", EXPFILL};
    }
}

void rst_expert_register(int proto)
{
    static ei_register_info ei_foreign[] = {
        {&ei_rst_foreign,
         {"rst.foreign.expert", PI_SEQUENCE, PI_NOTE, "Packet that does not fit the side whose address it bears",
          EXPFILL}},
    };
    static const expert_field unregistered = EI_INIT;
    expert_module_t *module = expert_register_protocol(proto);
    unsigned count = 0;
    int cause, severity;

    for (cause = 0; cause < RST_CAUSE_COUNT; cause++) {
        for (severity = 0; severity < RST_SEVERITY_COUNT; severity++)
            ei_rst[cause][severity] = unregistered;
        count += prepare_cause((rst_cause_t)cause, ei + count);
    }
    expert_register_field_array(module, ei, (int)count);
    prepare_findings();
    expert_register_field_array(module, ei_finding, RST_FINDING_COUNT);
    prepare_problems();
    expert_register_field_array(module, ei_problem, RST_SEVERITY_COUNT);
    expert_register_field_array(module, ei_foreign, array_length(ei_foreign));
}

/* Wireshark registers the tap when the first file is opened. */
static bool is_tapped(void)
{
    static int tap_expert;

    if (!tap_expert)
        tap_expert = find_tap_id("expert");
    return tap_expert && have_tap_listener(tap_expert);
}

/* A filter for one of our items; since 4.4 that does not refer to Wireshark's own expert items as well. */
static bool is_asked_for(proto_tree *tree)
{
    unsigned i;

    for (i = 0; i < RST_FINDING_COUNT; i++) {
        if (rst_put_wants(tree, ei_rst_finding[i].hf))
            return true;
    }
    for (i = 0; i < RST_SEVERITY_COUNT; i++) {
        if (rst_put_wants(tree, ei_rst_problem[i].hf))
            return true;
    }
    return rst_put_wants(tree, ei_rst_foreign.hf);
}

/* Does anything read expert items of whatever protocol? */
static bool is_read(proto_tree *tree)
{
    static int item;

    if (item <= 0)
        item = proto_get_id_by_filter_name("_ws.expert");
    return item > 0 && rst_put_wants(tree, item);
}

bool rst_expert_wanted(proto_tree *tree)
{
    return is_tapped() || is_read(tree) || is_asked_for(tree);
}

bool rst_expert_status_waits(void)
{
    static int answer = -1; /* the program does not change */

    if (answer < 0)
        answer = rst_program_has_window();
    return answer && expert_get_highest_severity() < PI_ERROR;
}

/* A severity that the user chose for the cause applies to all its resets. */
static expert_field *field_of(const rst_verdict_t *verdict, int *severity)
{
    const ei_register_info *top = highest[verdict->cause];
    rst_severity_t own = rst_cause_severity(verdict->cause, verdict->confidence, verdict->benign);

    *severity = top->eiinfo.severity;
    if (top->eiinfo.severity != top->eiinfo.orig_severity)
        return top->ids;
    *severity = severities[own];
    return &ei_rst[verdict->cause][own];
}

/* Is there a column that shows how severe the worst item of a packet is? */
static bool has_column(const packet_info *pinfo)
{
    return pinfo->cinfo && pinfo->cinfo->col_first[COL_EXPERT] >= 0;
}

void rst_expert_add(packet_info *pinfo, proto_item *item, const rst_verdict_t *verdict)
{
    int severity;
    expert_field *field = field_of(verdict, &severity);

    if (is_tapped() || has_column(pinfo) || severity > expert_get_highest_severity() || is_read(item) ||
        rst_put_wants(item, field->hf))
        expert_add_info(pinfo, item, field);
}

void rst_expert_add_finding(packet_info *pinfo, proto_item *item, const rst_finding_t *finding)
{
    expert_add_info(pinfo, item, &ei_rst_finding[finding->kind]);
}

void rst_expert_add_foreign(packet_info *pinfo, proto_item *item, const char *text)
{
    expert_add_info_format(pinfo, item, &ei_rst_foreign, "This packet does not fit the side whose address it bears: %s",
                           text);
}

void rst_expert_add_problem(packet_info *pinfo, proto_item *item, rst_severity_t severity, uint32_t number,
                            const char *title)
{
    expert_add_info_format(pinfo, item, &ei_rst_problem[severity], "Problem %u: %s", number, title);
}
