/* near.h
 * Beginnings of near misses: honest traffic that is odd. Bare lines, to be dressed (script-dress.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_NEAR_H
#define RST_TEST_NEAR_H

#include "script-dress.h"

#define NEAR_OPEN "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 5001"
/* A request of 100 bytes and its answer of 200. Next: client 1101, server 5201. */
#define NEAR_TALK                                                                                                      \
    NEAR_OPEN, "0.03 C>S P. 1001 ack 5001 len 100", "0.05 S>C . 5001 ack 1101", "0.06 S>C P. 5001 ack 1101 len 200",   \
        "0.061 C>S . 1101 ack 5201"
/* The next ones at "t", with one digit after the point, of 10 and of 20 bytes; seq, ack, and what the answer makes of
 * them. The words come to each line of the side. */
#define NEAR_ASKED(t, seq, ack, seq2, ack2, client, server)                                                            \
    t "01 C>S P. " seq " ack " ack " len 10" client, t "21 S>C P. " ack " ack " seq2 " len 20" server,                 \
        t "22 C>S . " seq2 " ack " ack2 client

#endif
