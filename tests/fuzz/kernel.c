/* kernel.c
 * Implementation of a kernel's trace of a scene.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *endpoint(const rst_address_t *address, uint16_t port, char *text, size_t size)
{
    const uint8_t *byte = (const uint8_t *)address->word;

    if (address->size == 4)
        snprintf(text, size, "%u.%u.%u.%u:%u", byte[0], byte[1], byte[2], byte[3], port);
    else
        snprintf(text, size, "[%02x%02x::%02x%02x]:%u", byte[0], byte[1], byte[14], byte[15], port);
    return text;
}

static void add_line(scene_t *scene, const char *name, const rst_segment_t *reset, uint64_t time, unsigned operand)
{
    size_t room = sizeof scene->trace - scene->trace_length;
    char src[64], dst[64];
    int wrote = snprintf(scene->trace + scene->trace_length, room,
                         " x-%u [000] ..s1. %" PRIu64 ".%09" PRIu64
                         ": %s: skbaddr=%s skaddr=0 src=%s dest=%s state=%u reason=%u\n",
                         operand >> 6, time / 1000000000, time % 1000000000, name, operand & 0x20 ? "00ff" : "(nil)",
                         endpoint(&reset->src, reset->sport, src, sizeof src),
                         endpoint(&reset->dst, reset->dport, dst, sizeof dst), operand % 13, operand & 31);

    if (wrote > 0 && (size_t)wrote < room)
        scene->trace_length += (size_t)wrote;
}

void kernel_note(kernel_t *kernel, scene_t *scene, const rst_segment_t *reset, bool from_server, uint8_t operand)
{
    static const int64_t clocks[] = {0,
                                     -INT64_C(1600000000000000000),
                                     INT64_C(250000000),
                                     INT64_C(3600000000000),
                                     INT64_C(7000000000000000000),
                                     -INT64_C(1000000),
                                     INT64_C(1) << 62,
                                     -INT64_C(9000000000)};
    uint64_t time = (uint64_t)reset->time + (uint64_t)clocks[kernel->how >> 2 & 7];

    if (!(kernel->how & 1u << from_server))
        return;
    kernel->state++;
    if ((kernel->how & 0x20) && kernel->state < 3)
        return;
    if ((kernel->how & 0x40) && kernel->state % 4 == 0)
        return;
    if ((int64_t)time < 0)
        time = -time;
    add_line(scene, "tcp_send_reset", reset, time, operand);
    if (kernel->how & 0x80)
        add_line(scene, "tcp_receive_reset", reset, time + 1000, operand);
}
