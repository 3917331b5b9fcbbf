/* notes.c
 * Implementation of keeping inputs that changed a claim.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "notes.h"

#include <stdio.h>
#include <stdlib.h>

static const uint8_t *input;
static size_t input_size;

void notes_input(const uint8_t *data, size_t size)
{
    input = data;
    input_size = size;
}

static void tell(const char *what, const rst_verdict_t *verdict)
{
    fprintf(stderr, "%s %s %u by %s: %s\n", what, rst_cause_info(verdict->cause)->token, verdict->confidence,
            rst_sender_name(verdict->sender), verdict->summary);
}

void notes_take(const char *what, const rst_verdict_t *one, const rst_verdict_t *other)
{
    const char *folder = getenv("RST_FUZZ_NOTES");
    char path[4096];
    FILE *file;

    if (!folder) {
        tell(what, one);
        tell("    ->", other);
        abort();
    }
    snprintf(path, sizeof path, "%s/%s-%s-%s-%s-%s", folder, what, rst_cause_info(one->cause)->token,
             rst_sender_name(one->sender), rst_cause_info(other->cause)->token, rst_sender_name(other->sender));
    file = fopen(path, "wx");
    if (!file)
        return; /* there is one already */
    fwrite(input, 1, input_size, file);
    fclose(file);
}
