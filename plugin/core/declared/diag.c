/* diag.c
 * Decoder for the reset diagnostic payload of the IETF drafts: the compact, free-text and older CBOR forms.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/diag.h"

typedef struct diag_code {
    const char *text;
    rst_cause_t cause;
} diag_code_t;

/* Anybody can write such a payload, and the drafts give no means to check it. */
#define AS_STATED 75
#define CUT_SHORT 70

/* draft-boucadair-tcpm-rst-diagnostic-payload, codes from 1 */
static const diag_code_t codes[] = {
    {"illegal option", RST_CAUSE_DECLARED},
    {"desynchronized state", RST_CAUSE_NO_CONNECTION},
    {"new data after CLOSE", RST_CAUSE_DATA_AFTER_CLOSE},
    {"ABORT call", RST_CAUSE_APP_ABORT},
    {"unexpected ACK in a non-synchronized state", RST_CAUSE_HANDSHAKE_BAD_ACK},
    {"unexpected in-window SYN", RST_CAUSE_HALF_OPEN_DISCOVERY},
    {"security compartment mismatch", RST_CAUSE_DECLARED},
    {"malformed message", RST_CAUSE_APP_ERROR},
    {"not authorised", RST_CAUSE_POLICY_RESET},
    {"resource exceeded", RST_CAUSE_RESOURCE_EXHAUSTION},
    {"network failure", RST_CAUSE_RETRANSMISSION_TIMEOUT},
    {"reset received from the peer", RST_CAUSE_PROXIED},
    {"destination unreachable", RST_CAUSE_NO_BACKEND},
    {"connection timeout", RST_CAUSE_DEVICE_IDLE_TIMEOUT},
    {"too much outstanding data", RST_CAUSE_MPTCP_SUBFLOW_RESET},
    {"unacceptable performance", RST_CAUSE_MPTCP_SUBFLOW_RESET},
    {"middlebox interference", RST_CAUSE_MPTCP_SUBFLOW_RESET},
};

/* A code is defined by the holder of the private enterprise number; 0 means IANA's list. Other codes are shown but not
 * mapped. */
static void set_code(rst_statement_t *statement, uint32_t code, uint32_t enterprise)
{
    statement->declared.source = "rst_diag";
    statement->declared.code = code;
    statement->declared.has_code = true;
    if (enterprise || code < 1 || code > G_N_ELEMENTS(codes))
        return;
    statement->declared.text = codes[code - 1].text;
    statement->cause = codes[code - 1].cause;
}

/* 0x33AA, 16-bit code, 32-bit enterprise number: eight bytes in total. */
static bool read_compact(const rst_reset_t *reset, rst_statement_t *statement)
{
    const uint8_t *head = reset->head;
    unsigned captured = reset->head_len;
    bool whole = captured == 8;

    if (reset->len != 8 || captured < 4 || head[0] != 0x33 || head[1] != 0xaa)
        return false;
    set_code(statement, (uint32_t)head[2] << 8 | head[3], whole && (head[4] || head[5] || head[6] || head[7]));
    statement->confidence = whole ? AS_STATED : CUT_SHORT;
    return true;
}

/* 0xF317 and UTF-8 text. */
static bool read_free_text(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    const uint8_t *head = reset->head;
    unsigned captured = reset->head_len;

    if (captured <= 2 || head[0] != 0xf3 || head[1] != 0x17)
        return false;
    if (!g_utf8_validate((const char *)head + 2, (gssize)captured - 2, NULL) && captured == reset->len)
        return false;
    statement->declared.source = "rst_diag";
    rst_declared_quote(&statement->declared, memory, head + 2, captured - 2u);
    statement->confidence = AS_STATED;
    return true;
}

/* The part of RFC 8949 that the draft uses: unsigned integers up to 32 bits, text strings, maps of definite length. */
enum {
    CBOR_UNSIGNED = 0,
    CBOR_TEXT = 3,
    CBOR_MAP = 5,
    CBOR_ONE_BYTE = 24, /* the argument follows in 1, 2 or 4 bytes */
    CBOR_FOUR_BYTES = 26
};

