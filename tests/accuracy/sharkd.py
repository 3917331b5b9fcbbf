"""Verdicts for many captures from a few sharkd processes: starting tshark for each one costs ten times as much.

sharkd gives the final verdicts, the same as tshark with two passes (the scoreboard checks that on a sample).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

FIELDS = ("rst.cause", "rst.confidence", "rst.sender", "rst.summary")


class Sharkd:
    """One process with these preferences; a context manager."""

    def __init__(self, environment, prefs):
        self.process = subprocess.Popen(["sharkd", "-"], env=environment, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.count = 0
        for pref in prefs:
            name, value = pref.split(":", 1)
            self.call("setconf", name=name, value=value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, **params):
        """The result, or None if sharkd is gone or refuses."""
        self.count += 1
        try:
            request = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline()).get("result")
        except (BrokenPipeError, json.JSONDecodeError):
            return None

    def verdicts(self, path):
        """{frame: {field: first value}} of the analyzed resets, or None."""
        columns = {f"column{n}": f"{field}:1" for n, field in enumerate(FIELDS)}
        if not self.call("load", file=str(path)):
            return None
        # sharkd 4.0 keeps the result of a filter beyond the next load, so each file gets a filter of its own.
        rows = self.call("frames", filter=f"rst && frame.number > 0 && frame.number < {10**8 + self.count}", **columns)
        return None if rows is None else {row["num"]: dict(zip(FIELDS, row["c"])) for row in rows}


def verdicts(environment, wanted, jobs):
    """wanted: [(path, preferences)]; [verdicts or None] in the same order."""
    groups = {}
    for index, (_, prefs) in enumerate(wanted):
        groups.setdefault(tuple(prefs), []).append(index)
    chunks = [(prefs, members[n::jobs]) for prefs, members in groups.items() for n in range(jobs) if members[n::jobs]]
    results = [None] * len(wanted)

    def work(chunk):
        prefs, members = chunk
        with Sharkd(environment, prefs) as server:
            for index in members:
                results[index] = server.verdicts(wanted[index][0])

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, chunks))
    return results
