/* script-kernel.c
 * Implementation for captures with a kernel's trace.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-kernel.h"

#include "trace/trace.h"

void setup_open(setup_t *setup, double shift)
{
    setup->run = g_new(script_run_t, 1);
    setup->trace = g_string_new("# tracer: nop\n");
    setup->shift = shift;
    setup->syn_words = "";
    setup->lines = g_ptr_array_new_with_free_func(g_free);
}

void setup_line(setup_t *setup, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(setup->lines, g_strdup_vprintf(format, args));
    va_end(args);
}

void setup_event(setup_t *setup, double time, const char *from, const char *to, const char *rest)
{
    g_string_append_printf(
        setup->trace, "  nginx-812 [001] ..... %.6f: tcp_send_reset: skbaddr=%s skaddr=1 src=%s dest=%s %s\n",
        time + setup->shift, strstr(rest, "answer") ? "000000ff" : "0000000000000000", from, to, rest);
}

void setup_receipt(setup_t *setup, double time, const char *sport, const char *dport)
{
    g_string_append_printf(setup->trace,
                           "  x-1 [001] ..... %.6f: tcp_receive_reset: family=AF_INET sport=%s dport=%s saddr=" CLIENT
                           " daddr=" SERVER " saddrv6=:: daddrv6=:: sock_cookie=1\n",
                           time + setup->shift, sport, dport);
}

void setup_play(setup_t *setup)
{
    static const char *const none[] = {NULL};
    rst_trace_t *trace = rst_trace_new();

    rst_trace_feed(trace, setup->trace->str, setup->trace->len);
    rst_trace_end(trace);
    script_open(setup->run, &script_variants[0], none);
    rst_engine_take_trace(setup->run->engine, trace);
    for (guint i = 0; i < setup->lines->len; i++)
        script_feed(setup->run, g_ptr_array_index(setup->lines, i));
    rst_engine_finish_pass(setup->run->engine);
    for (unsigned i = 0; i < setup->run->resets; i++)
        script_audit(setup->run, i);
}

void setup_close(setup_t *setup)
{
    script_close(setup->run);
    g_free(setup->run);
    g_string_free(setup->trace, TRUE);
    g_ptr_array_free(setup->lines, TRUE);
}

void setup_talk(setup_t *setup, double at, unsigned port, const char *rest)
{
    setup_line(setup, "%.3f C:%u>S S 1000 mss 1460 sack ws 7 ttl 64 df %s", at, port, setup->syn_words);
    setup_line(setup, "+0.020 S>C:%u S. 5000 ack 1001 mss 1460 sack ws 7 ttl 54 df %s", port, setup->syn_words);
    setup_line(setup, "+0.001 C:%u>S . 1001 ack 5001 win 502 ttl 64 df", port);
    setup_line(setup, "+0.010 C:%u>S P. 1001 ack 5001 len 100 win 502 ttl 64 df", port);
    setup_line(setup, "+0.020 S>C:%u P. 5001 ack 1101 len 200 win 501 ttl 54 df", port);
    setup_line(setup, "+0.001 C:%u>S . 1101 ack 5201 win 502 ttl 64 df", port);
    if (rest)
        setup_line(setup, rest, port);
}
