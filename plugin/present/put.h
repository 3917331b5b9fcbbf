/* put.h
 * Adds generated items to the tree. Texts that are NULL or empty and values that are not known add nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PUT_H
#define RST_PUT_H

#include <epan/packet.h>

void rst_put_register(int proto);

/* Lines below a long text are expanded at first. */
void rst_put_unfold(void);

/* Does anything need this field? false without a tree. The functions below add nothing that nobody needs, except for
 * long strings, which may have others below them. */
bool rst_put_wants(proto_tree *tree, int hf);

/* One of these? */
bool rst_put_is_wanted(proto_tree *tree, const int *fields, size_t count);

/* Is the tree visible only because tshark -T fields wants some fields of it? Then nobody sees its lines. */
bool rst_put_is_for_fields(proto_tree *tree);

void rst_put_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text);

/* The whole text is the value of the field, but it is displayed in lines: below the first, or at the root beside it,
 * because tshark -O shows only one level there. Returns the item, or NULL. */
proto_item *rst_put_long_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text);
proto_item *rst_put_root_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text);

void rst_put_uint(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value);

/* For frame numbers and counts for which 0 means none. */
void rst_put_uint_unless_0(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value);

void rst_put_percent(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value);
void rst_put_boolean(proto_tree *tree, tvbuff_t *tvb, int hf, bool value);

/* In nanoseconds; RST_DURATION_NONE adds nothing. */
void rst_put_duration(proto_tree *tree, tvbuff_t *tvb, int hf, int64_t ns);

/* In nanoseconds since 1970; RST_TIME_NONE adds nothing. */
void rst_put_moment(proto_tree *tree, tvbuff_t *tvb, int hf, int64_t ns);

/* For values that another line shows as well; filters, columns and exports still find them. */
void rst_put_hidden(proto_item *item);

/* Makes the item share the fold of all that have this ett. item may be NULL. */
void rst_put_fold(proto_item *item, int ett);

/* The tree itself where nobody sees how fields are arranged. */
proto_tree *rst_put_subtree(proto_tree *tree, tvbuff_t *tvb, int ett, const char *title);

#endif
