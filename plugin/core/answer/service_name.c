/* service_name.c
 * Words for names and protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/service_name.h"

#include "base/text.h"

#define SHOWN_MAX 64 /* characters of a name in a sentence; the field has all that was kept */

/* Nobody takes it for our words: of a host's characters only, and with a dot, because "(up)" would read like a state. */
static bool is_plain(const char *name)
{
    if (!strchr(name, '.'))
        return false;
    for (; *name; name++) {
        if (!g_ascii_isalnum(*name) && *name != '.' && *name != '-' && *name != '_')
            return false;
    }
    return true;
}

static const char *host_label(const char *name, rst_named_by_t by, const rst_memory_t *memory)
{
    const char *asked = by == RST_NAMED_BY_PROXY ? "asked for " : "";
    const char *cut = strlen(name) > SHOWN_MAX ? "..." : "";
    const char *shown = rst_text(memory, "%.*s%s", SHOWN_MAX, name, cut);
    char *quoted;
    const char *label;

    if (is_plain(name))
        return rst_text(memory, "%s%s", asked, shown);
    quoted = rst_quoted(shown);
    label = rst_text(memory, "%s%s", asked, quoted);
    g_free(quoted);
    return label;
}

static const char *name_source(rst_named_by_t by)
{
    static const char *const tokens[RST_NAMED_BY_COUNT] = {NULL, "tls", "http", "proxy", "dns", "mdns", "llmnr"};

    return by < RST_NAMED_BY_COUNT ? tokens[by] : NULL;
}

rst_service_name_t rst_service_name_of(const char *name, rst_named_by_t by, rst_protocol_t protocol, bool by_port,
                                       const rst_memory_t *memory)
{
    const char *spoken = rst_protocol_name(protocol);
    rst_service_name_t words = {.protocol = by_port ? NULL : spoken};

    if (name) {
        words.name = name;
        words.from = name_source(by);
        words.label = host_label(name, by, memory);
    } else if (spoken) {
        words.name = spoken;
        words.from = by_port ? "port" : "protocol";
    }
    if (spoken)
        words.label = rst_text(memory, "%s%s%s%s", words.label ? words.label : "", words.label ? ", " : "", spoken,
                               by_port ? " port" : "");
    return words;
}

/* Behind "10.0.0.1:80", but not in "10.0.0.1:8080" or "110.0.0.1:80". */
static const char *find_end(const char *text, const char *endpoint)
{
    size_t length = strlen(endpoint);

    for (const char *at = strstr(text, endpoint); at; at = strstr(at + 1, endpoint)) {
        if (!g_ascii_isdigit(at[length]) && (at == text || at[-1] == ' ' || at[-1] == '('))
            return at + length;
    }
    return NULL;
}

const char *rst_service_name_write(const char *text, const char *endpoint, const char *label,
                                   const rst_memory_t *memory)
{
    const char *end = label && *endpoint && text ? find_end(text, endpoint) : NULL;
    size_t before = end ? (size_t)(end - text) : 0;
    size_t room;
    char *named;

    if (!end)
        return text;
    room = strlen(text) + strlen(label) + sizeof " ()";
    named = memory->alloc(memory->scope, room);
    g_snprintf(named, (gulong)room, "%.*s (%s)%s", (int)before, text, label, end);
    return named;
}
