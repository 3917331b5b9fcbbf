/* attack.h
 * An attack matrix: honest stories of all stacks, and forged segments that somebody adds to them. For every pair the
 * verdicts about the honest resets are compared with those of the story alone.
 *
 * A story is a list of bare script lines (script.h): times, hosts, flags and numbers. TTL, IP id, DF, options, time
 * stamps and windows are added as the stack of the sender writes them. A line that gives its own TTL comes from a
 * device on the way and is left as it is.
 *
 * A kind of attack is a list of lines too, with words that are filled in where the line is put:
 *
 *   WHEN [xN/STEP] SRC>DST FLAGS SEQ [WORD ...]
 *
 * WHEN    -S or +S: seconds before or after the honest reset of the story (or its last line); @S: after the story's
 *         first line, also below zero. A "!" before it: an honest host says this, in answer to what is forged
 * xN/STEP N times, STEP seconds apart
 * SRC     R sends the honest reset, P is its peer; K is the client, V the server; other letters as in the script.
 *         ":*" is another port each time
 * $seq    what SRC sends next; $ack: what DST sends next. Both with +N or -N after it
 * $rand   a number out of reach of any window; $opposite: half of all numbers away from the last $rand; $any: one more
 * $own    TTL, IP id, DF and time stamp as SRC would write them: a perfect copy
 * $bare   the same without time stamp; $onehop: one hop farther away; $absurd: a time stamp out of reach
 * $elsewhere  TTL and IP id of another host, no time stamp; $strange: an absurd one
 * $there  as $elsewhere, and all of the kind from the same distance
 *
 * "reset WORD ..." adds words to the honest reset itself: $nearer (four hops), $unstamped, or words of the script.
 * "only WORD ..." limits the kind to stories whose reset is sent by the client, the server, near (at the capture point)
 * or far, in a connection with time stamps (stamped) or without (unstamped).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_ATTACK_H
#define RST_TEST_ATTACK_H

#include "script.h"

/* How a system writes its headers. */
typedef struct attack_stack {
    const char *syn; /* options and window of a SYN */
    unsigned ttl, window;
    enum { ATTACK_ID_COUNTER, ATTACK_ID_ZERO, ATTACK_ID_RANDOM } id;
    bool df;
    bool stamps;        /* uses time stamps */
    bool stamps_resets; /* also in the resets of a socket */
    bool zero_id;       /* resets without a socket bear IP id 0 */
} attack_stack_t;

#define ATTACK_STORY_LINES 64
#define ATTACK_KIND_LINES 16

typedef struct attack_story {
    const char *name; /* NULL ends the list */
    const attack_stack_t *client, *server;
    uint8_t client_hops, server_hops; /* to the nearest capture point */
    uint8_t between;                  /* hops between two capture points; 0 = one point */
    bool by_device;                   /* no endpoint sends the resets */
    const char *expected;             /* as in script_check() */
    const char *also;                 /* other causes that are as right, separated by spaces; NULL = none */
    const char *lines[ATTACK_STORY_LINES];
} attack_story_t;

/* Who writes: somebody who knows addresses and ports only, who sees the packets, an end, or a host of its own. */
#define ATTACK_OFF_PATH 'O'
#define ATTACK_ON_PATH 'P'
#define ATTACK_END 'E'
#define ATTACK_HOST 'H'

/* What a verdict may wrongly say at most, where a perfect forgery looks the same. 0: no wrong verdict of 70 or more,
 * and nobody on the way is blamed with 50 or more. */
typedef struct attack_kind {
    const char *name; /* NULL ends the list */
    char attacker;
    uint8_t wrong;  /* another cause or end for an honest reset */
    uint8_t blame;  /* something on the way for an honest reset of an end */
    uint8_t forged; /* an end for a forged reset; never less than what the honest one gets */
    const char *lines[ATTACK_KIND_LINES];
} attack_kind_t;

/* Rows of the tables of kinds. Where a perfect copy looks like the real thing, the numbers say how sure a verdict may
 * honestly be. */
#define ATTACK_ROW(name, attacker, wrong, blame, forged, ...)                                                          \
    {                                                                                                                  \
        name, attacker, wrong, blame, forged,                                                                          \
        {                                                                                                              \
            __VA_ARGS__, NULL                                                                                          \
        }                                                                                                              \
    }
