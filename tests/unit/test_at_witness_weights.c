/* test_at_witness_weights.c
 * How much a record of a log weighs against a verdict: each limit and each condition. test_at_witness.c reads whole
 * logs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-witness.h"

#define EQUAL(a, b) g_assert_cmpint((a), ==, (b))
#define UNCHANGED(scene) scene_expect((scene), RST_CAUSE_APP_ABORT, 60, RST_SENDER_SERVER)
#define BY_POLICY(scene, confidence) scene_expect((scene), RST_CAUSE_POLICY_RESET, (confidence), RST_SENDER_MIDDLEBOX)

/* Of several resets, a line that names no packet means the first; one that names a reset means that. */
static void test_meant(void)
{
    static const struct {
        uint32_t sight;
        uint16_t ordinal;
        unsigned confidence; /* 0 = another reset is meant */
    } cases[] = {{WHOLE, 1, 92}, {WHOLE, 2, 0},  {SYN, 1, 92},          {SYN, 2, 0},
                 {RESET, 1, 95}, {RESET, 2, 95}, {ANOTHER_RESET, 1, 0}, {ANOTHER_RESET, 2, 0}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;

        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        scene.reset.ordinal = cases[i].ordinal;
        scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, cases[i].sight);
        if (cases[i].confidence)
            BY_POLICY(&scene, cases[i].confidence);
        else
            UNCHANGED(&scene);
    }
}

/* A packet that the device rejected is the reset itself, or the SYN that a refusal answers. */
static void test_rejected(void)
{
    static const struct {
        bool refusal, triggered, packet;
        uint32_t sight;
        unsigned confidence;
    } cases[] = {{true, true, true, SYN, 95},    {true, false, true, SYN, 0},      {true, true, true, ANOTHER_RESET, 0},
                 {true, true, false, WHOLE, 92}, {false, false, true, RESET, 95},  {false, false, true, WHOLE, 0},
                 {false, false, true, SYN, 0},   {false, false, false, WHOLE, 92}, {false, true, false, SYN, 95}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_cause_t cause = cases[i].refusal ? RST_CAUSE_FIREWALL_REJECT : RST_CAUSE_POLICY_RESET;
        scene_t scene;

        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        scene.reset.form = cases[i].refusal ? RST_FORM_REFUSAL : RST_FORM_ABORT;
        scene.view.trigger = cases[i].triggered ? &scene.syn : NULL;
        scene_tell(&scene, RST_MEANING_REJECTED, cases[i].sight)->packet = cases[i].packet;
        if (cases[i].confidence)
            scene_expect(&scene, cause, cases[i].confidence, RST_SENDER_MIDDLEBOX);
        else
            UNCHANGED(&scene);
    }
}

/* The timer ended the session before the reset, within a second and what the clocks may differ by, and the silence was
 * as long as the timer, with the same slack. */
static void test_idle(void)
{
    static const struct {
        int64_t time, error, idle, silence;
        bool settles;
    } cases[] = {
        {AT, 0, 0, 60 * RST_SECOND, true},
        {AT + RST_SECOND, 0, 0, 60 * RST_SECOND, true},
        {AT + RST_SECOND + 1, 0, 0, 60 * RST_SECOND, false},
        {AT + RST_SECOND, RST_TIME_NONE, 0, 60 * RST_SECOND, true},
        {AT + RST_SECOND + 1, RST_TIME_NONE, 0, 60 * RST_SECOND, false},
        {AT + 3 * RST_SECOND, 2 * RST_SECOND, 0, 60 * RST_SECOND, true},
        {RST_TIME_NONE, 0, 0, 60 * RST_SECOND, false},
        {AT, 0, 0, RST_DURATION_NONE, false},
        {AT, 0, 60 * RST_SECOND, RST_DURATION_NONE, false},
        {AT, 0, 61 * RST_SECOND, 60 * RST_SECOND, true},
        {AT, 0, 61 * RST_SECOND + 1, 60 * RST_SECOND, false},
        {AT, 0, 30 * RST_SECOND, 60 * RST_SECOND, true},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;
        rst_kept_t *kept;

        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        scene.verdict.idle = cases[i].silence;
        kept = scene_tell(&scene, RST_MEANING_IDLE, WHOLE);
        kept->time = cases[i].time;
        kept->error = cases[i].error;
        kept->idle = cases[i].idle;
        if (cases[i].settles)
            scene_expect(&scene, RST_CAUSE_DEVICE_IDLE_TIMEOUT, 92, RST_SENDER_MIDDLEBOX);
        else
            UNCHANGED(&scene);
    }
}

