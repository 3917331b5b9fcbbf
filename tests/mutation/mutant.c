/* mutant.c
 * The switch of the mutants: RST_MUTANT chooses one, RST_MUTANTS_REACHED names a file that gets a byte for each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

unsigned rst_mutant_chosen;
unsigned char rst_mutant_reached[RST_MUTANTS];

/* In place of GLib's: the first red test decides, nothing need run after it. */
void g_test_fail(void)
{
    _Exit(1);
}

static void write_reached(void)
{
    const char *path = getenv("RST_MUTANTS_REACHED");
    FILE *file = path ? fopen(path, "wb") : NULL;

    if (!file)
        return;
    fwrite(rst_mutant_reached, 1, sizeof rst_mutant_reached, file);
    fclose(file);
}

__attribute__((constructor)) static void choose(void)
{
    const char *number = getenv("RST_MUTANT");

    rst_mutant_chosen = number ? (unsigned)atoi(number) : 0;
    atexit(write_reached);
}
