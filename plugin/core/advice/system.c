/* system.c
 * The table of looks. Sources: the stacks' own defaults (Linux tcp_select_initial_window, Windows receive window auto-
 * tuning, FreeBSD and XNU tcp_input), and the p0f signatures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advice/system.h"

#include <stddef.h>

#define ANY_WINDOW 0, UINT16_MAX
#define ANY_SCALE -1, 14
#define ANY INT8_MIN

typedef struct signature {
    uint8_t ttl; /* initial */
    bool syn;    /* the rest of the row is about a SYN or SYN-ACK */
    int8_t timestamps;
    int8_t scale_from, scale_to;
    uint16_t window_from, window_to;
    rst_system_t system;
} signature_t;

/* From the specific to the general: the first row that fits counts. */
static const signature_t signatures[] = {
    {64, true, true, 3, 6, UINT16_MAX, UINT16_MAX, RST_SYSTEM_BSD}, /* macOS, FreeBSD */
    {64, true, true, 3, 6, 16384, 16384, RST_SYSTEM_BSD},           /* OpenBSD */
    {64, true, ANY, -1, -1, ANY_WINDOW, RST_SYSTEM_UNKNOWN},        /* small stacks, and scripts */
    {64, false, ANY, ANY_SCALE, ANY_WINDOW, RST_SYSTEM_LINUX},      /* the most frequent of those that start at 64 */
    {128, false, ANY, ANY_SCALE, ANY_WINDOW, RST_SYSTEM_WINDOWS},   /* no other common system starts there */
    {255, false, ANY, ANY_SCALE, ANY_WINDOW, RST_SYSTEM_DEVICE},    /* Cisco IOS, BIG-IP and others */
};

/* The nearest common value above; 0 if the packet would have come further than any path is long. */
static uint8_t initial_ttl(uint8_t ttl)
{
    static const uint8_t common[] = {64, 128, 255};

    for (size_t i = 0; ttl && i < sizeof common; i++) {
        if (ttl <= common[i])
            return ttl > 32 && common[i] - ttl <= 30 ? common[i] : 0;
    }
    return 0;
}

static bool fits(const signature_t *row, const rst_looks_t *looks)
{
    if (row->ttl != initial_ttl(looks->ttl))
        return false;
    if (!row->syn)
        return true;
    return looks->syn && (row->timestamps == ANY || row->timestamps == looks->timestamps) &&
           looks->scale >= row->scale_from && looks->scale <= row->scale_to && looks->window >= row->window_from &&
           looks->window <= row->window_to;
}

rst_system_t rst_system_guess(const rst_looks_t *looks)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (fits(&signatures[i], looks))
            return signatures[i].system;
    }
    return RST_SYSTEM_UNKNOWN;
}

const char *rst_system_name(rst_system_t system)
{
    static const char *const names[RST_SYSTEM_COUNT] = {"", "Linux", "Windows", "BSD or macOS", "a network device"};

    return names[system];
}
