/* read_zeek.c
 * Zeek's conn.log, as columns or as JSON. Zeek saw the same packets from where it stands: it is a second opinion on
 * them, and no device that did anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

#define COLUMNS_MAX 64u

#define RST_ZEEK_FIELDS(X)                                                                                             \
    X(TS, "ts")                                                                                                        \
    X(UID, "uid")                                                                                                      \
    X(ORIG, "id.orig_h")                                                                                               \
    X(ORIG_PORT, "id.orig_p")                                                                                          \
    X(RESP, "id.resp_h")                                                                                               \
    X(RESP_PORT, "id.resp_p")                                                                                          \
    X(PROTO, "proto")                                                                                                  \
    X(SERVICE, "service")                                                                                              \
    X(DURATION, "duration")                                                                                            \
    X(ORIG_BYTES, "orig_bytes")                                                                                        \
    X(RESP_BYTES, "resp_bytes")                                                                                        \
    X(STATE, "conn_state")

typedef enum field {
#define RST_ZEEK_FIELD(NAME, name) FIELD_##NAME,
    RST_ZEEK_FIELDS(RST_ZEEK_FIELD)
#undef RST_ZEEK_FIELD
        FIELD_COUNT
} field_t;

static const char *const names[] = {
#define RST_ZEEK_FIELD(NAME, name) name,
    RST_ZEEK_FIELDS(RST_ZEEK_FIELD)
#undef RST_ZEEK_FIELD
};

typedef struct layout {
    char separator;
    bool begun;                 /* a header was read */
    bool conn;                  /* it is conn.log's */
    uint8_t place[FIELD_COUNT]; /* column + 1, 0 = there is none */
} layout_t;

typedef struct values {
    rst_piece_t value[FIELD_COUNT];
} values_t;

typedef struct state {
    const char *name;
    rst_meaning_t meaning;
    bool orig_began;
} state_t;

/* RSTOS0: a SYN and a reset of the same side; RSTRH: a SYN-ACK and a reset of the responder, no SYN was seen. */
static const state_t *state_of(rst_piece_t name)
{
    static const state_t states[] = {
        {"S0", RST_MEANING_OTHER, true},
        {"S1", RST_MEANING_OPENED, true},
        {"SF", RST_MEANING_CLOSED, true},
        {"REJ", RST_MEANING_RESET_BY_DST, true},
        {"S2", RST_MEANING_OTHER, true},
        {"S3", RST_MEANING_OTHER, true},
        {"RSTO", RST_MEANING_RESET_BY_SRC, true},
        {"RSTR", RST_MEANING_RESET_BY_DST, true},
        {"RSTOS0", RST_MEANING_RESET_BY_SRC, true},
        {"RSTRH", RST_MEANING_RESET_BY_DST, true},
        {"SH", RST_MEANING_OTHER, true},
        {"SHR", RST_MEANING_OTHER, true},
        {"OTH", RST_MEANING_OTHER, false},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        if (rst_piece_is(name, states[i].name))
            return &states[i];
    }
    return NULL;
}

/* ts is that of the first packet. Zeek's own test data have their times masked. */
static void set_time(const values_t *values, rst_record_t *record)
{
    rst_piece_t ts = values->value[FIELD_TS];
    int64_t lasted;
    char text[32];

    if (!rst_when_epoch(ts.text, &record->when) && !rst_when_iso(ts.text, &record->when))
        return;
    if (values->value[FIELD_DURATION].length >= sizeof text)
        return;
    g_strlcpy(text, values->value[FIELD_DURATION].text, values->value[FIELD_DURATION].length + 1);
    lasted = rst_when_duration(text);
    if (lasted == RST_TIME_NONE || lasted < 0)
        return;
    record->duration = lasted;
    record->begins = true;
}

