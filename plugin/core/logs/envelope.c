/* envelope.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/envelope.h"

#include <string.h>

#include <glib.h>

void rst_envelope_open(rst_envelope_t *envelope, const char *text, size_t length)
{
    memset(envelope, 0, sizeof *envelope);
    envelope->line.text = envelope->line.whole = text;
    envelope->line.length = length;
    envelope->line.host = envelope->line.tag = "";
}

void rst_envelope_close(rst_envelope_t *envelope)
{
    rst_json_free(envelope->json);
    for (unsigned i = 0; i < G_N_ELEMENTS(envelope->text); i++)
        g_free(envelope->text[i]);
}
