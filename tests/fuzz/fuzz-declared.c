/* fuzz-declared.c
 * libFuzzer target: the decoders of what a reset states about its reason.
 *
 * Input: MPTCP kind and bytes cut off, reason, flags; the reset's window, the sender's window before (16 bits each), what
 * is known of the SYN; then the payload, in a block of exactly its size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "audit.h"

#include "declared.h"

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

static void read_both_ways(const rst_case_t *reset, scope_t *scope)
{
    rst_statement_t told = rst_declared_read(reset, &scope->memory, true);
    rst_statement_t silent = rst_declared_read(reset, &scope->memory, false);

    audit_statement(&told, true);
    audit_statement(&silent, false);
    REQUIRE(told.declared.source == silent.declared.source);
    REQUIRE(told.cause == silent.cause && told.confidence == silent.confidence);
    REQUIRE(told.declared.code == silent.declared.code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t kinds[] = { RST_MPTCP_NONE, RST_MPTCP_NONE, RST_MPTCP_TCPRST, RST_MPTCP_FASTCLOSE };
    rst_side_t sides[2];
    rst_case_t reset;
    scope_t scope;

    if (size < HEAD || size > HEAD + RST_HEAD_MAX)
        return 0;
    memset(&reset, 0, sizeof reset);
    memset(sides, 0, sizeof sides);
    scope_open(&scope);
    reset.side = sides;
    reset.known = RST_HAS_WINDOW;
    reset.window = (uint16_t)(data[3] << 8 | data[4]);
    sides[0].raw_window = (uint32_t)data[5] << 8 | data[6];
    sides[0].known = (data[7] & 1 ? RST_SIDE_SYN : 0) | (data[7] & 2 ? RST_SIDE_WSCALE : 0) | RST_SIDE_WINDOW;
    reset.mptcp = kinds[data[0] & 3];
    reset.mptcp_reason = data[1];
    reset.mptcp_flags = data[2] & 15;
    reset.head_len = (uint8_t)(size - HEAD);
    reset.len = reset.head_len + (data[0] >> 4); /* the rest was cut off */
    if (reset.head_len) {
        uint8_t *head = scope.memory.alloc(&scope, reset.head_len);

        memcpy(head, data + HEAD, reset.head_len);
        reset.head = head;
    }
    read_both_ways(&reset, &scope);
    scope_close(&scope);
    return 0;
}