static rst_read_t take(const values_t *values, rst_log_t *log, const rst_log_line_t *line)
{
    const rst_piece_t *value = values->value;
    const state_t *state = state_of(value[FIELD_STATE]);
    rst_record_t record = {.protocol = 0};

    if (!state || !rst_read_address(value[FIELD_ORIG], &record.src.address) ||
        !rst_read_address(value[FIELD_RESP], &record.dst.address) ||
        !rst_read_port(value[FIELD_ORIG_PORT], &record.src.port) ||
        !rst_read_port(value[FIELD_RESP_PORT], &record.dst.port))
        return RST_READ_BROKEN;
    if (!rst_read_protocol(value[FIELD_PROTO], &record.protocol))
        record.protocol = 0;
    if (rst_piece_is(value[FIELD_PROTO], "icmp")) {
        record.protocol = record.src.address.size == 16 ? 58 : 1;
        record.src.port = record.dst.port = 0; /* type and code */
    }
    record.meaning = record.protocol == RST_PROTOCOL_TCP ? state->meaning : RST_MEANING_OTHER;
    record.oriented = state->orig_began;
    record.session = rst_log_string(log, value[FIELD_UID]);
    set_time(values, &record);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

/* Also "id_orig_h", as Elasticsearch wants it. */
static const char *json_text(const rst_json_t *json, const char *name)
{
    static const char *const prefixes[] = {"", "conn.", "zeek.connection.", "zeek."};
    char path[64];

    for (unsigned i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        const char *text;

        g_snprintf(path, sizeof path, "%s%s", prefixes[i], name);
        text = rst_json_text(json, path);
        if (!text && g_str_has_prefix(name, "id.")) {
            path[strlen(prefixes[i]) + 2] = '_';
            text = rst_json_text(json, path);
        }
        if (text)
            return text;
    }
    return NULL;
}

static rst_read_t read_json(rst_log_t *log, const rst_log_line_t *line)
{
    values_t values;

    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const char *text = json_text(line->json, names[i]);

        values.value[i] = (rst_piece_t){text ? text : "", text ? strlen(text) : 0};
    }
    if (!values.value[FIELD_STATE].length || !values.value[FIELD_ORIG].length)
        return RST_READ_NO;
    return take(&values, log, line);
}

static rst_read_t read_fields(layout_t *layout, const char *text)
{
    unsigned columns = MIN(rst_columns(text, layout->separator), COLUMNS_MAX);
    unsigned found = 0;

    memset(layout->place, 0, sizeof layout->place);
    for (unsigned column = 0; column < columns; column++) {
        for (unsigned i = 0; i < FIELD_COUNT; i++) {
            if (!rst_piece_is(rst_column(text, layout->separator, column), names[i]))
                continue;
            layout->place[i] = (uint8_t)(column + 1);
            found++;
        }
    }
    layout->conn = found >= FIELD_COUNT - 4 && layout->place[FIELD_STATE];
    return RST_READ_YES;
}

static rst_read_t read_header(layout_t *layout, const char *text)
{
    static const char separator[] = "#separator ", path[] = "#path", fields[] = "#fields";

    if (g_str_has_prefix(text, separator)) {
        text += strlen(separator);
        layout->begun = true;
        layout->conn = false;
        layout->separator = g_str_has_prefix(text, "\\x") ? (char)g_ascii_strtoull(text + 2, NULL, 16) : *text;
        return layout->separator ? RST_READ_YES : RST_READ_BROKEN;
    }
    if (!layout->begun)
        return RST_READ_NO;
    if (g_str_has_prefix(text, fields) && text[strlen(fields)] == layout->separator)
        return read_fields(layout, text + strlen(fields) + 1);
    return g_str_has_prefix(text, path) || g_str_has_prefix(text, "#open") || g_str_has_prefix(text, "#close") ||
                   g_str_has_prefix(text, "#types") || strstr(text, "_field")
               ? RST_READ_YES
               : RST_READ_NO;
}

/* Without a header, the order in which Zeek has always begun: a time, "C" and letters, ends, a protocol, a state. */
static bool is_default(const char *text)
{
    rst_piece_t ts = rst_column(text, '\t', FIELD_TS), uid = rst_column(text, '\t', FIELD_UID);

    return rst_columns(text, '\t') > FIELD_STATE &&
           (memchr(ts.text, '.', ts.length) || memchr(ts.text, ':', ts.length)) && uid.length >= 12 &&
           *uid.text == 'C' && state_of(rst_column(text, '\t', FIELD_STATE)) &&
           (rst_piece_is(rst_column(text, '\t', FIELD_PROTO), "tcp") ||
            rst_piece_is(rst_column(text, '\t', FIELD_PROTO), "udp") ||
            rst_piece_is(rst_column(text, '\t', FIELD_PROTO), "icmp"));
}

static rst_read_t read_columns(const layout_t *layout, rst_log_t *log, const rst_log_line_t *line)
{
    bool known = layout->begun && layout->conn;
    char separator = known ? layout->separator : '\t';
    values_t values;

    if (!known && !is_default(line->text))
        return RST_READ_NO;
    if (rst_columns(line->text, separator) < FIELD_COUNT)
        return RST_READ_NO;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        unsigned place = known ? layout->place[i] : i + 1;

        values.value[i] = place ? rst_column(line->text, separator, place - 1) : (rst_piece_t){"", 0};
    }
    if (!state_of(values.value[FIELD_STATE]))
        return RST_READ_NO;
    return take(&values, log, line);
}

rst_read_t rst_read_zeek(rst_log_t *log, const rst_log_line_t *line)
{
    layout_t *layout = rst_log_state(log, RST_READER_ID_zeek, sizeof *layout, NULL);

    if (line->json && *line->text == '{')
        return strstr(line->text, "conn_state") ? read_json(log, line) : RST_READ_NO;
    if (*line->text == '#')
        return read_header(layout, line->text);
    return read_columns(layout, log, line);
}
