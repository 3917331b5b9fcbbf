/* read_mention.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/log.h"

rst_read_t rst_read_mention(rst_log_t *log, const rst_log_line_t *line)
{
    (void)log;
    (void)line;
    return RST_READ_NO;
}
