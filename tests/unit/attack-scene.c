/* attack-scene.c
 * Implementation for dressing a story in the headers of its stacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

#include <stdlib.h>

#define BEGIN 10.0 /* time of a story's first line, so that something can come before */

static bool is_client(char letter)
{
    return letter >= 'A' && letter <= 'C';
}

const attack_stack_t *attack_stack_of(const attack_story_t *story, char letter)
{
    return is_client(letter) ? story->client : story->server;
}

unsigned attack_ttl_of(const attack_story_t *story, char letter)
{
    return attack_stack_of(story, letter)->ttl - (is_client(letter) ? story->client_hops : story->server_hops);
}

char *attack_reverse(const char *route)
{
    const char *between = strchr(route, '>');

    return g_strdup_printf("%s>%.*s", between + 1, (int)(between - route), route);
}

static bool next_among(const attack_scene_t *scene, unsigned lines, const char *route, double time, uint32_t *seq,
                       uint32_t *tsval)
{
    bool seen = false;

    *seq = *tsval = 0;
    for (unsigned i = 0; i < lines; i++) {
        const attack_line_t *line = &g_array_index(scene->lines, attack_line_t, i);
        uint32_t end = line->segment.seq + rst_segment_space(&line->segment);

        if (line->time > time || strcmp(line->route, route) != 0 || (line->segment.flags & RST_FLAG_RST))
            continue;
        if (!seen || (line->segment.flags & RST_FLAG_SYN) || (int32_t)(end - *seq) > 0)
            *seq = end;
        if (line->segment.known & RST_HAS_TIMESTAMP)
            *tsval = line->segment.tsval;
        seen = true;
    }
    return seen;
}

/* In a connection of the story what is forged does not count; in one that is forged there is nothing else. */
bool attack_scene_next(const attack_scene_t *scene, const char *route, double time, uint32_t *seq, uint32_t *tsval)
{
    return next_among(scene, scene->honest, route, time, seq, tsval) ||
           next_among(scene, scene->lines->len, route, time, seq, tsval);
}

/* Each host has a clock of its own, with a tick of a millisecond. */
char *attack_stamp(const attack_scene_t *scene, const char *route, double time, bool is_syn)
{
    const attack_story_t *story = scene->story;
    char *back = attack_reverse(route);
    uint32_t seq, echo;
    bool answered = attack_scene_next(scene, back, time, &seq, &echo);

    g_free(back);
    if (!story->client->stamps || (!story->server->stamps && !(is_syn && !answered)))
        return g_strdup("");
    return g_strdup_printf(" ts %u:%u", (unsigned)(route[0] * 50000 + time * 1000), echo);
}

void attack_scene_add(attack_scene_t *scene, double time, char *text, unsigned ttl, attack_part_t part)
{
    attack_line_t line = {.time = time, .text = text, .ttl = ttl, .part = part};
    char *readable = g_strdup_printf("- %s", text);
    bool rejected = false;

    line.route = g_strndup(text, strcspn(text, " "));
    if (!script_parse(scene->scratch, readable, &line.segment, &rejected))
        line.segment.flags = 0; /* an ICMP error */
    g_free(readable);
    g_array_append_val(scene->lines, line);
}

/* A reset without a socket: bare, or the refusal of a SYN. */
static bool is_stateless(const rst_segment_t *segment)
{
    return (segment->flags & RST_FLAG_RST) && (!(segment->flags & RST_FLAG_ACK) || segment->seq == 0);
}

static void dress_ip(const attack_scene_t *scene, GString *text, char letter, const rst_segment_t *segment)
{
    const attack_stack_t *stack = attack_stack_of(scene->story, letter);
    unsigned id = (unsigned)letter * 300 + scene->lines->len;

    if (scene->variant->ipv6)
        return;
    if (stack->id == ATTACK_ID_ZERO || (stack->zero_id && is_stateless(segment)))
        id = 0;
    else if (stack->id == ATTACK_ID_RANDOM)
        id = (unsigned)g_rand_int_range(scene->rand, 1, 65536);
    g_string_append_printf(text, " id %u%s", id, stack->df ? " df" : "");
}

static void dress_tcp(const attack_scene_t *scene, GString *text, double time, const rst_segment_t *segment)
{
    const attack_stack_t *stack = attack_stack_of(scene->story, text->str[0]);
    bool is_reset = segment->flags & RST_FLAG_RST;
    bool is_syn = segment->flags & RST_FLAG_SYN;

    if (is_syn)
        g_string_append_printf(text, " %s", stack->syn);
    else if (!is_reset && !strstr(text->str, " win "))
        g_string_append_printf(text, " win %u", stack->window);
    if (!is_reset || (stack->stamps_resets && !is_stateless(segment))) {
        char *route = g_strndup(text->str, strcspn(text->str, " "));
        char *stamp = attack_stamp(scene, route, time, is_syn);

        g_string_append(text, stamp);
        g_free(stamp);
        g_free(route);
    }
}

static void add_honest(attack_scene_t *scene, const char *bare)
{
    char *rest;
    double time = BEGIN + strtod(bare, &rest);
    GString *text = g_string_new(rest + 1);
    const char *own_ttl = strstr(bare, " ttl ");
    unsigned ttl = own_ttl ? (unsigned)strtoul(own_ttl + 5, NULL, 10) : 0;
    bool rejected = false;
    rst_segment_t segment;

    if (own_ttl) {
        g_string_truncate(text, (gsize)(strstr(text->str, " ttl ") - text->str));
        if (strstr(own_ttl, " id ") && !scene->variant->ipv6)
            g_string_append(text, strstr(own_ttl, " id "));
    } else {
        script_parse(scene->scratch, bare, &segment, &rejected);
        dress_tcp(scene, text, time, &segment);
        dress_ip(scene, text, text->str[0], &segment);
        ttl = attack_ttl_of(scene->story, text->str[0]);
    }
    attack_scene_add(scene, time, g_string_free(text, FALSE), ttl, ATTACK_HONEST);
    scene->honest = scene->lines->len;
    g_array_index(scene->lines, attack_line_t, scene->honest - 1).from_between = own_ttl != NULL;
}

/* The first reset, or the last line. */
static unsigned find_target(const attack_scene_t *scene)
{
    for (unsigned i = 0; i < scene->honest; i++) {
        if (g_array_index(scene->lines, attack_line_t, i).segment.flags & RST_FLAG_RST)
            return i;
    }
    return scene->honest - 1;
}

static void clear_line(gpointer data)
{
    g_free(((attack_line_t *)data)->text);
    g_free(((attack_line_t *)data)->route);
}

void attack_scene_open(attack_scene_t *scene, const attack_story_t *story, const script_variant_t *variant,
                       guint32 seed)
{
    static const char *const nothing[] = {NULL};

    memset(scene, 0, sizeof *scene);
    scene->story = story;
    scene->variant = variant;
    scene->rand = g_rand_new_with_seed(seed);
    scene->scratch = g_new(script_run_t, 1);
    scene->lines = g_array_new(FALSE, TRUE, sizeof(attack_line_t));
    g_array_set_clear_func(scene->lines, clear_line);
    script_open(scene->scratch, &script_variants[0], nothing);
    for (const char *const *line = story->lines; *line; line++)
        add_honest(scene, *line);
    scene->target = find_target(scene);
}

void attack_scene_close(attack_scene_t *scene)
{
    script_close(scene->scratch);
    g_free(scene->scratch);
    g_array_free(scene->lines, TRUE);
    g_rand_free(scene->rand);
}
