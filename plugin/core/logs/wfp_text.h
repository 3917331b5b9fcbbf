/* wfp_text.h
 * The block of text that Windows writes for an event of its filtering platform: by its English labels, and in other
 * languages by the order of its values, which is the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WFP_TEXT_H
#define RST_WFP_TEXT_H

#include "logs/wfp_event.h"

/* around = the line with what stands around the block, which may have the number of the event; NULL = nothing. */
void rst_wfp_read_text(rst_wfp_event_t *event, rst_log_t *log, const char *text, const char *around);

/* Programs that write the block as it is, line by line: may it begin with this line, or go on with it? */
bool rst_wfp_begins_block(const char *text);
bool rst_wfp_continues_block(const char *text);

#endif
