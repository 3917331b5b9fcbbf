/* read_envoy.c
 * Envoy's access log: the default format, which names the upstream host only, Istio's, which names both legs, and JSON.
 * Flags that are about the server's side make that leg the record's pair, all others the client's; the other leg stands
 * beside it as its translation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

#define WORDS_MAX 32u
#define HOST_WORD_MIN 12u /* in the default format; Istio has a few words more before it */

typedef struct access {
    rst_piece_t flags, protocol, failure, details, duration;
    rst_piece_t client, listener, local, host; /* of both legs, in the order of the connection's way */
    rst_when_t when;
} access_t;

typedef struct flag {
    const char *name;
    bool upstream; /* it is about the leg to the server */
    rst_meaning_t meaning;
    rst_cause_t cause;
} flag_t;

/* Envoy's documentation, "Response flags". UR and LR end an HTTP stream, which is a connection only before HTTP/2. */
static const flag_t flags[] = {
    {"UF", true, RST_MEANING_OTHER, 0},
    {"UR", true, RST_MEANING_RESET_BY_DST, 0},
    {"LR", true, RST_MEANING_RESET_BY_DEVICE, 0},
    {"UC", true, RST_MEANING_OTHER, 0},
    {"UT", true, RST_MEANING_CAUSE, RST_CAUSE_APP_TIMEOUT},
    {"UPE", true, RST_MEANING_CAUSE, RST_CAUSE_APP_ERROR},
    {"UH", false, RST_MEANING_CAUSE, RST_CAUSE_NO_BACKEND},
    {"NC", false, RST_MEANING_CAUSE, RST_CAUSE_NO_BACKEND},
    {"NR", false, RST_MEANING_CAUSE, RST_CAUSE_NO_BACKEND},
    {"UO", false, RST_MEANING_CAUSE, RST_CAUSE_RESOURCE_EXHAUSTION},
    {"SI", false, RST_MEANING_CAUSE, RST_CAUSE_APP_TIMEOUT},
    {"DT", false, RST_MEANING_CAUSE, RST_CAUSE_APP_TIMEOUT},
    {"DPE", false, RST_MEANING_CAUSE, RST_CAUSE_APP_ERROR},
    {"RL", false, RST_MEANING_CAUSE, RST_CAUSE_POLICY_RESET},
    {"UAEX", false, RST_MEANING_CAUSE, RST_CAUSE_POLICY_RESET},
    {"DC", false, RST_MEANING_OTHER, 0},
};

static const flag_t *flag_of(rst_piece_t list)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++) {
        for (unsigned k = 0; k < rst_columns(list.text, ',') && k < 8; k++) {
            rst_piece_t name = rst_column(list.text, ',', k);

            if (name.text + name.length > list.text + list.length)
                name.length = name.text < list.text + list.length ? (size_t)(list.text + list.length - name.text) : 0;
            if (rst_piece_is(name, flags[i].name))
                return &flags[i];
        }
    }
    return NULL;
}

static bool is_stream(rst_piece_t protocol)
{
    return rst_piece_begins(protocol, "HTTP/2") || rst_piece_begins(protocol, "HTTP/3");
}

static void set_meaning(const access_t *access, const flag_t *flag, rst_record_t *record)
{
    bool refused = rst_piece_has(access->failure, "refused") || rst_piece_has(access->details, "refused");
    bool late = rst_piece_has(access->failure, "timeout") || rst_piece_has(access->details, "connection_timeout");

    record->meaning = RST_MEANING_OTHER;
    if (!flag) {
        if (access->flags.length && access->protocol.length <= 1) /* TCP: the line is written at its end */
            record->meaning = RST_MEANING_CLOSED;
        return;
    }
    record->meaning = flag->meaning;
    record->cause = flag->cause;
    record->acted = flag->meaning == RST_MEANING_CAUSE || flag->meaning == RST_MEANING_RESET_BY_DEVICE;
    if (is_stream(access->protocol) && (strcmp(flag->name, "UR") == 0 || strcmp(flag->name, "LR") == 0))
        record->meaning = RST_MEANING_OTHER;
    if (strcmp(flag->name, "UF") == 0 && refused) {
        record->meaning = RST_MEANING_CAUSE;
        record->cause = RST_CAUSE_CLOSED_PORT;
    } else if (strcmp(flag->name, "UF") == 0 && late) {
        record->meaning = RST_MEANING_HANDSHAKE;
    }
}

/* Nothing is told where '-' stands, and where a name or a pipe does. */
static rst_log_end_t end_of(rst_piece_t piece)
{
    rst_log_end_t end = {.port = 0};

    if (!rst_read_end(piece, &end))
        end = (rst_log_end_t){.port = 0};
    return end;
}

static void set_ends(const access_t *access, bool upstream, rst_record_t *record)
{
    rst_log_end_t client = end_of(access->client), listener = end_of(access->listener);
    rst_log_end_t local = end_of(access->local), host = end_of(access->host);

    if (upstream ? !local.address.size && !host.address.size : !client.address.size && !listener.address.size) {
        upstream = !upstream; /* what happened is told of a leg whose ends are not: of the other it proves nothing */
        record->meaning = RST_MEANING_OTHER;
        record->acted = false;
    }
    record->src = upstream ? local : client;
    record->dst = upstream ? host : listener;
    record->nat_src = upstream ? client : local;
    record->nat_dst = upstream ? listener : host;
    record->weak = !record->src.address.size || !record->dst.address.size;
    record->oriented = true;
}

