"""The modes and reports in which somebody looks: arguments of tshark with the plugin, and of stock tshark for what
comes nearest.

SPDX-License-Identifier: GPL-2.0-or-later
"""


def fields(*names):
    return ["-T", "fields", *(argument for name in names for argument in ("-e", name))]


OURS = fields(*(f"rst.{name}" for name in ("cause", "confidence", "sender", "category", "summary")))
THEIRS = fields("tcp.flags.reset", "tcp.seq", "tcp.ack", "tcp.window_size", "tcp.len")
TWICE = ["-2", "-q", "-z", "io,stat,0"]
REPORTS = ["rst,tree", "rst,csv", "rst,problems", "rst,problems,json", "rst,resets,json", "rst,resets,json,1000000000"]
# What is asked: (arguments, those of stock tshark).
WAYS = {
    "-q -z io,stat,0": (TWICE[1:], TWICE[1:]),
    "plain": ([], []),
    "-2": (["-2"], ["-2"]),
    "-V": (["-V"], ["-V"]),
    "-2 -V": (["-2", "-V"], ["-2", "-V"]),
    "-Y rst": (["-Y", "rst"], ["-Y", "tcp.flags.reset==1"]),
    "-2 -Y rst": (["-2", "-Y", "rst"], ["-2", "-Y", "tcp.flags.reset==1"]),
    "-T fields": (OURS, THEIRS),
    "-2 -T fields": (["-2", *OURS], ["-2", *THEIRS]),
    "-2 -T json -Y rst": (["-2", "-T", "json", "-Y", "rst"], ["-2", "-T", "json", "-Y", "tcp.flags.reset==1"]),
    **{f"-2 -z {report}": (["-2", "-q", "-z", report], TWICE) for report in REPORTS},
    "-z expert": (["-q", "-z", "expert"], ["-q", "-z", "expert"]),
    "-2 -z expert": (["-2", "-q", "-z", "expert"], ["-2", "-q", "-z", "expert"]),
}
SUMMARIES = [way for way in WAYS if "-z" in way and "io,stat" not in way]
ALL = ["-2", "-V", "-Y", "rst", "-z", "expert", *(argument for report in REPORTS for argument in ("-z", report))]
