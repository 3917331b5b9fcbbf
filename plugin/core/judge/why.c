/* why.c
 * Writing down how a verdict came about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/why.h"

#include "rules/explain.h"

#define NAME_WIDTH 26 /* width of the column of rule names */

void rst_why_open(rst_why_t *why)
{
    memset(why, 0, sizeof *why);
    why->text = g_string_new(NULL);
    why->declined = g_string_new(NULL);
}

const char *rst_why_close(rst_why_t *why, const rst_memory_t *memory)
{
    char *text = rst_alloc0(memory, why->text->len + 1);

    memcpy(text, why->text->str, why->text->len);
    g_string_free(why->text, TRUE);
    g_string_free(why->declined, TRUE);
    return text;
}

static const char *form_name(rst_form_t form)
{
    static const char *const names[RST_FORM_COUNT] = {
        [RST_FORM_UNKNOWN] = "unknown form",
        [RST_FORM_REFUSAL] = "a refusal",
        [RST_FORM_ANSWER] = "an answer",
        [RST_FORM_ABORT] = "an abort",
        [RST_FORM_AHEAD] = "SEQ ahead of its side",
        [RST_FORM_BELOW] = "SEQ below its side",
    };

    return names[form];
}

void rst_why_begin(const rst_view_t *view, bool complete)
{
    const rst_reset_t *reset = view->reset;

    if (!view->why)
        return;
    g_string_set_size(view->why->declined, 0);
    g_string_append_printf(view->why->text, "%s (frame %u): %s", rst_shape(view),
                           rst_frames_number(&view->file->frames, reset->at.pass_index), form_name(reset->form));
    if (view->trigger)
        g_string_append_printf(view->why->text, " to frame %u",
                               rst_frames_number(&view->file->frames, view->trigger->moment.pass_index));
    g_string_append_printf(view->why->text, ", %s reset of its sender, history %s\n",
                           reset->own_last.at.pass_index ? "a later" : "the first",
                           complete ? "complete" : "incomplete");
}

static void add_rule(const rst_why_t *why, const rst_rule_t *rule, unsigned said, unsigned counted)
{
    g_string_append_printf(why->text, "  %-*s %s %u", NAME_WIDTH, rule->name, rst_cause_info(rule->cause)->token, said);
    if (counted != said)
        g_string_append_printf(why->text, " -> %u", counted);
}

void rst_why_rule(const rst_view_t *view, const rst_rule_t *rule, unsigned said, unsigned counted, rst_limit_t limit,
                  bool leads)
{
    static const char *const limits[] = {
        [RST_LIMIT_NONE] = "",
        [RST_LIMIT_MERGED] = " (two places on one interface)",
        [RST_LIMIT_HISTORY] = " (needs a complete history)",
        [RST_LIMIT_DROPPED] = " (what was known of its addresses and ports was dropped to save memory)",
        [RST_LIMIT_HONEST] = " (a perfect forgery would look the same)",
        [RST_LIMIT_UNSEEN] = " (the capture lost packets of it)",
        [RST_LIMIT_UNKEPT] = " (what might speak against it was dropped to save memory)",
        [RST_LIMIT_READING] = " (what came later is not known yet)",
        [RST_LIMIT_FROM_HOST] = " (another capture point shows that the host sent it)",
    };

    if (!view->why)
        return;
    if (!said) {
        g_string_append_printf(view->why->declined, "%s%s", view->why->declined->len ? ", " : "", rule->name);
        return;
    }
    add_rule(view->why, rule, said, counted);
    g_string_append_printf(view->why->text, "%s%s\n", limits[limit],
                           leads     ? ", leads"
                           : counted ? ", alternative"
                                     : ", does not count");
}

void rst_why_declined(const rst_view_t *view)
{
    if (view->why)
        g_string_append_printf(view->why->text, "  %-*s %s\n", NAME_WIDTH, "said no:", view->why->declined->str);
}

static void add_verdict(const rst_view_t *view, const char *step)
{
    const rst_verdict_t *verdict = view->verdict;

    g_string_append_printf(view->why->text, "  %-*s %s %u by %s", NAME_WIDTH, step,
                           rst_cause_info(verdict->cause)->token, verdict->confidence,
                           rst_sender_name(verdict->sender));
    for (unsigned i = 0; i < verdict->alternatives; i++)
        g_string_append_printf(view->why->text, "%s%s %u", i ? ", " : "; else ",
                               rst_cause_info(verdict->alternative[i].cause)->token,
                               verdict->alternative[i].confidence);
    g_string_append_c(view->why->text, '\n');
}

static bool is_changed(const rst_verdict_t *before, const rst_verdict_t *now)
{
    return before->cause != now->cause || before->confidence != now->confidence || before->sender != now->sender ||
           before->alternatives != now->alternatives;
}

void rst_why_step(const rst_view_t *view, const char *step)
{
    if (!view->why || !is_changed(&view->why->known, view->verdict))
        return;
    view->why->known = *view->verdict;
    add_verdict(view, step);
}

void rst_why_end(const rst_view_t *view)
{
    if (!view->why)
        return;
    add_verdict(view, "verdict:");
}
