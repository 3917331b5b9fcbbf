/* deltas.c
 * Models, shapes, and differences in as few bytes as they need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/deltas.h"

#include <string.h>

#define SHAPES 32     /* of one model, the last of them wide */
#define TRIED 3       /* of these, the latest, before the record is compared word by word */
#define CHANGES 240   /* words in which a record may differ */
#define VALUES 48     /* distinct differences: each takes at most five bytes */
#define BACK_BITS 2
#define BACK ((1u << BACK_BITS) - 1)
#define LONG 38       /* bytes: whoever needs more deserves a model that is closer ... */
#define USERS 256     /* ... once so many have paid for the one there is */
#define REFUSED 8     /* the same once it was of no use to so many: one that is odd must not shut out all others */

G_STATIC_ASSERT(5 + 1 + 5 * VALUES <= RST_DELTAS_ROOM);

/* Where a record differs, in ascending order; value = which of the differences, numbered as they first occur. */
typedef struct rst_delta_change {
    uint16_t word;
    uint8_t value;
} rst_delta_change_t;

typedef struct rst_delta_shape {
    uint16_t changes;
    uint8_t values;
    rst_delta_change_t change[];
} rst_delta_shape_t;

typedef struct rst_delta_model {
    uint32_t number;
    uint32_t users, all; /* records that refer to it, and ever did */
    uint16_t words;
    uint8_t kind, shapes, refused;
    uint8_t recent[TRIED]; /* shapes that were found last, latest first */
    rst_delta_shape_t *shape[SHAPES];
    uint32_t word[];
} rst_delta_model_t;

static size_t size_of_shape(unsigned changes)
{
    return sizeof(rst_delta_shape_t) + changes * sizeof(rst_delta_change_t);
}

static size_t size_of_model(unsigned words)
{
    return sizeof(rst_delta_model_t) + words * sizeof(uint32_t);
}

