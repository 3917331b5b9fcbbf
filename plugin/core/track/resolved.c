/* resolved.c
 * Questions wait in a ring, by digest; names hang on the address that they led to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/resolved.h"

#include <string.h>

#define PLACE 40 /* bytes that an entry takes in a GHashTable, about */

static guint name_hash(gconstpointer key)
{
    return ((const rst_resolved_name_t *)key)->hash;
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    const rst_resolved_name_t *left = a;
    const rst_resolved_name_t *right = b;

    return rst_address_equal(&left->address, &right->address) && rst_address_equal(&left->client, &right->client);
}

static size_t size_of(const rst_resolved_name_t *name)
{
    return sizeof *name + name->length;
}

static uint32_t hash_of(const rst_resolved_t *resolved, const rst_address_t *client, const rst_address_t *address)
{
    const uint64_t word[] = {client->word[0], client->word[1], address->word[0], address->word[1]};

    return (uint32_t)rst_siphash_words(&resolved->secret, word, G_N_ELEMENTS(word),
                                       (uint64_t)client->size << 8 | address->size);
}

static rst_resolved_name_t *latest_of(const rst_resolved_t *resolved, const rst_address_t *client,
                                      const rst_address_t *address)
{
    rst_resolved_name_t key;

    if (!resolved->answers)
        return NULL;
    key.client = *client;
    key.address = *address;
    key.hash = hash_of(resolved, client, address);
    return g_hash_table_lookup(resolved->names, &key);
}

/* Takes a name off its address. */
static void unhook(rst_resolved_t *resolved, rst_resolved_name_t *name)
{
    rst_resolved_name_t *latest = latest_of(resolved, &name->client, &name->address);

    if (latest != name) {
        while (latest->older != name)
            latest = latest->older;
        latest->older = name->older;
    } else if (name->older) {
        g_hash_table_add(resolved->names, name->older); /* takes the place of its equal */
    } else {
        g_hash_table_remove(resolved->names, name);
    }
    name->older = NULL;
}

static void forget(rst_resolved_t *resolved, rst_resolved_name_t *name)
{
    unhook(resolved, name);
    resolved->answers--;
    rst_keep_refund(resolved->keep, RST_KIND_NAMES, PLACE);
    rst_release(&resolved->memory, name, size_of(name));
}

static void evict(void *owner, rst_keep_item_t *item)
{
    forget(owner, (rst_resolved_name_t *)item);
}

void rst_resolved_open(rst_resolved_t *resolved, rst_keep_t *keep)
{
    static const rst_keep_kind_t can = {evict, NULL, NULL};

    resolved->keep = keep;
    resolved->memory = rst_keep_memory(keep, RST_KIND_NAMES);
    resolved->secret = rst_secret_new();
    rst_keep_own(keep, RST_KIND_NAMES, resolved, &can);
}

void rst_resolved_close(rst_resolved_t *resolved)
{
    if (resolved->names)
        g_hash_table_destroy(resolved->names);
    if (resolved->digest)
        g_hash_table_destroy(resolved->digest);
    g_free(resolved->question);
}

/* What an answer must repeat. One to a question by multicast comes from whoever knows, and if that is by multicast too,
 * it does not say whose question it answers. */
typedef struct digested {
    rst_address_t client, server;
    uint16_t port, id, type, kind;
    uint8_t name[RST_DNS_NAME_MAX];
} digested_t;

static void copy_address(rst_address_t *to, const rst_address_t *from)
{
    memcpy(to->word, from->word, sizeof from->word);
    to->size = from->size;
}

static uint64_t digest_of(const rst_resolved_t *resolved, const rst_dns_t *dns)
{
    digested_t key;

    memset(&key, 0, sizeof key);
    key.kind = dns->kind;
    memcpy(key.name, dns->name, dns->name_len);
    if (dns->kind != RST_DNS_MULTICAST) {
        copy_address(&key.client, dns->answers ? &dns->dst : &dns->src);
        key.port = dns->answers ? dns->dport : dns->sport;
        key.id = dns->id;
        key.type = dns->type;
    }
    if (dns->kind == RST_DNS_UNICAST)
        copy_address(&key.server, dns->answers ? &dns->src : &dns->dst);
    return rst_siphash(&resolved->secret, &key, offsetof(digested_t, name) + dns->name_len);
}

