/* misfits.c
 * Counting the packets that do not fit their side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/misfits.h"

#define MISFITS_MAX 65536 /* a flood of forged packets is counted, but not listed to its end */

typedef struct misfit {
    uint32_t pass_index;
    uint32_t clues;
} misfit_t;

void rst_misfits_count(rst_engine_t *engine, unsigned clues)
{
    rst_fit_t fit = rst_fit_by(clues);
    misfit_t misfit = {engine->file.now.pass_index, clues};

    engine->fit_counts.segments++;
    engine->fit_counts.doubtful += fit == RST_DOUBTFUL;
    engine->fit_counts.foreign += fit == RST_FOREIGN;
    if (fit == RST_FOREIGN && engine->misfits->len < MISFITS_MAX)
        g_array_append_val(engine->misfits, misfit);
}

/* Both the list and the frame numbers ascend. */
unsigned rst_engine_foreign(const rst_engine_t *engine, uint32_t frame)
{
    guint low = 0;
    guint high = engine->misfits->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const misfit_t *misfit = &g_array_index(engine->misfits, misfit_t, middle);
        uint32_t number = rst_frames_number(&engine->file.frames, misfit->pass_index);

        if (number == frame)
            return misfit->clues;
        if (number < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

rst_fit_counts_t rst_engine_fit_counts(const rst_engine_t *engine)
{
    return engine->fit_counts;
}
