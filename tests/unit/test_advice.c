/* test_advice.c
 * What people are told to do. With --list, prints every command for every cause, system and kind of address
 * (tests/advice/commands.py checks them).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advice/advice.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"

#define LABEL_MAX 220 /* a line of Wireshark's tree has room for this; sentences are wrapped, commands are not */

static GPtrArray *blocks;

static void *block_alloc(void *scope G_GNUC_UNUSED, size_t size)
{
    void *block = g_malloc(size);

    g_ptr_array_add(blocks, block);
    return block;
}

static const rst_memory_t memory = {block_alloc, NULL, NULL};

static rst_scene_t scene_of(rst_token_t token)
{
    return (rst_scene_t){.token = token,
                         .known = true,
                         .confidence = 95,
                         .from = RST_SCENE_SERVER,
                         .system = {RST_SYSTEM_LINUX, RST_SYSTEM_LINUX},
                         .address = {rst_address_of_ipv4(GUINT32_TO_BE(0x0a000001)),
                                     rst_address_of_ipv4(GUINT32_TO_BE(0x0a000002))},
                         .port = {40000, 81},
                         .began = 1772442007 * RST_SECOND,
                         .ended = 1772442007 * RST_SECOND,
                         .silence = 300 * RST_SECOND};
}

static void set_ipv6(rst_scene_t *scene)
{
    for (unsigned side = 0; side < 2; side++) {
        const uint8_t byte[16] = {0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78,
                                  0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, (uint8_t)(0x70 + side)};

        scene->address[side].size = 16;
        memcpy(scene->address[side].word, byte, sizeof byte);
    }
    scene->reporter = scene->address[1];
}

/* Calls back for every kind of scene. */
static void each_scene(void (*take)(const rst_scene_t *scene))
{
    for (unsigned token = 0; token < RST_TOKEN_COUNT; token++) {
        for (unsigned i = 0; i < RST_SYSTEM_COUNT * 64u; i++) {
            rst_scene_t scene = scene_of(token);

            scene.system[0] = scene.system[1] = (uint8_t)(i / 64);
            scene.from = i & 1;
            scene.confidence = i & 2 ? 95 : 60;
            scene.reporter = scene.address[1];
            scene.udp = i & 8;
            scene.icmp = (uint8_t)(i >> 4 & 3) + 1;
            if (i & 4)
                set_ipv6(&scene);
            take(&scene);
        }
    }
}

static bool has_step(const rst_advice_t *advice, const char *part)
{
    for (unsigned i = 0; i < advice->steps; i++) {
        if (strstr(advice->step[i].text, part))
            return true;
    }
    return false;
}

static void check_text(const char *text)
{
    const char *brace = strchr(text, '{');

    g_assert_true(*text);
    g_assert_null(strpbrk(text, ";\t\n"));
    /* a placeholder that is none would be left: programs have other characters after a brace, az a colon */
    for (; brace; brace = strchr(brace + 1, '{'))
        g_assert_cmpint(brace[1 + strspn(brace + 1, "abcdefghijklmnopqrstuvwxyz_")], !=, '}');
}

static void check_scene(const rst_scene_t *scene)
{
    rst_advice_t advice;

    rst_advice_tell(scene, &memory, &advice);
    check_text(advice.meaning);
    g_assert_cmpint(advice.meaning[strlen(advice.meaning) - 1], ==, '.');
    g_assert_cmpuint(advice.steps, <, RST_STEPS_MAX);
    for (unsigned i = 0; i < advice.steps; i++) {
        const char *text = advice.step[i].text;

        check_text(text);
        if (advice.step[i].command)
            g_assert_cmpuint(strlen(text), <=, LABEL_MAX);
        /* what announces a command is followed by one, or by the system that it is for */
        if (!advice.step[i].command && g_str_has_suffix(text, ":"))
            g_assert_true(i + 1 < advice.steps &&
                          (advice.step[i + 1].command || g_str_has_prefix(advice.step[i + 1].text, "If it runs ")));
        else if (advice.step[i].command)
            g_assert_cmpuint(i, >, 0);
    }
    g_ptr_array_set_size(blocks, 0);
}

static void test_texts(void)
{
    each_scene(check_scene);
}

static void test_filled(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_PROCESS_EXIT);
    rst_advice_t advice;

    rst_advice_tell(&scene, &memory, &advice);
    g_assert_true(has_step(&advice, "journalctl --since '2026-03-02 08:59:37 UTC' --until '2026-03-02 09:00:37 UTC'"));
    g_assert_true(has_step(&advice, "10.0.0.2 (probably Linux)"));
    g_assert_true(has_step(&advice, "ss -ltnp 'sport = :81'"));
    g_assert_false(has_step(&advice, "wevtutil"));
}

