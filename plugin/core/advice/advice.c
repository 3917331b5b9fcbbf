/* advice.c
 * Choosing the blocks that fit, and in them the lines for the systems of the hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advice/advice.h"

#include <string.h>

#include "advice/fill.h"
#include "base/moment.h"

#define UNSURE 90                /* percent: below, another capture is worth the trouble */
#define SILENCE_MIN (RST_SECOND) /* a shorter one is the pace of a conversation, and no limit ended it */
#define SERVICE_MAX 511          /* RPC and rsh clients send from the reserved ports above */
#define SHORT_LIVED_MIN 32768    /* the ports that programs get that ask for none */

typedef enum block {
#define RST_BLOCK(name) BLOCK_##name,
#define RST_SAY(text)
#define RST_SAY_ON(systems, text)
#define RST_RUN(systems, command)
#include "advice/steps.def"
#undef RST_BLOCK
#undef RST_SAY
#undef RST_SAY_ON
#undef RST_RUN
    BLOCK_COUNT
} block_t;

typedef enum line_kind { LINE_BLOCK, LINE_SAY, LINE_RUN } line_kind_t;

/* Which hosts a line is for. */
#define S(system) (1u << RST_SYSTEM_##system)
#define RST_SYSTEM_ANY RST_SYSTEM_COUNT /* not about a host: said once, whatever its system */
#define V4 0x100u
#define V6 0x200u

typedef struct line {
    line_kind_t kind;
    unsigned systems; /* 0 = all */
    const char *text;
} line_t;

static const line_t lines[] = {
#define RST_BLOCK(name) {LINE_BLOCK, (unsigned)BLOCK_##name, NULL},
#define RST_SAY(text) {LINE_SAY, 0, text},
#define RST_SAY_ON(systems, text) {LINE_SAY, systems, text},
#define RST_RUN(systems, command) {LINE_RUN, systems, command},
#include "advice/steps.def"
#undef RST_BLOCK
#undef RST_SAY
#undef RST_SAY_ON
#undef RST_RUN
};

enum {
    WHEN_HARM = 0x001,
    WHEN_CLIENT = 0x002, /* sent the reset, or was not answered */
    WHEN_SERVER = 0x004,
    WHEN_SILENCE = 0x008,
    WHEN_NO_SILENCE = 0x010, /* not known */
    WHEN_UNSURE = 0x020,
    WHEN_TCP = 0x040,
    WHEN_UDP = 0x080,
    WHEN_ICMP_PORT = 0x100,
    WHEN_ICMP_HOST = 0x200,
    WHEN_ICMP_NET = 0x400,
    WHEN_ICMP_PROHIBITED = 0x800,
    WHEN_ANSWER = 0x1000, /* what was refused looks like an answer of a service */
    WHEN_NO_ANSWER = 0x2000,
    WHEN_AT_ONCE = 0x4000 /* the silence was none */
};

typedef enum side { SIDE_SENDER, SIDE_PEER, SIDE_CLIENT, SIDE_SERVER } side_t;

typedef struct plan {
    rst_token_t token;
    unsigned when;
    side_t side;
    block_t block;
} plan_t;

static const plan_t plans[] = {
#define W(condition) WHEN_##condition
#define RST_CAUSE_FINDING_SYN_TIMEOUT RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT)
#define RST_CAUSE_FINDING_SILENT_GIVE_UP RST_TOKEN_FINDING(RST_FINDING_SILENT_GIVE_UP)
#define RST_CAUSE_FINDING_ICMP_UNREACHABLE RST_TOKEN_FINDING(RST_FINDING_ICMP_UNREACHABLE)
#define RST_PLAN(token, when, side, block) {RST_CAUSE_##token, when, SIDE_##side, BLOCK_##block},
#include "advice/plans.def"
#undef RST_PLAN
};

/* Telling one scene. */
typedef struct teller {
    const rst_scene_t *scene;
    const rst_memory_t *memory;
    rst_advice_t *advice;
    unsigned named;         /* sides whose system has been named, one bit each */
    unsigned side;          /* of the current block */
    const char *say, *also; /* wait for the first command that they announce; NULL = none */
} teller_t;

static bool is_answer(const rst_scene_t *scene)
{
    return scene->known && scene->port[RST_SCENE_CLIENT] <= SERVICE_MAX &&
           scene->port[RST_SCENE_SERVER] >= SHORT_LIVED_MIN;
}

static unsigned silence_of(const rst_scene_t *scene)
{
    if (scene->silence == RST_TIME_NONE)
        return WHEN_NO_SILENCE;
    return scene->silence < SILENCE_MIN ? WHEN_AT_ONCE : WHEN_SILENCE;
}

static unsigned conditions(const rst_scene_t *scene)
{
    static const unsigned icmp[] = {0, WHEN_ICMP_PORT, WHEN_ICMP_HOST, WHEN_ICMP_NET, WHEN_ICMP_PROHIBITED};

    return (scene->benign ? 0u : WHEN_HARM) | (scene->from == RST_SCENE_CLIENT ? WHEN_CLIENT : WHEN_SERVER) |
           silence_of(scene) | (is_answer(scene) ? WHEN_ANSWER : WHEN_NO_ANSWER) |
           (scene->confidence < UNSURE ? WHEN_UNSURE : 0u) | (scene->udp ? WHEN_UDP : WHEN_TCP) | icmp[scene->icmp];
}

