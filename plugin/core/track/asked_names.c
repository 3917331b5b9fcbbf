/* asked_names.c
 * Numbering names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/asked_names.h"

#include <string.h>

#include "base/text.h"

typedef struct name {
    const char *text;
    uint32_t hash, number;
} name_t;

static guint name_hash(gconstpointer key)
{
    return ((const name_t *)key)->hash;
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    return strcmp(((const name_t *)a)->text, ((const name_t *)b)->text) == 0;
}

void rst_asked_names_open(rst_asked_names_t *names)
{
    names->table = g_hash_table_new_full(name_hash, name_equal, g_free, NULL);
    names->text = g_ptr_array_new();
    names->secret = rst_secret_new();
}

void rst_asked_names_close(rst_asked_names_t *names)
{
    g_hash_table_destroy(names->table);
    g_ptr_array_free(names->text, TRUE);
}

uint32_t rst_asked_names_number(rst_asked_names_t *names, const uint8_t *bytes, size_t length,
                                const rst_memory_t *memory)
{
    const char *text = rst_escaped_text(memory, bytes, length);
    name_t like = {.text = text, .hash = (uint32_t)rst_siphash(&names->secret, text, strlen(text))};
    const name_t *known = g_hash_table_lookup(names->table, &like);

    if (!known && names->text->len < RST_ASKED_NAMES_MAX) {
        name_t *name = g_memdup2(&like, sizeof like);

        g_ptr_array_add(names->text, (gpointer)text);
        name->number = names->text->len;
        g_hash_table_add(names->table, name);
        return name->number;
    }
    rst_release(memory, (void *)text, length * 4 + 1);
    return known ? known->number : 0;
}

const char *rst_asked_names_text(const rst_asked_names_t *names, uint32_t number)
{
    return number ? g_ptr_array_index(names->text, number - 1) : NULL;
}
