/* engine.h
 * The core's door: feed segments in file order, keep the record of each reset, ask for its verdict.
 *
 * On the first pass the plugin calls rst_engine_frame() once per frame, then rst_engine_feed() for each TCP segment of
 * it. For a reset this returns a record. rst_engine_classify() may be called at any time: during the first pass it
 * answers from what was seen so far, afterward from the whole file. It changes nothing, so every later pass gives the
 * same answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENGINE_H
#define RST_ENGINE_H

#include "advice/advice.h"
#include "answer/finding.h"
#include "answer/foreign.h"
#include "answer/service_history.h"
#include "answer/service_name.h"
#include "answer/verdict.h"
#include "base/memory.h"
#include "facts/dns.h"
#include "facts/icmp.h"
#include "facts/prefs.h"
#include "facts/segment.h"
#include "problems/extent.h"
#include "trace/trace.h"

typedef struct rst_engine rst_engine_t;
typedef struct rst_reset rst_reset_t;

/* memory must outlive the engine; prefs is copied. */
rst_engine_t *rst_engine_new(const rst_memory_t *memory, const rst_prefs_t *prefs);

/* Call before the first frame: joins what a kernel said about its resets (trace.h). Takes ownership of the trace, which
 * must be complete. */
void rst_engine_take_trace(rst_engine_t *engine, rst_trace_t *trace);

/* After the file was read: one sentence on how well the trace fits the capture; *fits = it was of use. NULL if there is
 * no trace. */
const char *rst_engine_trace_note(const rst_engine_t *engine, const rst_memory_t *memory, bool *fits);

/* Call before the first frame if logs will be joined with this file (witness/witnesses.h). applications = those of
 * applications too. */
void rst_engine_await_logs(rst_engine_t *engine, bool applications);

/* Is this a time zone, like +02:00 or Europe/Berlin? */
bool rst_engine_is_zone(const char *text);

/* From the second pass on: should the logs be read, for the first time or because so much is new? Then, in this order:
 * logs_begin, for each file log_begin, log_feed and log_end, and logs_end. name as it is to be shown; zone of times that
 * state none, or NULL. */
bool rst_engine_wants_logs(const rst_engine_t *engine);
void rst_engine_logs_begin(rst_engine_t *engine);
void rst_engine_log_begin(rst_engine_t *engine, const char *name, const char *zone);
void rst_engine_log_feed(rst_engine_t *engine, const char *bytes, size_t length);
void rst_engine_log_end(rst_engine_t *engine);
void rst_engine_logs_end(rst_engine_t *engine);

/* One sentence on how well the nth log fits the capture; *fits = it was of use. NULL if there is no such log. */
const char *rst_engine_log_note(const rst_engine_t *engine, unsigned nth, const rst_memory_t *memory, bool *fits);

/* For tests: sets the memory to less than the smallest preference. */
void rst_engine_limit(rst_engine_t *engine, uint64_t bytes);

/* Frees the tables; what came from memory is freed with its scope. NULL is allowed. */
void rst_engine_free(rst_engine_t *engine);

/* A frame is read for the first time. The same number twice means that a read filter rejected the previous frame: its
 * facts stay, its number is forgotten. */
void rst_engine_frame(rst_engine_t *engine, uint32_t number, int64_t time);

/* Adds the facts of one segment in the current frame. Returns the record of a reset, otherwise NULL. The next call may
 * have to drop the record to save memory: whoever wants to ask about it later keeps its id. */
rst_reset_t *rst_engine_feed(rst_engine_t *engine, const rst_segment_t *segment);

uint32_t rst_engine_reset_id(const rst_reset_t *reset);

/* The record with this id; never NULL. If it was dropped, one that stands for it until the next call. */
const rst_reset_t *rst_engine_reset(rst_engine_t *engine, uint32_t id);

/* The id of a reset in a frame that was not rejected, by the frame's final number; number = 0 for the first, and so on.
 * 0 = there are not so many. */
uint32_t rst_engine_reset_at(rst_engine_t *engine, uint32_t frame, unsigned number);

/* Adds the facts of an ICMP error in the current frame. */
void rst_engine_icmp(rst_engine_t *engine, const rst_icmp_t *icmp);

