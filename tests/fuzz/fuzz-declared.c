/* fuzz-declared.c
 * libFuzzer target: the decoders for the reasons that a reset states.
 *
 * Input: MPTCP kind and bytes cut off, reason, flags; the reset's window, the sender's previous window (16 bits each),
 * what is known about the SYN and of the use of MPTCP; then the payload, in a block of exactly its size. With bit 2 of
 * the first byte set, there is no payload, but the bytes that follow the IP packet in the frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "arena.h"
#include "audit.h"

#include "declared/declared.h"
#include "facts/f5_trailer.h"

#define HEAD 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void audit_statement(const rst_statement_t *statement, bool texts)
{
    if (!statement->declared.source)
        return;
    audit_text(statement->declared.source);
    REQUIRE(statement->cause < RST_CAUSE_COUNT);
    REQUIRE(statement->confidence > 0 && statement->confidence <= 100);
    if (!texts)
        return;
    REQUIRE(statement->declared.text || statement->declared.has_code);
    if (statement->declared.text)
        audit_text(statement->declared.text);
}

static void read_both_ways(const rst_reset_t *reset, arena_t *arena)
{
    rst_prefs_t prefs = rst_prefs_default();
    rst_statement_t told = rst_declared_read(reset, &prefs, &arena->memory, true);
    rst_statement_t silent = rst_declared_read(reset, &prefs, &arena->memory, false);

    audit_statement(&told, true);
    audit_statement(&silent, false);
    REQUIRE(told.declared.source == silent.declared.source);
    REQUIRE(told.cause == silent.cause && told.confidence == silent.confidence);
    REQUIRE(told.declared.code == silent.declared.code);
}

static void take_payload(rst_reset_t *reset, arena_t *arena, const uint8_t *bytes, size_t size, unsigned cut)
{
    uint8_t *head = arena->memory.alloc(arena, size);

    memcpy(head, bytes, size);
    reset->head = head;
    reset->head_len = (uint8_t)size;
    reset->len = (uint32_t)size + cut;
}

static void take_trailer(rst_reset_t *reset, arena_t *arena, const uint8_t *bytes, size_t size)
{
    uint8_t *exact = arena->memory.alloc(arena, size);
    uint8_t *text = arena->memory.alloc(arena, RST_HEAD_MAX);

    memcpy(exact, bytes, size);
    reset->head = text;
    reset->head_len = (uint8_t)rst_f5_trailer_read(exact, size, text, RST_HEAD_MAX);
    REQUIRE(reset->head_len <= RST_HEAD_MAX);
    if (reset->head_len)
        reset->known |= RST_HAS_F5_CAUSE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t kinds[] = {RST_MPTCP_NONE, RST_MPTCP_NONE, RST_MPTCP_TCPRST, RST_MPTCP_FASTCLOSE};
    rst_direction_t sides[2];
    rst_reset_t reset;
    static arena_t arena;
    bool trailer;

    trailer = size && (data[0] & 4);
    if (size < HEAD || (!trailer && size > HEAD + RST_HEAD_MAX))
        return 0;
    memset(&reset, 0, sizeof reset);
    memset(sides, 0, sizeof sides);
    arena_open(&arena);
    reset.direction = sides;
    reset.known = RST_HAS_WINDOW;
    reset.window = (uint16_t)(data[3] << 8 | data[4]);
    sides[0].raw_window = (uint32_t)data[5] << 8 | data[6];
    sides[0].known =
        (data[7] & 1 ? RST_DIRECTION_SYN : 0) | (data[7] & 2 ? RST_DIRECTION_WSCALE : 0) | RST_DIRECTION_WINDOW;
    sides[0].known |= (data[7] & 4 ? RST_DIRECTION_CUT : 0) | (data[7] & 8 ? RST_DIRECTION_MPTCP : 0);
    sides[1].known = (data[7] & 16 ? RST_DIRECTION_SYN : 0) | (data[7] & 32 ? RST_DIRECTION_MPTCP : 0);
    sides[0].segments = data[7] >> 6 & 1;
    sides[1].segments = data[7] >> 7;
    reset.mptcp = kinds[data[0] & 3];
    reset.mptcp_reason = data[1];
    reset.mptcp_flags = data[2] & 15;
    if (trailer)
        take_trailer(&reset, &arena, data + HEAD, size - HEAD);
    else
        take_payload(&reset, &arena, data + HEAD, size - HEAD, data[0] >> 4);
    read_both_ways(&reset, &arena);
    return 0;
}
