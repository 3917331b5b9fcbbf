/* attack-forge.c
 * Implementation for filling in the lines of an attack.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

#include <stdio.h>
#include <stdlib.h>

#define FAR (1u << 26) /* beyond any window of the stories */
#define STEP_PORT 41000
#define NEARER 4

typedef struct attack_forger {
    attack_scene_t *scene;
    const char *template; /* for messages */
    double time;
    unsigned index; /* of a repeated line */
    char *route;
    bool is_syn;
    unsigned ttl;
    GString *text;
} attack_forger_t;

static const attack_line_t *target_of(const attack_scene_t *scene)
{
    return &g_array_index(scene->lines, attack_line_t, scene->target);
}

/* "S:81" of "S:81>C:3", or the other half. */
static char *half_of(const char *route, bool second)
{
    const char *between = strchr(route, '>');

    return second ? g_strdup(between + 1) : g_strndup(route, (gsize)(between - route));
}

/* R, P, K, V stand for the ends of the story's connection. */
static char *end_of(const attack_forger_t *forger, const char *word)
{
    const char *target = target_of(forger->scene)->route;
    bool client_resets = target[0] >= 'A' && target[0] <= 'C';
    bool second = word[0] == 'P' || (word[0] == 'K' && !client_resets) || (word[0] == 'V' && client_resets);
    char *named = strchr("RPKV", word[0]) ? half_of(target, second) : g_strndup(word, 1);
    char *end = NULL;

    if (strcmp(word + 1, ":*") == 0)
        end = g_strdup_printf("%c:%u", named[0], STEP_PORT + forger->index);
    else if (word[1] == ':')
        end = g_strdup_printf("%c%s", named[0], word + 1);
    else
        end = g_strdup(named);
    g_free(named);
    return end;
}

static char *route_of(const attack_forger_t *forger, const char *word)
{
    char **part = g_strsplit(word, ">", 2);
    char *from = end_of(forger, part[0]);
    char *to = end_of(forger, part[1]);
    char *route = g_strdup_printf("%s>%s", from, to);

    g_strfreev(part);
    g_free(from);
    g_free(to);
    return route;
}

static uint32_t next_of(const attack_forger_t *forger, bool reverse)
{
    char *route = reverse ? attack_reverse(forger->route) : g_strdup(forger->route);
    uint32_t seq, tsval;

    attack_scene_next(forger->scene, route, forger->time, &seq, &tsval);
    g_free(route);
    return seq;
}

/* Never by chance a number that fits. */
static uint32_t far_number(const attack_forger_t *forger)
{
    uint32_t span = UINT32_MAX - 2 * FAR;

    return next_of(forger, false) + FAR + g_rand_int(forger->scene->rand) % span;
}

/* Hops show in what is missing to 64, 128 or 255 (about). */
/* Also if it had started at 60, as some old stacks do. */
static bool is_as_far(unsigned ttl, unsigned other)
{
    int step = (int)ttl % 64 - (int)other % 64;

    return ABS(step) < 3 || ABS(step + 4) < 3;
}

/* A distance that is neither of the two hosts' own, at neither point. */
static unsigned foreign_ttl(const attack_forger_t *forger)
{
    const attack_story_t *story = forger->scene->story;
    unsigned client = attack_ttl_of(story, 'C'), server = attack_ttl_of(story, 'S');
    unsigned ttl;

    do {
        ttl = 64u - (unsigned)g_rand_int_range(forger->scene->rand, 3, 28);
    } while (is_as_far(ttl, client) || is_as_far(ttl, server) || is_as_far(ttl, client - story->between) ||
             is_as_far(ttl, server - story->between));
    return ttl;
}

/* One such distance for the whole kind. */
static unsigned ttl_there(const attack_forger_t *forger)
{
    attack_scene_t *scene = forger->scene;

    if (!scene->there)
        scene->there = foreign_ttl(forger);
    return scene->there;
}

