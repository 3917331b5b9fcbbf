"""rst-report: its pages are whole, nothing from the wire breaks out, and --anonymise leaves nothing behind.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import random
import re
import runpy
import shutil
import signal
import struct
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import full_disk
import packets
import pytest
import tools

REPORT = tools.REPO / "packaging" / "rst-report"
VOID = {"meta", "line", "path", "rect", "circle", "br"}
TWO_POINTS = ["injected", "firewall_reject", "header_rewritten", "app_abort"]
ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)")
SIZE_MAX = 5_000_000
EVIL = "<script>alert(1)</script>\"'--></svg></p>`` ``` [a](http://e.example) ![i](//e.example) | ~~~ \u202e"


def run(tshark, out, *files, options=(), cwd=None, code=0):
    done = subprocess.run([REPORT, "-o", out, *options, "--", *files], env=tshark.environment(), cwd=cwd,
                          capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def pages(out):
    return Path(f"{out}.html").read_text(encoding="utf-8"), Path(f"{out}.md").read_text(encoding="utf-8")


class Page(HTMLParser):
    """Checks the structure while it reads."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text, self.names = [], [], "", set()
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


ALLOWED = set("html head meta title style body h1 h2 h3 p section span table tr td figure figcaption ul li code svg "
              "text line path rect circle".split())


def check_page(text):
    """Well-formed, of our own elements, and with nothing to load from anywhere."""
    page = Page(text)
    assert set(page.tags) <= ALLOWED and not {name for name in page.names if name.startswith("on")}
    assert not {"src", "href", "xlink:href", "srcset", "action"} & page.names
    assert not re.search(r"@import|url\(", text) and text.replace("\n", "").isprintable()
    assert "default-src 'none'" in text and len(text.encode()) < SIZE_MAX
    return page


@pytest.fixture(scope="module")
def of_tour(tshark, tour, tmp_path_factory):
    out = tmp_path_factory.mktemp("report") / "tour"
    run(tshark, out, tour)
    return pages(out)


def test_tour(tshark, tour, of_tour):
    page, markdown = check_page(of_tour[0]), of_tour[1]
    problems = json.loads(tshark("-2", "-q", "-r", tour, "-z", "rst,problems,json"))["problems"]
    assert f"{len(problems)} problems" in page.text and f"**{len(problems)} problems" in markdown
    details = problems[:20]
    for problem in details:
        assert f"{problem['number']}. {problem['title']}" in page.text and problem["filter"] in page.text
        assert f"`{problem['filter']}`" in markdown
    assert page.tags.count("svg") == 2 * len(details) and markdown.count("```text") == len(details)
    assert "No action needed" in page.text


def test_same_again(tshark, tour, of_tour, tmp_path):
    """And an earlier report of that name gives way."""
    run(tshark, tmp_path / "again", tour)
    run(tshark, tmp_path / "again.html", tour)
    assert pages(tmp_path / "again") == of_tour
    assert sorted(os.listdir(tmp_path)) == ["again.html", "again.md"]


@pytest.mark.parametrize("sample", TWO_POINTS)
def test_two_points(tshark, tmp_path, sample):
    name = f"{sample}-two_points"
    run(tshark, tmp_path / "two", tools.SAMPLES / name / f"{name}.pcapng")
    html, markdown = pages(tmp_path / "two")
    check_page(html)
    assert ">point 1<" in html and ">point 2<" in html and "point 2" in markdown
    missing, became = "not seen at point 2" in markdown, "SEQ 713712092 became 1519018460" in markdown
    assert (missing, became) == (sample in ("injected", "firewall_reject"), sample == "header_rewritten")


def test_two_files(tshark, tmp_path):
    """One file for each point: as in one file."""
    whole = tools.SAMPLES / "app_abort-two_points" / "app_abort-two_points.pcapng"
    for number, name in enumerate(("a", "b")):
        tools.tool("tshark", "-r", whole, "-Y", f"frame.interface_id == {number}", "-w", tmp_path / name)
    tools.tool("editcap", "-t", "90", tmp_path / "b", tmp_path / "later")
    run(tshark, tmp_path / "two", tmp_path / "a", tmp_path / "later")
    assert "point 1" in pages(tmp_path / "two")[1]


def test_markdown_is_rendered(of_tour):
    markdown = pytest.importorskip("markdown", reason="python3-markdown is not installed")
    text = markdown.markdown(of_tour[1], extensions=["fenced_code"])
    assert text.count("<pre>") == of_tour[1].count("```text") and text.count("<h2>") == of_tour[1].count("\n## ")
    assert not re.search(r"<(a|img|script)\b", text)