static void test_systems(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_CLOSED_PORT);
    rst_advice_t advice;

    scene.system[RST_SCENE_SERVER] = RST_SYSTEM_WINDOWS;
    rst_advice_tell(&scene, &memory, &advice);
    g_assert_true(has_step(&advice, "Get-NetTCPConnection"));
    g_assert_false(has_step(&advice, "ss -ltnp"));
    scene.system[RST_SCENE_SERVER] = RST_SYSTEM_UNKNOWN;
    rst_advice_tell(&scene, &memory, &advice);
    g_assert_true(has_step(&advice, "If it runs Linux:"));
    g_assert_true(has_step(&advice, "ss -ltnp"));
    g_assert_true(has_step(&advice, "If it runs Windows:"));
    g_assert_true(has_step(&advice, "Get-NetTCPConnection"));
    g_assert_false(has_step(&advice, "lsof"));
}

/* On a device no command is known, but what follows is about a capture. */
static void test_device(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_FIREWALL_REJECT);
    rst_advice_t advice;

    scene.system[RST_SCENE_SERVER] = RST_SYSTEM_DEVICE;
    rst_advice_tell(&scene, &memory, &advice);
    g_assert_true(has_step(&advice, "Capture beside "));
    g_assert_false(has_step(&advice, "tcpdump"));
}

/* Below 50 percent, even the refusal is in doubt. */
static void test_doubt(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_CLOSED_PORT);
    rst_advice_t advice;

    for (unsigned sure = 49; sure < 51; sure++) {
        scene.confidence = (uint8_t)sure;
        rst_advice_tell(&scene, &memory, &advice);
        g_assert_nonnull(strstr(advice.meaning, sure < 50 ? "perhaps refused" : ":81 refused"));
        g_assert_nonnull(strstr(advice.meaning, sure < 50 ? "because nothing" : "because probably nothing"));
    }
}

/* Harmless: nothing to look for. */
static void test_benign(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_DATA_AFTER_CLOSE);
    rst_advice_t advice;

    rst_advice_tell(&scene, &memory, &advice);
    g_assert_cmpuint(advice.steps, >, 0);
    scene.benign = true;
    rst_advice_tell(&scene, &memory, &advice);
    g_assert_cmpuint(advice.steps, ==, 0);
    g_assert_nonnull(strstr(advice.meaning, "no harm"));
}

/* The client's settings for the client's handshake, the server's for the server's. */
static void test_sides(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_HANDSHAKE_TIMEOUT);
    rst_advice_t advice;

    rst_advice_tell(&scene, &memory, &advice);
    g_assert_true(has_step(&advice, "tcp_synack_retries"));
    g_assert_false(has_step(&advice, "tcp_syn_retries"));
    scene.from = RST_SCENE_CLIENT;
    rst_advice_tell(&scene, &memory, &advice);
    g_assert_false(has_step(&advice, "tcp_synack_retries"));
    g_assert_true(has_step(&advice, "tcp_syn_retries"));
}

/* A record that had to go: no address, no time, so no command with a hole. */
static void test_unknown(void)
{
    rst_scene_t scene = scene_of(RST_CAUSE_PROCESS_EXIT);
    rst_advice_t advice;

    scene.known = false;
    scene.began = scene.ended = scene.silence = RST_TIME_NONE;
    rst_advice_tell(&scene, &memory, &advice);
    g_assert_nonnull(strstr(advice.meaning, "the sender"));
    g_assert_false(has_step(&advice, "journalctl"));
    g_assert_false(has_step(&advice, "ss -"));
}

