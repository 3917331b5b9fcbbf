/* test_witness_claims.c
 * Which packets a record of a log may be about, by what it says and by the numbers that it quotes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "witness/claim.h"

#define SYN RST_FLAG_SYN
#define ACK RST_FLAG_ACK
#define FIN RST_FLAG_FIN
#define RST RST_FLAG_RST
#define ALL_KEYS (RST_KEY_IP_ID | RST_KEY_SEQ | RST_KEY_WINDOW | RST_KEY_FLAGS)

static rst_likeness_t likeness(rst_packet_keys_t keys, rst_sight_t sight)
{
    const rst_kept_t kept = {.packet = true, .keys = keys};

    return rst_claim_likeness(&kept, &sight);
}

static void test_likeness(void)
{
    const rst_sight_t sight = {.seq = 5, .ip_id = 7, .window = 100, .flags = SYN, .known = ALL_KEYS};
    rst_sight_t zeros = {.window = 100, .flags = SYN, .known = ALL_KEYS};

    g_assert_cmpint(likeness((rst_packet_keys_t){.seq = 5, .ip_id = 7, .flags = SYN, .known = ALL_KEYS}, sight), ==,
                    RST_LIKE_ALL);
    /* retransmissions share the sequence number, and a device may rewrite the IP ID */
    g_assert_cmpint(likeness((rst_packet_keys_t){.seq = 5, .ip_id = 8, .flags = SYN, .known = ALL_KEYS}, sight), ==,
                    RST_LIKE_SEQ);
    g_assert_cmpint(likeness((rst_packet_keys_t){.seq = 6, .ip_id = 7, .flags = SYN, .known = ALL_KEYS}, sight), ==,
                    RST_UNLIKE);
    g_assert_cmpint(likeness((rst_packet_keys_t){.ip_id = 7, .known = RST_KEY_IP_ID}, sight), ==, RST_LIKE_IP_ID);
    g_assert_cmpint(likeness((rst_packet_keys_t){.ip_id = 8, .known = RST_KEY_IP_ID}, sight), ==, RST_UNLIKE);
    /* many systems write IP ID 0, and devices write 0 where they do not know it: it neither proves nor refutes */
    g_assert_cmpint(likeness((rst_packet_keys_t){.ip_id = 0, .known = RST_KEY_IP_ID}, sight), ==, RST_LIKE_ANY);
    g_assert_cmpint(likeness((rst_packet_keys_t){.ip_id = 7, .known = RST_KEY_IP_ID}, zeros), ==, RST_LIKE_ANY);
    /* resets often have sequence number 0: equal, and yet no proof */
    g_assert_cmpint(likeness((rst_packet_keys_t){.seq = 0, .known = RST_KEY_SEQ}, zeros), ==, RST_LIKE_ANY);
    /* a window tells packets apart, but does not prove that two are one */
    g_assert_cmpint(likeness((rst_packet_keys_t){.window = 100, .known = RST_KEY_WINDOW}, sight), ==, RST_LIKE_ANY);
    g_assert_cmpint(likeness((rst_packet_keys_t){.window = 99, .known = RST_KEY_WINDOW}, sight), ==, RST_UNLIKE);
    zeros.known = RST_KEY_FLAGS | RST_KEY_SEQ; /* the capture does not tell it */
    g_assert_cmpint(likeness((rst_packet_keys_t){.window = 99, .known = RST_KEY_WINDOW}, zeros), ==, RST_LIKE_ANY);
    g_assert_cmpint(likeness((rst_packet_keys_t){.ip_id = 9, .known = RST_KEY_IP_ID}, zeros), ==, RST_LIKE_ANY);
}