def test_anonymise(tshark, tour, tmp_path):
    name = tmp_path / "customer-x.pcapng"
    shutil.copy(tour, name)
    run(tshark, tmp_path / "masked", name, options=["--anonymise", "--full", "100"])
    rows = tshark.fields(tour, ["ip.src", "ip.dst", "tls.handshake.extensions_server_name"])
    known = {value for row in rows for values in row.values() for value in values}
    assert len(known) > 50
    for text in pages(tmp_path / "masked"):
        assert not known & set(ADDRESS.findall(text)) and "customer-x" not in text
        assert not [one for one in known if not ADDRESS.fullmatch(one) and one in text]
        assert len(set(ADDRESS.findall(text))) > 20


def hello(name):
    """A TLS Client Hello for a server name."""
    text = name.encode()
    names = struct.pack("!BH", 0, len(text)) + text
    extension = struct.pack("!HHH", 0, len(names) + 2, len(names)) + names
    body = b"\x03\x03" + bytes(33) + b"\0\x02\x13\x01\x01\0" + struct.pack("!H", len(extension)) + extension
    shake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(shake)) + shake


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Connections with such a server name, reset with such a text."""
    frames = []
    for number in range(3):
        ports = (40000 + number, 443)
        frames += [packets.tcp_frame(1, 2, packets.ACK, ports=ports, payload=hello(EVIL)),
                   packets.tcp_frame(2, 1, packets.RST | packets.ACK, ports=ports[::-1], payload=EVIL.encode())]
    folder = tmp_path_factory.mktemp("hostile")
    path = packets.write_pcap(folder / "wire.pcap", [(1000 * n, data) for n, data in enumerate(frames)])
    return Path(path).rename(folder / f"{EVIL.replace('/', '%')}\n# title.pcap")


def test_hostile(tshark, hostile, tmp_path):
    run(tshark, tmp_path / "evil", hostile)
    html, markdown = pages(tmp_path / "evil")
    assert "alert(1)" in check_page(html).text and "\u202e" not in html + markdown
    assert "\n# title" not in markdown
    check_rendered(markdown)
    run(tshark, tmp_path / "masked", hostile, options=["--anonymise"])
    assert "alert" not in "".join(pages(tmp_path / "masked"))


@pytest.mark.parametrize("rule", ["Carol's rule for zebra", "r') zebra (rule 'r", "zebra line 7: 'r'"])
def test_anonymise_logs(tshark, tmp_path, rule):
    """What a log says goes, even if it reads like the words of ours around it."""
    frames = [packets.tcp_frame(1, 2, 0x02, seq=999, ports=(41000, 81)),
              packets.tcp_frame(2, 1, packets.RST | packets.ACK, 0, 1000, ports=(81, 41000))]
    path = packets.write_pcap(tmp_path / "refused.pcap", [(1000 * n, data) for n, data in enumerate(frames)])
    names = ["frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport"]
    row = {name: value[0] for name, value in tshark.fields(path, names, "-Y", "frame.number == 1")[0].items()}
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(float(row["frame.time_epoch"])))
    log = tmp_path / "zebra.log"
    log.write_text(f"{stamp} zebra1 %ASA-4-106023: Deny tcp src out:{row['ip.src']}/41000 dst in:{row['ip.dst']}/81 by "
                   f"access-group \"{rule}\" [0x0, 0x0] ') zebra line 3: 'zebra' (zebra)\n")
    run(tshark, tmp_path / "plain", path, options=["--witness", log])
    run(tshark, tmp_path / "masked", path, options=["--anonymise", "--witness", log])
    assert "zebra" in pages(tmp_path / "plain")[1]
    for text in pages(tmp_path / "masked"):
        assert "log 1 line 1" in text and "zebra" not in text and "Carol" not in text


NAMES = ["ze'bra", "z'quagga", "zebra." * 20 + "example", "server", "the", "ended", "<zebra>", "zebra.example", "443"]


@pytest.mark.parametrize("full", ["1", "100"])
def test_anonymise_names(tshark, tmp_path, full):
    """Whatever a name is, it goes from each place, and words of ours that read the same stay."""
    frames = []
    for number, name in enumerate(NAMES):
        for source in (1, 2):
            ports, host = (41000 + number, 3128), 10 + number
            frames += [packets.tcp_frame(source, host, 0x02, seq=999, ports=ports),
                       packets.tcp_frame(host, source, 0x12, 1999, 1000, ports[::-1]),
                       packets.tcp_frame(source, host, packets.ACK, 1000, 2000, ports),
                       packets.tcp_frame(source, host, packets.ACK, 1000, 2000, ports,
                                         f"CONNECT {name}:443 HTTP/1.1\r\n\r\n".encode()),
                       packets.tcp_frame(host, source, packets.RST | packets.ACK, 2000, 1000, ports[::-1])]
    path = packets.write_pcap(tmp_path / "names.pcap", [(10000 * n, data) for n, data in enumerate(frames)])
    run(tshark, tmp_path / "plain", path, options=["--full", full])
    run(tshark, tmp_path / "masked", path, options=["--anonymise", "--full", full])
    assert "quagga" in pages(tmp_path / "plain")[1]
    for text in pages(tmp_path / "masked"):
        assert not re.search("bra|quagga", text) and "name-1" in text
        assert not re.search(r"(?<!&#x27;)(?<!\()(?<!asked for )(?<!')name-\d", text)


def check_rendered(text):
    for command in (["cmark"], [sys.executable, "-m", "markdown", "-x", "fenced_code"]):
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False) \
            if shutil.which(command[0]) else None
        if done and not done.returncode:
            assert not re.search(r"<(a|img|script|svg)\b|raw HTML", done.stdout)


def model(title, problems=1, text=EVIL):
    """What rst-report hands over, with the worst in each text."""
    example = {"frame": 2, "time": 1.0, "point": 1, "stream": 0, "sender": "middlebox", "summary": text, "advice": text,
               "client": text, "server": text, "on_path": "sent", "trigger": 1, "side": "client", "clock": text,
               "seen": text, "missing": text, "reference": text, "declared": text, "connection_filter": text,
               "evidence": [[1, text], [None, text]] * 10, "others": [[text, 5]] * 10}
    base = {"d": 1, "s": 1, "a": 1, "l": 0, "i": 1, "ttl": 64, "icmp": False, "p": 1}
    steps = [{**base, "n": 1, "t": 0.0, "f": "SYN"}, {**base, "n": 2, "t": 1.0, "d": -1, "f": "RST"}]
    one = {"title": title, "cause": text, "confidence": 60, "culprit": "middlebox", "filter": text, "settle": text,
           "binding": {"kind": "name", "value": text}, "trigger": text, "clients": [text], "connections_hit": 1,
           "connections_total": 1, "connections_in_period": 1, "first_time": text, "last_time": text, "ongoing": True,
           "timer_s": 1.0, "advice": [text] * 10, "example_frame": 2, "times": [1.0], "left_out": 0, "hosts_at": [1],
           "example": example}
    return {"capture": {"frames": 2, "connections": 1, "first_time": text, "last_time": text}, "files": [text],
            "cut": [text], "benign": {"resets": 1, "by_cause": {text: 1}}, "noise": {"connections": 1, "clients": 1},
            "undetermined": {"resets": 1, "frames": []}, "untold": [example], "followers": 1, "truncated": True,
            "problems": [{**one, "number": n, "packets": steps} for n in range(1, problems + 1)],
            "more": [], "total": problems, "hit": problems, "ongoing": 1, "anonymous": True}


def rendered(what):
    def step(program, text, *options):
        done = subprocess.run([sys.executable, REPORT.with_name(program), *options], input=text, capture_output=True,
                              text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
    text = step("rst-report-ladder", json.dumps(what))
    return step("rst-report-page", text, "html"), step("rst-report-page", text, "markdown")


@pytest.mark.parametrize("text", [EVIL, "\n\n# x\n```\n</code>", "<!--", "]]>", "&lt;b&gt;", "\x00\x1b[31m\ud800",
                                  "- a", "1. a", "= a", "www.e.example", "https://e.example", "@all #1", "a" * 100000],
                         ids=lambda text: ascii(text[:20]))
def test_every_text_is_hostile(text):
    html, markdown = rendered(model(text, text=text))
    check_page(html)
    assert "\n# x" not in markdown
    check_rendered(markdown)


PIECES = [*" .,:;!?/\\|`~*_-+=#<>[](){}&@$%^\"'1a\t\n\r\0\u202e\u00a0", "http://e.example", "www.e.example", "a@b.example",
          "&lt;", "<b>", "![x](y)", "[a](b)", "[a]: b", "***", "---", "- ", "1. ", "> ", "    ", "``", "```", "~~~", "<!--",
          "!!! note", "*[a]: b", "[^1]", "{: .a}", "| a | b |", "</p>", "javascript:alert(1)"]
PLACES = ["{}\n", "- x\n- {}\n- y\n", "- Name: {}\n", "## 1\\. {}\n", "**{}**\n", "- x\n\n{}\n\n- y\n"]


def seen(text):
    """Tags and text of rendered Markdown."""
    page = Page.__new__(Page)
    HTMLParser.__init__(page)
    page.open, page.tags, page.text, page.names = [], [], "", set()
    page.feed(text)
    return page.tags, " ".join(page.text.replace("\u200b", "").split())


def test_markdown_says_what_it_is_given():
    """Whatever the text, a reader sees just that text where it stands, as code only where it is code."""
    markdown = pytest.importorskip("markdown", reason="python3-markdown is not installed")
    page, dice = SimpleNamespace(**runpy.run_path(str(REPORT.with_name("rst-report-page")))), random.Random(21)
    for _ in range(200):
        text = "".join(dice.choices(PIECES, k=dice.randint(0, 10)))
        shown = " ".join(page.clean(text).split())
        for write in (page.escaped_md, page.code_md) if shown else (page.escaped_md,):
            for place in PLACES:
                for extensions in ([], ["extra", "admonition", "nl2br", "sane_lists"]):
                    tags, words = seen(markdown.markdown(place.format(write(text)), extensions=extensions))
                    assert tags == seen(markdown.markdown(place.format(write("x")), extensions=extensions))[0], repr(text)
                    assert shown in words, repr(text)


@pytest.mark.parametrize("hosts_at,said", [([1], False), ([1, 2], True)])
def test_translated(hosts_at, said):
    """A point that knows the hosts by other addresses is not said to have missed their packets."""
    two = model("translated", text="x")
    two["problems"][0]["hosts_at"] = hosts_at
    two["problems"][0]["example"].update(seen="1 (client side)", missing="2 (server side)")
    assert ("not seen at point 2" in rendered(two)[1]) == said


def test_without_example():
    """A problem of which tshark shows no packet keeps its sentence."""
    bare = model("first", 2)
    bare["problems"][1].update(example=None, packets=[], advice=[])
    html, markdown = rendered(bare)
    check_page(html)
    assert markdown.count("```text") == 1 and "## 2" in markdown


def test_whole_filter():
    """A part of a display filter cannot be pasted."""
    long = model("many services")
    long["problems"][0]["filter"] = " or ".join(["tcp.port == 443"] * 200)
    long["more"] = [{**long["problems"][0], "number": 2}]
    for text in rendered(long):
        assert text.count(long["problems"][0]["filter"]) == 2


def test_size():
    """The page stays small and says what it left out."""
    html, markdown = rendered(model("t" * 5000, 40, "<" * 5000))
    check_page(html)
    assert "have only their sentence" in html and len(markdown.encode()) < SIZE_MAX


@pytest.mark.parametrize("arguments,message", [
    (["none"], "no such file"), (["folder"], "a folder"), (["fifo"], "not a regular file"), ([], "required"),
    (["text"], "not a capture file"), (["empty"], "no packets"), (["--wrong", "a"], "unrecognized"),
    (["a", "--full=0"], "--full"), (["a", "--full=101"], "--full"), (["a", "--full=x"], "--full"),
    (["a", "--out=folder/"], "--out"), (["a", "--out="], "--out"), (["a", "--out=.md"], "--out"),
    (["a", "--out=none/x"], "No such file"),
    (["a", "--out=dir"], "not a regular file"), (["a", "--out=link"], "not a regular file"),
    (["a.html", "--out=a"], "would replace an input")], ids=str)
def test_bad_arguments(tshark, tmp_path, arguments, message):
    """Refused with one line, and nothing written."""
    sample = tools.SAMPLES / "closed_port" / "closed_port.pcapng"
    for name in ("a", "a.html"):
        shutil.copy(sample, tmp_path / name)
    (tmp_path / "text").write_text("no capture")
    tools.tool("tshark", "-r", sample, "-Y", "frame.number == 0", "-w", tmp_path / "empty")
    for folder in ("folder", "dir.html"):
        (tmp_path / folder).mkdir()
    (tmp_path / "link.md").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "fifo")
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run([REPORT, *arguments], env=tshark.environment(), cwd=tmp_path, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_cut_short(tshark, tmp_path):
    sample = tools.SAMPLES / "closed_port" / "closed_port.pcapng"
    (tmp_path / "cut").write_bytes(sample.read_bytes()[:-5])
    run(tshark, tmp_path / "out", tmp_path / "cut", code=1)
    assert "Cut short" in pages(tmp_path / "out")[1]


def test_without_plugin(stock, tour, tmp_path):
    done = run(stock, tmp_path / "out", tour, code=2)
    assert "does not load the rst plugin" in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [b"$(touch x) '\"", b"new\nline", b"-dash", b"\xff\xfe"])
def test_odd_names(tshark, tmp_path, name):
    shutil.copy(tools.SAMPLES / "closed_port" / "closed_port.pcapng", tmp_path / os.fsdecode(name))
    run(tshark, "out", os.fsdecode(name), cwd=tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([os.fsdecode(name), "out.html", "out.md"])
    check_page(pages(tmp_path / "out")[0])


def test_nothing_wrong(tshark, tmp_path):
    sample = tools.SAMPLES / "health_check" / "health_check.pcapng"
    run(tshark, tmp_path / "out", sample)
    assert "No problem found" in pages(tmp_path / "out")[1]


def test_in_a_browser(of_tour, tmp_path):
    """A real one draws it, and its console says nothing: the page forbids itself to load anything."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        pytest.skip("no browser: chromium is not installed")
    (tmp_path / "page.html").write_text(of_tour[0], encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}",
               f"--screenshot={tmp_path / 'page.png'}", f"file://{tmp_path / 'page.html'}"]
    done = subprocess.run(command, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True,
                          check=False, timeout=tools.TIMEOUT)
    assert (tmp_path / "page.png").stat().st_size > 10000, done.stderr
    assert "CONSOLE" not in done.stderr, done.stderr


