/* words.h
 * The small parts that many formats share: key=value lists, ends, ports, protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LOGS_WORDS_H
#define RST_LOGS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/record.h"

/* A piece of a line. */
typedef struct rst_piece {
    const char *text;
    size_t length;
} rst_piece_t;

bool rst_piece_is(rst_piece_t piece, const char *text);     /* equal, whatever the case */
bool rst_piece_begins(rst_piece_t piece, const char *text); /* the same */
bool rst_piece_has(rst_piece_t piece, const char *text);    /* contains it, whatever the case */

rst_piece_t rst_piece_trim(rst_piece_t piece); /* without blanks at its ends */

/* The value of a key in a list like `src=10.0.0.1 spt="80" msg="a \"b\""`: the key stands at the beginning or after a
 * blank, comma, semicolon, bracket or bar, sign is '=' or ':'. Quotes are not part of the value. Length 0 if it is not
 * there. With ':' the value may hold blanks and ends at a comma or semicolon. Of double keys the first. */
rst_piece_t rst_value_of(const char *text, const char *key, char sign);

/* A column of a separated list, from 0; quotes ("a,b", doubled inside) are not part of it. */
rst_piece_t rst_column(const char *text, char separator, unsigned index);
unsigned rst_columns(const char *text, char separator);

/* All of these read the whole piece and return false if it is none. */
bool rst_read_number(rst_piece_t piece, uint64_t *number); /* decimal, or hexadecimal with 0x */
bool rst_read_port(rst_piece_t piece, uint16_t *port);     /* 0-65535, never cut; or a service's usual name (https) */
/* IPv4, IPv6 in all forms, IPv4-mapped (becomes IPv4), in brackets, with %zone. 0.0.0.0 and :: give size 0 and true. */
bool rst_read_address(rst_piece_t piece, rst_address_t *address);
/* a:p, [a]:p, a/p, a(p), a p, a.p (tcpdump's form); a port is needed. */
bool rst_read_end(rst_piece_t piece, rst_log_end_t *end);
bool rst_read_protocol(rst_piece_t piece, uint8_t *protocol); /* 6, TCP, tcp */
/* Letters (S, SA, PA, "SYN ACK", R.) or a number, as the flags byte of TCP. */
bool rst_read_flags(rst_piece_t piece, uint8_t *flags);

/* Is a number too large for a port written there? Then the line is refused, and no port is made of it. */
bool rst_is_absurd_port(rst_piece_t piece);

#endif
