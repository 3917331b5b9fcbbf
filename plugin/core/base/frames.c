/* frames.c
 * Positions in the pass, and frame numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/frames.h"

typedef struct rst_frames_break {
    uint32_t pass_index; /* from this pass_index on */
    uint32_t offset;     /* number = pass_index - offset, modulo 2^32 */
} rst_frames_break_t;

static uint32_t frames_offset(const rst_frames_t *frames, uint32_t pass_index)
{
    uint32_t offset = 0;
    guint low = 0;
    guint high = frames->breaks ? frames->breaks->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const rst_frames_break_t *entry = &g_array_index(frames->breaks, rst_frames_break_t, middle);

        if (entry->pass_index <= pass_index) {
            offset = entry->offset;
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return offset;
}

static void frames_reject(rst_frames_t *frames)
{
    if (!frames->rejected)
        frames->rejected = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(frames->rejected, frames->pass_index);
}

void rst_frames_next(rst_frames_t *frames, uint32_t number)
{
    uint32_t offset = frames->pass_index - frames->number;

    if (frames->pass_index && number == frames->number)
        frames_reject(frames);
    frames->fell = frames->fell || number < frames->number;
    /* Frame numbers may skip (part of the file was not read); pass_index skips with them as long as they rise. */
    frames->pass_index = number > frames->number ? number + offset : frames->pass_index + 1;
    frames->number = number;
    if (frames->pass_index - number != offset) {
        rst_frames_break_t entry = {frames->pass_index, frames->pass_index - number};

        if (!frames->breaks)
            frames->breaks = g_array_new(FALSE, FALSE, sizeof(rst_frames_break_t));
        g_array_append_val(frames->breaks, entry);
    }
}

static gboolean frames_is_rejected(const rst_frames_t *frames, uint32_t pass_index)
{
    guint low = 0;
    guint high = frames->rejected ? frames->rejected->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        uint32_t entry = g_array_index(frames->rejected, uint32_t, middle);

        if (entry == pass_index)
            return TRUE;
        if (entry < pass_index)
            low = middle + 1;
        else
            high = middle;
    }
    return FALSE;
}

uint32_t rst_frames_number(const rst_frames_t *frames, uint32_t pass_index)
{
    if (!pass_index || frames_is_rejected(frames, pass_index))
        return 0;
    return pass_index - frames_offset(frames, pass_index);
}

/* From the break on that is at this place, 0 = from the beginning: the pass_index that the number would have. */
static uint32_t frames_within(const rst_frames_t *frames, guint place, uint32_t number)
{
    const rst_frames_break_t *entry = place ? &g_array_index(frames->breaks, rst_frames_break_t, place - 1) : NULL;
    uint32_t pass_index = entry ? number + entry->offset : number;

    return entry && pass_index < entry->pass_index ? 0 : pass_index;
}

/* Of several with the same number, the last was not rejected. */
uint32_t rst_frames_pass_index(const rst_frames_t *frames, uint32_t number)
{
    guint low = 0;
    guint high = frames->breaks ? frames->breaks->len : 0;
    uint32_t pass_index;

    while (low < high && !frames->fell) {
        guint middle = low + (high - low + 1) / 2;

        if (frames_within(frames, middle, number))
            low = middle;
        else
            high = middle - 1;
    }
    if (frames->fell) {
        for (low = high; low && !frames_within(frames, low, number);)
            low--;
    }
    pass_index = frames_within(frames, low, number);
    return pass_index <= frames->pass_index && rst_frames_number(frames, pass_index) == number ? pass_index : 0;
}

void rst_frames_free(rst_frames_t *frames)
{
    if (frames->breaks)
        g_array_free(frames->breaks, TRUE);
    if (frames->rejected)
        g_array_free(frames->rejected, TRUE);
}
