/* declared.c
 * Stated reasons: asks the decoders in order; plain text comes last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/declared.h"

#include <string.h>

#include <glib.h>

#include "declared/diag.h"
#include "declared/f5.h"
#include "declared/mptcp.h"
#include "declared/netscaler.h"

#define OPEN_MOST 80 /* the text says that the flow is unknown; that it had been known, only the packets say */
#define TEXT_MIN 4   /* shorter payloads are padding or probes, not text */

/* RFC 1122, section 4.2.2.12: a reset may explain itself in ASCII. Zero padding and binary data are not text. */
static bool read_text(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    if (reset->head_len < TEXT_MIN || (reset->known & RST_HAS_F5_CAUSE))
        return false;
    for (unsigned i = 0; i < reset->head_len; i++) {
        uint8_t byte = reset->head[i];

        if ((byte < 0x20 || byte >= 0x7f) && byte != '\t' && byte != '\r' && byte != '\n')
            return false;
    }
    statement->declared.source = "text";
    rst_declared_quote(&statement->declared, memory, reset->head, reset->head_len);
    statement->confidence = 70;
    return true;
}

/* The sender had been silent for a while: what its peer just sent may have ended a long silence. */
static bool was_idle(const rst_reset_t *reset, const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    int64_t silence = own->segments ? rst_elapsed(own->last, reset->at) : RST_TIME_NONE;

    return silence != RST_TIME_NONE && silence >= (int64_t)prefs->idle_min_s * RST_SECOND;
}

/* Data of the server had come a moment ago, and nobody had closed or reset: whoever answers for the server now and does
 * not know this connection has lost it, or it is another device than before. */
static bool was_open(const rst_reset_t *reset, const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    const rst_direction_t *peer = &reset->direction[1 - reset->from];

    return reset->from != reset->client && own->bytes && peer->segments && !was_idle(reset, prefs) &&
           !((own->known | peer->known) & RST_DIRECTION_FIN) && !reset->own_last.at.pass_index &&
           !reset->peer_last.at.pass_index;
}

rst_statement_t rst_declared_read(const rst_reset_t *reset, const rst_prefs_t *prefs, const rst_memory_t *memory,
                                  bool texts)
{
    const struct {
        rst_declared_reader_t *read;
        bool wanted;
    } readers[] = {
        {rst_declared_mptcp, prefs->decode_mptcp}, {rst_declared_diag, prefs->decode_rst_diag},
        {rst_declared_f5, prefs->decode_f5},       {rst_declared_netscaler, prefs->decode_netscaler},
        {read_text, prefs->decode_text},
    };
    rst_statement_t statement;

    memset(&statement, 0, sizeof statement);
    statement.cause = RST_CAUSE_DECLARED;
    statement.when_idle = RST_CAUSE_COUNT;
    statement.when_open = RST_CAUSE_COUNT;
    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (readers[i].wanted && readers[i].read(reset, texts ? memory : NULL, &statement))
            break;
    }
    if (statement.when_idle != RST_CAUSE_COUNT && was_idle(reset, prefs))
        statement.cause = statement.when_idle;
    if (statement.when_open != RST_CAUSE_COUNT && was_open(reset, prefs)) {
        statement.cause = statement.when_open;
        statement.confidence = MIN(statement.confidence, OPEN_MOST);
    }
    return statement;
}
