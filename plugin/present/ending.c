/* ending.c
 * A tap listener without a filter: the dissector adds a record for the end to the last packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/tap.h>

#include "ending.h"
#include "packet-rst.h"

struct rst_ending {
    void (*then)(void *data, rst_ending_kind_t kind);
    void *data;
    bool listens;
};

static unsigned listeners;

bool rst_ending_awaited(void)
{
    return listeners != 0;
}

static tap_packet_status take(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                              const void *record RST_TAP_FLAGS)
{
    const rst_ending_t *ending = (const rst_ending_t *)data;
    rst_ending_kind_t kind = ((const rst_tap_t *)record)->end;

    if (kind != RST_ENDING_NONE)
        ending->then(ending->data, kind);
    return TAP_PACKET_DONT_REDRAW;
}

static void draw(void *data)
{
    const rst_ending_t *ending = (const rst_ending_t *)data;

    ending->then(ending->data, RST_ENDING_DRAWN);
}

/* At the end of the program Wireshark removes all listeners itself, the latest first. */
static void stop(void *data)
{
    ((rst_ending_t *)data)->listens = false;
    listeners--;
}

rst_ending_t *rst_ending_new(void (*then)(void *data, rst_ending_kind_t kind), void *data)
{
    rst_ending_t *ending = g_new(rst_ending_t, 1);
    GString *error;

    ending->then = then;
    ending->data = data;
    ending->listens = true;
    listeners++;
    error = register_tap_listener(RST_TAP_NAME, ending, NULL, TL_REQUIRES_NOTHING, NULL, take, draw, stop);
    if (error) {
        ending->listens = false;
        g_string_free(error, TRUE);
    }
    return ending;
}

void rst_ending_free(rst_ending_t *ending)
{
    if (ending->listens)
        remove_tap_listener(ending);
    g_free(ending);
}
