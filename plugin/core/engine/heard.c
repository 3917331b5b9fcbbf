/* heard.c
 * Each SYN is joined by itself: that one was dropped says nothing of the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/heard.h"

#include "base/text.h"
#include "judge/quotes.h"

/* What the lines say of the segments that nobody answered. */
typedef struct heard {
    const rst_testimony_t *dropped, *rejected, *passed, *nobody, *stateless, *idle;
    unsigned drops, passes; /* segments, each once */
} heard_t;

/* Was this segment counted before, with the same result? */
static bool is_counted(const rst_testimony_t *testimony, unsigned nth)
{
    for (unsigned i = 0; i < nth; i++) {
        if (testimony[i].sight == testimony[nth].sight && testimony[i].kept->meaning == testimony[nth].kept->meaning &&
            testimony[i].kept->state == RST_KEPT_JOINED)
            return true;
    }
    return false;
}

static void first_of(const rst_testimony_t **place, const rst_testimony_t *testimony)
{
    if (!*place)
        *place = testimony;
}

static void listen(heard_t *heard, const rst_testimony_t *testimony, unsigned nth)
{
    const rst_testimony_t *one = &testimony[nth];
    bool again = is_counted(testimony, nth);
    bool own = one->itself || !one->sight;

    if (one->kept->state != RST_KEPT_JOINED)
        return;
    if (one->kept->no_state)
        first_of(&heard->stateless, one);
    switch (one->kept->meaning) {
    case RST_MEANING_NO_LISTENER:
        first_of(&heard->nobody, one);
        break;
    case RST_MEANING_DROPPED:
        if (own && !one->kept->no_state)
            first_of(&heard->dropped, one);
        heard->drops += one->itself && !again;
        break;
    case RST_MEANING_REJECTED:
        if (own)
            first_of(&heard->rejected, one);
        break;
    case RST_MEANING_ALLOWED:
    case RST_MEANING_OPENED:
    case RST_MEANING_HANDSHAKE:
        if (own)
            first_of(&heard->passed, one);
        heard->passes += one->itself && !again;
        break;
    case RST_MEANING_IDLE:
        first_of(&heard->idle, one);
        break;
    default:
        break;
    }
}

static const char *count_text(const rst_memory_t *memory, unsigned count, unsigned of)
{
    if (count >= of)
        return "them all";
    return count == 1 ? "one of them" : rst_text(memory, "%u of them", count);
}

/* The line that explains most comes first. */
static const char *explanation(const heard_t *heard, const rst_failure_t *failure, const rst_memory_t *memory)
{
    bool syn = failure->kind == RST_FINDING_SYN_TIMEOUT;

    if (syn && heard->nobody)
        return rst_text(memory,
                        "A log says why (%s): nobody listens on that port, and the host swallows its refusals%s",
                        rst_quotes_place(heard->nobody, memory), rst_quotes_rule(heard->nobody->kept, memory));
    if (heard->dropped)
        return rst_text(memory, "A log says why (%s): it dropped %s%s", rst_quotes_place(heard->dropped, memory),
                        heard->dropped->sight ? count_text(memory, heard->drops, failure->count) : "the connection",
                        rst_quotes_rule(heard->dropped->kept, memory));
    if (heard->rejected)
        return rst_text(memory, "A log says why (%s): it refused the connection%s, and the answer did not arrive",
                        rst_quotes_place(heard->rejected, memory), rst_quotes_rule(heard->rejected->kept, memory));
    if (!syn && heard->idle)
        return rst_text(memory, "A log says why (%s): its timer had ended the session",
                        rst_quotes_place(heard->idle, memory));
    if (!syn && heard->stateless)
        return rst_text(memory, "A device had no such connection any more (%s)",
                        rst_quotes_place(heard->stateless, memory));
    if (heard->passed)
        return rst_text(memory, "A log says where not (%s): it let %s pass", rst_quotes_place(heard->passed, memory),
                        heard->passed->sight ? count_text(memory, heard->passes, failure->count) : "the connection");
    return NULL;
}

static void show(const rst_testimony_t *testimony, unsigned count, const rst_memory_t *memory, rst_finding_t *finding)
{
    rst_witness_line_t *line = memory->alloc(memory->scope, sizeof *line * RST_WITNESS_LINES_MAX);

    finding->witness = line;
    finding->witnesses = MIN(count, RST_WITNESS_LINES_MAX);
    for (unsigned i = 0; i < finding->witnesses; i++)
        line[i] = rst_quotes_line(&testimony[i], memory);
}

static rst_asked_t asked_of(const rst_failure_t *failure)
{
    return (rst_asked_t){.address = failure->address,
                         .port = failure->port,
                         .from = failure->from,
                         .first = failure->first.pass_index,
                         .last = failure->last.pass_index,
                         .time = failure->last.time};
}

void rst_heard_tell(const rst_engine_t *engine, const rst_failure_t *failure, const rst_memory_t *memory,
                    rst_finding_t *finding)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    rst_asked_t asked = asked_of(failure);
    heard_t heard = {.drops = 0};
    const char *why;
    unsigned count;

    finding->witness = NULL;
    finding->witnesses = 0;
    if (!engine->judge.witnesses || failure->report)
        return;
    count = rst_witnesses_about(engine->judge.witnesses, &asked, testimony);
    if (!count)
        return;
    for (unsigned i = 0; i < count; i++)
        listen(&heard, testimony, i);
    why = explanation(&heard, failure, memory);
    if (why)
        finding->summary = rst_text(memory, "%s. %s", finding->summary, why);
    show(testimony, count, memory, finding);
}

/* What a device did says more than what it saw. */
static unsigned worth(const rst_testimony_t *testimony)
{
    if (testimony->kept->state != RST_KEPT_JOINED)
        return 0;
    return 1u + testimony->kept->acted + (testimony->kept->meaning == RST_MEANING_NO_LISTENER) +
           (testimony->kept->rule != NULL);
}

static const char *best_of(const rst_engine_t *engine, const rst_asked_t *asked, const rst_memory_t *memory)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    unsigned count = rst_witnesses_about(engine->judge.witnesses, asked, testimony);
    const rst_testimony_t *best = NULL;

    for (unsigned i = 0; i < count; i++) {
        if (worth(&testimony[i]) > (best ? worth(best) : 0))
            best = &testimony[i];
    }
    return best ? rst_text(memory, "%s%s", rst_quotes_place(best, memory), rst_quotes_rule(best->kept, memory)) : NULL;
}

const char *rst_heard_of_reset(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory)
{
    const rst_asked_t asked = {.address = reset->story->address,
                               .port = reset->story->port,
                               .from = reset->from,
                               .first = reset->at.pass_index,
                               .last = reset->at.pass_index,
                               .time = reset->at.time};

    return engine->judge.witnesses ? best_of(engine, &asked, memory) : NULL;
}

const char *rst_heard_of_failure(const rst_engine_t *engine, const rst_failure_t *failure, const rst_memory_t *memory)
{
    const rst_asked_t asked = asked_of(failure);

    return engine->judge.witnesses && !failure->report ? best_of(engine, &asked, memory) : NULL;
}
