/* declared.c
 * Implementation for stated reasons. One small decoder each; a decoder that does not recognise its form says so and the
 * next one is asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared.h"

#include "text.h"

#define TEXT_MIN 4 /* shorter payloads are padding or probes, not text */

/* RFC 8684, section 3.6 */
static const char *const mptcp_reasons[] = {
    "unspecified",          "MPTCP-specific error",    "lack of resources",         "administratively prohibited",
    "too much outstanding", "unacceptable performance", "middlebox interference",
};

static bool read_mptcp(const rst_case_t *reset, const rst_memory_t *memory, bool texts, rst_statement_t *statement)
{
    if (reset->mptcp == RST_MPTCP_NONE)
        return false;
    statement->confidence = 97;
    statement->declared.source = "mptcp_option";
    if (reset->mptcp == RST_MPTCP_FASTCLOSE) {
        statement->cause = RST_CAUSE_MPTCP_FASTCLOSE;
        statement->declared.text = "fast close";
        return true;
    }
    statement->cause = RST_CAUSE_MPTCP_SUBFLOW_RESET;
    statement->declared.code = reset->mptcp_reason;
    statement->declared.has_code = true;
    if (texts && reset->mptcp_reason < G_N_ELEMENTS(mptcp_reasons))
        statement->declared.text = rst_text(memory, "%s (%s)", mptcp_reasons[reset->mptcp_reason],
                                            (reset->mptcp_flags & 1) ? "transient" : "permanent");
    return true;
}

typedef struct rst_diag_code {
    const char *text;
    rst_cause_t cause;
} rst_diag_code_t;

/* draft-boucadair-tcpm-rst-diagnostic-payload, codes from 1 */
static const rst_diag_code_t diag_codes[] = {
    { "illegal option", RST_CAUSE_DECLARED },
    { "desynchronised state", RST_CAUSE_NO_CONNECTION },
    { "new data after CLOSE", RST_CAUSE_DATA_AFTER_CLOSE },
    { "ABORT call", RST_CAUSE_APP_ABORT },
    { "unexpected ACK in a non-synchronised state", RST_CAUSE_HANDSHAKE_BAD_ACK },
    { "unexpected in-window SYN", RST_CAUSE_HALF_OPEN_DISCOVERY },
    { "security compartment mismatch", RST_CAUSE_DECLARED },
    { "malformed message", RST_CAUSE_APP_ERROR },
    { "not authorised", RST_CAUSE_POLICY_RESET },
    { "resource exceeded", RST_CAUSE_RESOURCE_EXHAUSTION },
    { "network failure", RST_CAUSE_RETRANSMISSION_TIMEOUT },
    { "reset received from the peer", RST_CAUSE_PROXIED },
    { "destination unreachable", RST_CAUSE_NO_BACKEND },
    { "connection timeout", RST_CAUSE_DEVICE_IDLE_TIMEOUT },
    { "too much outstanding data", RST_CAUSE_MPTCP_SUBFLOW_RESET },
    { "unacceptable performance", RST_CAUSE_MPTCP_SUBFLOW_RESET },
    { "middlebox interference", RST_CAUSE_MPTCP_SUBFLOW_RESET },
};

/* 0x33AA, 16-bit code, 32-bit private enterprise number (0 = the IANA list), eight bytes in all; 0xF317 and free text. */
static bool read_diagnostic(const rst_case_t *reset, const rst_memory_t *memory, bool texts, rst_statement_t *statement)
{
    const uint8_t *head = reset->head;
    bool compact = reset->head_len >= 2 && head[0] == 0x33 && head[1] == 0xaa;
    unsigned code;

    if (reset->head_len > 2 && head[0] == 0xf3 && head[1] == 0x17) {
        statement->declared.source = "rst_diag";
        statement->declared.text = texts ? rst_escaped_text(memory, head + 2, reset->head_len - 2u) : NULL;
        statement->confidence = 80;
        return true;
    }
    if (!compact || reset->len != 8 || reset->head_len < 4)
        return false;
    code = (unsigned)head[2] << 8 | head[3];
    statement->declared.source = "rst_diag";
    statement->declared.code = code;
    statement->declared.has_code = true;
    statement->confidence = reset->head_len == 8 ? 97 : 70;
    if (reset->head_len == 8 && (head[4] || head[5] || head[6] || head[7]))
        return true; /* another enterprise's list: the code is shown, not mapped */
    if (code >= 1 && code <= G_N_ELEMENTS(diag_codes)) {
        statement->declared.text = diag_codes[code - 1].text;
        statement->cause = diag_codes[code - 1].cause;
    }
    return true;
}

