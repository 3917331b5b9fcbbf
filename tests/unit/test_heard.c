/* test_heard.c
 * What the lines of a log explain of segments that nobody answered, and which of them is quoted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-witness.h"

#include "engine/heard.h"

enum { SYN_AGAIN = ANOTHER_RESET + 1, SYN_ONCE_MORE }; /* of the same attempt */

static void open_timeout(scene_t *scene)
{
    scene_open(scene, RST_CAUSE_UNDETERMINED, 0);
    for (unsigned frame = SYN_AGAIN; frame <= SYN_ONCE_MORE; frame++) {
        const rst_segment_t segment = {.src = scene->address[CLIENT],
                                       .dst = scene->address[SERVER],
                                       .sport = scene->port[CLIENT],
                                       .dport = scene->port[SERVER],
                                       .seq = 100 * SYN,
                                       .flags = RST_FLAG_SYN};

        rst_witnesses_see(scene->witnesses, &segment, (rst_moment_t){frame, AT + frame * RST_SECOND});
    }
}

static rst_failure_t failure_of(const scene_t *scene, rst_finding_kind_t kind)
{
    return (rst_failure_t){.address = {scene->address[0], scene->address[1]},
                           .port = {scene->port[0], scene->port[1]},
                           .kind = kind,
                           .from = CLIENT,
                           .count = 3,
                           .first = {SYN, RST_SECOND},
                           .last = {SYN_ONCE_MORE, AT + SYN_ONCE_MORE * RST_SECOND}};
}

static rst_finding_t heard(const scene_t *scene, const rst_failure_t *failure, const rst_witnesses_t *witnesses)
{
    rst_engine_t *engine = g_new0(rst_engine_t, 1);
    rst_finding_t finding = {.summary = "Old", .witnesses = 99};

    engine->judge.witnesses = (rst_witnesses_t *)witnesses;
    rst_heard_tell(engine, failure, &scene->scope.memory, &finding);
    g_free(engine);
    return finding;
}

/* Closes; words = what is added to the summary begins with, and goes on with; NULL = nothing. */
static void expect(scene_t *scene, rst_finding_kind_t kind, const char *begin, const char *words)
{
    const rst_failure_t failure = failure_of(scene, kind);
    rst_finding_t finding = heard(scene, &failure, scene->witnesses);

    if (begin) {
        g_assert_true(g_str_has_prefix(finding.summary, begin));
        g_assert_nonnull(strstr(finding.summary, words));
    } else {
        g_assert_cmpstr(finding.summary, ==, "Old");
    }
    g_assert_cmpuint(finding.witnesses, ==, MIN(scene->witnesses->kepts.records->len, RST_WITNESS_LINES_MAX));
    scene_close(scene);
}

#define OF_SYN RST_FINDING_SYN_TIMEOUT
#define OF_DATA RST_FINDING_SILENT_GIVE_UP
#define WHY(line) "Old. A log says why (a.log line " #line ")"

