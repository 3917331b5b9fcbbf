/* scene.c
 * Reads the script of a miniature capture.
 *
 * Head, 8 bytes: options (HEAD_), number of a preference, its value (2), capture points (mode, what the user states),
 * clock of the second place (low 4 bits) and translation (high 4), the kernel's trace (kernel.h), the first port shift.
 *
 * Step, 6 bytes:
 *   0  tuple (3 bits), from the server, kind (4 bits, KIND_)
 *   1  time since the step before: unit (3 bits), count (5 bits)
 *   2  codes of sequence number and acknowledgment (4 bits each, actors.c)
 *   3  code of the length (4 bits), LOOKS_ (4 bits)
 *   4  operand
 *   5  where it is captured (places.c)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scene.h"

#include <glib.h>
#include <string.h>

#include "actors.h"
#include "kernel.h"
#include "places.h"

#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define FLAGS_DATA (RST_FLAG_PSH | RST_FLAG_ACK)
#define FLAGS_END (RST_FLAG_FIN | RST_FLAG_ACK)
#define FLAGS_ANSWER (RST_FLAG_SYN | RST_FLAG_ACK)

enum { /* options of the head */
       HEAD_IPV6 = 0x01,
       HEAD_WRAPPED = 0x02,
       HEAD_LATE = 0x04,    /* the clock stands near its end */
       HEAD_LIMITED = 0x08, /* small tables */
       HEAD_STAMPS = 0x10,  /* everybody uses timestamps */
       HEAD_NO_DECODERS = 0x20,
       HEAD_NETSCALER = 0x40, /* the user named the server as one */
       HEAD_SIDE = 0x80       /* the user stated where the capture was taken */
};

enum { /* kinds of step */
       KIND_NEXT,
       KIND_SYN,
       KIND_SYN_ACK,
       KIND_ACK,
       KIND_DATA,
       KIND_FIN,
       KIND_RST,
       KIND_RST_ACK,
       KIND_FLAGS, /* operand = flags */
       KIND_AGAIN, /* what the side sent last */
       KIND_ICMP,  /* an error about what the side sent last; operand = which */
       KIND_OPEN,  /* a handshake */
       KIND_TALK,  /* requests and answers */
       KIND_CLOSE,
       KIND_DRESS, /* looks of the side or of its next segment; operand = which, then the value */
       KIND_TRICK  /* frames, clocks, repetitions; operand = which */
};

typedef struct step {
    unsigned tuple;
    bool reverse;
    uint8_t kind, time, numbers, shape, operand, where;
} step_t;

typedef struct reading {
    scene_t *scene;
    const uint8_t *data;
    unsigned steps;
    int64_t time;
    actors_t *actors;
    places_t places;
    kernel_t kernel;
    bool repeats;
} reading_t;

static void set_preference(rst_prefs_t *prefs, unsigned number, unsigned value)
{
    unsigned at = 0;

#define SET(name, initial, low, high, title, text)                                                                     \
    if (number == at++)                                                                                                \
        prefs->name = value < (low) + 1U ? (low) : value > (high) ? (high) : value;
    RST_PREFS(SET)
#undef SET
}

static void set_prefs(scene_t *scene, const uint8_t *head, bool several)
{
    static const char *const ends[] = {
        NULL,
        "client=0 server=1",
        "client=1 server=2",
        "client=1-2 middle=3",
        "server=2;client=1,3",
        "client=",
        "=0 x",
        "client=99999999999999999999-99999999999999999999 server=0-18446744073709551615",
    };
    rst_prefs_t *prefs = &scene->prefs;

    *prefs = rst_prefs_default();
    set_preference(prefs, head[1], (unsigned)head[2] << 8 | head[3]);
    if (head[0] & HEAD_NO_DECODERS) {
#define CLEAR(name, title, text) prefs->name = false;
        RST_DECODERS(CLEAR)
#undef CLEAR
    }
    if (head[0] & HEAD_NETSCALER) {
        scene->netscaler = (rst_network_t){rst_address_of_ipv4(GUINT32_TO_BE(0x0a000002)), 24};
        prefs->netscalers = &scene->netscaler;
        prefs->netscaler_count = 1;
    }
    if (head[0] & HEAD_SIDE)
        prefs->capture_side = 1 + head[4] % 3;
    if (several) {
        prefs->capture_points = head[4] % 3;
        prefs->point_ends = ends[head[4] / 3 % (sizeof ends / sizeof ends[0])];
    }
}

