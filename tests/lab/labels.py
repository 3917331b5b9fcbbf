# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels: the same reset at all capture points, the kernel's reason for it, and what the scenario expected.

A reset is identified by its numbers and flags (NAT never changes these), and equal resets by their order.
"""
import socket
from collections import defaultdict
from dataclasses import dataclass, field

import capfile

# The reasons that the kernel may give for a cause. For causes that are missing here, a kernel's TCP sends no resets.
NO_SOCKET = {"NO_SOCKET"}
REASONS = {
    "closed_port": NO_SOCKET,
    "half_open_scan": NO_SOCKET | {"TCP_STATE"},
    "connect_aborted": NO_SOCKET,
    "connection_race": NO_SOCKET | {"TCP_STATE"},
    "unsolicited_synack": NO_SOCKET,
    "unknown_to_kernel": NO_SOCKET,
    "handshake_timeout": NO_SOCKET | {"TCP_FLAGS"},
    "segment_after_reset": NO_SOCKET | {"TCP_FLAGS", "TCP_TIMEWAIT_SOCKET", "TCP_ABORT_ON_DATA"},
    "challenge_ack_reset": NO_SOCKET | {"TCP_FLAGS"},
    "time_wait_assassination": NO_SOCKET | {"TCP_FLAGS"},
    "no_connection": NO_SOCKET | {"TCP_FLAGS"},
    "device_idle_timeout": NO_SOCKET,
    "fin_wait_timeout": NO_SOCKET | {"TCP_FLAGS"},
    "resource_exhaustion": {"INVALID_SYN", "TCP_ABORT_ON_MEMORY"},
    "handshake_bad_ack": {"TCP_INVALID_ACK_SEQUENCE", "TCP_FLAGS", "TCP_ACK_UNSENT_DATA", "TCP_OLD_ACK",
                          "TCP_TOO_OLD_ACK"},
    "half_open_discovery": {"TCP_INVALID_ACK_SEQUENCE", "INVALID_SYN"},
    "time_wait_reuse": {"TCP_INVALID_ACK_SEQUENCE"},
    "paws_reject": {"TCP_RFC7323_PAWS"},
    "health_check": {"TCP_STATE"},
    "app_abort": {"TCP_STATE", "TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_DATA", "TCP_DISCONNECT_WITH_DATA"},
    "admin_kill": {"TCP_STATE"},
    "app_error": {"TCP_STATE", "TCP_ABORT_ON_CLOSE"},
    "app_timeout": {"TCP_STATE"},
    "close_race": {"TCP_STATE", "TCP_ABORT_ON_CLOSE", "TCP_ABORT_ON_DATA", "TCP_TIMEWAIT_SOCKET", "TCP_FLAGS"} |
    NO_SOCKET,
    "listener_closed": {"TCP_STATE", "TCP_ABORT_ON_CLOSE"},
    "process_exit": {"TCP_ABORT_ON_CLOSE", "TCP_STATE"},
    "transfer_cancelled": {"TCP_STATE", "TCP_ABORT_ON_CLOSE", "TCP_ABORT_ON_DATA", "TCP_TIMEWAIT_SOCKET"},
    "unread_data": {"TCP_ABORT_ON_CLOSE"},
    "data_after_close": {"TCP_ABORT_ON_DATA", "TCP_TIMEWAIT_SOCKET"} | NO_SOCKET,
    "keepalive_timeout": {"TCP_KEEPALIVE_TIMEOUT"},
    "mptcp_fastclose": {"TCP_STATE", "TCP_ABORT_ON_CLOSE", "NOT_SPECIFIED"},
    "mptcp_subflow_reset": {"MPTCP_RST_EPROHIBIT", "MPTCP_RST_EMPTCP", "NO_SOCKET"},
    "proxied": {"TCP_STATE", "TCP_ABORT_ON_CLOSE"},
    "header_rewritten": NO_SOCKET | {"TCP_STATE"},
    "nat_leak": NO_SOCKET,
    "session_failover": NO_SOCKET | {"TCP_FLAGS"},
}
TELLS_WITHIN = 5_000_000  # ns between the kernel's report and the packet in the capture; the order decides


@dataclass
class Reset:
    """One reset, wherever it was captured."""
    segment: capfile.Segment
    bears: str
    seen: dict = field(default_factory=dict)  # point: (time, frame number)
    reason: str = "-"
    expected: object = None

    @property
    def time(self):
        return min(time for time, _ in self.seen.values())


class Contradiction(Exception):
    """The scenario did not go as planned; its captures are not labeled."""


def text(address):
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


def bears(point, segment, hosts):
    """Whose address a reset carries, as seen at its capture point."""
    src = text(segment.src[0])
    if point == "c":
        return "c" if src in hosts["c"] else "s"
    return "s" if src in hosts["s"] else "c"


def resets(captures, hosts):
    """All resets in these captures in the order in which they were sent."""
    found = {}
    for point, frames in captures.items():
        count = defaultdict(int)
        for number, (time, data) in enumerate(frames, 1):
            seg = capfile.Segment(data)
            if not seg.ok or not seg.has(capfile.RST):
                continue
            # Without the ACK flag, the ACK field of a reset may contain anything; nobody changes it on the path.
            key = (seg.seq, seg.ack, seg.flags, bears(point, seg, hosts))
            count[key] += 1
            reset = found.setdefault((*key, count[key]), Reset(seg, key[3]))
            reset.seen[point] = (time, number)
            if time == reset.time:
                reset.segment = seg
    return sorted(found.values(), key=lambda reset: reset.time)


def explain(found, told):
    """Give each reset the kernel's reason: same addresses and ports, about the same time, in order."""
    left = list(told)
    for reset in found:
        src, dst = ((text(address), port) for address, port in (reset.segment.src, reset.segment.dst))
        near = [tell for tell in left if abs(tell[0] - reset.time) < TELLS_WITHIN and tell[1][1] == src[1]
                and (tell[2] == dst and tell[1] == src or tell[2][1] == 0)]
        if near:
            reset.reason = near[0][3]
            left.remove(near[0])


