/* test_f5_trailer.c
 * Tests of the trailer of BIG-IP captures: both forms, each version, and what is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "facts/f5_trailer.h"

#define BEFORE 64

/* Bytes under construction. */
typedef struct bytes {
    uint8_t at[512];
    size_t used;
} bytes_t;

static void add(bytes_t *bytes, const void *what, size_t size)
{
    g_assert_cmpuint(bytes->used + size, <=, sizeof bytes->at);
    memcpy(bytes->at + bytes->used, what, size);
    bytes->used += size;
}

static void add_fill(bytes_t *bytes, uint8_t value, size_t count)
{
    while (count--)
        add(bytes, &value, 1);
}

static void add16(bytes_t *bytes, unsigned value)
{
    uint8_t pair[2] = { (uint8_t)(value >> 8), (uint8_t)value };

    add(bytes, pair, 2);
}

/* Size, version with peer bit, version and line in the source, text. */
static void add_cause(bytes_t *bytes, const char *text, uint8_t first)
{
    uint8_t size = text ? (uint8_t)(strlen(text) + 9) : 0;

    add(bytes, &size, 1);
    if (!text)
        return;
    add(bytes, &first, 1);
    add_fill(bytes, 0x02, 8);
    add(bytes, text, strlen(text));
}

static void add_bare_low(bytes_t *bytes, uint8_t received)
{
    uint8_t item[7] = { 1, 5, 1, received, 0, 0, 0 };

    add(bytes, item, sizeof item);
}

static void add_bare_medium(bytes_t *bytes, unsigned version, const char *text, uint8_t first)
{
    static const size_t before[] = { 0, 26, 27, 31 };
    size_t start = bytes->used;
    uint8_t head[3] = { 2, 0, (uint8_t)version };

    add(bytes, head, sizeof head);
    add_fill(bytes, 0xaa, before[version]);
    add_cause(bytes, text, first);
    bytes->at[start + 1] = (uint8_t)(bytes->used - start - 2);
}

static size_t add_header(bytes_t *bytes)
{
    static const uint8_t magic[] = { 0xf5, 0xde, 0xb0, 0xf5 };

    add(bytes, magic, sizeof magic);
    add16(bytes, 0);
    add16(bytes, 1);
    return bytes->used - 8;
}

static void set_length(bytes_t *bytes, size_t start, size_t at, size_t length)
{
    bytes->at[start + at] = (uint8_t)(length >> 8);
    bytes->at[start + at + 1] = (uint8_t)length;
}

static size_t add_item(bytes_t *bytes, unsigned provider, unsigned type, unsigned version)
{
    size_t start = bytes->used;

    add16(bytes, provider);
    add16(bytes, type);
    add16(bytes, 0);
    add16(bytes, version);
    return start;
}

static void end_item(bytes_t *bytes, size_t start)
{
    set_length(bytes, start, 4, bytes->used - start);
}

static void add_low(bytes_t *bytes, unsigned version, uint8_t flags)
{
    uint8_t value[4] = { flags, 0, 0, 0 };
    size_t item = add_item(bytes, 1, 1, version);

    add(bytes, value, sizeof value);
    end_item(bytes, item);
}

static void add_medium(bytes_t *bytes, unsigned provider, unsigned version, const char *text, uint8_t first)
{
    size_t item = add_item(bytes, provider, 2, version);

    add_fill(bytes, 0xaa, 31);
    add_cause(bytes, text, first);
    end_item(bytes, item);
}

/* The bytes in a block of exactly their size, so that a sanitizer sees reads beyond. */
static char *read_copy(const bytes_t *bytes, size_t size, size_t most)
{
    uint8_t *exact = g_memdup2(bytes->at, size);
    uint8_t *text = g_malloc(most + 1);
    size_t length = rst_f5_trailer_read(exact, size, text, most);
    char *result = length ? g_strndup((char *)text, length) : NULL;

    g_free(exact);
    g_free(text);
    return result;
}