static void take_question(rst_resolved_t *resolved, const rst_dns_t *dns)
{
    rst_question_t *question;

    if (!resolved->digest) {
        resolved->digest = g_hash_table_new(g_int64_hash, g_int64_equal);
        resolved->question = g_new0(rst_question_t, RST_QUESTIONS_MAX);
    }
    question = &resolved->question[resolved->place];
    resolved->place = (resolved->place + 1) % RST_QUESTIONS_MAX;
    if (g_hash_table_lookup(resolved->digest, &question->digest) == question)
        g_hash_table_remove(resolved->digest, &question->digest);
    question->digest = digest_of(resolved, dns);
    question->client = dns->src;
    g_hash_table_replace(resolved->digest, &question->digest, question);
}

static rst_resolved_name_t *new_name(rst_resolved_t *resolved, const rst_resolved_name_t *key, const uint8_t *text,
                                     uint32_t now)
{
    rst_resolved_name_t *name = rst_alloc0(&resolved->memory, size_of(key));

    name->client = key->client;
    name->address = key->address;
    name->hash = key->hash;
    name->by = key->by;
    name->length = key->length;
    name->first = now;
    memcpy(name->name, text, key->length);
    resolved->answers++;
    rst_keep_charge(resolved->keep, RST_KIND_NAMES, PLACE);
    rst_keep_add(resolved->keep, &name->item, RST_KIND_NAMES, RST_VALUE_LONE, now);
    return name;
}

/* The name among those of its address; the oldest goes if it is one too many. */
static rst_resolved_name_t *known_name(rst_resolved_t *resolved, rst_resolved_name_t *latest,
                                       const rst_resolved_name_t *key, const uint8_t *text)
{
    unsigned names = 0;

    for (rst_resolved_name_t *name = latest; name; name = name->older) {
        if (name->length == key->length && memcmp(name->name, text, key->length) == 0)
            return name;
        if (++names == RST_RESOLVED_NAMES_MAX) {
            rst_keep_evict(resolved->keep, &name->item);
            break;
        }
    }
    return NULL;
}

static void add_name(rst_resolved_t *resolved, rst_resolved_name_t *key, const uint8_t *text, uint32_t now)
{
    rst_resolved_name_t *name;

    if (!resolved->names)
        resolved->names = g_hash_table_new(name_hash, name_equal);
    key->hash = hash_of(resolved, &key->client, &key->address);
    name = known_name(resolved, latest_of(resolved, &key->client, &key->address), key, text);
    if (name) {
        unhook(resolved, name);
        rst_keep_remove(resolved->keep, &name->item); /* at once: it must not go before older ones of its address */
        rst_keep_add(resolved->keep, &name->item, RST_KIND_NAMES, RST_VALUE_LONE, now);
    } else {
        name = new_name(resolved, key, text, now);
    }
    name->last = now;
    name->older = latest_of(resolved, &key->client, &key->address);
    g_hash_table_add(resolved->names, name);
}

static void take_answer(rst_resolved_t *resolved, const rst_dns_t *dns, uint32_t now)
{
    static const uint8_t by[] = {[RST_DNS_UNICAST] = RST_NAMED_BY_DNS,
                                 [RST_DNS_MULTICAST] = RST_NAMED_BY_MULTICAST,
                                 [RST_DNS_LLMNR] = RST_NAMED_BY_LLMNR};
    const uint64_t digest = digest_of(resolved, dns);
    const rst_question_t *question = resolved->digest ? g_hash_table_lookup(resolved->digest, &digest) : NULL;
    rst_resolved_name_t key;

    if (!question)
        return;
    memset(&key, 0, sizeof key);
    g_hash_table_remove(resolved->digest, &digest);
    key.client = question->client;
    key.by = by[dns->kind];
    key.length = MIN(dns->name_len, RST_NAME_MAX);
    for (unsigned i = 0; i < dns->addresses; i++) {
        key.address = dns->address[i];
        add_name(resolved, &key, dns->name, now);
    }
}

void rst_resolved_take(rst_resolved_t *resolved, const rst_dns_t *dns, rst_moment_t now)
{
    if (dns->answers)
        take_answer(resolved, dns, now.pass_index);
    else
        take_question(resolved, dns);
}

/* When it had last been answered with this name; what came after the moment does not count. */
static uint32_t answered(const rst_resolved_name_t *name, uint32_t before)
{
    if (name->last < before)
        return name->last;
    return name->first < before ? name->first : 0;
}

const rst_resolved_name_t *rst_resolved_find(const rst_resolved_t *resolved, const rst_address_t *client,
                                             const rst_address_t *address, rst_moment_t at)
{
    const rst_resolved_name_t *best = NULL;

    for (const rst_resolved_name_t *name = latest_of(resolved, client, address); name; name = name->older) {
        if (answered(name, at.pass_index) && (!best || answered(name, at.pass_index) > answered(best, at.pass_index)))
            best = name;
    }
    return best;
}