static void add_id(attack_forger_t *forger, bool own)
{
    attack_scene_t *scene = forger->scene;
    const attack_stack_t *stack = attack_stack_of(scene->story, forger->route[0]);
    unsigned id = (unsigned)g_rand_int_range(scene->rand, 1, 65536);

    if (scene->variant->ipv6)
        return;
    if (own && stack->id == ATTACK_ID_ZERO)
        id = 0;
    else if (own && stack->id == ATTACK_ID_COUNTER)
        id = (unsigned)forger->route[0] * 300 + scene->lines->len;
    g_string_append_printf(forger->text, " id %u%s", id, own && stack->df ? " df" : "");
}

static void add_own_stamp(attack_forger_t *forger)
{
    char *stamp = attack_stamp(forger->scene, forger->route, forger->time, forger->is_syn);

    g_string_append(forger->text, stamp);
    g_free(stamp);
}

static void add_absurd_stamp(attack_forger_t *forger)
{
    guint32 echoed = g_rand_int(forger->scene->rand);

    g_string_append_printf(forger->text, " ts %u:%u", g_rand_int(forger->scene->rand), echoed);
}

/* How the headers look. Returns false if the word is none of these. */
static bool fill_look(attack_forger_t *forger, const char *word)
{
    enum { NO_STAMP, OWN_STAMP, ABSURD_STAMP };
    static const struct {
        const char *word;
        bool own_ttl;
        unsigned hops, stamp;
    } looks[] = {
        {"$own", true, 0, OWN_STAMP},       {"$bare", true, 0, NO_STAMP},       {"$onehop", true, 1, OWN_STAMP},
        {"$absurd", true, 0, ABSURD_STAMP}, {"$elsewhere", false, 0, NO_STAMP}, {"$strange", false, 0, ABSURD_STAMP},
        {"$there", false, 0, NO_STAMP},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (strcmp(word, looks[i].word) != 0)
            continue;
        if (looks[i].own_ttl)
            forger->ttl = attack_ttl_of(forger->scene->story, forger->route[0]) - looks[i].hops;
        else
            forger->ttl = strcmp(word, "$there") == 0 ? ttl_there(forger) : foreign_ttl(forger);
        add_id(forger, looks[i].own_ttl);
        if (looks[i].stamp == OWN_STAMP)
            add_own_stamp(forger);
        else if (looks[i].stamp == ABSURD_STAMP)
            add_absurd_stamp(forger);
        return true;
    }
    return false;
}

/* "$seq-1", "$ack", "$rand", ... */
static bool fill_number(attack_forger_t *forger, const char *word)
{
    size_t length = strcspn(word, "+-");
    char *name = g_strndup(word, length);
    uint32_t offset = word[length] ? (uint32_t)strtoll(word + length, NULL, 0) : 0;
    uint32_t value = 0;
    bool known = true;

    if (strcmp(name, "$seq") == 0)
        value = next_of(forger, false);
    else if (strcmp(name, "$ack") == 0)
        value = next_of(forger, true);
    else if (strcmp(name, "$any") == 0)
        value = far_number(forger);
    else if (strcmp(name, "$rand") == 0)
        value = forger->scene->last_rand = far_number(forger);
    else if (strcmp(name, "$opposite") == 0)
        value = forger->scene->last_rand + 0x80000000u;
    else
        known = false;
    if (known)
        g_string_append_printf(forger->text, " %u", value + offset);
    g_free(name);
    return known;
}

static void fill_words(attack_forger_t *forger, const char *rest)
{
    char **words = g_strsplit(rest, " ", -1);

    for (char **word = words; *word; word++) {
        if (**word == '$' && !fill_look(forger, *word) && !fill_number(forger, *word))
            g_error("unknown word %s in \"%s\"", *word, forger->template);
        if (**word != '$')
            g_string_append_printf(forger->text, " %s", *word);
    }
    g_strfreev(words);
}

