/* read_wfp.c
 * What `netsh wfp show filters`, `show state` and `show netevents` write: the names of filters by their run-time ids,
 * and packets that the filtering platform dropped. Neither depends on an audit policy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"
#include "logs/xml.h"

#define DEPTH_MAX 32

/* By where they stand in the item of a filter, or in an event. A filter's conditions have names and items of their own,
 * so the whole path counts. */
#define RST_WFP_PLACES(X)                                                                                              \
    X(NAME, "displayData.name")                                                                                        \
    X(ID, "filterId")                                                                                                  \
    X(TIME, "header.timeStamp")                                                                                        \
    X(PROTOCOL, "header.ipProtocol")                                                                                   \
    X(LOCAL, "header.localAddrV4")                                                                                     \
    X(LOCAL_6, "header.localAddrV6")                                                                                   \
    X(LOCAL_BYTES, "header.localAddrV6.byteArray16")                                                                   \
    X(LOCAL_PORT, "header.localPort")                                                                                  \
    X(REMOTE, "header.remoteAddrV4")                                                                                   \
    X(REMOTE_6, "header.remoteAddrV6")                                                                                 \
    X(REMOTE_BYTES, "header.remoteAddrV6.byteArray16")                                                                 \
    X(REMOTE_PORT, "header.remotePort")                                                                                \
    X(APPLICATION, "header.appId.asString")                                                                            \
    X(TYPE, "type")                                                                                                    \
    X(DROP_FILTER, "classifyDrop.filterId")                                                                            \
    X(DROP_LAYER, "classifyDrop.layerId")                                                                              \
    X(DROP_DIRECTION, "classifyDrop.msFwpDirection")                                                                   \
    X(ALLOW_FILTER, "classifyAllow.filterId")                                                                          \
    X(ALLOW_LAYER, "classifyAllow.layerId")                                                                            \
    X(ALLOW_DIRECTION, "classifyAllow.msFwpDirection")

typedef enum place {
#define RST_WFP_PLACE(NAME, path) PLACE_##NAME,
    RST_WFP_PLACES(RST_WFP_PLACE)
#undef RST_WFP_PLACE
        PLACE_COUNT
} place_t;

static const char *const paths[] = {
#define RST_WFP_PLACE(NAME, path) path,
    RST_WFP_PLACES(RST_WFP_PLACE)
#undef RST_WFP_PLACE
};

typedef struct item {
    rst_piece_t value[PLACE_COUNT];
    GString *path;           /* below the item */
    size_t above[DEPTH_MAX]; /* lengths of the paths that are open */
    unsigned depth;
} item_t;

/* <item> and <netEvent> are what is described: they are no part of the path. */
static bool is_outer(const item_t *item, rst_piece_t name)
{
    return !item->path->len && (rst_piece_is(name, "netEvent") || (!item->depth && rst_piece_is(name, "item")));
}

static void open_place(item_t *item, rst_piece_t name)
{
    item->above[item->depth++] = item->path->len;
    if (is_outer(item, name) || (item->depth == 1 && rst_piece_is(name, "item")))
        return;
    if (item->path->len)
        g_string_append_c(item->path, '.');
    g_string_append_len(item->path, name.text, (gssize)name.length);
}

static void close_place(item_t *item, rst_log_t *log, const GString *text)
{
    for (unsigned i = 0; i < PLACE_COUNT; i++) {
        if (item->value[i].length || strcmp(paths[i], item->path->str) != 0)
            continue;
        item->value[i] = rst_piece_trim((rst_piece_t){text->str, text->len});
        item->value[i].text = rst_log_string(log, item->value[i]);
    }
    if (item->depth)
        g_string_truncate(item->path, item->above[--item->depth]);
}

/* False if it is not complete, or more than these are. */
static bool read_item(item_t *item, rst_log_t *log, const rst_log_line_t *line)
{
    bool complete = false;
    rst_xml_t xml;

    rst_xml_begin(&xml);
    for (size_t i = 0; i < line->length && !complete; i++) {
        rst_xml_token_t token = rst_xml_step(&xml, line->text[i]);

        if (token == RST_XML_BAD || token == RST_XML_DTD || (token == RST_XML_OPEN && item->depth == DEPTH_MAX))
            break;
        if (token == RST_XML_OPEN)
            open_place(item, rst_xml_name(&xml));
        if (token == RST_XML_CLOSE)
            close_place(item, log, xml.text);
        complete = token == RST_XML_CLOSE && !item->depth;
    }
    complete = complete && !xml.foreign;
    rst_xml_end(&xml);
    return complete;
}

/* 32 hexadecimal digits, as arrays of bytes are written, besides the usual forms. */
static bool read_bytes(rst_piece_t piece, rst_address_t *address)
{
    char text[40];
    size_t used = 0;

    if (piece.length != 32 || strspn(piece.text, "0123456789abcdefABCDEF") < 32)
        return rst_read_address(piece, address);
    for (size_t i = 0; i < piece.length; i++) {
        if (i && i % 4 == 0)
            text[used++] = ':';
        text[used++] = piece.text[i];
    }
    return rst_read_address((rst_piece_t){text, used}, address);
}

static bool read_end(const item_t *item, place_t first, rst_log_end_t *end)
{
    const rst_piece_t *value = &item->value[first]; /* V4, V6, bytes, port */

    for (unsigned i = 0; i < 3; i++) {
        if (value[i].length && read_bytes(value[i], &end->address))
            return !value[3].length || rst_read_port(value[3], &end->port);
    }
    return false;
}

