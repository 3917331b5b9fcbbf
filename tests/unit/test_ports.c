/* test_ports.c
 * Tests of the table of service ports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "facts/ports.h"

/* A row out of order, or twice, is not found by the search or counts once. */
static void test_all_are_found(void)
{
    unsigned found = 0;

    for (unsigned port = 0; port <= UINT16_MAX; port++)
        found += rst_port_is_service((uint16_t)port);
    g_assert_cmpuint(found, ==, 153); /* rows */
}

static void test_neighbors(void)
{
    g_assert_true(rst_port_is_service(20));
    g_assert_true(rst_port_is_service(443));
    g_assert_true(rst_port_is_service(61616));
    g_assert_false(rst_port_is_service(19));
    g_assert_false(rst_port_is_service(1023)); /* Unix clients that prove who they are */
    g_assert_false(rst_port_is_service(40000));
    g_assert_false(rst_port_is_service(61617));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ports/all_are_found", test_all_are_found);
    g_test_add_func("/ports/neighbors", test_neighbors);
    return g_test_run();
}
