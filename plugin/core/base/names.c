/* names.c
 * Texts by a keyed hash.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/names.h"

#include <string.h>

/* In a probe, text is the one that is looked for. */
typedef struct name {
    const char *text; /* owned */
    guint hash;
} name_t;

static guint name_hash(gconstpointer key)
{
    return ((const name_t *)key)->hash;
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    return strcmp(((const name_t *)a)->text, ((const name_t *)b)->text) == 0;
}

static void free_name(gpointer data)
{
    name_t *name = data;

    g_free((char *)name->text);
    g_free(name);
}

static name_t key_of(const rst_names_t *names, const char *text)
{
    return (name_t){text, (guint)rst_siphash(&names->secret, text, strlen(text))};
}

void rst_names_open(rst_names_t *names)
{
    names->table = g_hash_table_new_full(name_hash, name_equal, free_name, NULL);
    names->secret = rst_secret_new();
}

void rst_names_close(rst_names_t *names)
{
    g_hash_table_destroy(names->table);
}

const char *rst_names_find(const rst_names_t *names, const char *text)
{
    const name_t key = key_of(names, text);
    const name_t *kept = g_hash_table_lookup(names->table, &key);

    return kept ? kept->text : NULL;
}

const char *rst_names_keep(rst_names_t *names, const char *text, unsigned most)
{
    const name_t key = key_of(names, text);
    name_t *kept = g_hash_table_lookup(names->table, &key);

    if (!kept && g_hash_table_size(names->table) >= most)
        return NULL;
    if (!kept) {
        kept = g_memdup2(&key, sizeof key);
        kept->text = g_strdup(text);
        g_hash_table_add(names->table, kept);
    }
    return kept->text;
}
