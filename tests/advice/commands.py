#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the syntax of commands in the advice, and list how each was checked.

usage: commands.py BUILD             every command of every cause, as BUILD/tests/test_advice --list prints them
       commands.py -                 one command to a line from standard input

A program that is installed here parses or runs its commands itself, as far as that changes nothing; all commands are
compared with the table of programs below, which follows their documentation. Prints one line for each kind of command.
"""
import ipaddress
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "sample-captures" / "tour.pcapng"
NOWHERE = "host.invalid"  # stands for addresses where a program would send packets

IP, PORT, NUMBER = r"[0-9a-f:.]+", r"\d{1,5}", r"\d+"
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
WHEN = rf"'{STAMP} UTC'"
SYSTEM_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
EVENTS = (rf'"/q:\*\[System\[(\(EventID=\d+ or EventID=\d+\) and )?(EventID=\d+|TimeCreated\[@SystemTime>=\'{SYSTEM_TIME}\' '
          rf'and @SystemTime<=\'{SYSTEM_TIME}\'\])\]\]"')
COLUMNS = r"Format-Table (\w+,)*\w+"
CAPTURE = rf"-s 128 -w rst-(client|server)\.pcap 'host {IP} and tcp port {PORT}'"

# Regular expressions for whole commands, by program: manual pages, Microsoft Learn, F5, NetScaler, Azure CLI.
POSIX = {
    "ss": [r"-ltnp? 'sport = :PORT'", r"-lunp 'sport = :PORT'", r"-tnp 'dst (IP|\[IP\]) and dport = :PORT'",
           r"-tnmp 'dst (IP|\[IP\])'", "-wnp", "-0np", "-nM", r"-tan state time-wait \| wc -l", "-tnp state close-wait"],
    "journalctl": [rf"(-k |-u keepalived )?--since {WHEN} --until {WHEN}( --grep '[\w |]+')? --no-pager",
                   "--list-boots --no-pager"],
    "coredumpctl": [rf"list --since {WHEN} --until {WHEN} --no-pager"],
    "nft": ["list ruleset"],
    "iptables": ["-L -nv", "-A FORWARD -m conntrack --ctstate INVALID -j DROP"],
    "ip6tables": ["-L -nv"],
    "lsof": [r"-nP -i(TCP|UDP):PORT( -sTCP:LISTEN)?", r"-nP -iTCP@IP:PORT", r"-nP '-iTCP@\[IP\]:PORT'"],
    "pfctl": ["-sr"],
    "log": [rf"show --start '{STAMP}\+0000' --end '{STAMP}\+0000' (--style compact|--predicate 'process == \"\w+\"')"],
    "uptime": ["-s"],
    "sysctl": [r"(-w )?([a-z0-9_.]+(=\d+)? ?)+"],
    "tcpdump": [rf"-ni any {CAPTURE}", rf"-n {CAPTURE}", r"-n(i any)? '(tcp\[13\] & 2 != 0|ip6\[6\] = 6 and ip6\[53\] & 2 != 0) "
                r"and host IP'"],
    "traceroute": ["-n -T -p PORT IP", "-n -P tcp -p PORT IP"],
    "traceroute6": ["-n IP"],
    "ping": ["-c 3 -M do -s 14[57]2 IP", "-c 3 -D -s 1472 IP", "-n 3 -f -l 1472 IP"],
    "ping6": ["-c 3 -D -s 1452 IP"],
    "mtr": ["-n -r -c 100 IP"],
    "nstat": [r"-az( (TcpExt|MPTcpExt)\w+)+"],
    "bpftrace": [r"-e 'tracepoint:tcp:tcp_send_reset /args->[sd]port == PORT/ \{ @\[comm, kstack\] = count\(\) \}'"],
    "nginx": [r"-T \| grep timeout"],
    "grep": [r"timeout /etc/haproxy/haproxy\.cfg"],
    "netstat": ["-Lan", "-s -p tcp", r"-an -p tcp( \| grep (-c )?[A-Z_]+)?"],
    "ausearch": ["-i -m EXECVE -ts today"],
    "conntrack": ["-S"],
    "conntrackd": ["-s"],
    "ip": ["neigh show to IP", "route get IP", "mptcp (endpoint|limits) show"],
    "tmsh": ["show ltm pool members", "show net rst-cause", "show cm failover-status"],
    "nsconmsg": ["-d current -g rst"],
    "az": [r'network lb list --query "\[\]\.loadBalancingRules\[\]\.\{name:name,minutes:idleTimeoutInMinutes,'
           r'reset:enableTcpReset\}" --output table'],
}
WINDOWS = {
    "Get-NetTCPConnection": [rf"-State Listen -LocalPort PORT \| {COLUMNS}", rf"-State CloseWait \| {COLUMNS}",
                             rf"-RemoteAddress IP( -RemotePort PORT)? \| {COLUMNS}"],
    "(Get-NetTCPConnection": [r"-State TimeWait\)\.Count"],
    "Get-NetUDPEndpoint": [rf"-LocalPort PORT \| {COLUMNS}"],
    "Get-Process": [r"-Id \(Get-NetTCPConnection -State Listen -LocalPort PORT\)\.OwningProcess"],
    "(Get-CimInstance": [r"Win32_OperatingSystem\)\.LastBootUpTime"],
    "Test-NetConnection": ["IP -Port PORT -InformationLevel Detailed"],
    "tracert": ["-d IP"],
    "pathping": ["-n IP"],
    "wevtutil": [rf"qe (Application|System|Security) {EVENTS}( /c:\d+ /rd:true)? /f:text"],
    "netsh": [r"wfp show state file=wfpstate\.xml", "http show timeout", "int tcp show global",
              "int ipv4 show dynamicport tcp", "int tcp set global ecncapability=disabled"],
    "auditpol": [r'/set /subcategory:"Filtering Platform Packet Drop" /success:(enable|disable) /failure:(enable|disable)'],
    "pktmon": ["filter remove", "filter add rst -i IP -t TCP -p PORT", "stop",
               r"start --capture --comp nics --pkt-size \d+ --file-name rst-(client|server)\.etl",
               r"etl2pcap rst-(client|server)\.etl --out rst-(client|server)\.pcapng"],
    "reg": [r"query HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",
            r"add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters /v KeepAliveTime /t REG_DWORD /d NUMBER /f"],
}
BSD_ONLY = re.compile(r"^(log|pfctl|lsof|ping6|traceroute6) |^traceroute -n -P|^ping -c 3 -D|^netstat -(Lan|an|s)|"
                      r"^sysctl (-w )?(kern\.|net\.inet\.)|^ping -n 3")


class Wrong(Exception):
    """The command cannot be right."""


def pattern(text):
    return re.compile(re.sub(r"\b(IP|PORT|NUMBER)\b", lambda name: globals()[name[1]], text))


def in_table(program, rest):
    return any(pattern(text).fullmatch(rest) for table in (POSIX, WINDOWS) for text in table.get(program, []))


def run(words, ok=(0,), says=None):
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/tmp"})
    if done.returncode not in ok or (says and not re.search(says, done.stdout + done.stderr)):
        raise Wrong(f"{shlex.join(words)}: {done.returncode} {(done.stderr or done.stdout).strip()[:200]}")


def elsewhere(words):
    """With a name that nobody has: what is wrong with the options is said before."""
    def is_address(word):
        try:
            return bool(ipaddress.ip_address(word))
        except ValueError:
            return False
    run([NOWHERE if is_address(word) else word for word in words], (0, 1, 2), "(?i)not known|resolve|resolution|cannot handle")


def parsed_by_program(words):
    """True if the program itself took the command, or parsed it; raises Wrong if it did not."""
    program = words[0]
    if program in ("ss", "ip", "uptime"):
        run(words)
    elif program == "journalctl":  # 1: no entries
        run(words, (0, 1))
        if "--since" in words:
            bad = [word if word != words[words.index("--since") + 1] else "nonsense" for word in words]
            run(bad, (1,), "Failed to parse timestamp")
    elif program == "tcpdump":
        run(["tcpdump", "-r", str(SAMPLE), "-d", words[-1]])
    elif program in ("ping", "traceroute", "mtr"):
        elsewhere(words)
    elif program == "nstat":
        run(["nstat", "-s", *words[1:]])
    elif program == "iptables" and "-A" in words and shutil.which("iptables-translate"):
        run(["iptables-translate", *words[1:]], says="nft ")
    elif program == "sysctl":
        for word in words[1:]:
            name = word.partition("=")[0]
            if name != "-w" and not name.startswith("net.netfilter") and not Path("/proc/sys", *name.split(".")).exists():
                raise Wrong(f"sysctl: no {name}")
    else:
        return False
    return True


def check(command):
    """How the command was checked: "ran", "parsed", "shell and table" or "table". Raises Wrong."""
    program, _, rest = command.partition(" ")
    if not in_table(program, rest):
        raise Wrong(f"not in the table of programs: {command}")
    if program in WINDOWS:
        return "table"
    shell = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True, check=False)
    if shell.returncode:
        raise Wrong(f"{command}: {shell.stderr.strip()}")
    words = shlex.split(command.partition(" | ")[0])
    if BSD_ONLY.search(command) or not shutil.which(words[0], path="/usr/sbin:/usr/bin:/sbin:/bin"):
        return "shell, table"
    return "program, shell, table" if parsed_by_program(words) else "shell, table"


def general(command):
    """The kind of a command, without its values."""
    command = re.sub(rf"{STAMP}|{SYSTEM_TIME}", "TIME", command)
    command = re.sub(r"\b\d+\.\d+\.\d+\.\d+\b|\b[0-9a-f]{1,4}(:[0-9a-f]{0,4}){3,}", "ADDRESS", command)
    return re.sub(r"(?<=port )\d+|(?<=port == )\d+|(?<=[:=])\d{2,}\b(?!\])|(?<=-p )\d+|(?<=-LocalPort )\d+|(?<=-Port )\d+", "N", command)


def check_all(commands):
    """({kind: how}, [what is wrong]): the table for each, everything for the first of a kind."""
    kinds, wrong = {}, []
    for command in dict.fromkeys(filter(None, commands)):
        program, _, rest = command.partition(" ")
        kind = general(command)
        try:
            if kind in kinds and not in_table(program, rest):
                raise Wrong(f"not in the table of programs: {command}")
            if kind not in kinds:
                kinds[kind] = check(command)
        except Wrong as error:
            wrong.append(str(error))
    return kinds, wrong


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("--"):
        print(__doc__.strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    if arguments[0] == "-":
        commands = [line.rstrip("\n") for line in sys.stdin]
    else:
        listed = subprocess.run([Path(arguments[0]) / "tests" / "test_advice", "--list"], capture_output=True, text=True,
                                check=True)
        commands = [line.split("\t")[2] for line in listed.stdout.splitlines()]
    kinds, wrong = check_all(commands)
    for error in wrong:
        print(f"WRONG {error}")
    for kind, how in sorted(kinds.items()):
        print(f"{how:22} {kind}")
    print(f"{len(kinds)} kinds of commands, {len(wrong)} wrong")
    return 1 if wrong or not kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
