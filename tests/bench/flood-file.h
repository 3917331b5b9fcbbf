/* flood-file.h
 * A flood before, amid or after a capture, as a file for Wireshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BENCH_FLOOD_FILE_H
#define RST_BENCH_FLOOD_FILE_H

#include "plan.h"

/* Returns false if the file cannot be written. */
bool flood_file_write(const plan_t *plan, const capture_t *capture, const char *path);

#endif
