/* reached.c
 * Verdicts in few bytes: numbers take as many as they need, and frames are written as their distance from the one
 * before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/reached.h"

#define VERDICT_MAX 256 /* bytes: more than all that a verdict can have */

typedef struct writer {
    rst_reached_t *kept;
    uint8_t byte[VERDICT_MAX];
    unsigned used;
    uint32_t frame; /* the latest */
} writer_t;

typedef struct reader {
    const rst_reached_t *kept;
    const uint8_t *next;
    uint32_t frame;
} reader_t;

rst_reached_t *rst_reached_new(void)
{
    rst_reached_t *kept = g_new(rst_reached_t, 1);

    kept->bytes = g_byte_array_new();
    kept->places = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    kept->words = g_ptr_array_new();
    return kept;
}

void rst_reached_free(rst_reached_t *kept)
{
    g_byte_array_free(kept->bytes, TRUE);
    g_array_free(kept->places, TRUE);
    g_ptr_array_free(kept->words, TRUE);
    g_free(kept);
}

/* An array keeps its room when it gets shorter, so they are made anew. */
void rst_reached_drop(rst_reached_t *kept)
{
    g_byte_array_free(kept->bytes, TRUE);
    g_array_free(kept->places, TRUE);
    kept->bytes = g_byte_array_new();
    kept->places = g_array_new(FALSE, TRUE, sizeof(uint32_t));
}

