/* firewall.h
 * What the readers of firewalls' logs share: ends in two pieces, translations, words that stand for a meaning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FIREWALL_H
#define RST_FIREWALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/log.h"
#include "logs/words.h"

enum { RST_PROTOCOL_ICMP = 1, RST_PROTOCOL_UDP = 17, RST_PROTOCOL_ICMP6 = 58 };

typedef enum rst_side {
    RST_SIDE_TOLD,  /* an address, and a port if there is one */
    RST_SIDE_NAMED, /* no address: a name, a placeholder, nothing */
    RST_SIDE_BROKEN /* a port that no port can be */
} rst_side_t;

/* An empty port is not told; 0.0.0.0 and :: are no address. */
rst_side_t rst_read_side(rst_piece_t address, rst_piece_t port, rst_log_end_t *end);

/* An end as one text, "10.0.0.1/80" or "10.0.0.1": the port stands after the last of the separators. */
rst_side_t rst_read_side_at(rst_piece_t piece, char separator, rst_log_end_t *end);

/* mapped if it differs from real, else none. */
rst_log_end_t rst_translated(const rst_log_end_t *real, const rst_log_end_t *mapped);

typedef struct rst_word {
    const char *word; /* the text begins with it, whatever the case */
    rst_meaning_t meaning;
    rst_cause_t cause; /* for RST_MEANING_CAUSE */
    bool acted;
} rst_word_t;

/* Rows: what a word means; that the device did it itself; which cause it states, of what the device did itself. */
#define RST_MEANS(word, meaning)                                                                                       \
    {                                                                                                                  \
        word, RST_MEANING_##meaning, 0, false                                                                          \
    }
#define RST_ACTS(word, meaning)                                                                                        \
    {                                                                                                                  \
        word, RST_MEANING_##meaning, 0, true                                                                           \
    }
#define RST_STATES(word, cause)                                                                                        \
    {                                                                                                                  \
        word, RST_MEANING_CAUSE, RST_CAUSE_##cause, true                                                               \
    }

/* The first row that fits gives its meaning to the record; false if none does. */
bool rst_word_mean(const rst_word_t *words, unsigned count, rst_piece_t text, rst_record_t *record);

/* As a member of a record; NULL if the piece is empty or says "no value" (-, N/A, None). */
const char *rst_told(rst_log_t *log, rst_piece_t piece);

/* Where ports stand in this record's protocol; false for ICMP and others, whose numbers there are no ports. */
bool rst_has_ports(uint8_t protocol);

/* Emits the record if both ends are told. Ports of protocols without ports are removed. */
rst_read_t rst_emit_pair(rst_log_t *log, const rst_log_line_t *line, rst_record_t *record);

/* The last time in text before end, if there is one. */
void rst_when_before(const char *text, const char *end, rst_when_t *when);

/* A span in whole or broken seconds ("116", "0.5") or as h:mm:ss; 0 if it is none. */
int64_t rst_read_span(rst_piece_t piece);

/* Several blanks between words count as one: the next word at or after text, its end in the piece. */
rst_piece_t rst_next_word(const char *text);

#endif