static void expect(const bytes_t *bytes, const char *wanted)
{
    char *text = read_copy(bytes, bytes->used, BEFORE);

    g_assert_cmpstr(text, ==, wanted);
    g_free(text);
}

static void headed(bytes_t *bytes, const char *text, uint8_t first)
{
    size_t start = add_header(bytes);

    add_low(bytes, 4, 0);
    add_medium(bytes, 1, 4, text, first);
    set_length(bytes, start, 4, bytes->used - start);
}

static void test_bare(void)
{
    for (unsigned version = 1; version <= 3; version++) {
        bytes_t bytes = { .used = 0 };

        add_bare_low(&bytes, 0);
        add_bare_medium(&bytes, version, "Port denied", 0);
        expect(&bytes, "Port denied");
        bytes.used = 0;
        add_bare_medium(&bytes, version, "Port denied", 1);
        expect(&bytes, "{peer} Port denied");
        /* The checksum of the frame and more may follow. */
        add_fill(&bytes, 0x5c, 4);
        expect(&bytes, "{peer} Port denied");
        bytes.used = 0;
        add_fill(&bytes, 0, 6);
        add_bare_medium(&bytes, version, "Port denied", 0);
        expect(&bytes, "Port denied");
    }
}

static void test_headed(void)
{
    bytes_t bytes = { .used = 0 };
    size_t start, item;

    headed(&bytes, "No flow found for ACK", 0);
    expect(&bytes, "No flow found for ACK");
    bytes.used = 0;
    headed(&bytes, "No flow found for ACK", 1);
    add_fill(&bytes, 0x5c, 4);
    expect(&bytes, "{peer} No flow found for ACK");
    /* Behind padding, the checksum of the frame, and one that begins with zeros. */
    bytes.used = 0;
    add_fill(&bytes, 0, 6);
    add_fill(&bytes, 0x5c, 4);
    headed(&bytes, "HA disconnect", 0);
    expect(&bytes, "HA disconnect");
    bytes.used = 0;
    add_fill(&bytes, 0, 2);
    add_fill(&bytes, 0x5c, 2);
    headed(&bytes, "HA disconnect", 0);
    expect(&bytes, "HA disconnect");
    /* Items of another provider before and after. */
    bytes.used = 0;
    start = add_header(&bytes);
    item = add_item(&bytes, 4, 2, 0);
    add_fill(&bytes, 0x20, 100);
    end_item(&bytes, item);
    add_medium(&bytes, 1, 4, "Closing", 0);
    item = add_item(&bytes, 4, 1, 0);
    end_item(&bytes, item);
    set_length(&bytes, start, 4, bytes.used - start);
    expect(&bytes, "Closing");
}

/* The cause belongs to packets that BIG-IP sends. */
static void test_received(void)
{
    bytes_t bytes = { .used = 0 };
    size_t start;

    add_bare_low(&bytes, 1);
    add_bare_medium(&bytes, 2, "Port denied", 0);
    expect(&bytes, NULL);
    for (unsigned version = 2; version <= 4; version++) {
        bytes.used = 0;
        start = add_header(&bytes);
        add_medium(&bytes, 1, 4, "Port denied", 0);
        add_low(&bytes, version, 1);
        set_length(&bytes, start, 4, bytes.used - start);
        expect(&bytes, NULL);
    }
    /* Since version 3 the byte holds other flags too. */
    bytes.used = 0;
    start = add_header(&bytes);
    add_low(&bytes, 3, 6);
    add_medium(&bytes, 1, 4, "Port denied", 0);
    set_length(&bytes, start, 4, bytes.used - start);
    expect(&bytes, "Port denied");
}

