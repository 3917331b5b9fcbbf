/* test_record.c
 * Tests of what is recorded of a reset: what it answers, whether it is a copy or an imitation, and what follows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/foreign.h"
#include "script.h"
#include "track/aftermath.h"
#include "track/connection.h"
#include "track/trigger.h"

enum { RST = RST_FLAG_RST, ACK = RST_FLAG_ACK, SYN = RST_FLAG_SYN, FAR = RST_CLUE_SEQ | RST_CLUE_FAR };

/* A reset of side 0, which has sent up to 5000 and acknowledged 9000; both sides have spoken. */
typedef struct scene {
    rst_prefs_t prefs;
    rst_reset_t reset, earlier;
    rst_direction_t side[2];
    rst_conn_t conn;
    rst_recent_segment_t stray;
    rst_segment_t segment;
} scene_t;

static scene_t *begin(void)
{
    scene_t *scene = g_new0(scene_t, 1);

    scene->prefs = rst_prefs_default();
    for (unsigned i = 0; i < 2; i++) {
        scene->side[i].known = RST_DIRECTION_NXT | RST_DIRECTION_ACKED;
        scene->side[i].segments = 5;
        scene->side[i].bytes = 100;
        scene->side[i].data_segments = scene->side[i].pure_acks = 2;
    }
    scene->side[0].nxt = scene->side[1].acked = 5000;
    scene->side[1].nxt = scene->side[0].acked = 9000;
    scene->conn.direction = scene->side;
    scene->reset.direction = scene->earlier.direction = scene->side;
    scene->reset.conn = &scene->conn;
    scene->reset.at = (rst_moment_t){20, RST_SECOND};
    scene->earlier.at = (rst_moment_t){19, RST_SECOND - 20 * RST_MILLISECOND};
    scene->reset.seq = scene->earlier.seq = 5000;
    scene->reset.flags = scene->earlier.flags = RST;
    scene->reset.known = scene->earlier.known = RST_HAS_IP;
    scene->reset.ttl = 54;
    scene->earlier.ttl = 53;
    scene->segment.known = RST_HAS_IP;
    scene->segment.ttl = 54;
    return scene;
}

static bool is_imitated(const scene_t *scene)
{
    return rst_reset_is_imitated(&scene->reset, &scene->earlier, &scene->prefs);
}

static void test_imitated(void)
{
    scene_t *scene = begin();

    g_assert_true(is_imitated(scene));
    scene->earlier.at.time--;
    g_assert_false(is_imitated(scene)); /* twenty times dup_ms */
    scene->earlier.at.time = RST_TIME_NONE;
    g_assert_false(is_imitated(scene));
    scene->earlier.at = scene->reset.at;
    g_assert_true(is_imitated(scene));
    scene->earlier.ttl = 54;
    g_assert_false(is_imitated(scene));
    scene->earlier.ttl = 118; /* the same distance */
    g_assert_false(is_imitated(scene));
    scene->earlier.ttl = 0;
    g_assert_false(is_imitated(scene));
    scene->earlier.ttl = 53;
    scene->reset.ttl = 0;
    g_assert_false(is_imitated(scene));
    g_free(scene);
}

/* The capture shows the path twice, or nothing but the resets. */
static void test_two_places(void)
{
    scene_t *scene = begin();

    for (unsigned i = 0; i < 2; i++) {
        scene->side[i].copies = 1;
        g_assert_false(is_imitated(scene));
        scene->side[i].copies = 0;
        scene->side[i].segments = 0;
        g_assert_true(is_imitated(scene));
        scene->side[i].segments = 5;
    }
    scene->side[0].segments = scene->side[1].segments = 0;
    g_assert_false(is_imitated(scene));
    g_free(scene);
}

/* Does it answer what was set aside? It bears these numbers. */
static bool answers_stray(scene_t *scene, unsigned flags, uint32_t seq, uint32_t ack)
{
    rst_segment_t segment = {.flags = (uint8_t)flags};

    scene->side[1].stray = &scene->stray;
    scene->reset.flags = (uint8_t)flags;
    scene->reset.seq = seq;
    scene->reset.ack = ack;
    return rst_reset_read_form(&scene->reset, &segment, &scene->prefs) == &scene->stray;
}