/* Adds a DNS message in the current frame. */
void rst_engine_dns(rst_engine_t *engine, const rst_dns_t *dns);

/* Writes the verdict on a reset. texts = false leaves out summary, evidence texts and declared text (cheaper). Strings
 * are allocated from memory. */
void rst_engine_classify(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory, bool texts,
                         rst_verdict_t *verdict);

/* What to do about it; local = with its times also in the time zone of this computer. */
void rst_engine_advice(const rst_reset_t *reset, const rst_verdict_t *verdict, bool local, const rst_memory_t *memory,
                       rst_advice_t *advice);

/* What the server of the reset's connection is called, as far as that was known when it was reset first. */
rst_service_name_t rst_engine_service_name(const rst_engine_t *engine, const rst_reset_t *reset,
                                           const rst_memory_t *memory);

/* Explains that verdict: the rules that were asked, what each answered, what limited or changed the verdict. Several
 * lines, allocated from memory. */
const char *rst_engine_explain(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory);

/* Call when the first pass is over, before asking anything: compares the capture points of a file that has several. */
void rst_engine_finish_pass(rst_engine_t *engine);

/* The first reset that has this frame (by its final number) as its trigger or evidence, 0 = none; from the second pass
 * on. The first call after new segments works out the verdict on every reset; memory is used for that only. Where that
 * takes long and packets keep coming, it is not done each time, and the answer is 0 in between (base/pace.h). */
uint32_t rst_engine_reset_in(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory);

/* The finding shown at this frame, from the second pass on. Returns false if there is none. The first call after new
 * frames makes the list; the same pace. */
bool rst_engine_finding(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory, rst_finding_t *finding);

/* What to do about the finding at a frame; false if there is none. */
bool rst_engine_finding_advice(rst_engine_t *engine, uint32_t frame, bool local, const rst_memory_t *memory,
                               rst_advice_t *advice);

/* The problems of the file, once it was read: text for people, or JSON (docs/problems.md), which the caller frees with
 * g_free(). The first call after new frames makes them; memory is used for that only. */
char *rst_engine_problems(rst_engine_t *engine, const rst_extent_t *extent, const rst_memory_t *memory);

/* How many there are, and each by its number, from 1: its sentence and how many connections it hit. */
uint32_t rst_engine_problems_known(rst_engine_t *engine, const rst_memory_t *memory);
const char *rst_engine_problem_line(const rst_engine_t *engine, uint32_t number, uint32_t *hits);

/* The frame that shows a problem best, and how bad it is; for numbers that the functions here gave. */
uint32_t rst_engine_problem_example(const rst_engine_t *engine, uint32_t number, rst_severity_t *severity);

/* The problem that a reset belongs to, from the second pass on: its number, and its title; 0 = none. */
uint32_t rst_engine_problem_of(rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory,
                               const char **title);

/* The same for the finding at a frame. */
uint32_t rst_engine_problem_at(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory, const char **title);

/* How the other connections to the service of a reset went, from the second pass on; false if its connection counts as
 * no failure, or is not known. Counted like problems. */
bool rst_engine_history_of(rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory,
                           rst_service_history_t *found);

/* The same for the finding at a frame. */
bool rst_engine_history_at(rst_engine_t *engine, uint32_t frame, const rst_finding_t *finding,
                           const rst_memory_t *memory, rst_service_history_t *found);

/* What does not fit in a packet of this frame that bears the address of a side it does not come from: RST_CLUE_* of
 * answer/foreign.h; 0 = it fits, or nothing is known against it. During the first pass, for the current frame and those
 * before it. Only the first 65536 foreign packets of a file are remembered. */
unsigned rst_engine_foreign(const rst_engine_t *engine, uint32_t frame);

/* How many segments of the file fit their side, so far. */
rst_fit_counts_t rst_engine_fit_counts(const rst_engine_t *engine);

/* A display filter for the whole connection of the reset; "" if its record had to go. */
const char *rst_reset_filter(const rst_reset_t *reset, const rst_memory_t *memory);

/* "address:port" of the client and of the server (brackets for IPv6); "" if the record of the reset had to go. */
const char *rst_reset_client(const rst_reset_t *reset, const rst_memory_t *memory);
const char *rst_reset_server(const rst_reset_t *reset, const rst_memory_t *memory);

#endif
