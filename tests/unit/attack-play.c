/* attack-play.c
 * Implementation for playing a scene through the core, and for comparing verdicts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

#define SURE 70        /* a wrong verdict from here on is a harm */
#define DEVICE_LIKE 60 /* what a reset from elsewhere gets at most */
#define ACCUSES 50     /* so is an accusation from here on */
#define STATED 75      /* most that a lone scanner's pattern is worth where the SYNs come from elsewhere */
#define SAME 4         /* percent that count as nothing */
#define CLOCKS 137.0   /* between the clocks of two capture points */
#define HALF_WAY 0.009 /* from one point to the other, seconds */

typedef struct attack_frame {
    double time;
    const attack_line_t *line;
    unsigned ttl, point; /* point 0: the only one */
} attack_frame_t;

static bool is_of_client(const attack_line_t *line)
{
    return line->route[0] >= 'A' && line->route[0] <= 'C';
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    double first = ((const attack_frame_t *)a)->time, second = ((const attack_frame_t *)b)->time;

    return (first > second) - (first < second);
}

/* What one capture point sees; 1 is the client's, 2 the server's. What comes from between reaches one of them. */
static void see(const attack_scene_t *scene, unsigned point, GArray *frames)
{
    for (unsigned i = 0; i < scene->lines->len; i++) {
        const attack_line_t *line = &g_array_index(scene->lines, attack_line_t, i);
        bool far = point && is_of_client(line) == (point == 2);
        attack_frame_t frame = {line->time, line, line->ttl, point};

        if (point && line->from_between && !far)
            continue;
        if (point == 2)
            frame.time += CLOCKS + (is_of_client(line) ? HALF_WAY : -HALF_WAY);
        if (far && !line->from_between && frame.ttl)
            frame.ttl -= scene->story->between;
        g_array_append_val(frames, frame);
    }
    g_array_sort(frames, by_time);
}

static void note_pass(script_run_t *run, unsigned reset, unsigned pass, attack_answer_t *answer)
{
    script_scope_t scope;
    rst_verdict_t verdict;

    script_scope_open(&scope);
    rst_engine_classify(run->engine, run->reset[reset], &scope.memory, false, &verdict);
    answer->pass[pass].cause = verdict.cause;
    answer->pass[pass].sender = verdict.sender;
    answer->pass[pass].confidence = verdict.confidence;
    script_scope_close(&scope);
}

static void feed_frame(script_run_t *run, const attack_frame_t *frame, GArray *answers)
{
    GString *text = g_string_new(NULL);
    unsigned before = run->resets;

    g_string_printf(text, "%.6f %s", frame->time, frame->line->text);
    if (frame->ttl)
        g_string_append_printf(text, " ttl %u", frame->ttl);
    if (frame->point && !strstr(text->str, " icmp "))
        g_string_append_printf(text, " interface %u", frame->point);
    script_feed(run, text->str);
    if (run->resets > before) {
        attack_answer_t answer = {.part = frame->line->part};

        note_pass(run, before, 0, &answer);
        g_array_append_val(answers, answer);
    }
    g_string_free(text, TRUE);
}

GArray *attack_play(const attack_scene_t *scene, const char *expected)
{
    static const char *const nothing[] = {NULL};
    GArray *answers = g_array_new(FALSE, TRUE, sizeof(attack_answer_t));
    script_run_t *run = g_new(script_run_t, 1);

    script_open(run, scene->variant, nothing);
    for (unsigned point = scene->story->between ? 1 : 0; point <= (scene->story->between ? 2u : 0u); point++) {
        GArray *frames = g_array_new(FALSE, FALSE, sizeof(attack_frame_t));

        see(scene, point, frames);
        for (unsigned i = 0; i < frames->len; i++)
            feed_frame(run, &g_array_index(frames, attack_frame_t, i), answers);
        g_array_free(frames, TRUE);
    }
    rst_engine_finish_pass(run->engine);
    for (unsigned i = 0; i < run->resets; i++)
        note_pass(run, i, 1, &g_array_index(answers, attack_answer_t, i));
    if (expected)
        script_expect(run, scene->story->name, 0, expected);
    if (expected && g_test_verbose()) {
        for (unsigned i = 0; i < run->resets; i++)
            g_test_message("%s, %s: %s", scene->story->name, scene->variant->name, script_describe(run, i));
    }
    script_close(run);
    g_free(run);
    return answers;
}

/* Is something between the hosts blamed? */
static bool accuses(const attack_answer_t *answer, unsigned pass)
{
    switch (answer->pass[pass].cause) {
    case RST_CAUSE_INJECTED:
    case RST_CAUSE_POLICY_RESET:
    case RST_CAUSE_DEVICE_IDLE_TIMEOUT:
    case RST_CAUSE_SESSION_FAILOVER:
    case RST_CAUSE_FIREWALL_REJECT:
    case RST_CAUSE_NAT_LEAK:
    case RST_CAUSE_HEADER_REWRITTEN:
        return answer->pass[pass].confidence >= ACCUSES;
    default:
        return answer->pass[pass].sender == RST_SENDER_MIDDLEBOX && answer->pass[pass].confidence >= ACCUSES;
    }
}

/* A forged reset may be called forged; a reason of a device that is not there is invented. Somebody on the path can do
 * all that a device does: then only a sure answer is. */