static unsigned side_of(const rst_scene_t *scene, side_t side)
{
    switch (side) {
    case SIDE_SENDER:
        return scene->from;
    case SIDE_PEER:
        return 1u - scene->from;
    default:
        return side == SIDE_CLIENT ? RST_SCENE_CLIENT : RST_SCENE_SERVER;
    }
}

static void add(const teller_t *teller, const char *text, bool command)
{
    rst_advice_t *advice = teller->advice;

    if (advice->steps < RST_STEPS_MAX)
        advice->step[advice->steps++] = (rst_step_t){text, command};
}

static const char *filled(const teller_t *teller, const char *text)
{
    const rst_filling_t filling = {teller->scene, teller->side, !(teller->named >> teller->side & 1), false};

    return rst_fill(&filling, text, teller->memory);
}

/* A sentence that announces commands waits for the first of them. */
static void say(teller_t *teller, const char *template)
{
    const char *text = filled(teller, template);

    teller->say = NULL;
    if (!text)
        return;
    if (text[strlen(text) - 1] == ':')
        teller->say = text;
    else
        add(teller, text, false);
    if (strstr(template, "{host}") && !teller->say)
        teller->named |= 1u << teller->side;
}

static void run(teller_t *teller, const char *template)
{
    const char *text = filled(teller, template);

    if (!text)
        return;
    if (teller->say) {
        add(teller, teller->say, false);
        teller->named |= 1u << teller->side;
    }
    if (teller->also)
        add(teller, teller->also, false);
    teller->say = teller->also = NULL;
    add(teller, text, true);
}

static bool is_for(const teller_t *teller, const line_t *line, unsigned systems)
{
    unsigned family = teller->scene->address[0].size == 16 ? V6 : V4;
    unsigned families = line->systems & (V4 | V6);

    return (!families || (families & family)) && (!(line->systems & ~(V4 | V6)) || (line->systems & systems));
}

/* The lines of a block for these systems. first = also those for all; also = precedes the first command. */
static void tell_lines(teller_t *teller, const line_t *line, unsigned systems, bool first, const char *also)
{
    const line_t *end = lines + sizeof lines / sizeof *lines;

    teller->say = NULL;
    teller->also = also;
    for (; line < end && line->kind != LINE_BLOCK; line++) {
        if (line->kind == LINE_SAY && !line->systems && !first)
            continue;
        if (!is_for(teller, line, systems))
            continue;
        if (line->kind == LINE_SAY)
            say(teller, line->text);
        else
            run(teller, line->text);
    }
}

/* Do its commands depend on the system? */
static bool differs(const line_t *line)
{
    const line_t *end = lines + sizeof lines / sizeof *lines;

    for (; line < end && line->kind != LINE_BLOCK; line++) {
        if (!(line->systems & S(LINUX)) != !(line->systems & S(WINDOWS)))
            return true;
    }
    return false;
}

static const line_t *first_line(block_t block)
{
    const line_t *line = lines;

    while (line->kind != LINE_BLOCK || line->systems != (unsigned)block)
        line++;
    return line + 1;
}

/* Where the system is not known, both of the usual ones. */
static void tell_block(teller_t *teller, block_t block)
{
    const line_t *line = first_line(block);
    rst_system_t system = (rst_system_t)teller->scene->system[teller->side];

    if (system != RST_SYSTEM_UNKNOWN || !differs(line)) {
        tell_lines(teller, line, (1u << system) | S(ANY), true, NULL);
        return;
    }
    tell_lines(teller, line, S(LINUX) | S(ANY), true, "If it runs Linux:");
    tell_lines(teller, line, S(WINDOWS), false, "If it runs Windows:");
}

/* One that needs nobody has no bad news, whatever its cause. */
static const char *meaning(const rst_scene_t *scene, const rst_memory_t *memory)
{
    const rst_filling_t filling = {scene, scene->from, false, true};
    bool finding = scene->token >= RST_CAUSE_COUNT;
    const char *text = finding ? rst_finding_info((rst_finding_kind_t)(scene->token - RST_CAUSE_COUNT))->advice
                               : rst_cause_info((rst_cause_t)scene->token)->advice;

    if (scene->benign && !finding && rst_cause_info((rst_cause_t)scene->token)->severity != RST_SEVERITY_CHAT)
        text = "This reset {probably}did no harm: nothing needs to be done about it.";
    text = rst_fill(&filling, text, memory);
    return text ? text : "";
}

void rst_advice_tell(const rst_scene_t *scene, const rst_memory_t *memory, rst_advice_t *advice)
{
    teller_t teller = {.scene = scene, .memory = memory, .advice = advice};
    unsigned holds = conditions(scene);

    advice->steps = 0;
    advice->meaning = meaning(scene, memory);
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        if (plans[i].token != scene->token || (plans[i].when & holds) != plans[i].when)
            continue;
        teller.side = side_of(scene, plans[i].side);
        tell_block(&teller, plans[i].block);
    }
}
