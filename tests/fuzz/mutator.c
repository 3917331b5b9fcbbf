/* mutator.c
 * Mutates scripts of scenes step by step, for libFuzzer: a byte inserted or erased anywhere else would give all steps
 * after it another meaning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t max_out, unsigned int seed);

#define RANGE_MAX 8 /* steps */

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static size_t steps_of(size_t size)
{
    return size > SCENE_HEAD ? (size - SCENE_HEAD) / SCENE_STEP : 0;
}

static uint8_t *step_at(uint8_t *data, size_t number)
{
    return data + SCENE_HEAD + number * SCENE_STEP;
}

static size_t erase(uint8_t *data, size_t steps, unsigned *seed)
{
    size_t from = next(seed) % steps;
    size_t count = 1 + next(seed) % RANGE_MAX;

    if (count > steps - from)
        count = steps - from;
    memmove(step_at(data, from), step_at(data, from + count), (steps - from - count) * SCENE_STEP);
    return steps - count;
}

/* A range of steps once more, somewhere. */
static size_t copy(uint8_t *data, size_t steps, size_t most, unsigned *seed)
{
    uint8_t kept[RANGE_MAX * SCENE_STEP];
    size_t from = next(seed) % steps;
    size_t to = next(seed) % (steps + 1);
    size_t count = 1 + next(seed) % RANGE_MAX;

    if (count > steps - from)
        count = steps - from;
    if (steps + count > most)
        return steps;
    memcpy(kept, step_at(data, from), count * SCENE_STEP);
    memmove(step_at(data, to + count), step_at(data, to), (steps - to) * SCENE_STEP);
    memcpy(step_at(data, to), kept, count * SCENE_STEP);
    return steps + count;
}

static size_t insert(uint8_t *data, size_t steps, size_t most, unsigned *seed)
{
    size_t to = next(seed) % (steps + 1);
    uint8_t *step = step_at(data, to);

    if (steps >= most)
        return steps;
    memmove(step + SCENE_STEP, step, (steps - to) * SCENE_STEP);
    for (unsigned i = 0; i < SCENE_STEP; i++)
        step[i] = next(seed) & 1 ? (uint8_t)next(seed) : 0;
    return steps + 1;
}

/* Mostly small changes: a code, the kind, the tuple. */
static void change(uint8_t *step, unsigned *seed)
{
    unsigned at = next(seed) % SCENE_STEP;

    switch (next(seed) % 4) {
    case 0:
        step[at] = (uint8_t)next(seed);
        break;
    case 1:
        step[at] ^= (uint8_t)(1u << (next(seed) & 7));
        break;
    case 2:
        step[0] = (uint8_t)((step[0] & 0x0f) | (next(seed) << 4));
        break;
    default:
        LLVMFuzzerMutate(step, SCENE_STEP, SCENE_STEP);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    size_t most = steps_of(max_size);
    size_t steps = steps_of(size);

    if (max_size < SCENE_HEAD + SCENE_STEP)
        return LLVMFuzzerMutate(data, size, max_size);
    if (size < SCENE_HEAD)
        memset(data + size, 0, SCENE_HEAD - size);
    seed ^= seed << 13;
    do {
        unsigned what = next(&seed) % 16;

        if (!steps || what < 3)
            steps = insert(data, steps, most, &seed);
        else if (what < 5)
            steps = erase(data, steps, &seed);
        else if (what < 8)
            steps = copy(data, steps, most, &seed);
        else if (what < 9)
            LLVMFuzzerMutate(data, SCENE_HEAD, SCENE_HEAD);
        else
            change(step_at(data, next(&seed) % steps), &seed);
    } while (next(&seed) % 3);
    return SCENE_HEAD + steps * SCENE_STEP;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t max_out, unsigned int seed)
{
    size_t most = steps_of(max_out);
    size_t first = steps_of(one_size), second = steps_of(other_size), from;

    if (!first || !second || !most)
        return 0;
    first = 1 + next(&seed) % (first < most ? first : most);
    from = next(&seed) % second;
    second -= from;
    if (second > most - first)
        second = most - first;
    memcpy(out, one, SCENE_HEAD + first * SCENE_STEP);
    memcpy(step_at(out, first), other + SCENE_HEAD + from * SCENE_STEP, second * SCENE_STEP);
    return SCENE_HEAD + (first + second) * SCENE_STEP;
}
