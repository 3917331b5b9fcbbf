/* log-files.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "log-files.h"
#include "plain-file.h"

static bool take(const char *bytes, size_t length, void *user_data)
{
    rst_engine_log_feed((rst_engine_t *)user_data, bytes, length);
    return true;
}

const char *rst_log_file_read(rst_engine_t *engine, const char *path, const char *name, const char *zone,
                              wmem_allocator_t *scope)
{
    const char *problem;

    rst_engine_log_begin(engine, name, zone && *zone ? zone : NULL);
    problem = rst_plain_file_read(path, take, engine);
    rst_engine_log_end(engine);
    return problem ? wmem_strdup_printf(scope, "Witness %s: %s", path, problem) : NULL;
}