/* Only what makes another kind of packet of it counts: bits of congestion control come and go on the way. */
static void test_kind(void)
{
    const rst_sight_t sight = {.flags = SYN | 0x40 | 0x80, .known = ALL_KEYS};

    g_assert_cmpint(likeness((rst_packet_keys_t){.flags = SYN, .known = RST_KEY_FLAGS}, sight), ==, RST_LIKE_ANY);
    g_assert_cmpint(likeness((rst_packet_keys_t){.flags = SYN | ACK, .known = RST_KEY_FLAGS}, sight), ==, RST_UNLIKE);
    g_assert_cmpint(likeness((rst_packet_keys_t){.flags = SYN | FIN, .known = RST_KEY_FLAGS}, sight), ==, RST_UNLIKE);
    g_assert_cmpint(likeness((rst_packet_keys_t){.flags = RST, .known = RST_KEY_FLAGS}, sight), ==, RST_UNLIKE);
    g_assert_cmpint(likeness((rst_packet_keys_t){.flags = RST, .known = 0}, sight), ==, RST_LIKE_ANY);
}

/* What the record of a session is about: its SYN where it begins; where it ends, the FIN or the reset of the side told.
 */
static void test_of_session(void)
{
    static const struct {
        rst_meaning_t meaning;
        uint8_t flags, from;
        bool fits;
    } cases[] = {
        {RST_MEANING_RESET_BY_SRC, RST, 0, true},
        {RST_MEANING_RESET_BY_SRC, RST, 1, false},
        {RST_MEANING_RESET_BY_SRC, FIN | ACK, 0, false},
        {RST_MEANING_RESET_BY_DST, RST, 1, true},
        {RST_MEANING_RESET_BY_DST, RST, 0, false},
        {RST_MEANING_RESET_BY_DST, FIN | ACK, 1, false},
        {RST_MEANING_RESET_BY_DEVICE, RST, 0, true}, /* in the name of either */
        {RST_MEANING_RESET_BY_DEVICE, RST | ACK, 1, true},
        {RST_MEANING_RESET_BY_DEVICE, FIN | ACK, 1, false},
        {RST_MEANING_CAUSE, RST, 1, true},
        {RST_MEANING_CAUSE, SYN, 0, false},
        {RST_MEANING_CLOSED, FIN | ACK, 0, true},
        {RST_MEANING_CLOSED, RST, 0, false},
        {RST_MEANING_OPENED, SYN, 0, true},
        {RST_MEANING_OPENED, SYN, 1, false}, /* src began it */
        {RST_MEANING_OPENED, SYN | ACK, 0, false},
        {RST_MEANING_ALLOWED, SYN, 0, true},
        {RST_MEANING_DROPPED, SYN, 0, true},
        {RST_MEANING_REJECTED, SYN, 0, true},
        {RST_MEANING_NO_LISTENER, SYN, 0, true},
        {RST_MEANING_MENTION, SYN, 0, false}, /* uninterpreted: about no packet */
        {RST_MEANING_IDLE, RST, 0, false},    /* a timer is about no packet either */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const rst_kept_t kept = {.meaning = cases[i].meaning, .oriented = true, .time = NOON};
        const rst_sight_t sight = {.flags = cases[i].flags, .from = cases[i].from, .known = ALL_KEYS};
        int64_t time = 0;

        g_assert_cmpint(rst_claim_fits(&kept, &sight, &time), ==, cases[i].fits);
        if (cases[i].fits)
            g_assert_cmpint(time, ==, NOON);
    }
}

/* A record that does not say who began may be about the SYN of either side. */
static void test_unoriented(void)
{
    const rst_kept_t kept = {.meaning = RST_MEANING_OPENED, .time = NOON};
    const rst_kept_t lasted = {.meaning = RST_MEANING_RESET_BY_SRC, .time = NOON, .duration = MINUTE};
    int64_t time;

    for (unsigned from = 0; from <= 1; from++) {
        const rst_sight_t sight = {.flags = SYN, .from = (uint8_t)from, .known = ALL_KEYS};

        g_assert_true(rst_claim_fits(&kept, &sight, &time));
        g_assert_true(rst_claim_fits(&lasted, &sight, &time));
    }
}

