/* dns.c
 * Reading one message. Everything may be wrong in it: no step goes beyond its end, and each is one of a fixed number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/dns.h"

#include <glib.h>
#include <string.h>

enum { PORT_DNS = 53, PORT_MULTICAST = 5353, PORT_LLMNR = 5355 };
enum { HEADER = 12, FLAG_ANSWERS = 0x8000, MASK_OPCODE = 0x7800, MASK_RESULT = 0x000f };
enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, TYPE_ANY = 255, CLASS_IN = 1, CLASS_BIT = 0x8000 };

#define JUMPS_MAX 16   /* pointers in one name */
#define RECORDS_MAX 64 /* further ones are not read */

typedef struct message {
    const uint8_t *bytes;
    size_t length, at;
    bool ended; /* something was missing or wrong */
} message_t;

typedef struct text {
    uint8_t length;
    uint8_t bytes[RST_DNS_NAME_MAX];
} text_t;

bool rst_dns_kind_of(uint16_t sport, uint16_t dport, rst_dns_kind_t *kind)
{
    if (sport == PORT_DNS || dport == PORT_DNS)
        *kind = RST_DNS_UNICAST;
    else if (sport == PORT_MULTICAST || dport == PORT_MULTICAST)
        *kind = RST_DNS_MULTICAST;
    else if (sport == PORT_LLMNR || dport == PORT_LLMNR)
        *kind = RST_DNS_LLMNR;
    else
        return false;
    return true;
}

static unsigned get16(message_t *message)
{
    unsigned value;

    if (message->length - message->at < 2) {
        message->ended = true;
        return 0;
    }
    value = (unsigned)message->bytes[message->at] << 8 | message->bytes[message->at + 1];
    message->at += 2;
    return value;
}

static void skip(message_t *message, size_t count)
{
    if (message->length - message->at < count)
        message->ended = true;
    else
        message->at += count;
}

/* A label; what would look like two labels is none. */
static bool add_label(text_t *name, const uint8_t *label, unsigned length)
{
    if (name->length + length + (name->length > 0) > RST_DNS_NAME_MAX || memchr(label, '.', length))
        return false;
    if (name->length)
        name->bytes[name->length++] = '.';
    for (unsigned i = 0; i < length; i++)
        name->bytes[name->length++] = (uint8_t)g_ascii_tolower((char)label[i]);
    return true;
}

/* Reads a name and goes behind it. A pointer only leads back (RFC 1035, section 4.1.4). */
static void read_name(message_t *message, text_t *name)
{
    size_t at = message->at, behind = 0;
    unsigned jumps = 0;

    name->length = 0;
    while (!message->ended) {
        unsigned length = at < message->length ? message->bytes[at] : 0xff;

        if (!length)
            break;
        if (length >= 0xc0 && length < 0xff && at + 1 < message->length && jumps++ < JUMPS_MAX) {
            size_t target = (length & 0x3fu) << 8 | message->bytes[at + 1];

            behind = behind ? behind : at + 2;
            message->ended = target >= at;
            at = target;
        } else if (length < 0x40 && at + 1 + length <= message->length &&
                   add_label(name, message->bytes + at + 1, length)) {
            at += 1 + length;
        } else {
            message->ended = true;
        }
    }
    if (!message->ended)
        message->at = behind ? behind : at + 1;
}

static bool is_same(const text_t *a, const text_t *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool asks_for_address(unsigned type)
{
    return type == TYPE_A || type == TYPE_AAAA || type == TYPE_ANY;
}

/* All questions; the first one for an address counts. */
static bool read_questions(message_t *message, unsigned count, rst_dns_t *dns, text_t *asked)
{
    bool found = false;

    for (unsigned i = 0; i < MIN(count, RECORDS_MAX) && !message->ended; i++) {
        text_t name;
        unsigned type, class;

        read_name(message, &name);
        type = get16(message);
        class = get16(message) & ~(unsigned)CLASS_BIT; /* multicast: an answer to the asker alone is welcome */
        if (message->ended || found || class != CLASS_IN || !asks_for_address(type) || !name.length)
            continue;
        found = true;
        dns->type = (uint16_t)type;
        *asked = name;
    }
    return found && !message->ended;
}

static void add_address(rst_dns_t *dns, const uint8_t *bytes, uint8_t size)
{
    rst_address_t *address;

    if (dns->addresses == RST_DNS_ADDRESSES_MAX)
        return;
    address = &dns->address[dns->addresses++];
    *address = (rst_address_t){{0, 0}, size};
    memcpy(address->word, bytes, size);
}

/* One record: an address of the name, or the name that it is another one for. */
static void read_record(message_t *message, rst_dns_t *dns, text_t *current)
{
    text_t owner;
    unsigned type, class, size;
    size_t data;

    read_name(message, &owner);
    type = get16(message);
    class = get16(message) & ~(unsigned)CLASS_BIT; /* multicast: replaces what was known */
    skip(message, 4);
    size = get16(message);
    data = message->at;
    skip(message, size);
    if (message->ended || class != CLASS_IN)
        return;
    if (!current->length && (type == TYPE_A || type == TYPE_AAAA))
        *current = owner;
    if (!is_same(&owner, current))
        return;
    if ((type == TYPE_A && size == 4) || (type == TYPE_AAAA && size == 16)) {
        add_address(dns, message->bytes + data, (uint8_t)size);
    } else if (type == TYPE_CNAME) {
        message_t target = {message->bytes, data + size, data, false};

        read_name(&target, current);
        message->ended = target.ended;
    }
}

static void read_records(message_t *message, unsigned count, rst_dns_t *dns, text_t *current)
{
    for (unsigned i = 0; i < MIN(count, RECORDS_MAX) && !message->ended; i++)
        read_record(message, dns, current);
}

bool rst_dns_read(const uint8_t *bytes, size_t length, rst_dns_t *dns)
{
    message_t message = {.bytes = bytes, .length = length};
    text_t asked = {.length = 0}, current;
    unsigned flags, questions, records;
    bool multicast = dns->kind == RST_DNS_MULTICAST;

    if (length < HEADER)
        return false;
    dns->id = (uint16_t)get16(&message);
    flags = get16(&message);
    questions = get16(&message);
    records = get16(&message);
    skip(&message, 4); /* authority, additional */
    dns->answers = (flags & FLAG_ANSWERS) != 0;
    dns->type = 0;
    dns->addresses = 0;
    if ((flags & MASK_OPCODE) || (dns->answers && (flags & MASK_RESULT)))
        return false;
    if (!read_questions(&message, questions, dns, &asked) && !(multicast && dns->answers && !message.ended))
        return false;
    current = asked;
    if (dns->answers)
        read_records(&message, records, dns, &current);
    if (multicast && dns->answers && !asked.length)
        asked = current; /* says what it knows without repeating the question */
    dns->name_len = asked.length;
    memcpy(dns->name, asked.bytes, asked.length);
    return dns->name_len && (!dns->answers || dns->addresses);
}