static void test_confidence(void)
{
    const struct {
        uint8_t confidence;
        const char *word;
    } cases[] = {{90, "on 10.0.0.2 ended"}, {89, "probably ended"}, {50, "probably ended"}, {49, "perhaps ended"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_scene_t scene = scene_of(RST_CAUSE_PROCESS_EXIT);
        rst_advice_t advice;

        scene.confidence = cases[i].confidence;
        rst_advice_tell(&scene, &memory, &advice);
        g_assert_nonnull(strstr(advice.meaning, cases[i].word));
    }
}

static void test_keepalive(void)
{
    const struct {
        int64_t silence;
        const char *command;
    } cases[] = {{300, "tcp_keepalive_time=200"},
                 {10, "tcp_keepalive_time=6"},
                 {1000000, "tcp_keepalive_time=21844"},
                 {9, NULL}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_scene_t scene = scene_of(RST_CAUSE_DEVICE_IDLE_TIMEOUT);
        rst_advice_t advice;

        scene.silence = cases[i].silence * RST_SECOND;
        rst_advice_tell(&scene, &memory, &advice);
        if (cases[i].command)
            g_assert_true(has_step(&advice, cases[i].command));
        else
            g_assert_false(has_step(&advice, "keepalive"));
    }
}

/* A close right after data is no idle limit. */
static void test_silence(void)
{
    const struct {
        int64_t silence;
        const char *step;
    } cases[] = {{RST_TIME_NONE, "Compare the idle limit"},
                 {20000, "the close 0.02 ms apart"},
                 {RST_SECOND - 1, " apart, so no idle limit"},
                 {RST_SECOND, "closed after 1.0 s of silence"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_scene_t scene = scene_of(RST_CAUSE_DATA_AFTER_CLOSE);
        rst_advice_t advice;

        scene.silence = cases[i].silence;
        rst_advice_tell(&scene, &memory, &advice);
        g_assert_true(has_step(&advice, cases[i].step));
    }
}

/* Nobody looks for a listener on the port of a resolver's question. */
static void test_late_answer(void)
{
    const struct {
        uint16_t from, to;
        bool answer;
    } cases[] = {{53, 32768, true}, {511, 60000, true}, {53, 32767, false}, {512, 60000, false}, {40000, 53, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_scene_t scene = scene_of(RST_TOKEN_FINDING(RST_FINDING_ICMP_UNREACHABLE));
        rst_advice_t advice;

        scene.udp = true;
        scene.icmp = RST_ICMP_KIND_PORT;
        scene.port[RST_SCENE_CLIENT] = cases[i].from;
        scene.port[RST_SCENE_SERVER] = cases[i].to;
        rst_advice_tell(&scene, &memory, &advice);
        g_assert_true(has_step(&advice, cases[i].answer ? "look like answers" : "ss -lunp"));
        g_assert_false(has_step(&advice, cases[i].answer ? "ss -lunp" : "look like answers"));
    }
}

static void test_guess(void)
{
    const struct {
        rst_looks_t looks;
        rst_system_t system;
    } cases[] = {
        {{.ttl = 60, .scale = -1}, RST_SYSTEM_LINUX},
        {{.ttl = 116, .scale = -1}, RST_SYSTEM_WINDOWS},
        {{.ttl = 250, .scale = -1}, RST_SYSTEM_DEVICE},
        {{.ttl = 33, .scale = -1}, RST_SYSTEM_UNKNOWN},
        {{.ttl = 34, .scale = -1}, RST_SYSTEM_LINUX},
        {{.ttl = 97, .scale = -1}, RST_SYSTEM_UNKNOWN},
        {{.ttl = 98, .scale = -1}, RST_SYSTEM_WINDOWS},
        {{.ttl = 0, .scale = -1}, RST_SYSTEM_UNKNOWN},
        {{.ttl = 64, .syn = true, .timestamps = true, .scale = 7, .window = 64240}, RST_SYSTEM_LINUX},
        {{.ttl = 64, .syn = true, .timestamps = true, .scale = 6, .window = 65535}, RST_SYSTEM_BSD},
        {{.ttl = 64, .syn = true, .timestamps = true, .scale = 7, .window = 65535}, RST_SYSTEM_LINUX},
        {{.ttl = 64, .syn = true, .timestamps = true, .scale = 6, .window = 16384}, RST_SYSTEM_BSD},
        {{.ttl = 64, .syn = true, .scale = -1, .window = 1024}, RST_SYSTEM_UNKNOWN},
        {{.ttl = 128, .syn = true, .scale = 8, .window = 64240}, RST_SYSTEM_WINDOWS},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(rst_system_guess(&cases[i].looks), ==, cases[i].system);
}

static void list_scene(const rst_scene_t *scene)
{
    bool finding = scene->token >= RST_CAUSE_COUNT;
    const char *token = finding ? rst_finding_info((rst_finding_kind_t)(scene->token - RST_CAUSE_COUNT))->token
                                : rst_cause_info((rst_cause_t)scene->token)->token;
    rst_advice_t advice;

    rst_advice_tell(scene, &memory, &advice);
    for (unsigned i = 0; i < advice.steps; i++) {
        if (advice.step[i].command)
            printf("%s\t%s\t%s\n", token, rst_system_name((rst_system_t)scene->system[0]), advice.step[i].text);
    }
    g_ptr_array_set_size(blocks, 0);
}

int main(int argc, char **argv)
{
    blocks = g_ptr_array_new_with_free_func(g_free);
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        each_scene(list_scene);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/advice/device", test_device);
    g_test_add_func("/advice/doubt", test_doubt);
    g_test_add_func("/advice/texts", test_texts);
    g_test_add_func("/advice/filled", test_filled);
    g_test_add_func("/advice/systems", test_systems);
    g_test_add_func("/advice/benign", test_benign);
    g_test_add_func("/advice/sides", test_sides);
    g_test_add_func("/advice/unknown", test_unknown);
    g_test_add_func("/advice/confidence", test_confidence);
    g_test_add_func("/advice/keepalive", test_keepalive);
    g_test_add_func("/advice/silence", test_silence);
    g_test_add_func("/advice/late-answer", test_late_answer);
    g_test_add_func("/advice/guess", test_guess);
    return g_test_run();
}
