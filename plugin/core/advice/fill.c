/* fill.c
 * Numbers, addresses and times into texts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advice/fill.h"

#include <string.h>

#include "base/moment.h"
#include "base/text.h"

#define SURE 90   /* percent: from here on a conclusion is stated like a fact, as in summaries */
#define LIKELY 50 /* below: "perhaps" */
#define AROUND (30 * RST_SECOND)
#define PING_V4 1472 /* 1500 bytes less the headers of IP and ICMP */
#define PING_V6 1452
#define KEEPALIVE_MIN 10    /* s of silence: no device forgets sooner */
#define KEEPALIVE_MAX 32767 /* s; more than Linux takes */

typedef struct writer {
    const rst_filling_t *filling;
    const rst_memory_t *memory;
} writer_t;

static const char *address(const writer_t *writer, unsigned side)
{
    return writer->filling->scene->known ? rst_address_text(writer->memory, &writer->filling->scene->address[side])
                                         : NULL;
}

/* In brackets, else ss takes the end of an IPv6 address for a port. */
static const char *bracketed(const writer_t *writer, unsigned side)
{
    const char *text = address(writer, side);

    return text && strchr(text, ':') ? rst_text(writer->memory, "[%s]", text) : text;
}

static const char *number(const writer_t *writer, unsigned value)
{
    return rst_text(writer->memory, "%u", value);
}

static const char *port(const writer_t *writer, unsigned side)
{
    return writer->filling->scene->known ? number(writer, writer->filling->scene->port[side]) : NULL;
}

static const char *service(const writer_t *writer)
{
    const rst_scene_t *scene = writer->filling->scene;

    return scene->known
               ? rst_endpoint_text(writer->memory, &scene->address[RST_SCENE_SERVER], scene->port[RST_SCENE_SERVER])
               : NULL;
}

static const char *host(const writer_t *writer)
{
    const char *text = address(writer, writer->filling->side);
    rst_system_t system = (rst_system_t)writer->filling->scene->system[writer->filling->side];

    if (!text || !writer->filling->names_system || system == RST_SYSTEM_UNKNOWN)
        return text;
    return rst_text(writer->memory, "%s (probably %s)", text, rst_system_name(system));
}

static const char *reporter(const writer_t *writer)
{
    const rst_address_t *who = &writer->filling->scene->reporter;

    return who->size ? rst_address_text(writer->memory, who) : NULL;
}

static const char *time_text(const writer_t *writer, int64_t ns, const char *format, bool local)
{
    char *text = rst_calendar_text(ns, format, local);
    const char *kept = text ? rst_text(writer->memory, "%s", text) : NULL;

    g_free(text);
    return kept;
}

static const char *moment(const writer_t *writer)
{
    const rst_scene_t *scene = writer->filling->scene;
    const char *utc = time_text(writer, scene->began, "%Y-%m-%d %H:%M:%S", false);
    const char *local = scene->local ? time_text(writer, scene->began, "%Y-%m-%d %H:%M:%S", true) : NULL;

    if (!utc || !local || !strcmp(utc, local))
        return utc ? rst_text(writer->memory, "%s UTC", utc) : NULL;
    return rst_text(writer->memory, "%s UTC (%s here)", utc, local);
}

static const char *since(const writer_t *writer, const char *format)
{
    return time_text(writer, rst_time_sub(writer->filling->scene->began, AROUND), format, false);
}

static const char *until(const writer_t *writer, const char *format)
{
    return time_text(writer, rst_time_add(writer->filling->scene->ended, AROUND), format, false);
}

static const char *silence(const writer_t *writer)
{
    int64_t ns = writer->filling->scene->silence;

    return ns == RST_TIME_NONE ? NULL : rst_duration_text(writer->memory, ns);
}

/* Two thirds of the silence, so that one lost probe does no harm. */
static const char *keepalive(const writer_t *writer, unsigned unit)
{
    int64_t ns = writer->filling->scene->silence;

    if (ns == RST_TIME_NONE || rst_time_seconds(ns) < KEEPALIVE_MIN)
        return NULL;
    return number(writer, (unsigned)MIN(rst_time_seconds(ns), KEEPALIVE_MAX) * 2 / 3 * unit);
}

