/* csv.h
 * `tshark -z rst,csv`: the statistics in machine-readable form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CSV_H
#define RST_CSV_H

/* Called with the other registrations of the protocol. */
void rst_csv_register(void);

#endif
