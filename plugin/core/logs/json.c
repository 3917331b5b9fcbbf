/* json.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/json.h"

#include <string.h>

#include <glib.h>

#define PATH_MAX_BYTES 256 /* members with longer paths are passed over, so that long names cannot be multiplied */

typedef struct member {
    size_t path, path_length, value; /* places in texts */
} member_t;

struct rst_json {
    GString *texts; /* paths and values, each zero-terminated */
    GArray *members;
};

/* An object or array that is open. */
typedef struct level {
    size_t path_length; /* of its own path */
    unsigned position;  /* in an array */
    bool array;
} level_t;

typedef struct parser {
    rst_json_t *json;
    const char *at, *end;
    GString *path;
    level_t level[RST_JSON_DEPTH_MAX];
    unsigned depth;
} parser_t;

static void skip_blanks(parser_t *parser)
{
    while (parser->at < parser->end && g_ascii_isspace(*parser->at))
        parser->at++;
}

static char peek(const parser_t *parser)
{
    return parser->at < parser->end ? *parser->at : '\0';
}

/* Four hexadecimal digits after \u; -1 if they are none. */
static int hex4(const parser_t *parser, size_t ahead)
{
    int number = 0;

    if ((size_t)(parser->end - parser->at) < ahead + 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(parser->at[ahead + i]);

        if (digit < 0)
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

/* Behind \u. Half a surrogate pair, and NUL, which would end the text, become the replacement character. */
static bool read_unicode(parser_t *parser, GString *text)
{
    int first = hex4(parser, 0);
    int second = -1;
    gunichar character;

    if (first < 0)
        return false;
    parser->at += 4;
    character = (gunichar)first;
    if (first >= 0xd800 && first < 0xdc00) {
        if (parser->end - parser->at > 2 && parser->at[0] == '\\' && parser->at[1] == 'u')
            second = hex4(parser, 2);
        if (second >= 0xdc00 && second < 0xe000) {
            character = 0x10000 + (((gunichar)first & 0x3ff) << 10 | ((gunichar)second & 0x3ff));
            parser->at += 6;
        }
    }
    if (!character || (character >= 0xd800 && character < 0xe000))
        character = 0xfffd;
    g_string_append_unichar(text, character);
    return true;
}

/* Behind the backslash. Shippers that forget to escape the backslashes of Windows' paths are common: those stay. */
static bool read_escape(parser_t *parser, GString *text)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    char letter = *parser->at;
    const char *found = letter ? strchr(letters, letter) : NULL;

    if (letter == 'u') {
        parser->at++;
        return read_unicode(parser, text);
    }
    if (!found) {
        g_string_append_c(text, '\\');
        return true;
    }
    g_string_append_c(text, meant[found - letters]);
    parser->at++;
    return true;
}

/* At the opening quote; text gets what is between the quotes. */
static bool read_string(parser_t *parser, GString *text)
{
    parser->at++;
    while (parser->at < parser->end) {
        const char *from = parser->at;

        while (parser->at < parser->end && *parser->at != '"' && *parser->at != '\\' && *parser->at)
            parser->at++;
        g_string_append_len(text, from, parser->at - from);
        if (parser->at == parser->end || !*parser->at)
            return false;
        if (*parser->at++ == '"')
            return true;
        if (parser->at == parser->end || !read_escape(parser, text))
            return false;
    }
    return false;
}

static bool is_number(const char *text, size_t length)
{
    bool digit = false;

    if (!length || (*text != '-' && !g_ascii_isdigit(*text)))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (g_ascii_isdigit(text[i]))
            digit = true;
        else if (!strchr(".eE+-", text[i]) || (i && text[i] == '-' && g_ascii_isdigit(text[i - 1])))
            return false;
    }
    return digit;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && !memcmp(text, word, length);
}

/* Begins a member; its value is what the caller appends to texts next. False if its path is too long. */
static bool begin_member(parser_t *parser, member_t *member)
{
    GString *texts = parser->json->texts;

    member->path = texts->len;
    member->path_length = parser->path->len;
    if (parser->path->len <= PATH_MAX_BYTES)
        g_string_append_len(texts, parser->path->str, (gssize)parser->path->len);
    g_string_append_c(texts, '\0');
    member->value = texts->len;
    return parser->path->len <= PATH_MAX_BYTES;
}

static bool end_member(parser_t *parser, const member_t *member, bool keep)
{
    if (!keep) {
        g_string_truncate(parser->json->texts, member->path);
        return true;
    }
    g_string_append_c(parser->json->texts, '\0');
    g_array_append_val(parser->json->members, *member);
    return parser->json->members->len <= RST_JSON_MEMBERS_MAX;
}

static bool read_scalar(parser_t *parser)
{
    const char *from = parser->at;
    size_t length;
    member_t member;
    bool keep;

    if (*from == '"') {
        keep = begin_member(parser, &member);
        return read_string(parser, parser->json->texts) && end_member(parser, &member, keep);
    }
    while (parser->at < parser->end && (g_ascii_isalnum(*parser->at) || strchr("+-.", *parser->at)) && *parser->at)
        parser->at++;
    length = (size_t)(parser->at - from);
    if (is_word(from, length, "null"))
        return true;
    if (!is_word(from, length, "true") && !is_word(from, length, "false") && !is_number(from, length))
        return false;
    keep = begin_member(parser, &member);
    g_string_append_len(parser->json->texts, from, (gssize)length);
    return end_member(parser, &member, keep);
}

