/* json_track.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/json_track.h"

#include <glib.h>

#include "logs/json.h"

enum { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END };

static rst_json_step_t open_level(rst_json_track_t *track, bool object)
{
    if (track->depth >= RST_JSON_DEPTH_MAX)
        return RST_JSON_BAD;
    track->objects = track->objects << 1 | object;
    track->depth++;
    track->expects = object ? KEY_OR_END : VALUE_OR_END;
    return RST_JSON_MORE;
}

static rst_json_step_t close_level(rst_json_track_t *track, bool object)
{
    bool may = track->expects == COMMA_OR_END || track->expects == (object ? KEY_OR_END : VALUE_OR_END);

    if (!may || !track->depth || (track->objects & 1) != object)
        return RST_JSON_BAD;
    track->objects >>= 1;
    track->expects = COMMA_OR_END;
    return --track->depth ? RST_JSON_MORE : RST_JSON_DONE;
}

static rst_json_step_t in_string(rst_json_track_t *track, char c)
{
    if (c == '\n') /* never raw in a string: the line was cut */
        return RST_JSON_BAD;
    if (track->escaped) {
        track->escaped = false;
    } else if (c == '\\') {
        track->escaped = true;
    } else if (c == '"') {
        track->in_string = false;
        track->expects = track->expects == KEY || track->expects == KEY_OR_END ? COLON : COMMA_OR_END;
    }
    return RST_JSON_MORE;
}

static rst_json_step_t separate(rst_json_track_t *track, char c)
{
    if (track->expects != (c == ':' ? COLON : COMMA_OR_END))
        return RST_JSON_BAD;
    track->expects = c == ',' && track->objects & 1 ? KEY : VALUE;
    return RST_JSON_MORE;
}

static rst_json_step_t begin_token(rst_json_track_t *track, char c)
{
    bool value = track->expects == VALUE || track->expects == VALUE_OR_END;

    if (c == '"' && track->expects != COLON && track->expects != COMMA_OR_END) {
        track->in_string = true;
        return RST_JSON_MORE;
    }
    if (!value)
        return RST_JSON_BAD;
    if (c == '{' || c == '[')
        return open_level(track, c == '{');
    if (!g_ascii_isalnum(c) && c != '-')
        return RST_JSON_BAD;
    track->in_word = true;
    return RST_JSON_MORE;
}

rst_json_step_t rst_json_track_step(rst_json_track_t *track, char c)
{
    if (track->in_string)
        return in_string(track, c);
    if (track->in_word) {
        if (g_ascii_isalnum(c) || c == '.' || c == '+' || c == '-')
            return RST_JSON_MORE;
        track->in_word = false;
        track->expects = COMMA_OR_END;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        return RST_JSON_MORE;
    if (!track->depth && c != '{' && c != '[')
        return RST_JSON_BAD;
    if (c == '}' || c == ']')
        return close_level(track, c == '}');
    if (c == ':' || c == ',')
        return separate(track, c);
    return begin_token(track, c);
}