static void test_none(void)
{
    static const uint8_t sizes[] = { 0, 1, 9, 10 };
    bytes_t bytes = { .used = 0 };

    expect(&bytes, NULL);
    add_fill(&bytes, 0, 40);
    expect(&bytes, NULL);
    bytes.used = 0;
    add_fill(&bytes, 0x02, 60);
    expect(&bytes, NULL);
    /* Without a cause. */
    bytes.used = 0;
    add_bare_medium(&bytes, 2, NULL, 0);
    expect(&bytes, NULL);
    bytes.used = 0;
    headed(&bytes, NULL, 0);
    expect(&bytes, NULL);
    /* Version of the cause, version of the item, another provider, binary text. */
    bytes.used = 0;
    headed(&bytes, "Port denied", 2);
    expect(&bytes, NULL);
    bytes.used = 0;
    add_medium(&bytes, 1, 4, "Port denied", 0);
    expect(&bytes, NULL);
    bytes.used = 0;
    headed(&bytes, "Port\ndenied", 0);
    expect(&bytes, NULL);
    /* A size that does not fit. */
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        bytes.used = 0;
        add_bare_medium(&bytes, 1, "Port denied", 0);
        bytes.at[29] = sizes[i];
        expect(&bytes, NULL);
    }
    bytes.used = 0;
    headed(&bytes, "Port denied", 0);
    bytes.at[8 + 12 + 8 + 31] = 200;
    expect(&bytes, NULL);
}

static void test_wrong_items(void)
{
    bytes_t bytes = { .used = 0 };
    size_t start = add_header(&bytes);

    add_medium(&bytes, 2, 4, "Port denied", 0);
    add_medium(&bytes, 1, 5, "Port denied", 0);
    set_length(&bytes, start, 4, bytes.used - start);
    expect(&bytes, NULL);
    /* An item shorter than its own head, or longer than the rest: what comes after is lost. */
    bytes.used = 0;
    start = add_header(&bytes);
    add_low(&bytes, 4, 0);
    set_length(&bytes, start + 8, 4, 7);
    add_medium(&bytes, 1, 4, "Port denied", 0);
    set_length(&bytes, start, 4, bytes.used - start);
    expect(&bytes, NULL);
    set_length(&bytes, start + 8, 4, 400);
    expect(&bytes, NULL);
    /* Version of the header. */
    bytes.used = 0;
    headed(&bytes, "Port denied", 0);
    bytes.at[7] = 2;
    expect(&bytes, NULL);
    bytes.at[7] = 1;
    expect(&bytes, "Port denied");
    set_length(&bytes, 0, 4, 7);
    expect(&bytes, NULL);
    /* An unknown bare item ends the list. */
    bytes.used = 0;
    add_bare_low(&bytes, 0);
    bytes.at[0] = 4;
    add_bare_medium(&bytes, 2, "Port denied", 0);
    expect(&bytes, NULL);
    bytes.at[0] = 3;
    expect(&bytes, "Port denied");
    bytes.at[2] = 4;
    expect(&bytes, NULL);
}

/* Every shorter trailer says nothing or the same, and nothing is read beyond its end. */
static void test_cut(void)
{
    for (unsigned form = 0; form < 2; form++) {
        bytes_t bytes = { .used = 0 };

        if (form)
            headed(&bytes, "Port denied", 1);
        else
            add_bare_medium(&bytes, 3, "Port denied", 1);
        for (size_t size = 0; size < bytes.used; size++) {
            char *text = read_copy(&bytes, size, BEFORE);

            g_assert_null(text);
        }
        for (size_t most = 1; most <= strlen("{peer} Port denied"); most++) {
            char *text = read_copy(&bytes, bytes.used, most);

            g_assert_cmpuint(strlen(text), ==, most);
            g_assert_true(g_str_has_prefix("{peer} Port denied", text));
            g_free(text);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/f5_trailer/bare", test_bare);
    g_test_add_func("/f5_trailer/headed", test_headed);
    g_test_add_func("/f5_trailer/received", test_received);
    g_test_add_func("/f5_trailer/none", test_none);
    g_test_add_func("/f5_trailer/wrong_items", test_wrong_items);
    g_test_add_func("/f5_trailer/cut", test_cut);
    return g_test_run();
}
