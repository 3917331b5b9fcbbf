/* answer_json.c
 * The members of one answer, in their order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/answer_json.h"

#include "base/json_put.h"

static void put_text(GString *out, const char *name, const char *text)
{
    rst_json_put_text(out, name, text && *text ? text : NULL);
}

static void put_frame(GString *out, const char *name, uint32_t frame)
{
    rst_json_key(out, name);
    if (frame)
        rst_json_number(out, frame);
    else
        rst_json_null(out);
}

static void put_duration(GString *out, const char *name, int64_t ns)
{
    rst_json_put_seconds(out, name, ns == RST_DURATION_NONE ? RST_TIME_NONE : ns);
}

static void put_steps(GString *out, const char *name, const rst_advice_t *advice, bool commands)
{
    rst_json_key(out, name);
    rst_json_open(out, '[');
    for (unsigned i = 0; advice && i < advice->steps; i++) {
        if (!commands || advice->step[i].command)
            rst_json_string(out, advice->step[i].text);
    }
    rst_json_close(out, ']');
}

static void put_advice(GString *out, const rst_advice_t *advice)
{
    put_text(out, "meaning", advice ? advice->meaning : NULL);
    put_steps(out, "advice", advice, false);
    put_steps(out, "commands", advice, true);
}

static void put_evidence(const rst_answer_t *answer, GString *out)
{
    rst_json_key(out, "evidence");
    rst_json_open(out, '[');
    for (unsigned i = 0; i < answer->verdict->evidences; i++) {
        const rst_evidence_t *evidence = &answer->verdict->evidence[i];

        if (!evidence->text || !*evidence->text)
            continue;
        rst_json_open(out, '{');
        rst_json_put_number(out, "frame", evidence->frame ? evidence->frame : answer->frame);
        put_text(out, "text", evidence->text);
        rst_json_close(out, '}');
    }
    rst_json_close(out, ']');
}

static void put_alternatives(const rst_verdict_t *verdict, GString *out)
{
    rst_json_key(out, "alternatives");
    rst_json_open(out, '[');
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        rst_json_open(out, '{');
        put_text(out, "cause", rst_cause_info(verdict->alternative[i].cause)->token);
        rst_json_put_number(out, "confidence", verdict->alternative[i].confidence);
        rst_json_close(out, '}');
    }
    rst_json_close(out, ']');
}

static void put_declared(const rst_declared_t *declared, GString *out)
{
    rst_json_key(out, "declared");
    if (!declared->source) {
        rst_json_null(out);
        return;
    }
    rst_json_open(out, '{');
    put_text(out, "source", declared->source);
    put_text(out, "text", declared->text);
    if (declared->has_code)
        rst_json_put_number(out, "code", declared->code);
    rst_json_close(out, '}');
}

static void put_witness(const rst_witness_line_t *line, GString *out)
{
    rst_json_open(out, '{');
    put_text(out, "file", line->file);
    rst_json_put_number(out, "line", line->line);
    put_text(out, "format", line->format);
    put_text(out, "meaning", line->meaning);
    put_text(out, "text", line->text);
    put_text(out, "rule", line->rule);
    rst_json_put_seconds(out, "clock_error_s", line->clock_error);
    rst_json_put_boolean(out, "ambiguous", line->ambiguous);
    rst_json_close(out, '}');
}

/* Where no log says anything, the member is missing. */
static void put_witnesses(const rst_witness_line_t *line, unsigned count, GString *out)
{
    if (!count)
        return;
    rst_json_key(out, "witnesses");
    rst_json_open(out, '[');
    for (unsigned i = 0; i < count; i++)
        put_witness(&line[i], out);
    rst_json_close(out, ']');
}

static void put_verdict(const rst_answer_t *answer, GString *out)
{
    const rst_verdict_t *verdict = answer->verdict;
    const rst_cause_info_t *info = rst_cause_info(verdict->cause);

    put_text(out, "cause", info->token);
    put_text(out, "label", info->label);
    put_text(out, "category", rst_category_name(info->category));
    rst_json_put_number(out, "confidence", verdict->confidence);
    put_text(out, "sender", rst_sender_name(verdict->sender));
    put_text(out, "on_path", rst_verdict_on_path(verdict) ? rst_on_path_name(rst_verdict_on_path(verdict)) : NULL);
    rst_json_put_boolean(out, "benign", verdict->benign);
    rst_json_put_boolean(out, "follower", !verdict->first);
    put_text(out, "summary", verdict->summary);
    put_evidence(answer, out);
    put_alternatives(verdict, out);
    put_declared(&verdict->declared, out);
    if (verdict->witnesses)
        rst_json_put_boolean(out, "conflict", verdict->conflict);
    put_witnesses(verdict->witness, verdict->witnesses, out);
    put_advice(out, answer->advice);
    put_text(out, "reference", info->reference);
    put_frame(out, "trigger", verdict->trigger);
    put_duration(out, "idle_s", verdict->idle);
    put_duration(out, "delay_s", verdict->delay);
}

static void put_finding(const rst_answer_t *answer, GString *out)
{
    const rst_finding_t *finding = answer->finding;
    const rst_finding_info_t *info = rst_finding_info(finding->kind);

    put_text(out, "cause", info->token);
    put_text(out, "label", info->label);
    put_text(out, "summary", finding->summary);
    put_advice(out, answer->advice);
    put_text(out, "reference", info->reference);
    put_witnesses(finding->witness, finding->witnesses, out);
    rst_json_put_number(out, "count", finding->count);
    put_duration(out, "duration_s", finding->duration);
}

void rst_answer_json(const rst_answer_t *answer, GString *out)
{
    rst_json_open(out, '{');
    rst_json_put_number(out, "frame", answer->frame);
    rst_json_moment(out, "time", answer->time);
    put_text(out, "kind", answer->verdict ? "reset" : "finding");
    put_frame(out, "problem", answer->problem);
    put_text(out, "client", answer->client);
    put_text(out, "server", answer->server);
    if (answer->verdict)
        put_verdict(answer, out);
    else
        put_finding(answer, out);
    put_text(out, "filter", answer->filter);
    rst_json_close(out, '}');
}
