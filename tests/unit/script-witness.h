/* script-witness.h
 * One reset, its verdict and records of a log about it, all made by hand: for limits that few captures come near.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_WITNESS_H
#define RST_TEST_SCRIPT_WITNESS_H

#include "judge/at_witness.h"
#include "logs/reader.h"
#include "script.h"

enum { CLIENT, SERVER }; /* the order of their addresses */

/* The packets of the capture: the same as sights and by their pass_index. */
enum { WHOLE, SYN, RESET, ANOTHER_RESET };

#define AT (100 * RST_SECOND) /* the time of the reset */

typedef struct scene {
    script_scope_t scope;
    rst_file_t file;
    rst_address_t address[2];
    uint16_t port[2];
    rst_story_t story;
    rst_reset_t reset;
    rst_direction_t own, peer;
    rst_prefs_t prefs;
    rst_recent_segment_t syn;
    rst_verdict_t verdict;
    rst_view_t view;
    rst_witnesses_t *witnesses;
} scene_t;

/* The first reset of the server, 60 s after the packet before it, which the packets explain like this. */
void scene_open(scene_t *scene, rst_cause_t cause, uint8_t confidence);

/* The same, as an answer to the SYN. */
void scene_open_refusal(scene_t *scene, rst_cause_t cause, uint8_t confidence);

void scene_close(scene_t *scene);

/* The next record of the log; what is not told is that of a session, as a Juniper SRX would write. Change it before the
 * next one is told. */
rst_kept_t *scene_tell(scene_t *scene, rst_meaning_t meaning, uint32_t sight);

/* Lets the log speak. */
void scene_apply(scene_t *scene);

/* Compares cause, confidence and sender, and closes. */
void scene_confirm(scene_t *scene, rst_cause_t cause, unsigned confidence, rst_sender_t sender);

/* Both. */
void scene_expect(scene_t *scene, rst_cause_t cause, unsigned confidence, rst_sender_t sender);

#endif