static uint32_t length_of(unsigned code)
{
    static const uint32_t lengths[] = {0, 1, 2, 100, 517, 1448, 1460, 16384, 65495, 65535, 300, 12, 24, 4, 8, 50};

    return lengths[code & 15];
}

static void pass_time(reading_t *reading, uint8_t code)
{
    static const int64_t units[] = {MICROSECOND,       20 * MICROSECOND, MILLISECOND, 20 * MILLISECOND,
                                    200 * MILLISECOND, SECOND,           60 * SECOND, -SECOND};

    /* Near the ends of the range of timestamps, time stands still. */
    if (reading->time < INT64_MAX - 4000 * SECOND && reading->time > INT64_MIN + 4000 * SECOND)
        reading->time += units[code >> 5] * (code & 31);
}

static void send(reading_t *reading, const step_t *step, bool reverse, uint8_t flags, uint8_t numbers, uint32_t len)
{
    actors_order_t order = {step->tuple,   reverse,      flags, numbers, len, (uint8_t)(step->shape & 0xf0),
                            step->operand, reading->time};
    rst_segment_t segment;

    actors_send(reading->actors, &order, &segment);
    if (flags & RST_FLAG_RST)
        kernel_note(&reading->kernel, reading->scene, &segment, reverse, step->operand);
    places_show(&reading->places, &segment, step->where);
}

/* One segment of a longer step. */
static void send_part(reading_t *reading, const step_t *step, bool reverse, uint8_t flags, uint32_t len)
{
    pass_time(reading, step->time);
    send(reading, step, reverse, flags, 0, len);
}

static void play_next(reading_t *reading, const step_t *step)
{
    const actors_conn_t *conn = actors_conn(reading->actors, step->tuple);

    if (!conn->side[0].sent)
        send(reading, step, false, RST_FLAG_SYN, step->numbers, 0);
    else if (!conn->side[1].sent)
        send(reading, step, true, FLAGS_ANSWER, step->numbers, 0);
    else if (conn->side[step->reverse].nxt != conn->side[!step->reverse].ack)
        send(reading, step, !step->reverse, RST_FLAG_ACK, step->numbers, 0);
    else
        send(reading, step, step->reverse, FLAGS_DATA, step->numbers, length_of(step->shape));
}

static void play_again(reading_t *reading, const step_t *step)
{
    const actors_side_t *side = &actors_conn(reading->actors, step->tuple)->side[step->reverse];

    send(reading, step, step->reverse, side->latest_flags, 0x30 | (step->numbers & 15), side->latest_len);
}

static void play_icmp(reading_t *reading, const step_t *step)
{
    const actors_conn_t *conn = actors_conn(reading->actors, step->tuple);
    rst_icmp_t icmp = {.reporter = conn->address[!step->reverse],
                       .src = conn->address[step->reverse],
                       .dst = conn->address[!step->reverse],
                       .sport = conn->port[step->reverse],
                       .dport = conn->port[!step->reverse],
                       .ip_id = conn->side[step->reverse].ip_id,
                       .version = reading->actors->ipv6 ? 6 : 4,
                       .type = reading->actors->ipv6 ? 1 : 3,
                       .code = step->operand & 15,
                       .udp = step->operand & 0x40};

    if (step->operand & 0x10)
        icmp.reporter.word[icmp.version == 6] ^= UINT64_C(0x77) << 56;
    if (step->operand & 0x20)
        icmp.type = step->numbers;
    if (step->operand & 0x80)
        icmp.ip_id = 0;
    places_show_icmp(&reading->places, &icmp, reading->time);
}

static void play_open(reading_t *reading, const step_t *step)
{
    send_part(reading, step, false, RST_FLAG_SYN, 0);
    send_part(reading, step, true, FLAGS_ANSWER, 0);
    send_part(reading, step, false, RST_FLAG_ACK, 0);
}