static void test_idle_without_times(void)
{
    scene_t scene;

    scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
    scene.reset.at.time = RST_TIME_NONE;
    scene_tell(&scene, RST_MEANING_IDLE, WHOLE);
    UNCHANGED(&scene);
}

/* A cause that the format states counts if the device did it; whether it sent the reset depends on the cause. */
static void test_cause(void)
{
    static const struct {
        rst_cause_t cause;
        bool acted;
        uint32_t sight;
        bool settles;
        rst_sender_t sender;
    } cases[] = {{RST_CAUSE_APP_TIMEOUT, true, WHOLE, true, RST_SENDER_SERVER},
                 {RST_CAUSE_INJECTED, true, WHOLE, true, RST_SENDER_MIDDLEBOX},
                 {RST_CAUSE_APP_TIMEOUT, false, WHOLE, false, RST_SENDER_SERVER},
                 {RST_CAUSE_UNDETERMINED, true, WHOLE, false, RST_SENDER_SERVER},
                 {RST_CAUSE_APP_TIMEOUT, true, ANOTHER_RESET, false, RST_SENDER_SERVER}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;
        rst_kept_t *kept;

        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        kept = scene_tell(&scene, RST_MEANING_CAUSE, cases[i].sight);
        kept->cause = cases[i].cause;
        kept->acted = cases[i].acted;
        if (cases[i].settles)
            scene_expect(&scene, cases[i].cause, 92, cases[i].sender);
        else
            UNCHANGED(&scene);
    }
}

static void test_cause_of_client(void)
{
    scene_t scene;
    rst_kept_t *kept;

    scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
    scene.reset.client = SERVER;
    kept = scene_tell(&scene, RST_MEANING_CAUSE, WHOLE);
    kept->cause = RST_CAUSE_APP_TIMEOUT;
    kept->acted = true;
    scene_expect(&scene, RST_CAUSE_APP_TIMEOUT, 92, RST_SENDER_CLIENT);
}

/* Only the SYN counts that the refusal answers. */
static void test_dropped(void)
{
    static const struct {
        bool refusal;
        uint32_t sight;
        bool settles;
    } cases[] = {{true, SYN, true}, {true, RESET, false}, {true, WHOLE, false}, {false, SYN, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;

        scene_open_refusal(&scene, RST_CAUSE_APP_ABORT, 60);
        if (!cases[i].refusal)
            scene.reset.form = RST_FORM_ABORT;
        scene_tell(&scene, RST_MEANING_DROPPED, cases[i].sight);
        if (cases[i].settles)
            scene_expect(&scene, RST_CAUSE_FIREWALL_REJECT, 85, RST_SENDER_MIDDLEBOX);
        else
            UNCHANGED(&scene);
    }
}

/* Nobody listens: only what a refusal can mean, and only if the host itself may have answered. */
static void test_no_listener(void)
{
    scene_t scene;

    scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
    scene_tell(&scene, RST_MEANING_NO_LISTENER, WHOLE);
    UNCHANGED(&scene);
    for (unsigned confidence = 84; confidence <= 86; confidence++) {
        scene_open_refusal(&scene, RST_CAUSE_FIREWALL_REJECT, (uint8_t)confidence);
        scene.verdict.sender = RST_SENDER_MIDDLEBOX;
        scene_tell(&scene, RST_MEANING_NO_LISTENER, WHOLE);
        scene_apply(&scene);
        EQUAL(scene.verdict.conflict, confidence >= 85);
        if (confidence < 85)
            scene_confirm(&scene, RST_CAUSE_CLOSED_PORT, 92, RST_SENDER_SERVER);
        else
            scene_confirm(&scene, RST_CAUSE_FIREWALL_REJECT, confidence, RST_SENDER_MIDDLEBOX);
    }
    scene_open_refusal(&scene, RST_CAUSE_NO_BACKEND, 90);
    scene.view.from_host = true; /* which does not contradict it */
    scene_tell(&scene, RST_MEANING_NO_LISTENER, WHOLE);
    scene_expect(&scene, RST_CAUSE_CLOSED_PORT, 92, RST_SENDER_SERVER);
    scene_open(&scene, RST_CAUSE_INJECTED, 90);
    scene.verdict.sender = RST_SENDER_MIDDLEBOX;
    scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, WHOLE);
    BY_POLICY(&scene, 92);
}