/* A record with a duration is of the end, and tells of the SYN as well: by so much earlier. */
static void test_duration(void)
{
    rst_kept_t kept = {.meaning = RST_MEANING_RESET_BY_DST, .time = NOON, .duration = MINUTE, .oriented = true};
    const rst_sight_t syn = {.flags = SYN, .from = 0, .known = ALL_KEYS};
    const rst_sight_t of_other = {.flags = SYN, .from = 1, .known = ALL_KEYS};
    const rst_sight_t answer = {.flags = SYN | ACK, .from = 0, .known = ALL_KEYS};
    const rst_sight_t reset = {.flags = RST, .from = 1, .known = ALL_KEYS};
    int64_t time;

    g_assert_true(rst_claim_fits(&kept, &reset, &time));
    g_assert_cmpint(time, ==, NOON);
    g_assert_true(rst_claim_fits(&kept, &syn, &time));
    g_assert_cmpint(time, ==, NOON - MINUTE);
    g_assert_false(rst_claim_fits(&kept, &of_other, &time));
    g_assert_false(rst_claim_fits(&kept, &answer, &time));
    kept.meaning = RST_MEANING_ALLOWED; /* the same of one that says at its end that a session was allowed */
    g_assert_true(rst_claim_fits(&kept, &syn, &time));
    g_assert_cmpint(time, ==, NOON - MINUTE);
    kept.meaning = RST_MEANING_RESET_BY_DST;
    kept.duration = 0;
    g_assert_false(rst_claim_fits(&kept, &syn, &time));
}

/* A record of a packet is about those of its sender; one that tells no flags is about a SYN, because devices that write
 * of a refused packet without its flags refuse connections. */
static void test_of_packet(void)
{
    rst_kept_t kept = {.packet = true, .meaning = RST_MEANING_DROPPED, .time = NOON};
    rst_sight_t sight = {.flags = SYN, .from = 0, .known = ALL_KEYS};
    int64_t time;

    g_assert_true(rst_claim_fits(&kept, &sight, &time));
    g_assert_cmpint(time, ==, NOON);
    sight.from = 1;
    g_assert_false(rst_claim_fits(&kept, &sight, &time));
    sight.from = 0;
    sight.flags = RST;
    g_assert_false(rst_claim_fits(&kept, &sight, &time));
    kept.keys = (rst_packet_keys_t){.flags = RST, .known = RST_KEY_FLAGS};
    g_assert_true(rst_claim_fits(&kept, &sight, &time));
    sight.flags = SYN;
    g_assert_false(rst_claim_fits(&kept, &sight, &time));
}

/* What is told at the end of a connection: also anything that has a duration, but never what is said of one packet. */
static void test_ends(void)
{
    static const rst_meaning_t of_ends[] = {
        RST_MEANING_CLOSED, RST_MEANING_RESET_BY_SRC, RST_MEANING_RESET_BY_DST, RST_MEANING_RESET_BY_DEVICE,
        RST_MEANING_IDLE,   RST_MEANING_HANDSHAKE,    RST_MEANING_CAUSE};
    static const rst_meaning_t others[] = {RST_MEANING_OTHER,   RST_MEANING_MENTION, RST_MEANING_ALLOWED,
                                           RST_MEANING_DROPPED, RST_MEANING_OPENED,  RST_MEANING_NO_LISTENER};

    for (unsigned i = 0; i < G_N_ELEMENTS(of_ends); i++) {
        g_assert_true(rst_claim_ends(&(rst_kept_t){.meaning = of_ends[i]}));
        g_assert_false(rst_claim_ends(&(rst_kept_t){.meaning = of_ends[i], .packet = true}));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        g_assert_false(rst_claim_ends(&(rst_kept_t){.meaning = others[i]}));
        g_assert_true(rst_claim_ends(&(rst_kept_t){.meaning = others[i], .duration = 1}));
        g_assert_false(rst_claim_ends(&(rst_kept_t){.meaning = others[i], .duration = 1, .packet = true}));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_claims/likeness", test_likeness);
    g_test_add_func("/witness_claims/kind", test_kind);
    g_test_add_func("/witness_claims/of_session", test_of_session);
    g_test_add_func("/witness_claims/unoriented", test_unoriented);
    g_test_add_func("/witness_claims/duration", test_duration);
    g_test_add_func("/witness_claims/of_packet", test_of_packet);
    g_test_add_func("/witness_claims/ends", test_ends);
    return g_test_run();
}
