/* problems.h
 * `tshark -z rst,problems` and `-z rst,problems,json`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PRESENT_PROBLEMS_H
#define RST_PRESENT_PROBLEMS_H

/* Called with the other registrations of the protocol. */
void rst_problems_tap_register(void);

#endif
