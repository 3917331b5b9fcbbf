#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real logs about connections whose fate is known, and what the plugin joins: witnesses.py [--quick] [--out DIR]

A client calls a server through a router that lets pass, drops, rejects and forgets, while everything that can write a
log about it does so (loggers.py). Each log is then given to tshark with the captures of both ends, and each line that
it joins is compared with what really happened: the ports must be those of that connection, before or behind NAT, and
the time must be that of this use of the ports.
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import world  # first: it makes tests/gen importable
import calls as truth
import capfile
import loggers

REPO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
WITNESSES = ("netfilter NFLOG", "netfilter LOG", "nft monitor trace", "conntrack -E", "rst-record", "HAProxy", "nginx")
FIELDS = ("frame.time_epoch", "tcp.srcport", "tcp.dstport", "rst.cause", "rst.sender", "rst.confidence",
          "rst.declared.source", "rst.finding.kind", "rst.conflict", "rst.witness.file", "rst.witness.line",
          "rst.witness.meaning", "rst.witness.ambiguous")


class Traffic:
    """Calls of every fate, side by side."""

    def __init__(self, lab, quick):
        self.lab, self.quick, self.calls = lab, quick, []
        self.kept = threading.Lock()

    def serve(self):
        for fate in ("allowed", "reset", "idle"):
            self.accept("s", loggers.FATES[fate], fate)
        self.accept("c", loggers.BACKEND["allowed"], "allowed")
        self.accept("c", loggers.BACKEND["reset"], "reset")

    def accept(self, who, port, fate):
        listener = self.lab.socket(who)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.lab.address[who], port))
        listener.listen(64)
        threading.Thread(target=self.answer, args=(listener, fate), daemon=True).start()

    def answer(self, listener, fate):
        while True:
            try:
                s, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(s, fate), daemon=True).start()

    @staticmethod
    def one(s, fate):
        try:
            s.settimeout(12)
            while s.recv(1000):
                if fate == "reset":
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    break
                s.send(b"HTTP/1.0 200 OK\r\n\r\nhello")
        except OSError:
            pass
        s.close()

    def call(self, fate, port, sport, patience):
        call = truth.Call(fate, port, sport, began=time.time())
        c = self.lab.client(sport)
        c.settimeout(patience)
        try:
            c.connect((self.lab.address["s"], port))
            c.send(b"GET / HTTP/1.0\r\n\r\n")
            c.recv(1000)
            if fate in ("idle", "timeout"):
                time.sleep(loggers.IDLE + 1.5)
                c.send(b"still there?")
                c.recv(1000)
        except OSError:
            pass
        c.close()
        call.ended = time.time()
        with self.kept:
            self.calls.append(call)

    def round(self, plan, first, times):
        """Every fate of the plan, the same number of times, with ports of the client in order."""
        threads, sport = [], first
        for n in range(times):
            for fate, port in plan.items():
                patience = 4.0 if fate == "dropped" else 8.0
                thread = threading.Thread(target=self.call, args=(fate, port, sport, patience))
                threads.append(thread)
                thread.start()
                sport += 1
                time.sleep(0.02)
        for thread in threads:
            thread.join()

    def play(self, proxies):
        times = 2 if self.quick else 6
        self.serve()
        self.round(loggers.FATES, 41000, times)
        if "HAProxy" in proxies:
            self.round(loggers.PROXIED, 42000, times)
        if "nginx" in proxies:
            self.round(loggers.WEB, 43000, times)
        if not self.quick:
            # The same ports once more: a line about the first call must not be joined with the second.
            time.sleep(2 * truth.SPARE + 1)
            self.round(loggers.FATES, 41000, times)