static void put(writer_t *writer, uint64_t value)
{
    while (value >= 0x80) {
        writer->byte[writer->used++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    writer->byte[writer->used++] = (uint8_t)value;
}

static uint64_t take(reader_t *reader)
{
    uint64_t value = *reader->next & 0x7f;

    for (unsigned shift = 7; *reader->next++ & 0x80; shift += 7)
        value |= (uint64_t)(*reader->next & 0x7f) << shift;
    return value;
}

/* Small values of either sign become small values without one. */
static void put_signed(writer_t *writer, int64_t value)
{
    put(writer, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

static int64_t take_signed(reader_t *reader)
{
    uint64_t value = take(reader);

    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

/* What is not known takes one byte as well. */
static void put_duration(writer_t *writer, int64_t ns)
{
    put(writer, ns != RST_DURATION_NONE);
    if (ns != RST_DURATION_NONE)
        put_signed(writer, ns);
}

static int64_t take_duration(reader_t *reader)
{
    return take(reader) ? take_signed(reader) : RST_DURATION_NONE;
}

static void put_frame(writer_t *writer, uint32_t frame)
{
    put_signed(writer, (int64_t)frame - writer->frame);
    writer->frame = frame;
}

static uint32_t take_frame(reader_t *reader)
{
    return reader->frame += (uint32_t)take_signed(reader);
}

static void put_word(writer_t *writer, const char *word)
{
    GPtrArray *words = writer->kept->words;
    unsigned place = 0;

    while (place < words->len && g_ptr_array_index(words, place) != word)
        place++;
    if (place == words->len)
        g_ptr_array_add(words, (gpointer)word);
    put(writer, place);
}

static const char *take_word(reader_t *reader)
{
    return g_ptr_array_index(reader->kept->words, take(reader));
}

/* A word may be missing, as the text of what is declared. */
static void put_word_or_none(writer_t *writer, const char *word)
{
    put(writer, word != NULL);
    if (word)
        put_word(writer, word);
}

static const char *take_word_or_none(reader_t *reader)
{
    return take(reader) ? take_word(reader) : NULL;
}

static void put_declared(writer_t *writer, const rst_declared_t *declared)
{
    put_word_or_none(writer, declared->source);
    if (!declared->source)
        return;
    put_word_or_none(writer, declared->text);
    put(writer, declared->code);
    put(writer, declared->has_code | (unsigned)declared->from_wire << 1);
}

static void take_declared(reader_t *reader, rst_declared_t *declared)
{
    unsigned traits;

    declared->source = take_word_or_none(reader);
    if (!declared->source)
        return;
    declared->text = take_word_or_none(reader);
    declared->code = (uint32_t)take(reader);
    traits = (unsigned)take(reader);
    declared->has_code = traits & 1;
    declared->from_wire = traits >> 1;
}

static void put_lists(writer_t *writer, const rst_verdict_t *verdict)
{
    put(writer, verdict->alternatives);
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        put(writer, verdict->alternative[i].cause);
        put(writer, verdict->alternative[i].confidence);
    }
    put(writer, verdict->evidences);
    for (unsigned i = 0; i < verdict->evidences; i++)
        put_frame(writer, verdict->evidence[i].frame);
    put(writer, verdict->patterns);
    for (unsigned i = 0; i < verdict->patterns; i++)
        put_word(writer, verdict->pattern[i]);
    put(writer, verdict->foreigns);
    for (unsigned i = 0; i < verdict->foreigns; i++)
        put_frame(writer, verdict->foreign[i]);
}

static void take_lists(reader_t *reader, rst_verdict_t *verdict)
{
    verdict->alternatives = (uint8_t)take(reader);
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        verdict->alternative[i].cause = (rst_cause_t)take(reader);
        verdict->alternative[i].confidence = (uint8_t)take(reader);
    }
    verdict->evidences = (uint8_t)take(reader);
    for (unsigned i = 0; i < verdict->evidences; i++)
        verdict->evidence[i] = (rst_evidence_t){"", take_frame(reader)};
    verdict->patterns = (uint8_t)take(reader);
    for (unsigned i = 0; i < verdict->patterns; i++)
        verdict->pattern[i] = take_word(reader);
    verdict->foreigns = (uint8_t)take(reader);
    for (unsigned i = 0; i < verdict->foreigns; i++)
        verdict->foreign[i] = take_frame(reader);
}

static void put_all(writer_t *writer, const rst_verdict_t *verdict)
{
    put(writer, verdict->cause);
    put(writer, verdict->confidence);
    put(writer, verdict->said);
    put(writer, verdict->benign | (unsigned)verdict->conflict << 1 | (unsigned)verdict->stated << 2 |
                    (unsigned)verdict->first << 3 | (unsigned)verdict->sender << 4 | (unsigned)verdict->phase << 8 |
                    (unsigned)verdict->validity << 12 | (unsigned)verdict->accepted << 16 |
                    (unsigned)verdict->capture_side << 20);
    put(writer, verdict->ordinal);
    put(writer, verdict->retransmissions);
    put(writer, verdict->probes);
    put_duration(writer, verdict->idle);
    put_duration(writer, verdict->delay);
    put_signed(writer, verdict->hop_delta);
    put_frame(writer, verdict->trigger);
    put(writer, verdict->contradicted_by);
    put_lists(writer, verdict);
    put_declared(writer, &verdict->declared);
}

static void take_all(reader_t *reader, rst_verdict_t *verdict)
{
    unsigned traits;

    verdict->cause = (rst_cause_t)take(reader);
    verdict->confidence = (uint8_t)take(reader);
    verdict->said = (uint8_t)take(reader);
    traits = (unsigned)take(reader);
    verdict->benign = traits & 1;
    verdict->conflict = traits >> 1 & 1;
    verdict->stated = traits >> 2 & 1;
    verdict->first = traits >> 3 & 1;
    verdict->sender = (rst_sender_t)(traits >> 4 & 0xf);
    verdict->phase = (rst_phase_t)(traits >> 8 & 0xf);
    verdict->validity = (rst_validity_t)(traits >> 12 & 0xf);
    verdict->accepted = (rst_truth_t)(traits >> 16 & 0xf);
    verdict->capture_side = (rst_capture_side_t)(traits >> 20);
    verdict->ordinal = (uint16_t)take(reader);
    verdict->retransmissions = (uint16_t)take(reader);
    verdict->probes = (uint16_t)take(reader);
    verdict->idle = take_duration(reader);
    verdict->delay = take_duration(reader);
    verdict->hop_delta = (int8_t)take_signed(reader);
    verdict->trigger = take_frame(reader);
    verdict->contradicted_by = (uint32_t)take(reader);
    take_lists(reader, verdict);
    take_declared(reader, &verdict->declared);
}

bool rst_reached_read(const rst_reached_t *kept, uint32_t id, rst_verdict_t *verdict)
{
    uint32_t place = id < kept->places->len ? g_array_index(kept->places, uint32_t, id) : 0;
    reader_t reader = {.kept = kept};

    if (!place)
        return false;
    memset(verdict, 0, sizeof *verdict);
    verdict->summary = "";
    reader.next = kept->bytes->data + place - 1;
    take_all(&reader, verdict);
    return true;
}

void rst_reached_note(rst_reached_t *kept, uint32_t id, const rst_verdict_t *verdict, uint64_t most)
{
    uint64_t places = MAX((uint64_t)id + 1, kept->places->len) * sizeof(uint32_t);
    writer_t writer;

    /* GLib's arrays grow to twice what they need. */
    if (2 * (kept->bytes->len + VERDICT_MAX + places) > most)
        return;
    writer.kept = kept;
    writer.used = 0;
    writer.frame = 0;
    put_all(&writer, verdict);
    if (id >= kept->places->len)
        g_array_set_size(kept->places, id + 1);
    if (g_array_index(kept->places, uint32_t, id))
        return;
    g_array_index(kept->places, uint32_t, id) = kept->bytes->len + 1;
    g_byte_array_append(kept->bytes, writer.byte, writer.used);
}
