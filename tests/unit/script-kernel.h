/* script-kernel.h
 * A capture with the trace of a kernel beside it, for tests that join the two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_KERNEL_H
#define RST_TEST_SCRIPT_KERNEL_H

#include "script.h"

/* Addresses of the scripts' plain variant. */
#define CLIENT "10.0.0.67"
#define SERVER "10.0.0.83"

typedef struct setup {
    script_run_t *run;
    GString *trace;
    double shift; /* of the kernel's clock, in seconds */
    const char *syn_words; /* added to both SYNs of a talk */
    GPtrArray *lines;
} setup_t;

void setup_open(setup_t *setup, double shift);
void setup_close(setup_t *setup);

/* One line of the capture. */
void setup_line(setup_t *setup, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A reset that the kernel sent; rest is the end of the event's line and says "answer" where it has a packet. */
void setup_event(setup_t *setup, double time, const char *from, const char *to, const char *rest);

/* A reset that the kernel of the client took. */
void setup_receipt(setup_t *setup, double time, const char *sport, const char *dport);

/* Handshake, request and answer; then a last line with %u for the client's port. */
void setup_talk(setup_t *setup, double at, unsigned port, const char *rest);

/* Reads the capture with its trace and compares. */
void setup_play(setup_t *setup);

#define EXPECT(setup, text) script_expect((setup)->run, __FILE__, __LINE__, (text))

#endif
