/* fuzz-engine.c
 * libFuzzer target: a miniature capture of one interface through the engine, with all questions that the plugin asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"
#include "notes.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static scene_t scene; /* too large for the stack */

    scene_read(&scene, data, size, false);
    target_count(&scene);
    target_show(&scene);
    notes_input(data, size);
    checks_run(&scene, checks_for(data, size));
    return 0;
}
