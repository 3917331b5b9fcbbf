/* script-join.h
 * Packets of a capture and records of a log, made by hand, and how many of them are joined.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_JOIN_H
#define RST_TEST_SCRIPT_JOIN_H

#include <glib.h>

#include "witness/witnesses.h"

#define NOON (INT64_C(1789991400) * RST_SECOND) /* 2026-09-21 11:50:00 UTC */
#define MINUTE (60 * RST_SECOND)
#define HOUR (60 * MINUTE)
#define CLIENT "192.0.2.10"
#define SERVER "198.51.100.20"

typedef struct join_scene {
    rst_witnesses_t *witnesses;
    uint32_t frame;
} join_scene_t;

rst_log_end_t join_end(const char *address, uint16_t port);

join_scene_t join_open(void);

void join_close(join_scene_t *scene);

/* A packet from the client; with back, from the server. */
uint32_t join_packet(join_scene_t *scene, uint16_t port, bool back, uint8_t flags, uint32_t seq, uint16_t ip_id,
                     int64_t time);

/* An attempt with three SYNs that nobody answers. Returns the first frame. */
uint32_t join_attempt(join_scene_t *scene, uint16_t port, int64_t time);

/* A connection that the server resets. Returns the frame of the reset. */
uint32_t join_broken(join_scene_t *scene, uint16_t port, int64_t time, int64_t life);

rst_record_t join_dropped(uint16_t port, rst_when_kind_t kind, int64_t time, int64_t resolution);

void join_file(join_scene_t *scene);

void join_take(join_scene_t *scene, const rst_record_t *record);

/* The records of an attempt, as a log in that kind of time has them. */
void join_log_attempt(join_scene_t *scene, uint16_t port, rst_when_kind_t kind, int64_t time, int64_t resolution);

unsigned join_about(const join_scene_t *scene, uint16_t port, bool back, uint32_t first, uint32_t last,
                    rst_testimony_t testimony[RST_TESTIMONIES_MAX]);

/* How many of the SYNs of an attempt have a record of their own. */
unsigned join_of_attempt(const join_scene_t *scene, uint16_t port, uint32_t first);

/* One attempt, and a log of it in that kind of time. */
unsigned join_in(rst_when_kind_t kind, int64_t shift, int64_t resolution, unsigned attempts);

rst_record_t join_session(uint16_t port, rst_meaning_t meaning, int64_t time);

unsigned join_of_reset(const join_scene_t *scene, uint16_t port, uint32_t frame, bool itself);

#endif
