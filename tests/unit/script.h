/* script.h
 * A case as text: each line is one segment of a capture, and the text is the whole input of the core.
 *
 *   TIME SRC[:PORT]>DST[:PORT] FLAGS SEQ [WORD ...]
 *
 * TIME    seconds; "+x" = x after the line before; "-" = no timestamp
 * SRC     one letter: A, B, C are clients (port 40000), all others servers (port 80)
 * FLAGS   as tcpdump writes them: S F R P . U E W, "none" for no flag
 * SEQ     raw number. The harness adds a base to each side's numbers; "=N" is taken as it is
 * WORD    ack N, win N, len N, data 'TEXT', hex BYTES, f5 'TEXT' (cause in a capture trailer), mss N, ws N, sack,
 *         sackblock L:R, ts V:E (E may be =N), ttl N, id N, df, tos N, link N, interface N (capture interface), mptcp
 *         (any option), mpopen (MP_CAPABLE or MP_JOIN), fastclose, tcprst REASON:FLAGS, tfo, md5, nowin, noopt, more (options cut
 *         off), nolen, goodsum and badsum (checksum; else unknown), rejected (by a read filter)
 *
 *   TIME SRC[:PORT]>DST[:PORT] icmp TYPE CODE [by LETTER] [udp] [id N]
 *
 * is an ICMP error of host LETTER (without it: of DST) that quotes a packet from SRC to DST. TYPE and
 * CODE are those of ICMPv4, also where the script runs with IPv6.
 *
 * Absent ttl or id = unknown; absent win = 64240, in a reset 0. "TIME none" is a frame without TCP; "pref NAME N" sets
 * a preference, "pref netscaler HOST" names one. Frames are numbered from 1; rejected frames give their number to the
 * next.
 *
 * Each script runs several times: with numbers that cross 2^32 and 2^31, with IPv4 and IPv6 addresses, with the client
 * on either side of the connection record, and with garbage in all facts that are not known. The expectation is the
 * same. Then it runs among the traffic of other connections (script-foreign.h), and cut after each of its lines
 * (script-excused.def): neither may change what a verdict claims.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_H
#define RST_TEST_SCRIPT_H

#include <glib.h>

#include "engine/engine.h"

/* malloc with a list, so that a leak check sees what the core forgets to release before the scope goes. */
typedef struct script_scope {
    rst_memory_t memory;
    GHashTable *blocks;
} script_scope_t;

void script_scope_open(script_scope_t *scope);
void script_scope_close(script_scope_t *scope);

/* What one run differs in from another. */
typedef struct script_variant {
    const char *name;
    bool ipv6;
    bool reversed;        /* addresses in the opposite order */
    uint8_t garbage;      /* in what is not known */
    uint32_t client_base; /* added to the sequence numbers of A, B, C */
    uint32_t server_base;
    int64_t epoch; /* ns, added to the times */
} script_variant_t;

#define SCRIPT_RESETS_MAX 1024

typedef struct script_run {
    const script_variant_t *variant;
    rst_engine_t *engine;
    script_scope_t scope;  /* the engine's */
    script_scope_t answers; /* the verdicts' */
    const rst_reset_t *reset[SCRIPT_RESETS_MAX];
    uint32_t id[SCRIPT_RESETS_MAX]; /* by which they are asked for: reset[] is what they are now */
    rst_cause_t provisional[SCRIPT_RESETS_MAX]; /* cause right after the reset */
    uint8_t sure_early[SCRIPT_RESETS_MAX];      /* and its confidence */
    unsigned resets;
    uint32_t frame;
    bool rejected; /* the next frame bears the same number */
    bool lossy;    /* some frame was rejected */
    bool has_icmp; /* the line read last is an ICMP error */
    rst_icmp_t icmp;
    int64_t time;
    rst_prefs_t prefs;
    rst_network_t netscaler;
} script_run_t;

extern const script_variant_t script_variants[];
extern const unsigned script_variant_count;

/* Opens a run with the preferences among the first lines, and returns the line after them. lines end with NULL. */
const char *const *script_begin(script_run_t *run, const script_variant_t *variant, const char *const *lines);

/* Begins, and feeds all lines. */
void script_open(script_run_t *run, const script_variant_t *variant, const char *const *lines);
void script_close(script_run_t *run);

/* Adds a line; only between script_open() and script_close(). */
void script_feed(script_run_t *run, const char *line);

