/* test_tcp_state.c
 * Tests of the state of RFC 9293 that one side is in, as both sides walk through a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include "track/tcp_state.h"

#define SIDE(known_, ...) {.known = (known_), __VA_ARGS__}
#define NO_SIDE {.known = 0}
#define SYN RST_DIRECTION_SYN
#define SYNACK (RST_DIRECTION_SYN | RST_DIRECTION_SYNACK)
#define NXT RST_DIRECTION_NXT
#define ACKED RST_DIRECTION_ACKED
#define FIN RST_DIRECTION_FIN
#define AT(index) {.pass_index = (index)}

typedef struct row {
    const char *name;
    rst_direction_t client, server;
    rst_tcp_state_t clients, servers;
} row_t;

/* The client's numbers begin at 1000, the server's at 5000; each sends its FIN without data. */
static const row_t rows[] = {
    {"nothing", NO_SIDE, NO_SIDE, RST_TCP_UNKNOWN, RST_TCP_UNKNOWN},
    {"SYN", SIDE(SYN | NXT, .isn = 1000, .nxt = 1001, .segments = 1), NO_SIDE, RST_TCP_SYN_SENT, RST_TCP_UNKNOWN},
    {"SYN-ACK", SIDE(SYN | NXT, .isn = 1000, .nxt = 1001, .segments = 1),
     SIDE(SYNACK | NXT | ACKED, .isn = 5000, .nxt = 5001, .acked = 1001, .segments = 1), RST_TCP_UNKNOWN,
     RST_TCP_SYN_RECEIVED},
    {"third ACK", SIDE(SYN | NXT | ACKED, .isn = 1000, .nxt = 1001, .acked = 5001, .segments = 2),
     SIDE(SYNACK | NXT | ACKED, .isn = 5000, .nxt = 5001, .acked = 1001, .segments = 1), RST_TCP_ESTABLISHED,
     RST_TCP_ESTABLISHED},
    {"begun late", SIDE(NXT | ACKED, .nxt = 1001, .acked = 5001, .segments = 1),
     SIDE(NXT | ACKED, .nxt = 5001, .acked = 1001, .segments = 1), RST_TCP_ESTABLISHED, RST_TCP_ESTABLISHED},
    {"FIN lost", /* sent twice, and not acknowledged */
     SIDE(SYN | NXT | ACKED | FIN, .isn = 1000, .nxt = 1002, .fin_seq = 1002, .acked = 5001, .segments = 3,
          .fin = AT(4), .retransmission = {.copies = 2}),
     SIDE(SYNACK | NXT | ACKED, .isn = 5000, .nxt = 5001, .acked = 1001, .segments = 1), RST_TCP_FIN_WAIT_1,
     RST_TCP_ESTABLISHED},
    {"FIN", SIDE(SYN | NXT | ACKED | FIN, .isn = 1000, .nxt = 1002, .fin_seq = 1002, .acked = 5001, .segments = 3,
                 .fin = AT(4)),
     SIDE(SYNACK | NXT | ACKED, .isn = 5000, .nxt = 5001, .acked = 1001, .segments = 1), RST_TCP_FIN_WAIT_1,
     RST_TCP_CLOSE_WAIT},
    {"FIN acknowledged", SIDE(SYN | NXT | ACKED | FIN, .isn = 1000, .nxt = 1002, .fin_seq = 1002, .acked = 5001,
                              .segments = 3, .fin = AT(4)),
     SIDE(SYNACK | NXT | ACKED, .isn = 5000, .nxt = 5001, .acked = 1002, .segments = 2), RST_TCP_FIN_WAIT_2,
     RST_TCP_CLOSE_WAIT},
    {"second FIN", SIDE(SYN | NXT | ACKED | FIN, .isn = 1000, .nxt = 1002, .fin_seq = 1002, .acked = 5001,
                        .segments = 3, .fin = AT(4)),
     SIDE(SYNACK | NXT | ACKED | FIN, .isn = 5000, .nxt = 5002, .fin_seq = 5002, .acked = 1002, .segments = 3,
          .fin = AT(6)),
     RST_TCP_TIME_WAIT, RST_TCP_LAST_ACK},
    {"last ACK", SIDE(SYN | NXT | ACKED | FIN, .isn = 1000, .nxt = 1002, .fin_seq = 1002, .acked = 5002, .segments = 4,
                      .fin = AT(4)),
     SIDE(SYNACK | NXT | ACKED | FIN, .isn = 5000, .nxt = 5002, .fin_seq = 5002, .acked = 1002, .segments = 3,
          .fin = AT(6)),
     RST_TCP_TIME_WAIT, RST_TCP_CLOSED},
    {"both FINs at once", SIDE(SYN | NXT | ACKED | FIN, .isn = 1000, .nxt = 1002, .fin_seq = 1002, .acked = 5001,
                               .segments = 3, .fin = AT(4)),
     SIDE(SYNACK | NXT | ACKED | FIN, .isn = 5000, .nxt = 5002, .fin_seq = 5002, .acked = 1001, .segments = 2,
          .fin = AT(5)),
     RST_TCP_CLOSING, RST_TCP_LAST_ACK},
};

static void test_walk(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const row_t *row = &rows[i];

        g_test_message("%s", row->name);
        g_assert_cmpint(rst_tcp_state(&row->client, &row->server), ==, row->clients);
        g_assert_cmpint(rst_tcp_state(&row->server, &row->client), ==, row->servers);
    }
}

static void test_awaits_own_close(void)
{
    for (rst_tcp_state_t state = RST_TCP_UNKNOWN; state <= RST_TCP_CLOSED; state++)
        g_assert_true(rst_tcp_awaits_own_close(state) ==
                      (state == RST_TCP_CLOSE_WAIT || state == RST_TCP_CLOSING || state == RST_TCP_LAST_ACK));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/tcp_state/walk", test_walk},
        {"/tcp_state/awaits_own_close", test_awaits_own_close},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