static void play_talk(reading_t *reading, const step_t *step)
{
    for (unsigned i = 0; i <= (step->numbers & 7u); i++) {
        send_part(reading, step, step->reverse, FLAGS_DATA, 100);
        send_part(reading, step, !step->reverse, FLAGS_DATA, length_of(step->shape));
        send_part(reading, step, step->reverse, RST_FLAG_ACK, 0);
    }
}

/* Some of an orderly end. */
static void play_close(reading_t *reading, const step_t *step)
{
    send_part(reading, step, step->reverse, FLAGS_END, 0);
    if (step->numbers & 1)
        send_part(reading, step, !step->reverse, RST_FLAG_ACK, 0);
    if (step->numbers & 2)
        send_part(reading, step, !step->reverse, FLAGS_END, 0);
    if (step->numbers & 4)
        send_part(reading, step, step->reverse, RST_FLAG_ACK, 0);
}

static void dress_side(reading_t *reading, const step_t *step)
{
    actors_side_t *side = &actors_conn(reading->actors, step->tuple)->side[step->reverse];

    switch (step->operand & 3) {
    case 0:
        side->stamps = !side->stamps;
        break;
    case 1:
        side->ttl = step->shape;
        break;
    case 2:
        side->link = step->shape;
        break;
    default:
        reading->places.interface = step->shape & 3;
    }
}

static void dress_next(actors_dress_t *dress, const step_t *step)
{
    static const uint32_t known[] = {RST_HAS_MSS,       RST_HAS_MSS | RST_HAS_WSCALE | RST_HAS_SACK_OK,
                                     RST_HAS_SACK,      RST_HAS_MPTCP | RST_HAS_MPTCP_OPEN,
                                     RST_HAS_FAST_OPEN, RST_HAS_AUTH,
                                     RST_HAS_MORE,      RST_HAS_F5_CAUSE};

    switch (step->operand & 7) {
    case 0:
    case 1:
        dress->known |= known[step->shape & 7];
        dress->sack = step->numbers;
        break;
    case 2:
        dress->payload = 1 + step->shape;
        break;
    case 3:
        dress->window_set = true;
        dress->window = (uint16_t)(step->shape << 8 | step->numbers);
        break;
    case 4:
        dress->known |= RST_HAS_MPTCP;
        dress->mptcp = step->shape & 1 ? RST_MPTCP_FASTCLOSE : RST_MPTCP_TCPRST;
        dress->mptcp_reason = step->numbers & 15;
        dress->mptcp_flags = step->numbers >> 4;
        break;
    case 5:
        dress->tos = step->shape;
        break;
    case 6:
        dress->checksum = step->shape & 1 ? RST_CHECKSUM_BAD : RST_CHECKSUM_GOOD;
        break;
    default:
        dress->stamp_off = (int8_t)step->shape;
    }
}

static void play_step(reading_t *reading, unsigned number);

/* The steps before this one again, each time on other ports. */
static void repeat(reading_t *reading, unsigned number, const step_t *step)
{
    unsigned steps = 1 + (step->shape & 7);
    unsigned times = 1 + (step->numbers & 7);
    unsigned shift = reading->actors->shift;

    if (reading->repeats || steps > number)
        return;
    reading->repeats = true;
    reading->actors->shift_kind = (actors_shift_t)(step->shape >> 4 & 3);
    for (unsigned time = 0; time < times; time++) {
        reading->actors->shift += reading->actors->shift_kind != SHIFT_NOTHING;
        for (unsigned at = number - steps; at < number; at++)
            play_step(reading, at);
    }
    if (step->shape & 0x40)
        reading->actors->shift = shift;
    reading->repeats = false;
}

static void play_trick(reading_t *reading, unsigned number, const step_t *step)
{
    static const int64_t times[] = {INT64_MIN + 1, INT64_MIN + SECOND,          -1, 0, 1, INT64_MAX - SECOND,
                                    INT64_MAX,     INT64_C(1700000000) * SECOND};

    switch (step->operand & 7) {
    case 0:
        reading->places.same_frame = true;
        break;
    case 1:
        reading->places.rejected = true;
        break;
    case 2:
        reading->places.untimed = true;
        break;
    case 3:
        reading->time = times[step->shape & 7];
        break;
    case 4:
        pass_time(reading, (uint8_t)(0xc0 | (step->shape & 31)));
        break;
    default:
        repeat(reading, number, step);
    }
}

