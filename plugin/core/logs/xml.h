/* xml.h
 * XML character by character, as tolerant as what people copy out of Windows' event viewer needs: any number of roots,
 * "- " before elements, tags that do not match. Nothing is ever expanded: a DTD is reported, entities of its own stay
 * as they are written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_XML_H
#define RST_XML_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "logs/words.h"

#define RST_XML_PART_MAX 65536 /* bytes of a tag, which is refused beyond that, and of a text, which is cut */

typedef enum rst_xml_token {
    RST_XML_MORE,  /* within something */
    RST_XML_OPEN,  /* this character ended a tag <name ...> */
    RST_XML_CLOSE, /* </name> */
    RST_XML_EMPTY, /* <name .../> */
    RST_XML_DTD,   /* a DTD begins, which is passed over */
    RST_XML_BAD    /* this is no XML */
} rst_xml_token_t;

typedef struct rst_xml {
    GString *tag;  /* the last one, with its brackets */
    GString *text; /* that stood before it, without comments, entities decoded; spaces are kept */
    bool foreign;  /* an entity that is not one of the five: it is in text as it was written */
    GString *entity;
    int state;
    char quote;     /* that is open in a tag */
    char last[2];   /* the two characters before this one */
    unsigned depth; /* of brackets in a DTD */
    bool ended;     /* a tag: the next character begins something new */
} rst_xml_t;

void rst_xml_begin(rst_xml_t *xml);
void rst_xml_end(rst_xml_t *xml);

rst_xml_token_t rst_xml_step(rst_xml_t *xml, char c);

/* Between tags: what comes next is text, or a tag if it is '<'. */
bool rst_xml_is_between(const rst_xml_t *xml);

/* The name of the last tag, without a prefix. */
rst_piece_t rst_xml_name(const rst_xml_t *xml);

/* An attribute of the last tag, in value, decoded. False if it is not there. */
bool rst_xml_attribute(const rst_xml_t *xml, const char *name, GString *value);

#endif
