/* form.h
 * The form of a reset that answers nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FORM_H
#define RST_FORM_H

#include "track/reset.h"

/* Compares the sequence number with what its sender had sent. */
rst_form_t rst_form_by_sequence(const rst_reset_t *reset);

#endif