class Shark:
    """tshark with the plugin, as an ordinary user: for root it loads none."""

    def __init__(self, plugins, folder):
        self.command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", f"HOME={folder}/home",
                        f"WIRESHARK_PLUGIN_DIR={plugins}", "tshark"]

    def rows(self, capture, *logs):
        """What it says of resets and findings; logs: (file, zone)"""
        options = [word for log, zone in logs for word in ("-o", f'uat:rst_witness:"{log}","","{zone}"')]
        columns = [word for name in FIELDS for word in ("-e", name)]
        done = subprocess.run([*self.command, "-2", "-r", capture, *options, "-Y", "rst || rst.finding.kind",
                               "-T", "fields", *columns], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"tshark: {done.stderr.strip().splitlines()[-1]}")
        return [dict(zip(FIELDS, line.split("\t"))) for line in done.stdout.splitlines()]


def about(row, log):
    """[(line, meaning, only a hint)] that this log says about a row of tshark."""
    columns = [row[f"rst.witness.{name}"].split(",") for name in ("file", "line", "meaning", "ambiguous")]
    return [(int(line), meaning, unsure in ("1", "True"))
            for name, line, meaning, unsure in zip(*columns) if name == log]


def judge(witness, log, rows, before, calls):
    """What became of the rows that the log speaks of, and the joins that are wrong."""
    with open(log, encoding="utf-8") as text:
        lines = text.read().splitlines()
    ports = loggers.pairs(witness, "\n".join(lines))
    spoken, wrong = set().union(*ports), []
    result = dict(spoken=0, joined=0, hints=0, settled=0)
    for row, stock in zip(rows, before):
        call, own = truth.call_of(calls, row), (int(row["tcp.srcport"]), int(row["tcp.dstport"]))
        # The proxies' own connections have no call: they are known by their ports.
        mine = call.pairs if call else {own, own[::-1], (0, own[0]), (0, own[1])}
        said = about(row, os.path.basename(log))
        result["spoken"] += bool(spoken & mine)
        # The kernel's reasons for its own resets are joined as rst.kernel_trace is, and not shown as lines.
        result["joined"] += any(not hint for _, _, hint in said) or row["rst.declared.source"] == "kernel"
        result["hints"] += bool(said) and all(hint for _, _, hint in said)
        for n, meaning, _ in said:
            why = truth.false_because(witness, lines[n - 1], ports[n - 1] & mine, meaning, call)
            wrong += [f"line {n} and {own}: {why}"] if why else []
        changed = any(row[name] != stock[name] for name in ("rst.cause", "rst.sender", "rst.declared.source"))
        names_rule = row["rst.finding.kind"] and any(m == "dropped" and not hint for _, m, hint in said)
        result["settled"] += bool(changed or names_rule)
    return result, wrong


def records(program, log):
    if not program:
        return "-"
    done = subprocess.run([program, log], capture_output=True, text=True, check=False)
    return str(len([line for line in done.stdout.splitlines() if json.loads(line)]))


def plans(logs, translated_here):
    """[(witness, other logs given with it)]: behind NAT, only conntrack knows what an address became."""
    for witness in logs:
        yield witness, ()
        if translated_here and "conntrack -E" in logs and witness not in ("conntrack -E", *truth.ONE_SIDED):
            yield witness, ("conntrack -E",)