static void set_filter(rst_record_t *record, rst_log_t *log, rst_piece_t id)
{
    const rst_filters_t *filters = rst_log_filters(log);
    bool doubtful = true;

    if (!rst_read_number(id, &record->filter))
        record->filter = 0;
    if (filters && record->filter)
        record->rule = rst_filters_name(filters, record->filter, &record->when, &doubtful);
}

static const char *words_of(const item_t *item, rst_log_t *log)
{
    GString *words = g_string_new(NULL);
    const char *text;

    for (unsigned i = PLACE_PROTOCOL; i < PLACE_COUNT; i++) {
        const char *name = strrchr(paths[i], '.');

        if (item->value[i].length)
            g_string_append_printf(words, "%s%s=%s", words->len ? " " : "", name ? name + 1 : paths[i],
                                   item->value[i].text);
    }
    text = rst_log_string(log, (rst_piece_t){words->str, words->len});
    g_string_free(words, TRUE);
    return text;
}

/* The layers of the platform (FWPS_BUILTIN_LAYERS) come in groups of four: IPv4, IPv6 and what they discard. */
static bool is_layer(rst_piece_t layer, unsigned first)
{
    uint64_t number;

    return rst_read_number(layer, &number) && number / 4 == first / 4;
}

enum {
    INBOUND_IP = 0,
    OUTBOUND_IP = 4,
    INBOUND_TRANSPORT = 12,
    OUTBOUND_TRANSPORT = 16,
    INBOUND_ICMP_ERROR = 28,
    OUTBOUND_ICMP_ERROR = 32,
    RECEIVE_ACCEPT = 44,
    CONNECT = 48
};

/* Windows writes MS_FWP_DIRECTION_OUT for what receive/accept drops: the layer knows better. */
static bool is_inbound(rst_piece_t layer, rst_piece_t direction)
{
    if (is_layer(layer, INBOUND_IP) || is_layer(layer, INBOUND_TRANSPORT) || is_layer(layer, INBOUND_ICMP_ERROR) ||
        is_layer(layer, RECEIVE_ACCEPT))
        return true;
    if (is_layer(layer, OUTBOUND_IP) || is_layer(layer, OUTBOUND_TRANSPORT) || is_layer(layer, OUTBOUND_ICMP_ERROR) ||
        is_layer(layer, CONNECT))
        return false;
    return rst_piece_has(direction, "_IN");
}

/* Local and remote are told apart. A connection is authorized where it begins. */
static rst_read_t read_net_event(const item_t *item, rst_log_t *log, const rst_log_line_t *line)
{
    const rst_piece_t *value = item->value;
    bool drop = rst_piece_has(value[PLACE_TYPE], "CLASSIFY_DROP");
    place_t filter = drop ? PLACE_DROP_FILTER : PLACE_ALLOW_FILTER;
    rst_piece_t layer = value[drop ? PLACE_DROP_LAYER : PLACE_ALLOW_LAYER];
    bool inbound = is_inbound(layer, value[drop ? PLACE_DROP_DIRECTION : PLACE_ALLOW_DIRECTION]);
    bool begins = is_layer(layer, RECEIVE_ACCEPT) || is_layer(layer, CONNECT);
    rst_record_t record = {
        .meaning = drop ? RST_MEANING_DROPPED : RST_MEANING_ALLOWED, .acted = drop, .packet = drop, .oriented = begins};

    if (!drop && !rst_piece_has(value[PLACE_TYPE], "CLASSIFY_ALLOW"))
        return RST_READ_YES;
    if (rst_is_absurd_port(value[PLACE_LOCAL_PORT]) || rst_is_absurd_port(value[PLACE_REMOTE_PORT]))
        return RST_READ_BROKEN;
    if (!rst_read_protocol(value[PLACE_PROTOCOL], &record.protocol))
        record.protocol = 0;
    if (!read_end(item, PLACE_LOCAL, inbound ? &record.dst : &record.src) ||
        !read_end(item, PLACE_REMOTE, inbound ? &record.src : &record.dst))
        return RST_READ_YES;
    if (record.protocol == 1 || record.protocol == 58) /* ICMP: type and code */
        record.src.port = record.dst.port = 0;
    if (value[PLACE_TIME].length && rst_when_iso(value[PLACE_TIME].text, &record.when))
        rst_when_set_zone(&record.when, 0);
    set_filter(&record, log, value[filter]);
    if (drop && inbound && record.dst.port && rst_filter_is_silent_port(record.rule))
        record.meaning = RST_MEANING_NO_LISTENER;
    record.text = words_of(item, log);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

static rst_read_t take_item(const item_t *item, rst_log_t *log, const rst_log_line_t *line)
{
    rst_filters_t *filters = rst_log_filters(log);
    uint64_t id;

    if (item->value[PLACE_TYPE].length)
        return read_net_event(item, log, line);
    if (!rst_read_number(item->value[PLACE_ID], &id))
        return RST_READ_YES; /* a provider, a callout, a filter that was never applied */
    if (filters && item->value[PLACE_NAME].length)
        rst_filters_add(filters, id, item->value[PLACE_NAME].text, NULL);
    return RST_READ_YES;
}

rst_read_t rst_read_wfp(rst_log_t *log, const rst_log_line_t *line)
{
    item_t item = {.depth = 0};
    rst_read_t answer = RST_READ_BROKEN;

    if (!g_str_has_prefix(line->text, "<item") && !g_str_has_prefix(line->text, "<netEvent"))
        return RST_READ_NO;
    item.path = g_string_new(NULL);
    if (read_item(&item, log, line))
        answer = take_item(&item, log, line);
    g_string_free(item.path, TRUE);
    return answer;
}