typedef struct rst_f5_text {
    const char *prefix;
    rst_cause_t cause;
} rst_f5_text_t;

/* F5 K13223 and seen texts; a prefix decides because short snap lengths cut them. */
static const rst_f5_text_t f5_texts[] = {
    { "TCP RST from remote", RST_CAUSE_PROXIED },
    { "No flow found", RST_CAUSE_DEVICE_IDLE_TIMEOUT },
    { "Flow e", RST_CAUSE_DEVICE_IDLE_TIMEOUT },
    { "No local listener", RST_CAUSE_CLOSED_PORT },
    { "RST from BIG-IP internal", RST_CAUSE_CLOSED_PORT },
    { "Port denied", RST_CAUSE_FIREWALL_REJECT },
    { "TCP 3WHS rejected", RST_CAUSE_FIREWALL_REJECT },
    { "Policy action", RST_CAUSE_POLICY_RESET },
    { "TCP retransmit timeout", RST_CAUSE_RETRANSMISSION_TIMEOUT },
    { "handshake timeout", RST_CAUSE_HANDSHAKE_TIMEOUT },
    { "Connection limit", RST_CAUSE_RESOURCE_EXHAUSTION },
    { "Unable to select local port", RST_CAUSE_RESOURCE_EXHAUSTION },
    { "HA disconnect", RST_CAUSE_SESSION_FAILOVER },
    { "No pool member", RST_CAUSE_NO_BACKEND },
    { "No server selected", RST_CAUSE_NO_BACKEND },
    { "No route to host", RST_CAUSE_NO_BACKEND },
    { "Closing", RST_CAUSE_DATA_AFTER_CLOSE },
};

static bool has_prefix(const uint8_t *text, size_t length, const char *prefix)
{
    size_t wanted = strlen(prefix);

    return length >= wanted && memcmp(text, prefix, wanted) == 0;
}

/* "BIG-IP: [0xversion:line] {peer} text" at the start of the payload. */
static bool read_f5(const rst_case_t *reset, const rst_memory_t *memory, bool texts, rst_statement_t *statement)
{
    const uint8_t *end = reset->head + reset->head_len;
    const uint8_t *text;

    if (!has_prefix(reset->head, reset->head_len, "BIG-IP: [0x"))
        return false;
    text = memchr(reset->head, ']', reset->head_len);
    if (!text || end - text < 2)
        return false;
    text += 2;
    statement->declared.source = "f5";
    statement->declared.text = texts ? rst_escaped_text(memory, text, (size_t)(end - text)) : NULL;
    statement->confidence = 95;
    if (has_prefix(text, (size_t)(end - text), "{peer} "))
        text += strlen("{peer} ");
    for (size_t i = 0; i < G_N_ELEMENTS(f5_texts); i++) {
        if (has_prefix(text, (size_t)(end - text), f5_texts[i].prefix)) {
            statement->cause = f5_texts[i].cause;
            break;
        }
    }
    return true;
}

static bool read_text(const rst_case_t *reset, const rst_memory_t *memory, bool texts, rst_statement_t *statement)
{
    if (reset->head_len < TEXT_MIN)
        return false;
    for (unsigned i = 0; i < reset->head_len; i++) {
        uint8_t byte = reset->head[i];

        if ((byte < 0x20 || byte >= 0x7f) && byte != '\t' && byte != '\r' && byte != '\n')
            return false;
    }
    statement->declared.source = "text";
    statement->declared.text = texts ? rst_escaped_text(memory, reset->head, reset->head_len) : NULL;
    statement->confidence = 70;
    return true;
}

rst_statement_t rst_declared_read(const rst_case_t *reset, const rst_memory_t *memory, bool texts)
{
    static bool (*const readers[])(const rst_case_t *, const rst_memory_t *, bool, rst_statement_t *) = {
        read_mptcp, read_diagnostic, read_f5, read_text,
    };
    rst_statement_t statement;

    memset(&statement, 0, sizeof statement);
    statement.cause = RST_CAUSE_DECLARED;
    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
        if ((i == 0 || reset->head) && readers[i](reset, memory, texts, &statement))
            break;
    }
    return statement;
}