/* Each SYN counts once, whatever the number of lines about it; a line about the connection counts none. */
static void test_count(void)
{
    static const struct {
        uint32_t sights[4];
        unsigned lines;
        const char *words;
    } cases[] = {{{SYN}, 1, "dropped one of them"},
                 {{SYN, SYN}, 2, "dropped one of them"},
                 {{SYN, SYN_AGAIN}, 2, "dropped 2 of them"},
                 {{SYN, SYN_AGAIN, SYN_ONCE_MORE}, 3, "dropped them all"},
                 {{SYN, SYN_AGAIN, SYN, SYN_AGAIN}, 4, "dropped 2 of them"},
                 {{WHOLE}, 1, "dropped the connection"},
                 {{SYN, WHOLE}, 2, "dropped one of them"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;

        open_timeout(&scene);
        for (unsigned line = 0; line < cases[i].lines; line++)
            scene_tell(&scene, RST_MEANING_DROPPED, cases[i].sights[line]);
        expect(&scene, OF_SYN, WHY(1), cases[i].words);
    }
}

/* Let pass here and dropped there: each is counted for itself, and only what is joined for sure. */
static void test_count_of_each(void)
{
    scene_t scene;

    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_ALLOWED, SYN);
    scene_tell(&scene, RST_MEANING_DROPPED, SYN);
    expect(&scene, OF_SYN, WHY(2), "dropped one of them");

    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_DROPPED, SYN)->state = RST_KEPT_AMBIGUOUS;
    scene_tell(&scene, RST_MEANING_DROPPED, SYN);
    expect(&scene, OF_SYN, WHY(2), "dropped one of them");

    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_ALLOWED, SYN);
    scene_tell(&scene, RST_MEANING_OPENED, SYN_AGAIN);
    scene_tell(&scene, RST_MEANING_ALLOWED, SYN);
    expect(&scene, OF_SYN, "Old. A log says where not (a.log line 1)", "let 2 of them pass");

    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_ALLOWED, WHOLE);
    expect(&scene, OF_SYN, "Old. A log says where not (a.log line 1)", "let the connection pass");
}

/* What is shown and explains nothing: an unsure join, a line about another packet of the connection, one that says
 * nothing of the kind. */
static void test_unexplained(void)
{
    static const rst_meaning_t meanings[] = {RST_MEANING_DROPPED, RST_MEANING_REJECTED, RST_MEANING_ALLOWED,
                                             RST_MEANING_MENTION};
    scene_t scene;

    for (unsigned i = 0; i < G_N_ELEMENTS(meanings); i++) {
        open_timeout(&scene);
        scene_tell(&scene, meanings[i], SYN)->state = RST_KEPT_AMBIGUOUS;
        expect(&scene, OF_SYN, NULL, NULL);
        open_timeout(&scene);
        scene_tell(&scene, meanings[i], RESET);
        expect(&scene, OF_SYN, NULL, NULL);
    }
    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_IDLE, WHOLE); /* no timer of a session explains that a SYN has no answer */
    expect(&scene, OF_SYN, NULL, NULL);
    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_OTHER, WHOLE)->no_state = true;
    expect(&scene, OF_SYN, NULL, NULL);
    open_timeout(&scene);
    expect(&scene, OF_SYN, NULL, NULL);
}

/* Which line explains most: for a SYN that nobody listens, then who dropped, then who refused, then a timer, a lost
 * state, and at last who let it pass. The line that is quoted is the one that says so. */
static void test_most(void)
{
    static const rst_meaning_t least_first[] = {RST_MEANING_ALLOWED,  RST_MEANING_OTHER,   RST_MEANING_IDLE,
                                                RST_MEANING_REJECTED, RST_MEANING_DROPPED, RST_MEANING_NO_LISTENER};
    static const char *const begins[] = {"Old. A log says where not (a.log line 1)",
                                         "Old. A device had no such connection any more (a.log line 2)",
                                         WHY(3),
                                         WHY(4),
                                         WHY(5),
                                         WHY(6)};
    static const char *const words[] = {"pass", "any more", "timer", "refused", "dropped", "nobody listens"};

    for (unsigned syn = 0; syn <= 1; syn++) {
        for (unsigned lines = 1; lines <= G_N_ELEMENTS(least_first); lines++) {
            unsigned best = lines - 1;
            scene_t scene;

            open_timeout(&scene);
            for (unsigned i = 0; i < lines; i++)
                scene_tell(&scene, least_first[i], WHOLE)->no_state = least_first[i] == RST_MEANING_OTHER;
            if (syn && (best == 1 || best == 2)) /* of a session only */
                best = 0;
            else if (!syn && best == 5) /* of a SYN only */
                best = 4;
            expect(&scene, syn ? OF_SYN : OF_DATA, begins[best], words[best]);
        }
    }
}

