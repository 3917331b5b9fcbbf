# SPDX-License-Identifier: GPL-2.0-or-later
"""The sample whose kernel trace is kept: resets that one capture cannot tell apart but the kernel can."""
import time

from lab_scenarios import SCENARIOS, abort, exchange, scenario

__all__ = ["SCENARIOS"]
LEFT = [9001, 9002, 9003, 9004]
RIGHT = [9006, 9007, 9008, 9009]


def knock(lab, port):
    c = lab.client()
    try:
        c.connect((lab.address["s"], port))
    except ConnectionRefusedError:
        pass
    time.sleep(0.3)


@scenario("declared-kernel_trace", *[("closed_port", "server")] * 4, ("closed_port", "server"),
          *[("closed_port", "server")] * 4, ("app_abort", "server"), ("app_abort", "server"), ("app_abort", "server"),
          trace=True)
def kernel_trace(lab):
    """Nine refused SYNs, the fifth of which hits a reject rule in the server's own packet filter. Then three aborts
    that look alike: unread data, SO_LINGER 0, and an operator's ss -K.

    expected.tsv applies to the capture alone, expected-with-trace.txt to rst.kernel_trace:kernel-trace.txt."""
    listener = lab.listen(80)
    for _ in range(2):
        c, s = lab.pair(80, listener=listener)
        exchange(c, s)
        c.close()
        s.close()
    lab.inside("s", "iptables", "-A", "INPUT", "-p", "tcp", "--dport", "9005", "-j", "REJECT", "--reject-with",
               "tcp-reset")
    for port in [*LEFT, 9005, *RIGHT]:
        knock(lab, port)
    pairs = [lab.pair(80, listener=listener) for _ in range(3)]
    for c, s in pairs:
        exchange(c, s)
    pairs[0][0].sendall(b"never read")
    time.sleep(0.5)
    pairs[0][1].close()
    time.sleep(0.5)
    abort(pairs[1][1])
    time.sleep(0.5)
    lab.inside("s", "ss", "-K", "state", "established", "sport", "=", ":80")
    time.sleep(0.3)