static bool invents(const attack_answer_t *answer, unsigned pass, char attacker)
{
    unsigned least = attacker == ATTACK_ON_PATH ? DEVICE_LIKE + 1 : ACCUSES;

    switch (answer->pass[pass].cause) {
    case RST_CAUSE_DEVICE_IDLE_TIMEOUT:
    case RST_CAUSE_SESSION_FAILOVER:
    case RST_CAUSE_NAT_LEAK:
    case RST_CAUSE_HEADER_REWRITTEN:
    case RST_CAUSE_PROXIED:
        return answer->pass[pass].confidence >= least;
    default:
        return false;
    }
}

static bool is_also_right(const attack_story_t *story, rst_cause_t cause)
{
    char **also = g_strsplit(story->also ? story->also : "", " ", -1);
    bool found =
        cause == RST_CAUSE_UNDETERMINED || g_strv_contains((const gchar *const *)also, rst_cause_info(cause)->token);

    g_strfreev(also);
    return found;
}

/* What two answers are compared for. */
typedef struct attack_pair {
    const attack_story_t *story;
    const attack_kind_t *kind;
    const char *label;
    unsigned pass;
    const attack_answer_t *alone, *attacked;
} attack_pair_t;

static void note_beyond(const attack_pair_t *pair, const char *what, attack_count_t *count)
{
    const attack_answer_t *alone = pair->alone, *attacked = pair->attacked;
    unsigned pass = pair->pass;

    count->beyond++;
    if (g_test_verbose())
        g_test_message(
            "%c %s: %s, %s, pass %u, %s: %s %u by %s, alone %s %u by %s", pair->kind->attacker, pair->kind->name,
            pair->story->name, pair->label, pass + 1, what, rst_cause_info(attacked->pass[pass].cause)->token,
            attacked->pass[pass].confidence, rst_sender_name(attacked->pass[pass].sender),
            alone ? rst_cause_info(alone->pass[pass].cause)->token : "no reset",
            alone ? alone->pass[pass].confidence : 0, alone ? rst_sender_name(alone->pass[pass].sender) : "nobody");
}

static void compare_honest(const attack_pair_t *pair, attack_count_t *count)
{
    unsigned pass = pair->pass;
    const attack_answer_t *alone = pair->alone, *attacked = pair->attacked;
    unsigned confidence = attacked->pass[pass].confidence;
    bool same_cause = attacked->pass[pass].cause == alone->pass[pass].cause;
    bool same_sender = attacked->pass[pass].sender == alone->pass[pass].sender;
    bool accused = accuses(attacked, pass) && !accuses(alone, pass) && !pair->story->by_device;
    bool sure = false;

    count->tried++;
    if (same_cause && same_sender && confidence + SAME >= alone->pass[pass].confidence)
        count->unchanged++;
    else if (same_cause ? same_sender || attacked->pass[pass].sender == RST_SENDER_UNKNOWN
                        : is_also_right(pair->story, attacked->pass[pass].cause))
        count->less++;
    else if (confidence < SURE)
        count->wrong++;
    else
        sure = true;
    count->sure += sure;
    count->accused += accused;
    if (accused ? confidence > pair->kind->blame : sure && confidence > pair->kind->wrong)
        note_beyond(pair, accused ? "blamed" : "wrong", count);
}

static void compare_forged(const attack_pair_t *pair, attack_count_t *count)
{
    unsigned pass = pair->pass;
    unsigned honest = pair->alone ? pair->alone->pass[pass].confidence : 0;
    unsigned most = pair->kind->forged ? MAX(pair->kind->forged, honest) : SURE - 1;
    bool endpoint = pair->attacked->pass[pass].sender == RST_SENDER_CLIENT ||
                    pair->attacked->pass[pass].sender == RST_SENDER_SERVER;
    bool believed = endpoint && pair->attacked->pass[pass].confidence > most;
    bool invented = invents(pair->attacked, pass, pair->kind->attacker);

    count->forged++;
    count->believed += believed;
    count->accused += invented;
    if (believed || invented)
        note_beyond(pair, believed ? "forged, believed" : "forged, invents", count);
}

/* An honest host's answer to what was forged: no device made it, and the host neither scans nor checks anything. */
static void compare_answer(const attack_pair_t *pair, attack_count_t *count)
{
    rst_cause_t cause = pair->attacked->pass[pair->pass].cause;
    bool believed = (cause == RST_CAUSE_HALF_OPEN_SCAN || cause == RST_CAUSE_HEALTH_CHECK) &&
                    pair->attacked->pass[pair->pass].confidence > STATED;
    bool accused = accuses(pair->attacked, pair->pass);

    count->forged++;
    count->believed += believed;
    count->accused += accused;
    if (believed || accused)
        note_beyond(pair, accused ? "answer, blamed" : "answer, believed", count);
}

void attack_compare(const attack_story_t *story, const attack_kind_t *kind, const char *label, const GArray *alone,
                    const GArray *attacked, unsigned pass, attack_count_t *count)
{
    attack_pair_t pair = {.story = story, .kind = kind, .label = label, .pass = pass};
    unsigned honest = 0;

    for (unsigned i = 0; i < attacked->len; i++) {
        pair.attacked = &g_array_index(attacked, attack_answer_t, i);
        pair.alone = alone->len ? &g_array_index(alone, attack_answer_t, MIN(honest, alone->len - 1)) : NULL;
        if (pair.attacked->part == ATTACK_ANSWER) {
            compare_answer(&pair, count);
        } else if (pair.attacked->part == ATTACK_FORGED) {
            if (kind->attacker != ATTACK_END) /* an end forges nothing: its resets are its own */
                compare_forged(&pair, count);
        } else {
            g_assert_cmpuint(honest++, <, alone->len);
            compare_honest(&pair, count);
        }
    }
    g_assert_cmpuint(honest, ==, alone->len);
}