def assign(found, expected):
    """Each reset gets the next expectation for its direction (and port, if one is given)."""
    for reset in found:
        ports = (reset.segment.src[1], reset.segment.dst[1])
        fits = (e for e in expected if e.bears == reset.bears and e.seen < e.most and (not e.port or e.port in ports))
        reset.expected = next(fits, None)
        if reset.expected is None:
            raise Contradiction(f"one reset too many: {describe(reset)}")
        reset.expected.seen += 1
        check(reset)
    missing = [e for e in expected if e.seen < e.least]
    if missing:
        raise Contradiction("missing: " + ", ".join(f"{e.cause} by {e.sender}" for e in missing) +
                            "; seen: " + ("; ".join(map(describe, found)) or "nothing"))


def check(reset):
    """The kernel has the last word, and a device's reset must not come from its apparent sender."""
    said, cause = reset.reason, reset.expected.cause
    if said != "-" and said not in REASONS.get(cause, ()):
        raise Contradiction(f"expected {cause}, the kernel says {said}: {describe(reset)}")
    if reset.expected.sender == "middlebox" and reset.bears in reset.seen:
        raise Contradiction(f"expected a device, its apparent sender sent it: {describe(reset)}")


def describe(reset):
    where = " ".join(f"{point}#{number}" for point, (_, number) in sorted(reset.seen.items()))
    seg = reset.segment
    ends = f"{text(seg.src[0])}:{seg.src[1]} > {text(seg.dst[0])}:{seg.dst[1]}"
    return f"{ends} flags {seg.flags:#x} {reset.reason} ({where})"


def rows(found):
    """[(point, frame, cause, reason, sender, decidable, alike)]"""
    made = []
    for reset in found:
        e = reset.expected
        for point, (when, number) in sorted(reset.seen.items()):
            sure = point not in e.unsure
            alike = list(e.alike) if sure else [*e.alike, *e.guesses]
            if e.cause == "segment_after_reset" and not any(
                    point in other.seen and other.seen[point][0] < when and same_connection(other, reset)
                    for other in found):
                # The reset that ended the connection did not pass here, so this one looks like the first.
                sure, alike = False, [*alike, "no_connection"]
            made.append((point, number, e.cause, reset.reason, e.sender, "yes" if sure else "no",
                         ",".join(alike) or "-"))
    return sorted(made)


def same_connection(a, b):
    return {a.segment.src[1], a.segment.dst[1]} == {b.segment.src[1], b.segment.dst[1]}