/* A device without the session supports what only such a device explains: half of what is missing up to 90. */
static void test_no_state(void)
{
    static const struct {
        rst_cause_t cause;
        rst_meaning_t meaning;
        bool no_state;
        uint8_t before, alternative, after;
    } cases[] = {{RST_CAUSE_DEVICE_IDLE_TIMEOUT, RST_MEANING_DROPPED, true, 60, 0, 75},
                 {RST_CAUSE_SESSION_FAILOVER, RST_MEANING_DROPPED, true, 60, 0, 75},
                 {RST_CAUSE_SESSION_FAILOVER, RST_MEANING_OTHER, true, 60, 0, 75},
                 {RST_CAUSE_SESSION_FAILOVER, RST_MEANING_OTHER, false, 60, 0, 60},
                 {RST_CAUSE_SESSION_FAILOVER, RST_MEANING_DROPPED, false, 60, 0, 60},
                 {RST_CAUSE_SESSION_FAILOVER, RST_MEANING_DROPPED, true, 60, 35, 65},
                 {RST_CAUSE_DEVICE_IDLE_TIMEOUT, RST_MEANING_DROPPED, true, 90, 0, 90},
                 {RST_CAUSE_DEVICE_IDLE_TIMEOUT, RST_MEANING_DROPPED, true, 95, 0, 95},
                 {RST_CAUSE_APP_ABORT, RST_MEANING_DROPPED, true, 60, 0, 60},
                 {RST_CAUSE_NO_CONNECTION, RST_MEANING_DROPPED, true, 60, 0, 60}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;

        scene_open(&scene, cases[i].cause, cases[i].before);
        if (cases[i].alternative) {
            scene.verdict.alternatives = 1;
            scene.verdict.alternative[0] = (rst_alternative_t){RST_CAUSE_APP_ABORT, cases[i].alternative};
        }
        scene_tell(&scene, cases[i].meaning, WHOLE)->no_state = cases[i].no_state;
        scene_expect(&scene, cases[i].cause, cases[i].after, RST_SENDER_SERVER);
    }
}

/* Logs of a packet filter may be the host's own: a nearer reset is not from there. */
static void test_sender_by_distance(void)
{
    static const struct {
        uint8_t ttl;
        rst_reader_id_t reader;
        rst_sender_t sender;
    } cases[] = {
        {54, RST_READER_ID_netfilter, RST_SENDER_SERVER},      {59, RST_READER_ID_netfilter, RST_SENDER_MIDDLEBOX},
        {49, RST_READER_ID_netfilter, RST_SENDER_UNKNOWN},     {0, RST_READER_ID_netfilter, RST_SENDER_UNKNOWN},
        {54, RST_READER_ID_juniper_srx, RST_SENDER_MIDDLEBOX}, {0, RST_READER_ID_pfirewall, RST_SENDER_UNKNOWN}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;

        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        scene.own = (rst_direction_t){.known = RST_DIRECTION_HOPS | RST_DIRECTION_PROVED,
                                      .segments = 4,
                                      .bytes = 100,
                                      .hop_min = 10,
                                      .hop_max = 10,
                                      .ttl = 54};
        scene.reset.ttl = cases[i].ttl;
        scene.reset.known = RST_HAS_IP;
        scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, WHOLE)->reader = (uint8_t)cases[i].reader;
        scene_expect(&scene, RST_CAUSE_POLICY_RESET, 92, cases[i].sender);
    }
}

