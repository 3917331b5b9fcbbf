/* xml_split.h
 * Finds XML in the bytes of a log and cuts it into units: an <Event>, a <netEvent>, an <item> of a list of filters.
 * Documents may be one line of many megabytes, have several roots or none, or stand among lines of other logs.
 * Whatever only looks like XML is handed on as the lines that it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_XML_SPLIT_H
#define RST_XML_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rst_xml_split rst_xml_split_t;

typedef struct rst_xml_split_options {
    void (*text)(void *user_data, const char *bytes, size_t length); /* what is no XML */
    /* text is zero-terminated; number = the line in which it begins. */
    void (*unit)(void *user_data, const char *text, size_t length, uint64_t number);
    void *user_data;
    uint64_t *lines; /* ended so far: counted here within XML, and by whoever takes the text */
} rst_xml_split_options_t;

rst_xml_split_t *rst_xml_split_new(const rst_xml_split_options_t *options);
void rst_xml_split_free(rst_xml_split_t *split);

void rst_xml_split_feed(rst_xml_split_t *split, const char *bytes, size_t length);
void rst_xml_split_end(rst_xml_split_t *split);

uint64_t rst_xml_split_broken(const rst_xml_split_t *split); /* units that were cut off */
bool rst_xml_split_dtd(const rst_xml_split_t *split);        /* a document with a DTD, of which nothing was read */

#endif
