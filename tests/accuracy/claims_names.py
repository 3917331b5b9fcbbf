# SPDX-License-Identifier: GPL-2.0-or-later
"""Names beside addresses: what stands in parentheses behind the server's address in a summary, by tshark's own fields for
TLS, HTTP and DNS. The other claims read the summary without it."""
import re

FIELDS = ("tls.handshake.extensions_server_name", "http.host", "dns.qry.name", "dns.a", "dns.aaaa", "dns.flags.response",
          "dns.resp.name")
PORTS = {"SMB": (139, 445), "RDP": (3389,), "SQL Server": (1433,), "MySQL": (3306,), "PostgreSQL": (5432,)}
SHOWN = 64  # characters of a name in a summary


def take(summary, server, name):
    """The summary without what stands behind the server's address, and that."""
    if not name or not server:
        return summary, ""
    label = (rf"(?:asked for )?'?{re.escape(name[:SHOWN])}(?:\.\.\.)?'?"
             rf"(?:, (?:{'|'.join(PORTS)})(?: port)?)?(?: port)?")
    match = re.search(rf"(?<!\d){re.escape(server)} \(({label})\)", summary)
    if not match:
        return summary, ""
    return summary[:match.start(1) - 2] + summary[match.end(1) + 1:], match[1]


def add(capture, number, values, ends, stream):
    """What a frame asks for. values as in FIELDS; ends = addresses of its sender and receiver; stream = of TCP, or None."""
    server, host, question, four, six, response, owners = values
    if stream and (server or host):
        capture.asked.setdefault(stream, []).append((number, server or host))
    if response in ("1", "True") and (four or six):
        names = {name.lower() for name in (question + ";" + owners).split(";") if name}
        addresses = set((four + ";" + six).split(";")) - {""}
        capture.answers.append((number, ends[1], names, addresses))


def host_of(text):
    """Without port, as far as it was kept."""
    return text.rpartition(";")[2].split(":")[0].lower()[:100]


def disproved(capture, verdict):
    """What is wrong with the label, or None."""
    if not verdict.label:
        return None
    host, _, spoken = verdict.label.partition(", ")
    if verdict.named_from in ("port", "protocol"):
        host, spoken = "", verdict.label
    port = int(verdict.server.rpartition(":")[2])
    if spoken.endswith(" port") and port not in PORTS[spoken[:-len(" port")]]:
        return f"{port} is not the port of {spoken}"
    reset = capture.packets[verdict.frame]
    name = verdict.name.lower()
    if verdict.named_from in ("tls", "http", "proxy"):
        asked = [host_of(text) for number, text in capture.asked.get(reset.stream, []) if number < reset.number]
        return None if not asked or name in asked else f"the connection asked for {asked}"
    if host:
        address = verdict.server.rpartition(":")[0].strip("[]")
        ends = {reset.src[0], reset.dst[0]}
        known = [names for number, asker, names, addresses in capture.answers if number < reset.number and
                 address in addresses and (asker in ends or verdict.named_from == "mdns")]
        return None if any(name in {known[:100] for known in names} for names in known) else "no answer before says so"
    return None
