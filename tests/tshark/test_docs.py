"""What the pages promise works: all commands in them, the profile, the index template.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re
import subprocess

import pytest
import tools

PAGES = ["README.md", "docs/recipes.md", "docs/trust.md", "docs/why.md", "docs/assistants.md", "docs/problems.md"]
PROFILE = tools.REPO / "packaging" / "profile" / "TCP Resets"
TEMPLATE = tools.REPO / "packaging" / "opensearch" / "rst-template.json"


def commands():
    """Indented lines that start with tshark."""
    found = []
    for page in PAGES:
        text = (tools.REPO / page).read_text(encoding="utf-8")
        found += re.findall(r"^    (tshark .*?)(?: +# .*)?$", text, re.MULTILINE)
    return found


@pytest.mark.parametrize("command", commands())
def test_command(tshark, tour, command):
    """Runs on the tour instead of FILE; must print something, unless it writes a file."""
    script = command.replace("sample-captures/tour.pcapng", "FILE").replace("FILE", f"'{tour}'")
    done = subprocess.run(["sh", "-ec", script], env=tshark.environment(), capture_output=True, text=True,
                          timeout=tools.TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or " -w " in command or "finding" in command or "foreign" in command


def pasted_answers():
    """The answers that README.md shows for the tour, long lines unfolded: one string of words each."""
    found = []
    for block in re.findall(r"^```\n(.*?)^```$", (tools.REPO / "README.md").read_text(encoding="utf-8"), re.M | re.S):
        for line in block.splitlines():
            if re.match(r" *\d+  ", line):
                found.append(line)
            elif line.startswith("     ") and found:
                found[-1] += line
    return [" ".join(line.split()) for line in found]


def test_pasted_answers(tshark, tour):
    """They match the output of this version."""
    shown = set()
    columns = ["rst.cause", "rst.confidence", "rst.sender", "rst.summary"]
    for frame, row in tshark.resets(tour, columns).items():
        cause, confidence, sender, summary = (row[name][0] for name in columns)
        shown.add(f"{frame} {cause} {confidence} {sender} {summary}")
        shown.add(f"{frame} {cause} {confidence} {summary}") # the other list lacks this column
    answers = pasted_answers()
    assert len(answers) > 8
    assert not set(answers) - shown


def test_pasted_problems(tshark, tour):
    """The first block of README.md is what this version prints, long lines unfolded."""
    block = re.search(r"^```\n\$ tshark (.*)\n((?:.*\n)*?)```$", (tools.REPO / "README.md").read_text(encoding="utf-8"), re.M)
    arguments = [tour if word == "sample-captures/tour.pcapng" else word for word in block[1].split()]
    shown = block[2].replace("[long lines folded here]", "").split()
    assert len(shown) > 100
    assert shown == tshark(*arguments).split()


def test_why(tshark, tour):
    """docs/why.md shows what the log says, long lines unfolded; the list of those that declined is left out."""
    done = tshark.run("-2", "-r", tour, "--log-level", "debug", "--log-domain", "rst")
    logged = [line.partition(" -- ")[2] for line in (done.stdout + done.stderr).decode(errors="replace").splitlines()]
    log = "\n".join(" ".join(line.split()) for line in logged if not line.startswith("  said no:"))
    page = (tools.REPO / "docs" / "why.md").read_text(encoding="utf-8")
    shown = re.search(r"^```\n(RST \(frame 196.*?)^```$", page, re.M | re.S)[1]
    shown = "\n".join(" ".join(line.split()) for line in re.sub(r"\n {20,}", " ", shown).splitlines())
    assert shown.count("\n") > 6 and f"{shown}\nFinal verdict" in log


def test_why_names_a_rule():
    """The row that the page looks for is there, and no other row has that name."""
    rules = "".join(path.read_text() for path in (tools.REPO / "plugin" / "core" / "rules").glob("*.c"))
    assert rules.count('{"device_idle",') == 1


def profile_filters():
    colors = re.findall(r"^@[^@]+@(.+)@\[", (PROFILE / "colorfilters").read_text(encoding="utf-8"), re.MULTILINE)
    buttons = re.findall(r'^"TRUE","[^"]+","([^"]+)"', (PROFILE / "dfilter_buttons").read_text(encoding="utf-8"),
                         re.MULTILINE)
    return colors + [button.replace(r"\x22", '"') for button in buttons]


def test_profile_filters(tshark, tour):
    filters = profile_filters()
    assert len(filters) > 15
    assert tools.refused(tshark, tour, filters, "-c", "1") == []


@pytest.fixture
def configured(tshark, tmp_path):
    """A tshark whose home has the profile."""
    folder = tmp_path / ".config" / "wireshark" / "profiles" / PROFILE.name
    folder.mkdir(parents=True)
    for file in PROFILE.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return tools.Tshark(tmp_path, tshark.plugins)


def test_profile_columns(configured, tour):
    done = configured.run("-C", PROFILE.name, "-2", "-r", tour, "-Y", "frame.number == 196", "-T", "tabs")
    assert done.returncode == 0 and not done.stderr.strip(), done.stderr
    shown = done.stdout.decode()
    assert re.search(r"\bdevice_idle_timeout\t *\d+\tmiddlebox\tA device [^\t]*\t[^\t]*\t195\t", shown)


def test_profile_colors(configured, tour):
    """Benign resets are not red, and those that point to the path are."""
    lines = (PROFILE / "colorfilters").read_text(encoding="utf-8").splitlines()
    rows = [line.split("@") for line in lines if line.startswith("@")]
    for _, name, display_filter, colors in rows:
        red, green, blue = (int(part) for part in re.match(r"\[(\d+),(\d+),(\d+)\]", colors).groups())
        assert (red > 2 * green and red > 2 * blue) == ("middlebox" in display_filter), name


def test_index_template(tshark, tour):
    """Each of our fields in -T ek has a mapping that its value fits."""
    layers = json.loads(TEMPLATE.read_text(encoding="ascii"))["template"]["mappings"]["properties"]["layers"]["properties"]
    for capture in (tour, tools.SAMPLES / "findings" / "findings.pcapng", *tools.SAMPLES.glob("*-declared/*.pcapng")):
        for line in tshark("-2", "-r", capture, "-Y", "rst || rst.finding.kind", "-T", "ek").splitlines():
            packet = json.loads(line)
            if "layers" in packet:
                fits(packet["layers"].get("rst", {}), layers["rst"]["properties"])
                fits({name: value for name, value in packet["layers"].items() if name.startswith("rst_")}, layers)


def fits(values, properties):
    kinds = {"long": int, "double": float, "boolean": bool, "keyword": str, "text": str,
             "date": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z").fullmatch}
    for name, value in values.items():
        if name in ("_ws_expert", "text"):
            continue
        for one in value if isinstance(value, list) else [value]:
            kind = properties[name]["type"]
            assert not isinstance(one, str) or kinds[kind](one) is not None
            assert isinstance(one, bool) == (kind == "boolean"), name


@pytest.mark.parametrize("name", ["app_abort", "retransmission_timeout", "transfer_cancelled"])
def test_checksum_offload(tshark, tmp_path, name):
    """A capture at the sender has its packets before the network card fills in the checksums."""
    import packets

    capture = tools.SAMPLES / name / f"{name}.pcapng"
    plain = tmp_path / "plain.pcap"
    tools.tool("editcap", "-F", "pcap", capture, plain)
    link, content = packets.read_pcap(plain)
    client = content[0][1][26:30]
    changed = []
    for micros, data in content:
        if data[12:14] == b"\x08\x00" and data[23] == 6 and data[26:30] == client:
            at = 14 + (data[14] & 15) * 4 + 16
            data = data[:at] + b"\xde\xad" + data[at + 2:]
        changed.append((micros, data))
    offloaded = packets.write_pcap(tmp_path / "offloaded.pcap", changed, link)
    names = ["rst.cause", "rst.confidence", "rst.sender"]
    assert tshark.resets(offloaded, names, "-o", "tcp.check_checksum:TRUE") == tshark.resets(plain, names)


@pytest.mark.parametrize("program", sorted(path.name for path in (tools.REPO / "packaging").glob("rst-*")))
def test_help(program):
    """Each program says what it is, parts of others too."""
    done = subprocess.run([tools.REPO / "packaging" / program, "--help"], capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL)
    assert program in done.stdout and not done.stderr


def test_help_compiled():
    done = subprocess.run([tools.built_program("rst-witness"), "--help"], capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL)
    assert "rst-witness" in done.stdout and not done.stderr
