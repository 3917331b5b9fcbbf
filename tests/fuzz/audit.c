/* audit.c
 * Checks what must hold for every input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "audit.h"

#include <string.h>

void audit_text(const char *text)
{
    const char *at = text;

    REQUIRE(text && *text);
    while (*at >= 0x20 && *at < 0x7f && *at != ';')
        at++;
    if (*at)
        fprintf(stderr, "text: %s\n", text);
    REQUIRE(!*at);
}

static void audit_shares(const rst_verdict_t *verdict)
{
    unsigned sum = verdict->confidence;

    REQUIRE(verdict->cause < RST_CAUSE_COUNT);
    REQUIRE(verdict->confidence > 0);
    REQUIRE(verdict->alternatives <= RST_ALTERNATIVES_MAX);
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        const rst_alternative_t *alternative = &verdict->alternative[i];

        sum += alternative->confidence;
        REQUIRE(alternative->confidence > 0);
        REQUIRE(alternative->cause < RST_CAUSE_COUNT);
        REQUIRE(alternative->cause != verdict->cause);
        for (unsigned other = 0; other < i; other++) {
            REQUIRE(verdict->alternative[other].cause != alternative->cause);
            REQUIRE(verdict->alternative[other].confidence >= alternative->confidence);
        }
    }
    REQUIRE(sum <= 100);
}

static void audit_texts(const rst_verdict_t *verdict)
{
    audit_text(verdict->summary);
    REQUIRE(verdict->declared.text || !strstr(verdict->summary, "(null)"));
    for (unsigned i = 0; i < verdict->evidences; i++)
        audit_text(verdict->evidence[i].text);
    if (verdict->declared.text)
        audit_text(verdict->declared.text);
}

void audit_verdict(const rst_verdict_t *verdict, bool texts, uint32_t latest)
{
    audit_shares(verdict);
    REQUIRE(verdict->sender < RST_SENDER_COUNT);
    REQUIRE(verdict->phase < RST_PHASE_COUNT);
    REQUIRE(verdict->validity < RST_VALIDITY_COUNT);
    REQUIRE(verdict->capture_side < RST_CAPTURE_SIDE_COUNT);
    REQUIRE(verdict->accepted <= RST_YES);
    REQUIRE(verdict->ordinal > 0 || !verdict->first);
    REQUIRE(verdict->trigger <= latest);
    REQUIRE(verdict->contradicted_by <= latest);
    REQUIRE(verdict->idle == RST_DURATION_NONE || verdict->idle >= 0);
    REQUIRE(verdict->delay == RST_DURATION_NONE || verdict->delay >= 0);
    REQUIRE(verdict->evidences <= RST_EVIDENCE_MAX);
    for (unsigned i = 0; i < verdict->evidences; i++)
        REQUIRE(verdict->evidence[i].frame <= latest);
    REQUIRE(verdict->foreigns <= RST_FOREIGN_NAMED_MAX);
    for (unsigned i = 0; i < verdict->foreigns; i++)
        REQUIRE(verdict->foreign[i] <= latest);
    REQUIRE(verdict->patterns <= RST_PATTERNS_MAX);
    for (unsigned i = 0; i < verdict->patterns; i++)
        audit_text(verdict->pattern[i]);
    if (texts)
        audit_texts(verdict);
}

void audit_equal(const rst_verdict_t *one, const rst_verdict_t *other)
{
    REQUIRE(one->cause == other->cause);
    REQUIRE(one->confidence == other->confidence);
    REQUIRE(one->sender == other->sender);
    REQUIRE(one->benign == other->benign);
    REQUIRE(one->conflict == other->conflict);
    REQUIRE(one->ordinal == other->ordinal);
    REQUIRE(one->trigger == other->trigger);
    REQUIRE(one->alternatives == other->alternatives);
    for (unsigned i = 0; i < one->alternatives; i++)
        REQUIRE(one->alternative[i].cause == other->alternative[i].cause);
    REQUIRE(one->evidences == other->evidences);
    for (unsigned i = 0; i < one->evidences; i++)
        REQUIRE(one->evidence[i].frame == other->evidence[i].frame);
    REQUIRE(one->foreigns == other->foreigns);
}

static bool same_text(const char *one, const char *other)
{
    return one == other || (one && other && strcmp(one, other) == 0);
}

void audit_same(const rst_verdict_t *one, const rst_verdict_t *other)
{
    audit_equal(one, other);
    REQUIRE(same_text(one->summary, other->summary));
    for (unsigned i = 0; i < one->evidences; i++)
        REQUIRE(same_text(one->evidence[i].text, other->evidence[i].text));
    REQUIRE(one->patterns == other->patterns);
    for (unsigned i = 0; i < one->patterns; i++)
        REQUIRE(same_text(one->pattern[i], other->pattern[i]));
}

void audit_finding(const rst_finding_t *finding)
{
    REQUIRE(finding->kind < RST_FINDING_COUNT);
    REQUIRE(finding->count > 0);
    REQUIRE(finding->duration == RST_DURATION_NONE || finding->duration >= 0);
    audit_text(finding->summary);
    audit_text(finding->server);
}