static void play_step(reading_t *reading, unsigned number)
{
    static const uint8_t flags[] = {[KIND_SYN] = RST_FLAG_SYN,
                                    [KIND_SYN_ACK] = FLAGS_ANSWER,
                                    [KIND_ACK] = RST_FLAG_ACK,
                                    [KIND_DATA] = FLAGS_DATA,
                                    [KIND_FIN] = FLAGS_END,
                                    [KIND_RST] = RST_FLAG_RST,
                                    [KIND_RST_ACK] = RST_FLAG_RST | RST_FLAG_ACK};
    const uint8_t *at = reading->data + number * SCENE_STEP;
    const step_t step = {at[0] & 7, at[0] & 8, at[0] >> 4, at[1], at[2], at[3], at[4], at[5]};

    if (step.kind < KIND_OPEN)
        pass_time(reading, step.time);
    switch (step.kind) {
    case KIND_NEXT:
        play_next(reading, &step);
        break;
    case KIND_FLAGS:
        send(reading, &step, step.reverse, step.operand, step.numbers, length_of(step.shape));
        break;
    case KIND_AGAIN:
        play_again(reading, &step);
        break;
    case KIND_ICMP:
        play_icmp(reading, &step);
        break;
    case KIND_OPEN:
        play_open(reading, &step);
        break;
    case KIND_TALK:
        play_talk(reading, &step);
        break;
    case KIND_CLOSE:
        play_close(reading, &step);
        break;
    case KIND_DRESS:
        if (step.operand & 8)
            dress_side(reading, &step);
        else
            dress_next(&reading->actors->dress, &step);
        break;
    case KIND_TRICK:
        play_trick(reading, number, &step);
        break;
    default:
        send(reading, &step, step.reverse, flags[step.kind], step.numbers, length_of(step.shape));
    }
}

void scene_read(scene_t *scene, const uint8_t *data, size_t size, bool several)
{
    static const int64_t clocks[] = {0,
                                     1000,
                                     -1000,
                                     250 * MILLISECOND,
                                     -250 * MILLISECOND,
                                     3600 * SECOND,
                                     -7200 * SECOND,
                                     INT64_C(1) << 60,
                                     20 * MILLISECOND,
                                     -20 * MILLISECOND,
                                     SECOND,
                                     -SECOND,
                                     86400 * SECOND,
                                     INT64_MAX / 2,
                                     INT64_MIN / 2,
                                     3 * MILLISECOND};
    static actors_t actors; /* too large for the stack; each run has its own number in it */
    uint8_t head[SCENE_HEAD] = {0};
    reading_t reading = {.scene = scene, .actors = &actors};

    memcpy(head, data, size < sizeof head ? size : sizeof head);
    set_prefs(scene, head, several);
    scene->limited = head[0] & HEAD_LIMITED;
    scene->several = false;
    scene->traced = head[6] & 3;
    scene->items = scene->segments = scene->resets = 0;
    scene->last = 0;
    scene->trace_length = 0;
    reading.time = head[0] & HEAD_LATE ? INT64_MAX - 100000 * SECOND : INT64_C(1700000000) * SECOND;
    actors_open(&actors, head[0] & HEAD_IPV6, head[0] & HEAD_WRAPPED ? 0xfffff000u : 1000000u);
    actors.stamps = head[0] & HEAD_STAMPS;
    reading.places = (places_t){
        .scene = scene, .several = several, .clock = clocks[head[5] & 15], .translation = (uint8_t)(head[5] >> 4)};
    reading.kernel = (kernel_t){head[6], 0};
    if (size < SCENE_HEAD)
        return;
    reading.data = data + SCENE_HEAD;
    reading.steps = (unsigned)((size - SCENE_HEAD) / SCENE_STEP);
    for (unsigned number = 0; number < reading.steps && scene->items < SCENE_ITEMS_MAX; number++)
        play_step(&reading, number);
    places_end(&reading.places);
}