static double time_of(const attack_forger_t *forger, const char *when)
{
    const attack_scene_t *scene = forger->scene;

    if (when[0] == '@')
        return g_array_index(scene->lines, attack_line_t, 0).time + strtod(when + 1, NULL);
    return target_of(scene)->time + strtod(when, NULL);
}

static void forge_line(attack_scene_t *scene, const char *template, bool from_between)
{
    char **part = g_strsplit(template, " ", 2);
    const char *when = part[0];
    const char *rest = part[1];
    attack_part_t author = *when == '!' ? ATTACK_ANSWER : ATTACK_FORGED;
    unsigned copies = 1;
    double step = 0;
    int used = 0;

    when += author == ATTACK_ANSWER;
    if (sscanf(rest, "x%u/%lf %n", &copies, &step, &used) == 2)
        rest += used;
    for (unsigned i = 0; i < copies; i++) {
        attack_forger_t forger = {.scene = scene, .template = template, .index = i};
        size_t length = strcspn(rest, " ");
        char *ends = g_strndup(rest, length);
        gchar *text;

        forger.time = time_of(&forger, when) + i * step;
        forger.route = route_of(&forger, ends);
        forger.is_syn = rest[length + 1] == 'S';
        forger.text = g_string_new(forger.route);
        fill_words(&forger, rest + length + 1);
        text = g_string_free(forger.text, FALSE);
        attack_scene_add(scene, forger.time, text, forger.ttl, author);
        g_array_index(scene->lines, attack_line_t, scene->lines->len - 1).from_between =
            from_between && author == ATTACK_FORGED;
        g_free(forger.route);
        g_free(ends);
    }
    g_strfreev(part);
}

/* An endpoint writes into its own reset. */
static void alter_reset(attack_scene_t *scene, const char *words)
{
    attack_line_t *line = &g_array_index(scene->lines, attack_line_t, scene->target);
    char *stamp = strstr(line->text, " ts ");
    char *text;

    if (strcmp(words, "$nearer") == 0) {
        line->ttl += NEARER;
        return;
    }
    if (strcmp(words, "$unstamped") == 0) {
        if (stamp)
            memset(stamp, ' ', 1 + strlen(" ts") + strcspn(stamp + strlen(" ts "), " "));
        return;
    }
    text = g_strdup_printf("%s %s", line->text, words);
    g_free(line->text);
    line->text = text;
}

/* Is this what the line "only WORD ..." asks for? */
static bool is_meant(const attack_scene_t *scene, const char *words)
{
    const attack_story_t *story = scene->story;
    bool client = strchr("ABC", target_of(scene)->route[0]) != NULL;
    bool near = (client ? story->client_hops : story->server_hops) == 0;
    bool stamped = story->client->stamps && story->server->stamps;
    const struct {
        const char *word;
        bool holds;
    } limits[] = {
        {"client", client}, {"server", !client},  {"near", near},
        {"far", !near},     {"stamped", stamped}, {"unstamped", !stamped},
    };
    char **word = g_strsplit(words, " ", -1);
    bool meant = true;

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        meant = meant && (limits[i].holds || !g_strv_contains((const gchar *const *)word, limits[i].word));
    g_strfreev(word);
    return meant;
}

bool attack_forge(attack_scene_t *scene, const attack_kind_t *kind, bool from_between)
{
    bool has_reset = target_of(scene)->segment.flags & RST_FLAG_RST;

    /* What an end does to its own reset needs one. */
    if (kind->attacker == ATTACK_END && (scene->story->by_device || !has_reset))
        return false;
    for (const char *const *line = kind->lines; *line; line++) {
        if (g_str_has_prefix(*line, "only ")) {
            if (!is_meant(scene, *line + strlen("only ")))
                return false;
        } else if (g_str_has_prefix(*line, "reset ")) {
            alter_reset(scene, *line + strlen("reset "));
        } else {
            forge_line(scene, *line, from_between && kind->attacker != ATTACK_END);
        }
    }
    return true;
}