#define OFF_PATH(name, ...) ATTACK_ROW(name, ATTACK_OFF_PATH, 0, 0, 0, __VA_ARGS__)
#define ON_PATH(name, wrong, blame, forged, ...) ATTACK_ROW(name, ATTACK_ON_PATH, wrong, blame, forged, __VA_ARGS__)
#define SEEN_THROUGH(name, ...) ON_PATH(name, 0, 0, 0, __VA_ARGS__)
#define END(name, wrong, blame, ...) ATTACK_ROW(name, ATTACK_END, wrong, blame, 0, __VA_ARGS__)
#define HOST(name, wrong, blame, forged, ...) ATTACK_ROW(name, ATTACK_HOST, wrong, blame, forged, __VA_ARGS__)

extern const attack_story_t attack_stories[];
extern const attack_kind_t attack_kinds_off_path[], attack_kinds_near[], attack_kinds_later[];

/* Who is the author of a line. */
typedef enum attack_part { ATTACK_HONEST, ATTACK_FORGED, ATTACK_ANSWER } attack_part_t;

typedef struct attack_line {
    double time;
    char *text;            /* without time, TTL and interface */
    char *route;           /* "C:1>S" */
    rst_segment_t segment; /* numbers as in the script */
    unsigned ttl;          /* at the nearest capture point; 0 = unknown */
    attack_part_t part;
    bool from_between; /* two points: not sent from behind one of them */
} attack_line_t;

/* A story as it is played once. */
typedef struct attack_scene {
    const attack_story_t *story;
    const script_variant_t *variant;
    GRand *rand;
    script_run_t *scratch; /* for reading lines */
    GArray *lines;         /* of attack_line_t, the honest ones first */
    unsigned honest;       /* how many of them */
    unsigned target;       /* the honest reset, or the last line */
    uint32_t last_rand;
    unsigned there; /* TTL of $there, 0 = not yet used */
} attack_scene_t;

void attack_scene_open(attack_scene_t *scene, const attack_story_t *story, const script_variant_t *variant,
                       guint32 seed);
void attack_scene_close(attack_scene_t *scene);

/* Adds a line to the scene; takes text. */
void attack_scene_add(attack_scene_t *scene, double time, char *text, unsigned ttl, attack_part_t part);

/* What the sender of a route sends next at that time, and its last time stamp. Returns false if it sent nothing. */
bool attack_scene_next(const attack_scene_t *scene, const char *route, double time, uint32_t *seq, uint32_t *tsval);

/* The reverse of "C:1>S". */
char *attack_reverse(const char *route);

const attack_stack_t *attack_stack_of(const attack_story_t *story, char letter);
unsigned attack_ttl_of(const attack_story_t *story, char letter);

/* "ts V:E", as the host would write it now; empty where the connection uses none. */
char *attack_stamp(const attack_scene_t *scene, const char *route, double time, bool is_syn);

/* Adds what is forged. Returns false if the kind does not apply to the story. */
bool attack_forge(attack_scene_t *scene, const attack_kind_t *kind, bool from_between);

/* A verdict about one reset, in short. */
typedef struct attack_answer {
    attack_part_t part;
    struct {
        rst_cause_t cause;
        rst_sender_t sender;
        uint8_t confidence;
    } pass[2]; /* right after the reset; after the file was read twice */
} attack_answer_t;

/* Plays the scene: of attack_answer_t, in the order of the file. expected: NULL or as in script_check(). */
GArray *attack_play(const attack_scene_t *scene, const char *expected);

typedef struct attack_count {
    unsigned tried, unchanged, less, wrong, sure, accused; /* verdicts about honest resets */
    unsigned forged, believed;                             /* about forged ones: as an endpoint's, surely */
    unsigned beyond;                                       /* above the kind's maximum */
} attack_count_t;

/* Compares the verdicts of one pass. label: for messages about what is beyond the maximum. */
void attack_compare(const attack_story_t *story, const attack_kind_t *kind, const char *label, const GArray *alone,
                    const GArray *attacked, unsigned pass, attack_count_t *count);

#endif