/* What shows that the host sent the reset speaks against whoever claims it, and only against them. */
static void test_of_host(void)
{
    static const struct {
        const char *source;
        bool from_host, stamped;
        bool contradicts;
    } cases[] = {{NULL, false, false, false},
                 {NULL, true, false, true},
                 {NULL, false, true, true},
                 {"kernel", false, false, true},
                 {"payload", false, false, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;
        bool contradicts = cases[i].contradicts;

        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        scene.verdict.declared.source = cases[i].source;
        scene.view.from_host = cases[i].from_host;
        if (cases[i].stamped) {
            scene.own.known = RST_DIRECTION_TIMESTAMPS;
            scene.reset.known = RST_HAS_OPTIONS | RST_HAS_TIMESTAMP;
        }
        scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, WHOLE);
        scene_apply(&scene);
        EQUAL(scene.verdict.conflict, contradicts);
        EQUAL(scene.verdict.stated, !contradicts);
        EQUAL(scene.verdict.witnesses, 1);
        EQUAL(scene.verdict.evidences, contradicts ? 2 : 1);
        g_assert_cmpstr(scene.verdict.declared.source, ==,
                        contradicts && cases[i].source ? cases[i].source : "juniper_srx");
        g_assert_cmpstr(rst_cause_info(scene.verdict.cause)->token, ==, contradicts ? "app_abort" : "policy_reset");
        scene_close(&scene);
    }
}

/* A timer does not claim the reset, and whoever dropped a SYN that the host answered is wrong. */
static void test_of_host_unclaimed(void)
{
    scene_t scene;

    scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
    scene.view.from_host = true;
    scene_tell(&scene, RST_MEANING_IDLE, WHOLE);
    scene_apply(&scene);
    EQUAL(scene.verdict.conflict, false);
    EQUAL(scene.verdict.evidences, 1);
    scene_confirm(&scene, RST_CAUSE_APP_ABORT, 60, RST_SENDER_SERVER);
    scene_open_refusal(&scene, RST_CAUSE_CLOSED_PORT, 60);
    scene.view.from_host = true;
    scene_tell(&scene, RST_MEANING_DROPPED, SYN);
    scene_apply(&scene);
    EQUAL(scene.verdict.conflict, true);
    g_assert_nonnull(strstr(scene.verdict.evidence[0].text, "dropped the SYN"));
    scene_confirm(&scene, RST_CAUSE_CLOSED_PORT, 60, RST_SENDER_SERVER);
}