static const char *df(const writer_t *writer)
{
    return number(writer, writer->filling->scene->address[0].size == 16 ? PING_V6 : PING_V4);
}

static const char *probably(const writer_t *writer)
{
    unsigned confidence = writer->filling->scene->confidence;

    return confidence >= SURE ? "" : confidence >= LIKELY ? "probably " : "perhaps ";
}

/* The hedge of what was seen, if even that is in doubt; else it is that of its reason. */
static const char *hedge(const writer_t *writer, bool of_what_was_seen)
{
    return of_what_was_seen == (writer->filling->scene->confidence < LIKELY) ? probably(writer) : "";
}

#define STAMP "%Y-%m-%d %H:%M:%S"
#define STAMP_Z "%Y-%m-%dT%H:%M:%SZ"

/* The placeholders, each with what it writes and with what stands for it in prose if that is not known. */
#define WORDS(WORD)                                                                                                    \
    WORD("at", address(writer, side), "the sender")                                                                    \
    WORD("other", address(writer, 1 - side), "the other side")                                                         \
    WORD("client", address(writer, RST_SCENE_CLIENT), "the client")                                                    \
    WORD("server", address(writer, RST_SCENE_SERVER), "the server")                                                    \
    WORD("host", host(writer), "the host")                                                                             \
    WORD("service", service(writer), "the server")                                                                     \
    WORD("port", port(writer, RST_SCENE_SERVER), NULL)                                                                 \
    WORD("client_port", port(writer, RST_SCENE_CLIENT), NULL)                                                          \
    WORD("at_port", port(writer, side), NULL)                                                                          \
    WORD("other_port", port(writer, 1 - side), NULL)                                                                   \
    WORD("other_ss", bracketed(writer, 1 - side), NULL)                                                                \
    WORD("role", side == RST_SCENE_CLIENT ? "client" : "server", NULL)                                                 \
    WORD("reporter", reporter(writer), "a router")                                                                     \
    WORD("time", moment(writer), NULL)                                                                                 \
    WORD("since", since(writer, STAMP " UTC"), NULL)                                                                   \
    WORD("until", until(writer, STAMP " UTC"), NULL)                                                                   \
    WORD("since_z", since(writer, STAMP_Z), NULL)                                                                      \
    WORD("until_z", until(writer, STAMP_Z), NULL)                                                                      \
    WORD("since_mac", since(writer, STAMP "+0000"), NULL)                                                              \
    WORD("until_mac", until(writer, STAMP "+0000"), NULL)                                                              \
    WORD("silence", silence(writer), "some time")                                                                      \
    WORD("keepalive", keepalive(writer, 1), NULL)                                                                      \
    WORD("keepalive_ms", keepalive(writer, 1000), NULL)                                                                \
    WORD("df", df(writer), NULL)                                                                                       \
    WORD("probably", probably(writer), NULL)                                                                           \
    WORD("perhaps", hedge(writer, true), NULL)                                                                         \
    WORD("likely", hedge(writer, false), NULL)

/* *found = it is one. NULL = not known. */
static const char *word(const writer_t *writer, const char *name, size_t length, bool *found)
{
    unsigned side = writer->filling->side;

    *found = true;
#define WORD(text, value, otherwise)                                                                                   \
    if (length == strlen(text) && !memcmp(name, text, length)) {                                                       \
        const char *written = value;                                                                                   \
        return written || !writer->filling->loose ? written : otherwise;                                               \
    }
    WORDS(WORD)
#undef WORD
    *found = false;
    return NULL;
}

const char *rst_fill(const rst_filling_t *filling, const char *template, const rst_memory_t *memory)
{
    const writer_t writer = {filling, memory};
    char text[RST_TEXT_MAX];
    size_t used = 0;

    while (*template && used + 1 < sizeof text) {
        const char *end = *template == '{' ? strchr(template, '}') : NULL;
        bool found = false;
        const char *value = end ? word(&writer, template + 1, (size_t)(end - template - 1), &found) : NULL;

        if (!found) {
            text[used++] = *template ++;
            continue;
        }
        if (!value || strlen(value) >= sizeof text - used)
            return NULL;
        memcpy(text + used, value, strlen(value));
        used += strlen(value);
        template = end + 1;
    }
    text[used] = '\0';
    return *template ? NULL : rst_text(memory, "%s", text);
}
