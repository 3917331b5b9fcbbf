#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build sample-captures/names: services that the capture knows by name. names.py [--out DIR]"""
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

import capfile
from built_host import GET, OK, SMB_ANSWER, SMB_NEGOTIATE
from built_path import client_hello, server_hello
from packets import LINUX, WINDOWS, Capture, Conv, Frame, Host

README = """\
Services with names: by DNS (an alias, two names of one address, IPv6), multicast DNS and LLMNR; by what the connection
asks for (TLS server name, HTTP Host, a request to a proxy); by the protocol that is spoken, or by its port. Three
answers of DNS that do not count: nobody asked, the number is another one, it comes after the connection. A service that
works, refuses for a while, and works again. `expected-names.tsv` has one row per reset: frame, name, where it is from,
and what stands behind the address.
Built, not recorded: `tests/gen/names.py`."""


class Names(Capture):
    def __init__(self):
        super().__init__()
        self.known = []

    def call(self, frame, name="", source="", label=None):
        self.known.append((frame, name, source, name if label is None else label))

    def datagram(self, src, dst, sport, dport, message):
        six = ":" in src.address
        ip = IPv6(src=src.address, dst=dst.address) if six else IP(src=src.address, dst=dst.address, ttl=64, id=7)
        data = bytes(Ether(src=src.mac, dst=dst.mac) / ip / UDP(sport=sport, dport=dport) / message)
        self.frames.append(Frame(self.now, data, 0, 0, 0))
        self.wait(0.01)


def records(name, answers, kind):
    """(owner, type, data) as scapy wants them."""
    answers = [(name, kind, one) if isinstance(one, str) else one for one in answers]
    chain = None
    for owner, of_type, data in reversed(answers):
        one = DNSRR(rrname=owner, type=of_type, rdata=data, ttl=60)
        chain = one / chain if chain else one
    return chain, len(answers)


def ask(cap, client, server, number, name, kind="A", sport=40053):
    cap.datagram(client, server, sport, 53, DNS(id=number, rd=1, qd=DNSQR(qname=name, qtype=kind)))


def answer(cap, client, server, number, name, answers, kind="A", sport=40053):
    chain, count = records(name, answers, kind)
    cap.datagram(server, client, 53, sport, DNS(id=number, qr=1, rd=1, ra=1, qd=DNSQR(qname=name, qtype=kind), an=chain,
                                                ancount=count))


def resolve(cap, client, server, number, name, answers, kind="A"):
    ask(cap, client, server, number, name, kind)
    answer(cap, client, server, number, name, answers, kind)


def refused(cap, client, address, port, hops=6):
    conv = Conv(cap, client, Host(address, LINUX, hops), port)
    syn = conv.syn()
    cap.wait(conv.rtt)
    frame = conv.refuse(syn)
    cap.wait(0.5)
    return frame


def works(cap, client, address, port):
    conv = Conv(cap, client, Host(address, LINUX, 6), port)
    conv.handshake()
    conv.request(client_hello(b"shop.example"), server_hello())
    conv.close()
    cap.wait(1)


def aborted(cap, client, server, port, request, reply=OK):
    """The server's program gives up after its answer."""
    conv = Conv(cap, client, server, port)
    conv.handshake()
    conv.request(request, reply)
    cap.wait(0.1)
    frame = conv.abort(conv.s)
    cap.wait(0.5)
    return frame


def by_dns(cap, client, dns):
    resolve(cap, client, dns, 1, "shop.example", [("shop.example", "CNAME", "edge.example"),
                                                  ("edge.example", "A", "203.0.113.71")])
    works(cap, client, "203.0.113.71", 443)
    for _ in range(3):
        cap.call(refused(cap, client, "203.0.113.71", 443), "shop.example", "dns")
    works(cap, client, "203.0.113.71", 443)
    answer(cap, client, dns, 2, "forged.example", ["203.0.113.72"])
    ask(cap, client, dns, 3, "asked.example")
    answer(cap, client, dns, 4, "asked.example", ["203.0.113.72"])
    cap.call(refused(cap, client, "203.0.113.72", 8443))
    resolve(cap, client, dns, 5, "one.example", ["203.0.113.73"])
    resolve(cap, client, dns, 6, "two.example", ["203.0.113.73"])
    cap.call(refused(cap, client, "203.0.113.73", 8443), "two.example", "dns")


