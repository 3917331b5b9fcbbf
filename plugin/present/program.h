/* program.h
 * Which program has loaded the plugin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PROGRAM_H
#define RST_PROGRAM_H

#include <stdbool.h>

/* Command-line programs have no windows and no status bar; an unknown program may have them. */
bool rst_program_has_window(void);

bool rst_program_is_sharkd(void);

/* tshark -T fields, for which Wireshark before 4.4 makes the whole tree and then prints a few fields of it. */
bool rst_program_prints_fields(void);

/* For that: does any argument contain this word, or end in it? */
bool rst_program_names(const char *word, bool at_end);

#endif
