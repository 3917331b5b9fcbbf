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

static const misfit_t *misfit_at(const rst_engine_t *engine, guint index)
{
    return &g_array_index(engine->misfits, misfit_t, index);
}

static uint32_t number_at(const rst_engine_t *engine, guint index)
{
    return rst_frames_number(&engine->file.frames, misfit_at(engine, index)->pass_index);
}

/* Whether the last entry is of a frame that has been rejected since: those before it were asked when it came. */
static bool ends_rejected(const rst_engine_t *engine)
{
    return engine->misfits->len && !number_at(engine, engine->misfits->len - 1);
}

/* A frame may hold several segments (tunnels): one entry tells what does not fit in any of them. */
static void remember(rst_engine_t *engine, unsigned clues)
{
    misfit_t misfit = {engine->file.now.pass_index, clues};
    guint last;

    if (ends_rejected(engine))
        g_array_set_size(engine->misfits, engine->misfits->len - 1);
    last = engine->misfits->len;
    if (last && misfit_at(engine, last - 1)->pass_index == misfit.pass_index)
        g_array_index(engine->misfits, misfit_t, last - 1).clues |= clues;
    else if (last < MISFITS_MAX)
        g_array_append_val(engine->misfits, misfit);
}

void rst_misfits_count(rst_engine_t *engine, unsigned clues)
{
    rst_fit_t fit = rst_fit_by(clues);

    engine->fit_counts.segments++;
    engine->fit_counts.doubtful += fit == RST_DOUBTFUL;
    engine->fit_counts.foreign += fit == RST_FOREIGN;
    if (fit == RST_FOREIGN)
        remember(engine, clues);
}

/* Both the list and the frame numbers ascend: a rejected frame, which has no number, is at most the last one. */
unsigned rst_engine_foreign(const rst_engine_t *engine, uint32_t frame)
{
    guint low = 0;
    guint high = engine->misfits->len - ends_rejected(engine);

    while (low < high) {
        guint middle = low + (high - low) / 2;
        uint32_t number = number_at(engine, middle);

        if (number == frame)
            return misfit_at(engine, middle)->clues;
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