def run(options, nat, out):
    """One world: (table's rows, wrong joins, {witness: why it is missing})."""
    plan = world.Scenario("witnesses", None, {"family": 4}, {"delay": 0.005})
    with world.World(plan, ("fit", 0), options.slot) as lab:
        lab.sysctl("c", "net.ipv4.ip_local_port_range", "50000 60000")
        wanted = [w for w in WITNESSES if not options.only or w in options.only]
        writers = loggers.Loggers(lab, wanted)
        try:
            writers.start(nat)
            traffic = Traffic(lab, options.quick)
            traffic.play(writers.began)
            time.sleep(1)
        finally:
            logs = writers.stop()
        frames = lab.stop_captures()
    truth.complete(traffic.calls, frames)
    shark, table, wrong = Shark(options.plugins, out), [], []
    where = "NAT" if nat else "plain"
    for who in "cs":
        capfile.write_pcapng(f"{out}/{where}-{who}.pcapng", frames[who])
    files = {witness: f"{out}/{where}-{re.sub('[^a-zA-Z]+', '_', witness)}.log" for witness in logs}
    for witness, text in logs.items():
        with open(files[witness], "w", encoding="utf-8") as f:
            f.write(text)
    for who in "cs":
        capture = f"{out}/{where}-{who}.pcapng"
        before = shark.rows(capture)
        for witness, others in plans(logs, nat and who == "s"):
            zone = "+00:00" if witness in truth.ONE_SIDED else ""
            rows = shark.rows(capture, *[(files[other], "") for other in others], (files[witness], zone))
            result, false = judge(witness, files[witness], rows, before, traffic.calls)
            wrong += [f"{witness}, {where}, {who}: {line}" for line in false]
            table.append((" and ".join([witness, *others]), where, {"c": "client", "s": "server"}[who],
                          records(options.program, files[witness]),
                          *(str(result[what]) for what in ("spoken", "joined", "hints")),
                          str(len(false)), str(result["settled"])))
    with open(f"{out}/{where}-truth.jsonl", "w", encoding="ascii") as f:
        f.writelines(json.dumps({**vars(call), "pairs": sorted(call.pairs)}) + "\n" for call in traffic.calls)
    return table, wrong, writers.missing


HEADING = ("witness", "path", "capture", "records", "spoken of", "joined", "hints", "wrong", "settled")


def show(table):
    width = [max(len(row[n]) for row in [HEADING, *table]) for n in range(len(HEADING))]
    for row in [HEADING, tuple("-" * w for w in width), *table]:
        print("| " + " | ".join(cell.ljust(w) for cell, w in zip(row, width)) + " |")


def newest_plugins():
    found = []
    for folder, _, files in os.walk(REPO):
        if "rst.so" in files and folder.endswith("/epan"):
            found.append((os.path.getmtime(f"{folder}/rst.so"), os.path.dirname(os.path.dirname(folder))))
    return max(found)[1] if found else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", help="keep captures, logs and the truth here")
    parser.add_argument("--quick", action="store_true", help="a third of the calls, no reuse of ports")
    parser.add_argument("--nat", choices=("yes", "no", "both"), default="both")
    parser.add_argument("--only", action="append", choices=WITNESSES, help="this witness; may be repeated")
    parser.add_argument("--slot", type=int, default=201, help="for labs at the same time")
    parser.add_argument("--plugins", default=os.environ.get("RST_PLUGIN_DIR") or newest_plugins())
    options = parser.parse_args()
    program = os.path.join(os.path.dirname(options.plugins), "programs", "rst-witness")
    options.program = program if os.access(program, os.X_OK) else ""
    if os.geteuid() or not options.plugins:
        sys.exit("witnesses.py: needs root" if os.geteuid() else "witnesses.py: the plugin is not built")
    os.umask(0o022)
    out = options.out or tempfile.mkdtemp(prefix="rstwitness")
    os.makedirs(out, exist_ok=True)
    os.chmod(out, 0o755)
    table, wrong, missing = [], [], {}
    try:
        for nat in {"yes": [True], "no": [False], "both": [False, True]}[options.nat]:
            rows, false, lacking = run(options, nat, out)
            table, wrong, missing = table + rows, wrong + false, {**missing, **lacking}
    except (OSError, RuntimeError) as error:
        sys.exit(f"witnesses.py: {error}")
    finally:
        if not options.out:
            shutil.rmtree(out)
    show(sorted(table, key=lambda row: WITNESSES.index(row[0].split(" and ")[0])))
    for name, why in missing.items():
        print(f"skipped: {name} ({why})")
    for name, command in loggers.ABSENT.items():
        print(f"skipped: {name} ({'no scenario' if shutil.which(command) else 'not installed'})")
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
