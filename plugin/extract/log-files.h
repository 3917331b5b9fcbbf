/* log-files.h
 * Reads the logs that the user named, block by block, after the first pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LOG_FILES_H
#define RST_LOG_FILES_H

#include <epan/packet.h>

#include "engine/engine.h"

/* The next file. Returns NULL, or one sentence about what is wrong, in scope. */
const char *rst_log_file_read(rst_engine_t *engine, const char *path, const char *name, const char *zone,
                              wmem_allocator_t *scope);

#endif
