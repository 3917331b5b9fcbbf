/* audit.h
 * What must hold for every input: verdicts and findings. A violation ends the program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_AUDIT_H
#define RST_FUZZ_AUDIT_H

#include <stdio.h>
#include <stdlib.h>

#include "engine/engine.h"

#define REQUIRE(claim)                                                                                                 \
    do {                                                                                                               \
        if (!(claim)) {                                                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim);                                 \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* text is not empty, printable, and free of the separators used in exports. */
void audit_text(const char *text);

/* latest = number of the last frame read. texts as passed to rst_engine_classify(). */
void audit_verdict(const rst_verdict_t *verdict, bool texts, uint32_t latest);

/* The same answer whenever it is asked for, except for texts. */
void audit_equal(const rst_verdict_t *one, const rst_verdict_t *other);

/* The same to the letter: the same packets again. */
void audit_same(const rst_verdict_t *one, const rst_verdict_t *other);

void audit_finding(const rst_finding_t *finding);

#endif
