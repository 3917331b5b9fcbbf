/* script-witness.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-witness.h"

#include <string.h>

static void see(scene_t *scene, unsigned pass_index, unsigned from, uint8_t flags, int64_t time)
{
    const rst_segment_t segment = {.frame = pass_index,
                                   .src = scene->address[from],
                                   .dst = scene->address[1 - from],
                                   .sport = scene->port[from],
                                   .dport = scene->port[1 - from],
                                   .seq = 100 * pass_index,
                                   .flags = flags};

    rst_witnesses_see(scene->witnesses, &segment, (rst_moment_t){.pass_index = pass_index, .time = time});
}

void scene_open(scene_t *scene, rst_cause_t cause, uint8_t confidence)
{
    const rst_log_clock_t clock = {.kind = RST_WHEN_UTC, .known = true};

    memset(scene, 0, sizeof *scene);
    script_scope_open(&scene->scope);
    scene->address[CLIENT] = script_address(&script_variants[0], 'C');
    scene->address[SERVER] = script_address(&script_variants[0], 'S');
    scene->port[CLIENT] = 40000;
    scene->port[SERVER] = 80;
    scene->story = (rst_story_t){.address = scene->address, .port = scene->port};
    scene->reset = (rst_reset_t){.story = &scene->story,
                                 .at = {.pass_index = RESET, .time = AT},
                                 .ordinal = 1,
                                 .own_ordinal = 1,
                                 .from = SERVER,
                                 .client = CLIENT,
                                 .form = RST_FORM_ABORT};
    scene->syn.moment.pass_index = SYN;
    scene->verdict = (rst_verdict_t){.cause = cause,
                                     .confidence = confidence,
                                     .sender = RST_SENDER_SERVER,
                                     .idle = 60 * RST_SECOND,
                                     .summary = "Old"};
    scene->view = (rst_view_t){.file = &scene->file,
                               .prefs = &scene->prefs,
                               .reset = &scene->reset,
                               .own = &scene->own,
                               .peer = &scene->peer,
                               .memory = &scene->scope.memory,
                               .texts = true,
                               .verdict = &scene->verdict};
    scene->witnesses = rst_witnesses_new(false);
    see(scene, SYN, CLIENT, RST_FLAG_SYN, RST_SECOND);
    see(scene, RESET, SERVER, RST_FLAG_RST, AT);
    see(scene, ANOTHER_RESET, SERVER, RST_FLAG_RST, AT + RST_SECOND);
    rst_kepts_file(&scene->witnesses->kepts, "a.log", NULL);
    g_array_append_val(scene->witnesses->kepts.clocks, clock);
    scene->witnesses->joined = true;
}

void scene_open_refusal(scene_t *scene, rst_cause_t cause, uint8_t confidence)
{
    scene_open(scene, cause, confidence);
    scene->reset.form = RST_FORM_REFUSAL;
    scene->view.trigger = &scene->syn;
}

rst_kept_t *scene_tell(scene_t *scene, rst_meaning_t meaning, uint32_t sight)
{
    rst_kepts_t *kepts = &scene->witnesses->kepts;
    unsigned side;
    rst_ends_t *ends = rst_lives_find(&scene->witnesses->lives, &scene->address[0], scene->port[0], &scene->address[1],
                                      scene->port[1], &side);
    const rst_kept_t kept = {.ends = ends,
                             .before = ends->kept,
                             .line = kepts->records->len + 1,
                             .reader = RST_READER_ID_juniper_srx,
                             .side = (uint8_t)side,
                             .meaning = meaning,
                             .cause = RST_CAUSE_UNDETERMINED,
                             .time = AT,
                             .text = "words",
                             .state = RST_KEPT_JOINED,
                             .life = ends->life,
                             .sight = sight};

    g_array_append_val(kepts->records, kept);
    ends->kept = kepts->records->len;
    return rst_kept(kepts, ends->kept - 1);
}

void scene_close(scene_t *scene)
{
    rst_witnesses_free(scene->witnesses);
    script_scope_close(&scene->scope);
}

void scene_apply(scene_t *scene)
{
    rst_at_witness_apply(&scene->view, scene->witnesses);
}

void scene_confirm(scene_t *scene, rst_cause_t cause, unsigned confidence, rst_sender_t sender)
{
    g_assert_cmpstr(rst_cause_info(scene->verdict.cause)->token, ==, rst_cause_info(cause)->token);
    g_assert_cmpint(scene->verdict.confidence, ==, confidence);
    g_assert_cmpint(scene->verdict.sender, ==, sender);
    scene_close(scene);
}

void scene_expect(scene_t *scene, rst_cause_t cause, unsigned confidence, rst_sender_t sender)
{
    scene_apply(scene);
    scene_confirm(scene, cause, confidence, sender);
}