/* Adds a name to the path of the innermost level. */
static void enter(parser_t *parser, const char *name, size_t length)
{
    const level_t *level = &parser->level[parser->depth - 1];

    g_string_truncate(parser->path, level->path_length);
    if (level->path_length)
        g_string_append_c(parser->path, '.');
    g_string_append_len(parser->path, name, (gssize)length);
}

static bool read_name(parser_t *parser)
{
    GString *name;
    bool complete;

    if (peek(parser) != '"')
        return false;
    name = g_string_new(NULL);
    complete = read_string(parser, name);
    if (complete)
        enter(parser, name->str, MIN(name->len, PATH_MAX_BYTES + 1));
    g_string_free(name, TRUE);
    skip_blanks(parser);
    if (!complete || peek(parser) != ':')
        return false;
    parser->at++;
    skip_blanks(parser);
    return true;
}

static bool open_level(parser_t *parser)
{
    level_t *level;

    if (parser->depth == RST_JSON_DEPTH_MAX)
        return false;
    level = &parser->level[parser->depth++];
    level->array = *parser->at++ == '[';
    level->position = 0;
    level->path_length = parser->path->len;
    return true;
}

/* After a value, or at the beginning of a level: closes levels and reads the comma before the next member. */
static bool next_member(parser_t *parser, bool first)
{
    for (;;) {
        const level_t *level = &parser->level[parser->depth - 1];

        skip_blanks(parser);
        if (peek(parser) == (level->array ? ']' : '}')) {
            parser->at++;
            g_string_truncate(parser->path, level->path_length);
            if (!--parser->depth)
                return true;
            first = false;
            continue;
        }
        if (first)
            return true;
        if (peek(parser) != ',')
            return false;
        parser->at++;
        skip_blanks(parser);
        return true;
    }
}

static bool read_member(parser_t *parser)
{
    level_t *level = &parser->level[parser->depth - 1];
    char position[16];
    char next;

    if (level->array) {
        g_snprintf(position, sizeof position, "%u", level->position++);
        enter(parser, position, strlen(position));
    } else if (!read_name(parser)) {
        return false;
    }
    next = peek(parser);
    if (next == '{' || next == '[')
        return open_level(parser) && next_member(parser, true);
    return next && read_scalar(parser) && next_member(parser, false);
}

/* Text after an object is passed over. An array needs more care: "[16571.459614] IN=eth0" is none. */
static bool is_end(parser_t *parser, bool array)
{
    while (array && parser->at < parser->end && (g_ascii_isspace(*parser->at) || strchr("]},", *parser->at)))
        parser->at++;
    return !array || parser->at == parser->end;
}

static bool read_all(parser_t *parser)
{
    bool array;

    skip_blanks(parser);
    array = peek(parser) == '[';
    if ((!array && peek(parser) != '{') || !open_level(parser) || !next_member(parser, true))
        return false;
    while (parser->depth) {
        if (!read_member(parser))
            return false;
    }
    return is_end(parser, array);
}

rst_json_t *rst_json_read(const char *text, size_t length)
{
    rst_json_t *json = g_new(rst_json_t, 1);
    parser_t parser = {.json = json, .at = text, .end = text + length, .path = g_string_new(NULL)};
    bool complete;

    json->texts = g_string_new(NULL);
    json->members = g_array_new(FALSE, FALSE, sizeof(member_t));
    complete = read_all(&parser);
    g_string_free(parser.path, TRUE);
    if (complete)
        return json;
    rst_json_free(json);
    return NULL;
}

void rst_json_free(rst_json_t *json)
{
    if (!json)
        return;
    g_string_free(json->texts, TRUE);
    g_array_free(json->members, TRUE);
    g_free(json);
}

const char *rst_json_text(const rst_json_t *json, const char *path)
{
    size_t length = strlen(path);

    if (!json)
        return NULL;
    for (unsigned i = 0; i < json->members->len; i++) {
        const member_t *member = &g_array_index(json->members, member_t, i);

        if (member->path_length == length && !memcmp(json->texts->str + member->path, path, length))
            return json->texts->str + member->value;
    }
    return NULL;
}

const char *rst_json_first(const rst_json_t *json, const char *const *paths)
{
    const char *text = NULL;

    for (; *paths && !text; paths++)
        text = rst_json_text(json, *paths);
    return text;
}

unsigned rst_json_count(const rst_json_t *json)
{
    return json ? json->members->len : 0;
}

const char *rst_json_path(const rst_json_t *json, unsigned index)
{
    return json->texts->str + g_array_index(json->members, member_t, index).path;
}

const char *rst_json_value(const rst_json_t *json, unsigned index)
{
    return json->texts->str + g_array_index(json->members, member_t, index).value;
}