def by_multicast(cap, client):
    group = Host("224.0.0.251", LINUX, mac="01:00:5e:00:00:fb")
    printer = Host("192.0.2.99", LINUX, mac="02:00:5e:00:00:99")
    cap.datagram(client, group, 5353, 5353, DNS(id=0, qd=DNSQR(qname="printer.local", qtype="A")))
    cap.datagram(printer, group, 5353, 5353,
                 DNS(id=0, qr=1, aa=1, qd=None, an=DNSRR(rrname="printer.local", type="A", rdata=printer.address)))
    cap.call(refused(cap, client, printer.address, 631, 0), "printer.local", "mdns")
    group, nas = Host("224.0.0.252", LINUX, mac="01:00:5e:00:00:fc"), Host("192.0.2.98", WINDOWS)
    question = DNSQR(qname="nas", qtype="A")
    cap.datagram(client, group, 50355, 5355, DNS(id=9, rd=0, qd=question))
    cap.datagram(nas, client, 5355, 50355, DNS(id=9, qr=1, rd=0, qd=question,
                                              an=DNSRR(rrname="nas", type="A", rdata=nas.address)))
    cap.call(refused(cap, client, nas.address, 445, 0), "nas", "llmnr", "'nas', SMB port")


def by_request(cap, client):
    web, proxy = Host("203.0.113.74", LINUX, 6), Host("192.0.2.80", LINUX, 1)
    cap.call(aborted(cap, client, web, 80, GET), "shop.example", "http")
    cap.call(aborted(cap, client, web, 443, client_hello(b"tls.example"), server_hello()), "tls.example", "tls")
    cap.call(aborted(cap, client, web, 80, GET.replace(b"shop.example", b"a)is/fine(b")), "a)is/fine(b", "http",
             "'a)is/fine(b'")
    cap.call(aborted(cap, client, proxy, 3128, b"CONNECT far.example:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
             "far.example", "proxy", "asked for far.example")


def by_protocol(cap, client):
    files = Host("203.0.113.75", WINDOWS, 2)
    cap.call(aborted(cap, client, files, 445, SMB_NEGOTIATE, SMB_ANSWER), "SMB", "protocol")
    cap.call(refused(cap, client, "203.0.113.75", 3389), "RDP", "port", "RDP port")
    cap.call(refused(cap, client, "203.0.113.75", 1433), "SQL Server", "port", "SQL Server port")


def play():
    cap = Names()
    client, dns = Host("192.0.2.71", LINUX), Host("192.0.2.53", LINUX, 1)
    by_dns(cap, client, dns)
    by_multicast(cap, Host("192.0.2.72", LINUX))
    by_request(cap, Host("192.0.2.73", LINUX))
    by_protocol(cap, Host("192.0.2.74", LINUX))
    six = Host("2001:db8:7::71", LINUX)
    resolve(cap, six, Host("2001:db8:7::53", LINUX, 1), 8, "six.example", ["2001:db8:8::71"], "AAAA")
    cap.call(refused(cap, six, "2001:db8:8::71", 8443), "six.example", "dns")
    resolve(cap, client, dns, 7, "late.example", ["203.0.113.72"])
    frames, _ = cap.finish()
    return frames, [(frame.number, *row) for frame, *row in cap.known]


if __name__ == "__main__":
    capfile.build_sample(__doc__, README, "names", "expected-names.tsv", "frame\tname\tfrom\tlabel\n", play)