static void set_time(const access_t *access, rst_record_t *record)
{
    uint64_t ms;

    record->when = access->when;
    if (!rst_read_number(access->duration, &ms) || ms > UINT32_MAX)
        return;
    record->duration = rst_time_times((unsigned)ms, RST_MILLISECOND);
    record->begins = true;
}

static rst_read_t take(const access_t *access, rst_log_t *log, const rst_log_line_t *line)
{
    const flag_t *flag = flag_of(access->flags);
    rst_record_t record = {.protocol = rst_piece_begins(access->protocol, "HTTP/3") ? 17 : RST_PROTOCOL_TCP};
    const rst_piece_t ends[] = {access->client, access->listener, access->local, access->host};

    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        const char *colon = ends[i].length ? g_strrstr_len(ends[i].text, (gssize)ends[i].length, ":") : NULL;

        if (colon && rst_is_absurd_port((rst_piece_t){colon + 1, ends[i].length - (size_t)(colon + 1 - ends[i].text)}))
            return RST_READ_BROKEN;
    }
    set_meaning(access, flag, &record);
    set_ends(access, flag && flag->upstream, &record);
    set_time(access, &record);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

/* Words, or what stands in quotes. */
static unsigned split(const char *text, rst_piece_t *words, bool *quoted)
{
    unsigned count = 0;

    while (count < WORDS_MAX) {
        text += strspn(text, " ");
        if (!*text)
            return count;
        quoted[count] = *text == '"';
        text += quoted[count];
        words[count] = (rst_piece_t){text, strcspn(text, quoted[count] ? "\"" : " ")};
        text += words[count].length;
        text += *text == '"';
        count++;
    }
    return count;
}

/* The last quoted word is the upstream host; Istio writes the cluster and three more ends after it. */
static bool read_words(access_t *access, const char *text)
{
    rst_piece_t word[WORDS_MAX];
    bool quoted[WORDS_MAX];
    unsigned count = split(text, word, quoted), host = 0;
    uint64_t code;

    for (unsigned i = 0; i < count; i++) {
        if (quoted[i])
            host = i;
    }
    if (!quoted[0] || host + 1 < HOST_WORD_MIN || quoted[1] || !rst_read_number(word[1], &code) || code > 999)
        return false;
    access->flags = word[2];
    access->protocol = (rst_piece_t){word[0].text + word[0].length, 0};
    while (access->protocol.text > word[0].text && access->protocol.text[-1] != ' ') {
        access->protocol.text--;
        access->protocol.length++;
    }
    access->host = word[host];
    access->duration = word[host - 6];
    if (count < host + 5)
        return true;
    access->details = word[3];
    access->failure = word[5];
    access->local = word[host + 2];
    access->listener = word[host + 3];
    access->client = word[host + 4];
    return true;
}

static rst_read_t read_text(rst_log_t *log, const rst_log_line_t *line)
{
    const char *text = line->text;
    access_t access = {.flags = {"", 0}};
    size_t taken;

    if (g_str_has_prefix(text, "ACCESS "))
        text += strlen("ACCESS ");
    if (*text != '[')
        return RST_READ_NO;
    taken = rst_when_iso(text + 1, &access.when);
    if (!taken || access.when.kind != RST_WHEN_UTC || strncmp(text + 1 + taken, "] \"", 3) != 0 ||
        !read_words(&access, text + taken + 3))
        return RST_READ_NO;
    return take(&access, log, line);
}

static rst_piece_t json_piece(const rst_json_t *json, const char *path)
{
    const char *text = rst_json_text(json, path);

    return (rst_piece_t){text ? text : "", text ? strlen(text) : 0};
}

static rst_read_t read_json(rst_log_t *log, const rst_log_line_t *line)
{
    const rst_json_t *json = line->json;
    access_t access = {
        .flags = json_piece(json, "response_flags"),
        .protocol = json_piece(json, "protocol"),
        .failure = json_piece(json, "upstream_transport_failure_reason"),
        .details = json_piece(json, "response_code_details"),
        .duration = json_piece(json, "duration"),
        .client = json_piece(json, "downstream_remote_address"),
        .listener = json_piece(json, "downstream_local_address"),
        .local = json_piece(json, "upstream_local_address"),
        .host = json_piece(json, "upstream_host"),
    };

    if (!access.flags.length || (!access.host.length && !access.client.length))
        return RST_READ_NO;
    rst_when_iso(json_piece(json, "start_time").text, &access.when);
    return take(&access, log, line);
}

rst_read_t rst_read_envoy(rst_log_t *log, const rst_log_line_t *line)
{
    rst_read_t answer = read_text(log, line);

    return answer == RST_READ_NO && line->json ? read_json(log, line) : answer;
}