static void test_stray(void)
{
    scene_t *scene = begin();

    scene->stray = (rst_recent_segment_t){.flags = ACK, .ack = 700000, .clues = FAR};
    g_assert_true(answers_stray(scene, RST, 700000, 0));
    g_assert_cmpuint(scene->reset.form, ==, RST_FORM_ANSWER);
    g_assert_false(answers_stray(scene, RST, 700001, 0));
    g_assert_false(answers_stray(scene, RST | ACK, 700000, 9000));
    scene->stray.answered = true;
    g_assert_false(answers_stray(scene, RST, 700000, 0));
    scene->stray.answered = false;
    /* An exact acknowledgment: an abort would be there too, unless the segment may well be the peer's. */
    scene->stray.ack = 5000;
    g_assert_false(answers_stray(scene, RST, 5000, 0));
    scene->stray.clues = RST_CLUE_HOPS;
    g_assert_true(answers_stray(scene, RST, 5000, 0));
    scene->stray.clues = FAR;
    scene->side[0].nxt = 5001;
    g_assert_true(answers_stray(scene, RST, 5000, 0));
    g_free(scene);
}

static void test_stray_syn(void)
{
    scene_t *scene = begin();

    scene->stray = (rst_recent_segment_t){.flags = SYN, .seq = 7000, .space = 1, .clues = FAR};
    g_assert_true(answers_stray(scene, RST | ACK, 0, 7001));
    g_assert_cmpuint(scene->reset.form, ==, RST_FORM_REFUSAL);
    g_assert_false(answers_stray(scene, RST | ACK, 1, 7001));
    g_assert_false(answers_stray(scene, RST | ACK, 0, 7000));
    g_assert_false(answers_stray(scene, RST, 0, 7001));
    g_free(scene);
}

static void note(scene_t *scene, unsigned from, unsigned flags, uint32_t seq, uint32_t ack)
{
    scene->segment.flags = (uint8_t)flags;
    scene->segment.seq = seq;
    scene->segment.ack = ack;
    rst_aftermath_note(&scene->reset, from, &scene->segment, (rst_moment_t){30, RST_SECOND + 20 * RST_MILLISECOND},
                       &scene->prefs);
}

/* Was the segment that shows its sender alive sent after all that came before? */
static void check_later(scene_t *scene, bool expected)
{
    memset(&scene->reset.after, 0, sizeof scene->reset.after);
    note(scene, 0, ACK, 5000, 9100);
    g_assert_cmpuint(scene->reset.after.alive.pass_index, ==, 30);
    g_assert_cmpint(scene->reset.after.alive_new, ==, expected);
}

static void test_sent_later(void)
{
    scene_t *scene = begin();

    check_later(scene, false);
    scene->side[0].known |= RST_DIRECTION_IP_ID;
    scene->side[0].ip_id = 100;
    scene->side[0].ip_id_changes = 1;
    scene->segment.known |= RST_HAS_IP_ID;
    scene->segment.ip_id = 101;
    check_later(scene, true);
    scene->segment.ip_id = 100;
    check_later(scene, false);
    scene->segment.ip_id = 99;
    check_later(scene, false);
    scene->side[0].ip_id = 65000; /* zero is no id, though it would follow */
    scene->segment.ip_id = 0;
    check_later(scene, false);
    scene->side[0].ip_id = 100;
    scene->segment.ip_id = 101;
    scene->side[0].ip_id_changes = 0;
    check_later(scene, false);
    scene->side[0].ip_id_changes = 1;
    scene->segment.known &= ~(uint32_t)RST_HAS_IP_ID;
    check_later(scene, false);
    scene->segment.known |= RST_HAS_IP_ID;
    scene->side[0].known &= ~(uint32_t)RST_DIRECTION_IP_ID;
    check_later(scene, false);
    g_free(scene);
}