void rst_deltas_open(rst_deltas_t *deltas, const rst_memory_t *memory)
{
    memset(deltas, 0, sizeof *deltas);
    deltas->memory = memory;
    deltas->models = g_ptr_array_new();
    deltas->idle = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

void rst_deltas_close(rst_deltas_t *deltas)
{
    g_ptr_array_free(deltas->models, TRUE);
    g_array_free(deltas->idle, TRUE);
}

static uint32_t word_at(const void *record, unsigned place)
{
    uint32_t word;

    memcpy(&word, (const uint8_t *)record + place * sizeof word, sizeof word);
    return word;
}

static rst_delta_model_t *new_model(rst_deltas_t *deltas, unsigned kind, const void *record, unsigned words)
{
    rst_delta_model_t *model = rst_alloc0(deltas->memory, size_of_model(words));

    model->kind = (uint8_t)kind;
    model->words = (uint16_t)words;
    memcpy(model->word, record, words * sizeof(uint32_t));
    if (deltas->idle->len) {
        model->number = g_array_index(deltas->idle, uint32_t, deltas->idle->len - 1);
        g_array_set_size(deltas->idle, deltas->idle->len - 1);
        deltas->models->pdata[model->number] = model;
    } else {
        model->number = deltas->models->len;
        g_ptr_array_add(deltas->models, model);
    }
    return model;
}

static void free_model(rst_deltas_t *deltas, rst_delta_model_t *model)
{
    deltas->models->pdata[model->number] = NULL;
    g_array_append_val(deltas->idle, model->number);
    for (unsigned i = 0; i < model->shapes; i++)
        rst_release(deltas->memory, model->shape[i], size_of_shape(model->shape[i]->changes));
    rst_release(deltas->memory, model, size_of_model(model->words));
}

static uint8_t *write_number(uint8_t *at, uint64_t number)
{
    for (; number > 0x7f; number >>= 7)
        *at++ = (uint8_t)(number | 0x80);
    *at++ = (uint8_t)number;
    return at;
}

static const uint8_t *read_number(const uint8_t *at, uint64_t *number)
{
    unsigned shift = 0;

    *number = 0;
    for (; *at & 0x80; shift += 7)
        *number |= (uint64_t)(*at++ & 0x7f) << shift;
    *number |= (uint64_t)*at++ << shift;
    return at;
}

/* Small differences of either sign are short. */
static uint32_t zigzag(uint32_t difference)
{
    return difference << 1 ^ (difference >> 31 ? UINT32_MAX : 0);
}

static uint32_t from_zigzag(uint32_t number)
{
    return number >> 1 ^ (number & 1 ? UINT32_MAX : 0);
}

/* A time often differs by nearly as much as the one before it does: each value is written itself, or as what
 * distinguishes it from one of those just before it. */
static uint8_t *write_value(uint8_t *at, const uint32_t *value, unsigned place)
{
    uint32_t least = zigzag(value[place]);
    unsigned from = 0;

    for (unsigned back = 1; back <= MIN(BACK, place); back++) {
        uint32_t number = zigzag(value[place] - value[place - back]);

        if (number >= least)
            continue;
        least = number;
        from = back;
    }
    return write_number(at, (uint64_t)least << BACK_BITS | from);
}

static const uint8_t *read_value(const uint8_t *at, uint32_t *value, unsigned place)
{
    uint64_t number;
    unsigned from;

    at = read_number(at, &number);
    from = number & BACK;
    value[place] = from_zigzag((uint32_t)(number >> BACK_BITS)) + (from ? value[place - from] : 0);
    return at;
}

/* Reads the differences of the record, as far as the shape has places for them. Returns whether that is all. */
static bool matches(const rst_delta_model_t *model, const rst_delta_shape_t *shape, const void *record,
                    uint32_t value[VALUES])
{
    uint32_t restored[RST_DELTAS_WORDS];
    unsigned known = 0;

    memcpy(restored, model->word, model->words * sizeof *restored);
    for (unsigned i = 0; i < shape->changes; i++) {
        const rst_delta_change_t change = shape->change[i];

        if (change.value == known)
            value[known++] = word_at(record, change.word) - restored[change.word];
        restored[change.word] += value[change.value];
    }
    return memcmp(restored, record, model->words * sizeof *restored) == 0;
}

static unsigned value_of(uint32_t value[VALUES], unsigned values, uint32_t difference)
{
    for (unsigned i = 0; i < values; i++) {
        if (value[i] == difference)
            return i;
    }
    return values;
}

/* A new shape of the model for this record; NULL if they have little in common. */
static rst_delta_shape_t *new_shape(rst_deltas_t *deltas, rst_delta_model_t *model, const void *record)
{
    rst_delta_change_t change[CHANGES];
    uint32_t value[VALUES];
    unsigned changes = 0, values = 0;
    rst_delta_shape_t *shape;

    for (unsigned i = 0; i < model->words; i++) {
        uint32_t difference = word_at(record, i) - model->word[i];
        unsigned found;

        if (!difference)
            continue;
        found = value_of(value, values, difference);
        if (changes == CHANGES || found == VALUES)
            return NULL;
        if (found == values)
            value[values++] = difference;
        change[changes++] = (rst_delta_change_t){(uint16_t)i, (uint8_t)found};
    }
    shape = deltas->memory->alloc(deltas->memory->scope, size_of_shape(changes));
    shape->changes = (uint16_t)changes;
    shape->values = (uint8_t)values;
    memcpy(shape->change, change, changes * sizeof change[0]);
    model->shape[model->shapes++] = shape;
    return shape;
}

/* The last place is for a shape of all words in which records differed so far, each with a difference of its own: if it
 * is not too large, it holds nearly any record. */
static rst_delta_shape_t *wide_shape(rst_deltas_t *deltas, rst_delta_model_t *model, const void *record)
{
    uint64_t differs[RST_DELTAS_WORDS / 64] = {0};
    uint16_t word[VALUES];
    unsigned values = 0;
    rst_delta_shape_t *shape;

    for (unsigned i = 0; i < model->shapes; i++) {
        for (unsigned j = 0; j < model->shape[i]->changes; j++)
            differs[model->shape[i]->change[j].word / 64] |= UINT64_C(1) << model->shape[i]->change[j].word % 64;
    }
    for (unsigned i = 0; i < model->words; i++) {
        if (!(differs[i / 64] >> i % 64 & 1) && word_at(record, i) == model->word[i])
            continue;
        if (values == VALUES)
            return NULL;
        word[values++] = (uint16_t)i;
    }
    shape = deltas->memory->alloc(deltas->memory->scope, size_of_shape(values));
    shape->changes = (uint16_t)values;
    shape->values = (uint8_t)values;
    for (unsigned i = 0; i < values; i++)
        shape->change[i] = (rst_delta_change_t){word[i], (uint8_t)i};
    model->shape[model->shapes++] = shape;
    return shape;
}

static void note_recent(rst_delta_model_t *model, unsigned place, uint8_t shape)
{
    memmove(&model->recent[1], &model->recent[0], place);
    model->recent[0] = shape;
}

/* The number of the shape that holds all differences, which are written to value; SHAPES = there is none. */
static unsigned shape_of(rst_deltas_t *deltas, rst_delta_model_t *model, const void *record, uint32_t value[VALUES])
{
    for (unsigned i = 0; i < TRIED && i < model->shapes; i++) {
        uint8_t shape = model->recent[i];

        if (!matches(model, model->shape[shape], record, value))
            continue;
        note_recent(model, i, shape);
        return shape;
    }
    if (model->shapes == SHAPES)
        return matches(model, model->shape[SHAPES - 1], record, value) ? SHAPES - 1 : SHAPES;
    if (!(model->shapes == SHAPES - 1 ? wide_shape(deltas, model, record) : new_shape(deltas, model, record)))
        return SHAPES;
    note_recent(model, MIN(model->shapes, TRIED) - 1, (uint8_t)(model->shapes - 1));
    (void)matches(model, model->shape[model->shapes - 1], record, value);
    return model->shapes - 1;
}

static unsigned write_kept(rst_deltas_t *deltas, rst_delta_model_t *model, const void *record,
                           uint8_t kept[RST_DELTAS_ROOM])
{
    uint32_t value[VALUES];
    unsigned shape = shape_of(deltas, model, record, value);
    uint8_t *at = write_number(kept, model->number);

    if (shape == SHAPES)
        return 0;
    *at++ = (uint8_t)shape;
    for (unsigned i = 0; i < model->shape[shape]->values; i++)
        at = write_value(at, value, i);
    return (unsigned)(at - kept);
}

static bool deserves_new(const rst_delta_model_t *model, unsigned size)
{
    if (!model)
        return true;
    return size ? size > LONG && model->all >= USERS : model->refused >= REFUSED;
}

unsigned rst_deltas_keep(rst_deltas_t *deltas, unsigned kind, const void *record, unsigned words,
                         uint8_t kept[RST_DELTAS_ROOM])
{
    rst_delta_model_t **latest = &deltas->latest[kind];
    unsigned size = *latest ? write_kept(deltas, *latest, record, kept) : 0;

    if ((!size || size > LONG) && deserves_new(*latest, size)) {
        *latest = new_model(deltas, kind, record, words);
        size = write_kept(deltas, *latest, record, kept);
    }
    if (size) {
        (*latest)->users++;
        (*latest)->all++;
    } else {
        (*latest)->refused++;
    }
    return size;
}

void rst_deltas_read(const rst_deltas_t *deltas, const uint8_t *kept, void *record, unsigned words)
{
    uint32_t value[VALUES];
    uint64_t number;
    const uint8_t *at = read_number(kept, &number);
    const rst_delta_model_t *model = deltas->models->pdata[number];
    const rst_delta_shape_t *shape = model->shape[*at++];

    memcpy(record, model->word, words * sizeof(uint32_t));
    for (unsigned i = 0; i < shape->values; i++)
        at = read_value(at, value, i);
    for (unsigned i = 0; i < shape->changes; i++) {
        const rst_delta_change_t change = shape->change[i];
        uint32_t word = model->word[change.word] + value[change.value];

        memcpy((uint8_t *)record + change.word * sizeof word, &word, sizeof word);
    }
}

void rst_deltas_drop(rst_deltas_t *deltas, const uint8_t *kept)
{
    rst_delta_model_t *model;
    uint64_t number;

    read_number(kept, &number);
    model = deltas->models->pdata[number];
    if (--model->users)
        return;
    if (deltas->latest[model->kind] == model)
        deltas->latest[model->kind] = NULL;
    free_model(deltas, model);
}