/* Adds a frame with this segment. */
void script_feed_segment(script_run_t *run, const rst_segment_t *segment);

/* The record of one of the resets, wherever it is kept; valid until a few others have been asked for. */
const rst_reset_t *script_reset(const script_run_t *run, unsigned number);

/* The address of a host in this variant. */
rst_address_t script_address(const script_variant_t *variant, char letter);

/* Reads a line into a segment. Returns false for a line that is no segment. Wrong lines abort the test. */
bool script_parse(script_run_t *run, const char *line, rst_segment_t *segment, bool *rejected);

/* Runs the lines in all variants and compares. What is expected is a list, separated by ';':
 *
 *   [#N] CAUSE [MIN-MAX] [WORD ...]
 *
 * #N      the Nth reset of the file; without it the last one
 * CAUSE   token, or "*"
 * MIN-MAX confidence in percent
 * WORD    by SENDER, trigger FRAME, alt CAUSE (is an alternative), not CAUSE (is not the verdict),
 *         never CAUSE (neither),
 *         phase P, valid V, accepted yes|no|unknown, capture SIDE, retx N, probes N, delta N|none, ordinal N, benign,
 *         serious (not benign), conflict, agreed (no conflict), follower (does not count), first, pattern P, plain (no
 *         pattern), innocent (blames nothing on the way), source S, code N, says WORD|none (in the stated
 *         text), tells WORD and omits WORD (in the summary), shows WORD and hides WORD (in the evidence), seen N|none, missing N|none
 *         (capture points), contradicted FRAME, idle SECONDS, early CAUSE (verdict right after the reset),
 *         sure_early N (its confidence), second N (confidence of the first alternative)
 *
 * or, of all segments:
 *
 *   foreign N[-M]           so many do not fit their side
 *   doubtful N[-M]          so many have one clue against them
 *   misfit FRAME [CLUE ...] this one is foreign, for at least these: seq, ack, hops, ts, sum, far
 */
#define script_check(expected, ...)                                                                                    \
    script_check_at(__FILE__, __LINE__, (expected), (const char *const[]){ __VA_ARGS__, NULL })

void script_check_at(const char *file, int line, const char *expected, const char *const *lines);

/* Runs the lines with traffic of other connections before or after them: the verdicts stay (script-foreign.h). */
void script_check_foreign(const char *file, int line, const char *expected, const char *const *lines);

/* Runs the first lines alone, then one more each time: a claim may only be changed by the reset's own story. */
void script_check_order(const char *file, int line, const char *expected, const char *const *lines);

/* Compares one run. */
void script_expect(script_run_t *run, const char *file, int line, const char *expected);

/* Checks what must hold for every verdict: shares, texts, frames, repeatability. */
void script_audit(const script_run_t *run, unsigned reset);

/* A text for failure messages, in the run's memory. */
const char *script_describe(script_run_t *run, unsigned reset);

typedef struct script_test {
    const char *path; /* NULL ends a list */
    void (*function)(void);
} script_test_t;

/* Runs a list of tests with GLib's runner. */
int script_main(int *argc, char ***argv, const script_test_t *tests);

/* Ordinary beginnings. ISN of the client 1000, of the server 5000. */
#define SCRIPT_SYN "0.000 C>S S 1000 mss 1460 sack ws 7 ttl 64 id 100 df"
#define SCRIPT_SYN_ACK "0.020 S>C S. 5000 ack 1001 mss 1460 sack ws 7 ttl 54 id 0 df"
#define SCRIPT_OPENED "0.021 C>S . 1001 ack 5001 win 502 ttl 64 id 101 df"
#define SCRIPT_OPEN SCRIPT_SYN, SCRIPT_SYN_ACK, SCRIPT_OPENED
/* Then one request of 100 bytes and its answer of 200 bytes, acknowledged. Next: client 1101, server 5201. */
#define SCRIPT_ASKED "0.030 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df",                                    \
    "0.050 S>C . 5001 ack 1101 win 501 ttl 54 id 201 df"
#define SCRIPT_ANSWERED "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 54 id 202 df",                                 \
    "0.061 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df"
#define SCRIPT_REQUEST SCRIPT_OPEN, SCRIPT_ASKED
#define SCRIPT_TALK SCRIPT_REQUEST, SCRIPT_ANSWERED
/* The same in a connection that uses MPTCP. */
#define SCRIPT_MPTCP_TALK SCRIPT_SYN " mpopen", SCRIPT_SYN_ACK " mpopen", SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED

#endif
