/* kept.h
 * The records of all logs that may be about a connection of the capture: those of its addresses and ports, as they are
 * or as a device translated them. Everything else is counted and forgotten, so a log of any size can be read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_KEPT_H
#define RST_KEPT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "logs/filters.h"
#include "logs/record.h"
#include "witness/lives.h"
#include "witness/translations.h"

#define RST_KEPT_MAX 200000      /* records, of all files */
#define RST_KEPT_OF_ENDS_MAX 256 /* of one pair of addresses and ports */
#define RST_KEPT_NAMES_MAX 16384 /* different devices and rules */
#define RST_CLOCKS_MAX 4096

#define RST_ZONE_EAST (14 * 3600 * RST_SECOND) /* the time zones that exist */
#define RST_ZONE_WEST (12 * 3600 * RST_SECOND)

typedef enum rst_kept_by {
    RST_BY_PAIR,       /* names both ends as the capture has them */
    RST_BY_TRANSLATED, /* as the record itself translates them */
    RST_BY_MAP,        /* as another record translates them */
    RST_BY_ONE_END     /* names one end only: a hint, and never more */
} rst_kept_by_t;

typedef enum rst_kept_state {
    RST_KEPT_UNPLACED,  /* nothing tells when it was */
    RST_KEPT_OTHER,     /* of another time: another connection on the same addresses and ports */
    RST_KEPT_AMBIGUOUS, /* fits more than one, or its time is not sure: shown, and changes nothing */
    RST_KEPT_JOINED
} rst_kept_state_t;

typedef struct rst_kept {
    rst_ends_t *ends;
    uint32_t before; /* the one before it about the same ends, plus 1 */
    uint32_t line, file, clock;
    uint8_t reader, side; /* index of the record's src among the ends */
    rst_meaning_t meaning;
    rst_cause_t cause;
    rst_kept_by_t by;
    bool oriented, inner, acted, no_state, packet;
    int64_t time;       /* as the clock of the log has it; RST_TIME_NONE = none */
    int64_t resolution; /* its event lies between time and that much later */
    bool loose;
    int64_t duration, idle; /* ns, 0 = not told */
    rst_packet_keys_t keys;
    uint64_t filter;                  /* Windows: run-time id, 0 = none */
    bool old_name;                    /* the rule is what that id meant at another time */
    const char *rule, *device, *text; /* NULL = none; text as in the log */
    /* what joining found */
    rst_kept_state_t state;
    rst_life_t *life;
    uint32_t sight; /* the packet that it is about, plus 1; 0 = the connection as a whole */
    int64_t error;  /* ns: how far the clocks may differ; RST_TIME_NONE = it needs no clock */
} rst_kept_t;

/* All times that one device wrote in one way into one file. */
typedef struct rst_log_clock {
    rst_when_kind_t kind;
    uint32_t file;
    /* what the matches say (offset.h) */
    bool known;
    bool sure;      /* confirmed by more than a single chance */
    int64_t offset; /* capture minus log */
    int64_t error;  /* of the offset */
    bool switched;  /* by an hour, for daylight saving, at that line of the file */
    uint32_t switched_at;
    int64_t after;    /* the offset from there on */
    unsigned matched; /* connections that agree on it */
} rst_log_clock_t;

typedef struct rst_witness_file {
    char *name, *zone; /* zone NULL = not told */
    char *complaint;   /* NULL = none */
    uint64_t lines, records, broken;
    unsigned names; /* of Windows' filters */
    uint32_t ours, joined, ambiguous, unplaced, other;
} rst_witness_file_t;

typedef struct rst_kepts {
    rst_lives_t *lives;
    GPtrArray *files;     /* rst_witness_file_t */
    GArray *records;      /* rst_kept_t */
    GArray *clocks;       /* rst_log_clock_t */
    rst_names_t names;    /* devices and rules */
    GHashTable *clock_of; /* kept name of a clock -> its place, plus 1 */
    rst_translations_t translations;
    GStringChunk *texts;
    bool full;
} rst_kepts_t;

void rst_kepts_open(rst_kepts_t *kepts, rst_lives_t *lives);
void rst_kepts_close(rst_kepts_t *kepts);

/* The next file; records that follow are of it. */
rst_witness_file_t *rst_kepts_file(rst_kepts_t *kepts, const char *name, const char *zone);

void rst_kepts_take(rst_kepts_t *kepts, const rst_record_t *record);

/* The names of filters are often in another file than the events. */
void rst_kepts_name(rst_kepts_t *kepts, const rst_filters_t *filters);

static inline rst_kept_t *rst_kept(const rst_kepts_t *kepts, uint32_t index)
{
    return &g_array_index(kepts->records, rst_kept_t, index);
}

static inline rst_log_clock_t *rst_kept_clock(const rst_kepts_t *kepts, const rst_kept_t *kept)
{
    return &g_array_index(kepts->clocks, rst_log_clock_t, kept->clock);
}

#endif
