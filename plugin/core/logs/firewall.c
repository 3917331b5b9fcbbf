/* firewall.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/firewall.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"

#define HEADER_MAX 200 /* bytes before a message in which its time is looked for */

rst_side_t rst_read_side(rst_piece_t address, rst_piece_t port, rst_log_end_t *end)
{
    rst_log_end_t read = {.port = 0};
    bool ported = !port.length || rst_read_port(port, &read.port);

    if (!ported && rst_is_absurd_port(port))
        return RST_SIDE_BROKEN;
    if (!ported || !address.length || !rst_read_address(address, &read.address) || !read.address.size)
        return RST_SIDE_NAMED;
    *end = read;
    return RST_SIDE_TOLD;
}

rst_side_t rst_read_side_at(rst_piece_t piece, char separator, rst_log_end_t *end)
{
    rst_piece_t address = piece;
    rst_piece_t port = {"", 0};

    for (size_t i = piece.length; i-- > 0;) {
        if (piece.text[i] != separator)
            continue;
        address.length = i;
        port.text = piece.text + i + 1;
        port.length = piece.length - i - 1;
        break;
    }
    return rst_read_side(address, port, end);
}

rst_log_end_t rst_translated(const rst_log_end_t *real, const rst_log_end_t *mapped)
{
    static const rst_log_end_t none = {.port = 0};

    if (!mapped->address.size)
        return none;
    if (rst_address_equal(&real->address, &mapped->address) && (real->port == mapped->port || !mapped->port))
        return none;
    return *mapped;
}

bool rst_word_mean(const rst_word_t *words, unsigned count, rst_piece_t text, rst_record_t *record)
{
    for (unsigned i = 0; i < count; i++) {
        if (!rst_piece_begins(text, words[i].word))
            continue;
        record->meaning = words[i].meaning;
        record->cause = words[i].cause;
        record->acted = words[i].acted;
        return true;
    }
    return false;
}

const char *rst_told(rst_log_t *log, rst_piece_t piece)
{
    if (rst_piece_is(piece, "-") || rst_piece_is(piece, "N/A") || rst_piece_is(piece, "None"))
        return NULL;
    return rst_log_string(log, piece);
}

bool rst_has_ports(uint8_t protocol)
{
    enum { DCCP = 33, SCTP = 132, UDP_LITE = 136 };

    return !protocol || protocol == RST_PROTOCOL_TCP || protocol == RST_PROTOCOL_UDP || protocol == DCCP ||
           protocol == SCTP || protocol == UDP_LITE;
}

rst_read_t rst_emit_pair(rst_log_t *log, const rst_log_line_t *line, rst_record_t *record)
{
    if (!record->src.address.size || (!record->dst.address.size && !record->translation))
        return RST_READ_YES;
    if (!rst_has_ports(record->protocol))
        record->src.port = record->dst.port = record->nat_src.port = record->nat_dst.port = 0;
    rst_log_emit(log, line, record);
    return RST_READ_YES;
}

void rst_when_before(const char *text, const char *end, rst_when_t *when)
{
    if (end > text + HEADER_MAX)
        text = end - HEADER_MAX;
    while (text < end) {
        rst_when_t read = {.kind = RST_WHEN_NONE};
        size_t length = rst_when_any(text, &read);

        if (length && text + length <= end && read.kind != RST_WHEN_OF_DAY) {
            *when = read;
            text += length;
        }
        while (text < end && !g_ascii_isspace(*text) && *text != '>')
            text++;
        while (text < end && (g_ascii_isspace(*text) || *text == '>' || *text == ':'))
            text++;
    }
}

int64_t rst_read_span(rst_piece_t piece)
{
    char text[32];
    int64_t span;

    g_strlcpy(text, piece.text, MIN(piece.length + 1, sizeof text));
    span = piece.length ? rst_when_duration(text) : RST_TIME_NONE;
    return span == RST_TIME_NONE || span < 0 ? 0 : span;
}

rst_piece_t rst_next_word(const char *text)
{
    rst_piece_t word = {text + strspn(text, " \t"), 0};

    word.length = strcspn(word.text, " \t");
    return word;
}
