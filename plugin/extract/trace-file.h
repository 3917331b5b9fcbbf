/* trace-file.h
 * Reads the text of the kernel trace that the user named.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TRACE_FILE_H
#define RST_TRACE_FILE_H

#include <epan/packet.h>

#include "engine/engine.h"

/* Returns the finished trace, or NULL and one sentence about what is wrong, in scope. */
rst_trace_t *rst_trace_file_read(const char *path, wmem_allocator_t *scope, const char **problem);

#endif
