/* script-dress.c
 * Implementation for dressing scripts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-dress.h"

#include <stdlib.h>

typedef enum dress_mode { STAMPED, PLAIN, BARE, MODES } dress_mode_t;

const script_dress_t script_linux = {{64, 502, 7, 1000, true, 0}, {54, 501, 7, 1000, true, 0}};
const script_dress_t script_windows = {{128, 1026, 8, 0, false, 0}, {118, 1026, 8, 0, false, 0}};

typedef struct dresser {
    const script_dress_t *dress;
    dress_mode_t mode;
    double now;
    unsigned id;
    GHashTable *stamps; /* route -> its last timestamp */
} dresser_t;

static bool is_client(char letter)
{
    return letter >= 'A' && letter <= 'C';
}

/* Other times are absolute. */
static void take_time(dresser_t *dresser, const char *word)
{
    double time = strtod(word + (word[0] == '+'), NULL);

    dresser->now = word[0] == '+' ? dresser->now + time : time;
}

static char *reverse(const char *route)
{
    const char *between = strchr(route, '>');

    return g_strdup_printf("%s>%.*s", between + 1, (int)(between - route), route);
}

/* Each side's clock has an offset of its own in each connection (RFC 7323, section 5.4). */
static void add_stamp(dresser_t *dresser, const script_side_t *side, char **word, GString *text)
{
    bool acknowledges = strchr(word[2], '.') != NULL;
    char *back = reverse(word[1]);
    uint32_t echo = acknowledges ? GPOINTER_TO_UINT(g_hash_table_lookup(dresser->stamps, back)) : 0;
    uint32_t value = side->clock_base + g_str_hash(word[1]) % 1009 + (uint32_t)(int64_t)(dresser->now * side->clock_hz);

    g_hash_table_replace(dresser->stamps, g_strdup(word[1]), GUINT_TO_POINTER(value));
    g_string_append_printf(text, " ts %u:%u", value, echo);
    g_free(back);
}

/* "ttl +2" and "ttl -3" say how it differs from the side's own. */
static void add_ttl(const dresser_t *dresser, const script_side_t *side, const char *own, GString *text)
{
    int change = own && (own[0] == '+' || own[0] == '-') ? atoi(own) : 0;

    if (dresser->mode == BARE)
        return;
    if (own && !change)
        g_string_append_printf(text, " ttl %s", own);
    else
        g_string_append_printf(text, " ttl %d", (int)side->ttl + change);
}

static const char *value_of(char **words, const char *name)
{
    for (; *words; words++) {
        if (strcmp(*words, name) == 0)
            return words[1];
    }
    return NULL;
}

/* The words of the line itself, without those of this file and those that the mode leaves out. */
static GString *own_words(char **words, dress_mode_t mode)
{
    GString *text = g_string_new(words[0]);

    for (words++; *words; words++) {
        if (strcmp(*words, "ttl") == 0 || (strcmp(*words, "ts") == 0 && mode != STAMPED))
            words++;
        else if (strcmp(*words, "nots") != 0 && strcmp(*words, "plain") != 0)
            g_string_append_printf(text, " %s", *words);
    }
    return text;
}

static bool has_word(char **words, const char *name)
{
    return g_strv_contains((const gchar *const *)words, name);
}

static void add_tcp(dresser_t *dresser, const script_side_t *side, char **words, GString *text)
{
    bool is_syn = strchr(words[2], 'S') != NULL;
    bool is_reset = strchr(words[2], 'R') != NULL;
    bool plain = has_word(words, "plain") || has_word(words, "noopt") || has_word(words, "more");

    if (is_syn && !plain && side->scale)
        g_string_append_printf(text, " mss 1460 sack ws %u", side->scale);
    if (!is_syn && !is_reset && !has_word(words, "win") && !has_word(words, "nowin"))
        g_string_append_printf(text, " win %u", side->window);
    if (dresser->mode == STAMPED && side->clock_hz > 0 && !plain && !has_word(words, "nots") &&
        !has_word(words, "ts") && (!is_reset || (side->stamps_resets && strchr(words[2], '.'))))
        add_stamp(dresser, side, words, text);
}

static char *dress_line(dresser_t *dresser, const char *line)
{
    char **words = g_strsplit(line, " ", -1);
    GString *text = own_words(words, dresser->mode);
    const script_side_t *side;

    if (strcmp(words[0], "pref") != 0) {
        take_time(dresser, words[0]);
        side = is_client(words[1][0]) ? &dresser->dress->client : &dresser->dress->server;
        add_tcp(dresser, side, words, text);
        add_ttl(dresser, side, value_of(words, "ttl"), text);
        if (dresser->mode != BARE && !has_word(words, "id"))
            g_string_append_printf(text, " id %u df", (unsigned)words[1][0] * 300 + dresser->id++);
    }
    g_strfreev(words);
    return g_string_free(text, FALSE);
}

static void check_in_mode(const char *file, int line, const script_dress_t *dress, dress_mode_t mode,
                          const char *expected, const char *const *lines)
{
    dresser_t dresser = {.dress = dress, .mode = mode};
    GPtrArray *dressed = g_ptr_array_new_with_free_func(g_free);

    dresser.stamps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *lines; lines++)
        g_ptr_array_add(dressed, dress_line(&dresser, *lines));
    g_ptr_array_add(dressed, NULL);
    script_check_at(file, line, expected, (const char *const *)dressed->pdata);
    g_ptr_array_free(dressed, TRUE);
    g_hash_table_destroy(dresser.stamps);
}

void script_check_dressed_at(const char *file, int line, const script_dress_t *dress, const char *expected,
                             const char *const *lines)
{
    static const char *const names[MODES] = {"with timestamps", "without timestamps", "without IP header"};
    char **part = g_strsplit(expected, "|", MODES);
    bool same = g_strv_length(part) == 1;

    g_assert_true(same || g_strv_length(part) == MODES);
    for (unsigned mode = 0; mode < MODES; mode++) {
        char *place = g_strdup_printf("%s (%s)", file, names[mode]);

        if (mode != STAMPED || dress->client.clock_hz > 0)
            check_in_mode(place, line, dress, mode, part[same ? 0 : mode], lines);
        g_free(place);
    }
    g_strfreev(part);
}