static void test_alive_count(void)
{
    scene_t *scene = begin();

    note(scene, 0, ACK, 5000, 9100);
    note(scene, 0, ACK, 5000, 9000); /* no news */
    note(scene, 0, ACK, 5000, 9200);
    g_assert_cmpuint(scene->reset.after.alive_count, ==, 2);
    /* The other end takes it: it acknowledges what its sender has sent since. */
    note(scene, 1, ACK, 9000, 5000);
    g_assert_false(scene->reset.after.alive_taken);
    note(scene, 1, RST_FLAG_PSH, 9000, 5001);
    g_assert_false(scene->reset.after.alive_taken);
    note(scene, 1, ACK, 9000, 5001);
    g_assert_true(scene->reset.after.alive_taken);
    g_free(scene);
}

/* A SYN-ACK afterward: does it answer the peer's SYN? */
static void test_synack(void)
{
    scene_t *scene = begin();

    scene->side[1].known |= RST_DIRECTION_SYN;
    scene->side[1].isn = 8000;
    note(scene, 0, SYN | ACK, 100, 8002);
    g_assert_cmpuint(scene->reset.after.synack.pass_index, ==, 0);
    note(scene, 0, SYN | ACK, 100, 8001);
    g_assert_cmpuint(scene->reset.after.synack.pass_index, ==, 30);
    note(scene, 1, RST_FLAG_PSH, 8001, 101);
    g_assert_false(scene->reset.after.synack_used);
    note(scene, 1, ACK, 8001, 100);
    g_assert_false(scene->reset.after.synack_used);
    note(scene, 1, ACK, 8001, 101);
    g_assert_true(scene->reset.after.synack_used);
    /* The SYN is not in the capture. */
    memset(&scene->reset.after, 0, sizeof scene->reset.after);
    scene->side[1].known &= ~(uint32_t)RST_DIRECTION_SYN;
    note(scene, 0, SYN | ACK, 100, 77);
    g_assert_cmpuint(scene->reset.after.synack.pass_index, ==, 30);
    g_free(scene);
}

/* One more of the train, from this distance. */
static void check_apart(scene_t *scene, uint8_t ttl, unsigned expected)
{
    scene->reset.after.train = scene->reset.after.train_apart = 0;
    scene->segment.ttl = ttl;
    note(scene, 0, RST, 15000, 0);
    g_assert_cmpuint(scene->reset.after.train, ==, 1);
    g_assert_cmpuint(scene->reset.after.train_apart, ==, expected);
}

static void test_train_apart(void)
{
    scene_t *scene = begin();

    check_apart(scene, 54, 0);
    check_apart(scene, 52, 0);
    check_apart(scene, 56, 0);
    check_apart(scene, 51, 1);
    check_apart(scene, 57, 1);
    check_apart(scene, 49, 1);
    scene->reset.ttl = 0;
    check_apart(scene, 49, 0);
    scene->reset.ttl = 54;
    scene->segment.known = 0;
    check_apart(scene, 49, 0);
    g_free(scene);
}

static void misfit(scene_t *scene, unsigned from, uint32_t index, unsigned clues)
{
    rst_aftermath_misfit(&scene->reset, from, (rst_moment_t){index, RST_SECOND}, clues);
}

/* The first foreign segment of its sender; a doubtful one is none. */
static void test_misfit(void)
{
    scene_t *scene = begin();

    misfit(scene, 1, 30, FAR);
    misfit(scene, 0, 31, RST_CLUE_HOPS);
    g_assert_cmpuint(scene->reset.after.foreign.pass_index, ==, 0);
    misfit(scene, 0, 33, FAR);
    g_assert_cmpuint(scene->reset.after.foreign.pass_index, ==, 33);
    g_assert_cmpuint(scene->reset.after.foreign_clues, ==, FAR);
    misfit(scene, 0, 34, RST_CLUE_SEQ | RST_CLUE_HOPS);
    g_assert_cmpuint(scene->reset.after.foreign.pass_index, ==, 33);
    g_assert_cmpuint(scene->reset.after.foreign_clues, ==, FAR);
    g_free(scene);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/record/imitated", test_imitated},     {"/record/two_places", test_two_places},
        {"/record/stray", test_stray},           {"/record/stray_syn", test_stray_syn},
        {"/record/sent_later", test_sent_later}, {"/record/alive_count", test_alive_count},
        {"/record/synack", test_synack},         {"/record/train_apart", test_train_apart},
        {"/record/misfit", test_misfit},         {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
