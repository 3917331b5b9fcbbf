/* words.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/words.h"

#include <glib.h>

bool rst_piece_is(rst_piece_t piece, const char *text)
{
    return g_ascii_strncasecmp(piece.text, text, piece.length) == 0 && !text[piece.length];
}