def test_interrupted(tshark, tour, tmp_path):
    """Nothing stays behind."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "tshark"
    slow.write_text("#!/bin/sh\ntouch started\nexec sleep 100\n")
    slow.chmod(0o755)
    environment = {**tshark.environment(), "TMPDIR": str(tmp_path / "tmp")}
    environment["PATH"] = f"{tmp_path / 'bin'}:{environment['PATH']}"
    child = subprocess.Popen([REPORT, tour], env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + tools.TIMEOUT
    while not (tmp_path / "started").exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    child.terminate()
    _, err = child.communicate(timeout=tools.TIMEOUT)
    assert child.returncode == 128 + signal.SIGTERM and err == "rst-report: interrupted\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "started", "tmp"]
    assert not list((tmp_path / "tmp").iterdir())


def test_disk_full(tshark, tour, tmp_path):
    """Nothing half-written."""
    script = f'"$@"; code=$?; ls {tmp_path}; exit $code'
    done = full_disk.run_in(tshark, tmp_path, script, REPORT, "-o", tmp_path / "out", tour)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "No space left" in done.stderr, done.stderr
    assert not done.stdout


def test_one_after_the_other(tshark, tour, of_tour, tmp_path):
    """Files of a ring, in any order, give the report of the whole."""
    for name, some in (("b", "frame.number <= 500"), ("a", "frame.number > 500")):
        tools.tool("tshark", "-r", tour, "-Y", some, "-w", tmp_path / name)
    run(tshark, tmp_path / "ring", tmp_path / "a", tmp_path / "b")
    assert [text.replace("a, b: ", "tour.pcapng: ") for text in pages(tmp_path / "ring")] == list(of_tour)


@pytest.mark.parametrize("at_two", [{7: 200}, {6: 100, 7: 200}, {6: 900, 7: 950}],
                         ids=["one was missed", "both were seen", "rewritten"])
def test_stream_of_each_point(at_two):
    """With Wireshark 4.4, one connection has another stream at each point: of those on the same ports, the right one."""
    report = SimpleNamespace(**runpy.run_path(str(REPORT)))
    example = {"client": "a:1", "server": "b:2", "stream": 4, "point": 1, "seen": "1, 2"}
    kept = {}
    for point, streams in ((1, {3: 100, 4: 200}), (2, at_two)):
        for stream, seq in streams.items():
            connection = kept.setdefault((report.pair_of(example), point), {}).setdefault(stream, report.Kept())
            connection.add({"s": seq, "of": stream}, False)
            connection.add({"s": 0, "of": stream}, False)  # its refusal
    found = [one["of"] for some in report.of_example(kept, example) for one in some.packets()]
    assert found == [4, 4, 7, 7]