/* A history that is sure and not of a device's kind disagrees; it stays as the alternative, with half of the rest. */
static void test_history(void)
{
    static const struct {
        rst_cause_t cause;
        uint8_t before;
        bool conflict, conflict_before;
        uint8_t after, alternative;
    } cases[] = {{RST_CAUSE_PROCESS_EXIT, 84, false, false, 92, 4}, {RST_CAUSE_PROCESS_EXIT, 85, true, false, 92, 4},
                 {RST_CAUSE_PROCESS_EXIT, 86, true, false, 92, 4},  {RST_CAUSE_PROCESS_EXIT, 40, true, true, 92, 4},
                 {RST_CAUSE_APP_ABORT, 95, false, false, 92, 4},    {RST_CAUSE_CLOSED_PORT, 95, false, false, 92, 4},
                 {RST_CAUSE_INJECTED, 95, false, false, 92, 4},     {RST_CAUSE_UNDETERMINED, 0, false, false, 92, 0},
                 {RST_CAUSE_POLICY_RESET, 60, false, false, 92, 0}, {RST_CAUSE_POLICY_RESET, 97, false, false, 97, 0}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene;
        bool same = cases[i].cause == RST_CAUSE_POLICY_RESET;

        scene_open(&scene, cases[i].cause, cases[i].before);
        scene.verdict.conflict = cases[i].conflict_before;
        scene.verdict.benign = true;
        scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, WHOLE);
        scene_apply(&scene);
        EQUAL(scene.verdict.conflict, cases[i].conflict);
        g_assert_false(scene.verdict.benign);
        EQUAL(scene.verdict.confidence, cases[i].after);
        EQUAL(scene.verdict.alternatives, cases[i].alternative != 0);
        EQUAL(scene.verdict.alternative[0].confidence, cases[i].alternative);
        EQUAL(strstr(scene.verdict.summary, "says the same") != NULL, same);
        EQUAL(g_str_has_prefix(scene.verdict.summary, "Old"), same);
        scene_close(&scene);
    }
}

/* A side's reset that the capture does not have, counted with the first of the other side. */
static void test_unseen(void)
{
    static const struct {
        rst_meaning_t meaning;
        rst_kept_state_t state;
        uint16_t own_ordinal;
        bool conflict;
    } cases[] = {{RST_MEANING_RESET_BY_SRC, RST_KEPT_JOINED, 1, true},
                 {RST_MEANING_RESET_BY_SRC, RST_KEPT_JOINED, 2, false},
                 {RST_MEANING_RESET_BY_SRC, RST_KEPT_JOINED, 0, false},
                 {RST_MEANING_RESET_BY_DST, RST_KEPT_JOINED, 1, false},
                 {RST_MEANING_RESET_BY_SRC, RST_KEPT_AMBIGUOUS, 1, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (unsigned allowed = 0; allowed < 2; allowed++) {
            scene_t scene;

            scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
            scene.reset.own_ordinal = cases[i].own_ordinal;
            if (allowed) /* a line before it that says nothing about the reset */
                scene_tell(&scene, RST_MEANING_ALLOWED, WHOLE);
            scene_tell(&scene, cases[i].meaning, WHOLE)->state = cases[i].state;
            scene_apply(&scene);
            EQUAL(scene.verdict.conflict, cases[i].conflict);
            scene_confirm(&scene, RST_CAUSE_APP_ABORT, 60, RST_SENDER_SERVER);
        }
    }
}

/* The stronger claim counts, whatever the order; two that differ and are equally sure settle nothing. */
static void test_strongest(void)
{
    static const rst_meaning_t weaker[] = {RST_MEANING_MENTION, RST_MEANING_RESET_BY_DST, RST_MEANING_RESET_BY_DEVICE};
    scene_t scene;

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(weaker); i++) {
        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        if (i % 2)
            scene_tell(&scene, weaker[i / 2], WHOLE);
        scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, WHOLE);
        if (!(i % 2))
            scene_tell(&scene, weaker[i / 2], WHOLE);
        BY_POLICY(&scene, 92);
    }
    for (unsigned i = 0; i < 2; i++) {
        scene_open(&scene, RST_CAUSE_APP_ABORT, 60);
        scene_tell(&scene, i ? RST_MEANING_IDLE : RST_MEANING_RESET_BY_DEVICE, WHOLE);
        scene_tell(&scene, i ? RST_MEANING_RESET_BY_DEVICE : RST_MEANING_IDLE, WHOLE);
        UNCHANGED(&scene);
        /* of one that is about the packet itself */
        scene_open_refusal(&scene, RST_CAUSE_APP_ABORT, 60);
        scene_tell(&scene, i ? RST_MEANING_NO_LISTENER : RST_MEANING_DROPPED, SYN);
        scene_tell(&scene, i ? RST_MEANING_DROPPED : RST_MEANING_NO_LISTENER, SYN);
        scene_expect(&scene, RST_CAUSE_CLOSED_PORT, 92, RST_SENDER_SERVER);
        scene_open_refusal(&scene, RST_CAUSE_APP_ABORT, 60);
        scene_tell(&scene, i ? RST_MEANING_REJECTED : RST_MEANING_DROPPED, SYN);
        scene_tell(&scene, i ? RST_MEANING_DROPPED : RST_MEANING_REJECTED, SYN);
        scene_expect(&scene, RST_CAUSE_FIREWALL_REJECT, 95, RST_SENDER_MIDDLEBOX);
        /* the device that had no state, next to one that settles it */
        scene_open(&scene, RST_CAUSE_SESSION_FAILOVER, 60);
        scene_tell(&scene, i ? RST_MEANING_RESET_BY_DEVICE : RST_MEANING_OTHER, WHOLE)->no_state = true;
        scene_tell(&scene, i ? RST_MEANING_OTHER : RST_MEANING_RESET_BY_DEVICE, WHOLE)->no_state = true;
        BY_POLICY(&scene, 92);
    }
}