/* A device that dropped a segment because it knew no such connection does not say why that is so. */
static void test_dropped_without_state(void)
{
    scene_t scene;

    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_DROPPED, WHOLE)->no_state = true;
    expect(&scene, OF_DATA, "Old. A device had no such connection any more (a.log line 1)", "");
    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_DROPPED, WHOLE)->no_state = true;
    scene_tell(&scene, RST_MEANING_DROPPED, WHOLE);
    expect(&scene, OF_DATA, WHY(2), "dropped");
}

/* Nothing without logs, and nothing about what ICMP reports. */
static void test_not_asked(void)
{
    const rst_icmp_report_t report = {.count = 1};
    rst_failure_t failure;
    rst_finding_t finding;
    scene_t scene;

    open_timeout(&scene);
    scene_tell(&scene, RST_MEANING_DROPPED, SYN);
    failure = failure_of(&scene, OF_SYN);
    g_assert_cmpuint(heard(&scene, &failure, scene.witnesses).witnesses, ==, 1);
    finding = heard(&scene, &failure, NULL);
    g_assert_cmpuint(finding.witnesses, ==, 0);
    g_assert_null(finding.witness);
    failure.report = &report;
    finding = heard(&scene, &failure, scene.witnesses);
    g_assert_cmpuint(finding.witnesses, ==, 0);
    g_assert_cmpstr(finding.summary, ==, "Old");
    scene_close(&scene);
}

/* One line for a list: what a device did says more than what it saw, a rule more than none, and of equals the first. */
static void test_best_line(void)
{
    static const struct {
        bool acted[2], ruled[2], nobody[2], sure[2];
        const char *best;
    } cases[] = {{{0, 0}, {0, 0}, {0, 0}, {1, 1}, "a.log line 1"},
                 {{0, 1}, {0, 0}, {0, 0}, {1, 1}, "a.log line 2"},
                 {{0, 0}, {0, 1}, {0, 0}, {1, 1}, "a.log line 2 (rule 'block')"},
                 {{0, 0}, {0, 0}, {0, 1}, {1, 1}, "a.log line 2"},
                 {{1, 0}, {0, 0}, {0, 0}, {1, 1}, "a.log line 1"},
                 {{1, 1}, {0, 1}, {0, 0}, {1, 0}, "a.log line 1"},
                 {{0, 1}, {0, 1}, {0, 0}, {0, 0}, NULL}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_engine_t *engine = g_new0(rst_engine_t, 1);
        rst_failure_t failure;
        scene_t scene;

        open_timeout(&scene);
        engine->judge.witnesses = scene.witnesses;
        for (unsigned nth = 0; nth < 2; nth++) {
            rst_kept_t *kept =
                scene_tell(&scene, cases[i].nobody[nth] ? RST_MEANING_NO_LISTENER : RST_MEANING_DROPPED, WHOLE);

            kept->acted = cases[i].acted[nth];
            kept->rule = cases[i].ruled[nth] ? "block" : NULL;
            kept->state = cases[i].sure[nth] ? RST_KEPT_JOINED : RST_KEPT_AMBIGUOUS;
        }
        failure = failure_of(&scene, OF_SYN);
        g_assert_cmpstr(rst_heard_of_failure(engine, &failure, &scene.scope.memory), ==, cases[i].best);
        g_assert_cmpstr(rst_heard_of_reset(engine, &scene.reset, &scene.scope.memory), ==, cases[i].best);
        engine->judge.witnesses = NULL;
        g_assert_null(rst_heard_of_failure(engine, &failure, &scene.scope.memory));
        g_assert_null(rst_heard_of_reset(engine, &scene.reset, &scene.scope.memory));
        g_free(engine);
        scene_close(&scene);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/heard/count", test_count);
    g_test_add_func("/heard/count_of_each", test_count_of_each);
    g_test_add_func("/heard/unexplained", test_unexplained);
    g_test_add_func("/heard/most", test_most);
    g_test_add_func("/heard/dropped_without_state", test_dropped_without_state);
    g_test_add_func("/heard/not_asked", test_not_asked);
    g_test_add_func("/heard/best_line", test_best_line);
    return g_test_run();
}