enum { /* keys of the map */
       KEY_CODE = 1,
       KEY_ENTERPRISE = 2,
       KEY_TEXT = 3
};

typedef struct cbor_cursor {
    const uint8_t *at, *end; /* captured bytes */
    bool cut;                /* reached the end of what was captured */
} cbor_cursor_t;

typedef struct cbor_reason {
    uint32_t code, enterprise;
    const uint8_t *text;
    uint32_t text_len;
    bool has[KEY_TEXT + 1];
} cbor_reason_t;

/* Initial byte and argument of an item, which must have this major type. */
static bool cbor_head(cbor_cursor_t *cursor, unsigned type, uint32_t *argument)
{
    unsigned extra, follow;

    if (cursor->at == cursor->end) {
        cursor->cut = true;
        return false;
    }
    if (*cursor->at >> 5 != type)
        return false;
    extra = *cursor->at & 0x1f;
    if (extra > CBOR_FOUR_BYTES)
        return false;
    *argument = extra;
    follow = extra < CBOR_ONE_BYTE ? 0 : 1u << (extra - CBOR_ONE_BYTE);
    if ((size_t)(cursor->end - cursor->at) < 1 + follow) {
        cursor->cut = true;
        return false;
    }
    cursor->at++;
    if (follow)
        *argument = 0;
    for (; follow; follow--)
        *argument = *argument << 8 | *cursor->at++;
    return true;
}

static bool cbor_text(cbor_cursor_t *cursor, cbor_reason_t *reason)
{
    if (!cbor_head(cursor, CBOR_TEXT, &reason->text_len))
        return false;
    reason->text = cursor->at;
    if (reason->text_len > (size_t)(cursor->end - cursor->at)) {
        reason->text_len = (uint32_t)(cursor->end - cursor->at);
        reason->has[KEY_TEXT] = reason->text_len > 0;
        cursor->cut = true;
        return false;
    }
    cursor->at += reason->text_len;
    return g_utf8_validate((const char *)reason->text, (gssize)reason->text_len, NULL);
}

static bool cbor_entry(cbor_cursor_t *cursor, cbor_reason_t *reason)
{
    uint32_t key;

    if (!cbor_head(cursor, CBOR_UNSIGNED, &key) || key < KEY_CODE || key > KEY_TEXT || reason->has[key])
        return false;
    if (key == KEY_TEXT ? !cbor_text(cursor, reason)
                        : !cbor_head(cursor, CBOR_UNSIGNED, key == KEY_CODE ? &reason->code : &reason->enterprise))
        return false;
    reason->has[key] = true;
    return true;
}

/* The unsigned integer 12345, then a map. Everything must fit, except what the snap length cut off. */
static bool read_cbor(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    cbor_cursor_t cursor = {reset->head + 3, reset->head + reset->head_len, false};
    cbor_reason_t reason = {.text = NULL};
    uint32_t entries;
    bool whole;

    if (reset->head_len < 4 || reset->head[0] != 0x19 || reset->head[1] != 0x30 || reset->head[2] != 0x39)
        return false;
    if (!cbor_head(&cursor, CBOR_MAP, &entries) || entries < 1 || entries > KEY_TEXT)
        return false;
    while (entries && cbor_entry(&cursor, &reason))
        entries--;
    whole = !entries && cursor.at == cursor.end && reset->head_len == reset->len;
    if (!whole && !(cursor.cut && reset->head_len < reset->len))
        return false;
    if (!reason.has[KEY_CODE] && !(reason.has[KEY_TEXT] && reason.text_len))
        return false;
    statement->declared.source = "rst_diag";
    if (reason.has[KEY_CODE])
        set_code(statement, reason.code, reason.enterprise);
    if (reason.has[KEY_TEXT] && reason.text_len)
        rst_declared_quote(&statement->declared, memory, reason.text, reason.text_len);
    statement->confidence = whole ? AS_STATED : CUT_SHORT;
    return true;
}

bool rst_declared_diag(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    if (!reset->head || (reset->known & RST_HAS_F5_CAUSE))
        return false;
    return read_compact(reset, statement) || read_free_text(reset, memory, statement) ||
           read_cbor(reset, memory, statement);
}