/* What is shown: each line, with its packet; without texts only the frames. */
static void test_shown(void)
{
    for (unsigned texts = 0; texts < 2; texts++) {
        scene_t scene;

        scene_open(&scene, RST_CAUSE_POLICY_RESET, 60);
        scene.view.texts = texts;
        scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, WHOLE);
        scene_tell(&scene, RST_MEANING_MENTION, SYN);
        scene_apply(&scene);
        EQUAL(scene.verdict.witnesses, texts ? 2 : 0);
        EQUAL(scene.verdict.witness != NULL, texts);
        EQUAL(scene.verdict.evidences, 2);
        EQUAL(scene.verdict.evidence[0].frame, RESET);
        EQUAL(scene.verdict.evidence[1].frame, SYN);
        EQUAL(strstr(scene.verdict.evidence[0].text, "a.log line 1: 'words'") != NULL, texts);
        EQUAL(scene.verdict.declared.text != NULL, texts);
        g_assert_cmpstr(scene.verdict.declared.source, ==, "juniper_srx");
        scene_close(&scene);
    }
}

/* A copy made by the capture was sent by nobody. */
static void test_artefact(void)
{
    scene_t scene;

    scene_open(&scene, RST_CAUSE_DUPLICATE, 60);
    scene_tell(&scene, RST_MEANING_RESET_BY_DEVICE, RESET);
    scene_apply(&scene);
    EQUAL(scene.verdict.witnesses, 1);
    scene_confirm(&scene, RST_CAUSE_DUPLICATE, 60, RST_SENDER_SERVER);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {{"/at_witness_weights/meant", test_meant},
                                          {"/at_witness_weights/rejected", test_rejected},
                                          {"/at_witness_weights/idle", test_idle},
                                          {"/at_witness_weights/idle-without-times", test_idle_without_times},
                                          {"/at_witness_weights/cause", test_cause},
                                          {"/at_witness_weights/cause-of-client", test_cause_of_client},
                                          {"/at_witness_weights/dropped", test_dropped},
                                          {"/at_witness_weights/no-listener", test_no_listener},
                                          {"/at_witness_weights/no-state", test_no_state},
                                          {"/at_witness_weights/sender-by-distance", test_sender_by_distance},
                                          {"/at_witness_weights/of-host", test_of_host},
                                          {"/at_witness_weights/of-host-unclaimed", test_of_host_unclaimed},
                                          {"/at_witness_weights/history", test_history},
                                          {"/at_witness_weights/unseen", test_unseen},
                                          {"/at_witness_weights/strongest", test_strongest},
                                          {"/at_witness_weights/shown", test_shown},
                                          {"/at_witness_weights/artefact", test_artefact},
                                          {NULL, NULL}};

    return script_main(&argc, &argv, tests);
}
