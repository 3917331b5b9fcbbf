"""rst-batch over ssh hosts that die: two sshd on the loopback of a network of their own. Needs root; tests/run.sh calls this
file as root.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import shutil
import subprocess

import pytest
import tools

BATCH = tools.REPO / "packaging" / "rst-batch"
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"])
LACKING = [name for name in ("parallel", "ssh", "rsync", "ssh-keygen", "unshare", "setpriv") if not shutil.which(name)] + \
    ([] if SSHD else ["sshd"])

pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
              pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")]

# For root, tshark loads no plugin from the build. Slow enough for a host to die meanwhile.
TSHARK = """#!/bin/sh
[ "$2" = - ] || sleep 0.3
exec setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nonexistent WIRESHARK_PLUGIN_DIR={plugins} \\
    /usr/bin/tshark "$@"
"""
SSHD_CONFIG = """ListenAddress 127.0.0.1:{port}
HostKey {place}/key
AuthorizedKeysFile {place}/key.pub
PidFile none
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin yes
"""
SSH_CONFIG = """Host *
    HostName 127.0.0.1
    IdentityFile {place}/key
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
Host lab1
    Port 2201
Host lab2
    Port 2202
"""
# Each host is a process namespace: when its first process is killed, all others are, as when the power fails.
WORLD = r"""set -e
place=$1 dying=$2
shift 2
ip link set lo up
mount -t tmpfs -o mode=755 none /root
mkdir /root/.ssh
cp "$place/ssh_config" /root/.ssh/config
mount -t tmpfs -o mode=755 none /run
mkdir /run/sshd
declare -A host
start() {
    for n in 1 2; do
        unshare --pid --fork --kill-child "$SSHD" -D -e -f "$place/sshd$n" 2>"$place/sshd$n.log" &
        host[$n]=$!
    done
    for n in 1 2; do
        for _ in $(seq 100); do
            ! ssh lab$n true 2>/dev/null || break
            sleep 0.1
        done
        ssh lab$n true
    done
}
start
{
    until [ "$(find "$place/out/out" -name '*.tsv' 2>/dev/null | wc -l)" -ge 2 ]; do sleep 0.05; done
    for n in $dying; do kill -KILL "${host[$n]}"; done
} &
set +e
"$@" 2>&1
echo "exit code $?"
if [ "$dying" != 2 ]; then
    start
    "$@" 2>&1
    echo "exit code $?"
fi
kill -KILL "${host[@]}" 2>/dev/null
wait
"""


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captures")
    for n, name in enumerate(["closed_port", "app_abort", "process_exit", "declared", "closed_port", "injected", "findings"]):
        shutil.copyfile(tools.SAMPLES / name / f"{name}.pcapng", folder / f"{n}.pcapng")
    folder.chmod(0o755)
    return folder


@pytest.fixture
def place(tmp_path):
    for above in [tmp_path, *tmp_path.parents[:-2]]:
        above.chmod(above.stat().st_mode | 0o755)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    (tmp_path / "ssh_config").write_text(SSH_CONFIG.format(place=tmp_path))
    for n in (1, 2):
        (tmp_path / f"sshd{n}").write_text(SSHD_CONFIG.format(place=tmp_path, port=2200 + n))
    # A copy of the plugins that an ordinary user may read.
    shutil.copytree(tools.plugin_dir(), tmp_path / "plugins")
    (tmp_path / "tshark").write_text(TSHARK.format(plugins=tmp_path / "plugins"))
    (tmp_path / "tshark").chmod(0o755)
    return tmp_path


def batch(place, captures, out, *more):
    return [str(part) for part in (BATCH, "--jobs", "1", "--tshark", place / "tshark", "--out", place / out, *more, captures)]


def run(place, captures, dying):
    """[(exit code, messages)] of the run in which hosts die, and of the next one."""
    command = ["unshare", "--net", "--mount", "bash", "-c", WORLD, "bash", place, dying,
               *batch(place, captures, "out", "--hosts", "lab1,lab2")]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": "/root", "SSHD": SSHD},
                          capture_output=True, text=True, timeout=300, check=False)
    if "unshare: " in done.stderr or "mount: " in done.stderr:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    parts = done.stdout.split("exit code ")
    return [(int(part.split("\n")[0]), messages.partition("\n")[2] if n else messages)
            for n, (messages, part) in enumerate(zip(parts, parts[1:]))]


def same_as_here(place, captures):
    subprocess.run(batch(place, captures, "here"), stderr=subprocess.PIPE, check=True)
    for name in ("resets.jsonl", "findings.jsonl", "problems.jsonl", "files.jsonl", "report.html"):
        assert (place / "out" / name).read_bytes() == (place / "here" / name).read_bytes(), name


def test_one_host_dies(place, captures):
    """The other one reads its captures: nothing is lost."""
    (code, messages), = run(place, captures, "2")
    assert code == 0, messages
    told = [line for line in messages.splitlines() if "lab2" in line]
    assert len(told) == 1 and told[0].startswith("rst-batch: host lab2 fails, the others get its captures: "), messages
    assert all(line.startswith("rst-batch: ") for line in messages.splitlines()), messages
    same_as_here(place, captures)


def test_all_hosts_die(place, captures):
    """What is missing is named, and the same command goes on when the hosts are back."""
    (code, messages), (again, later) = run(place, captures, "1 2")
    assert code == 1 and "no host is left: " in messages and "Run the same command again to continue" in messages, messages
    missing = [line for line in messages.splitlines() if line.startswith("rst-batch: not read to the end: ")]
    assert 0 < len(missing) < 7 and all("no result: the host failed" in line for line in missing), messages
    assert f"no host is left: {len(missing)} captures without a result" in messages
    assert again == 0 and f"7 captures, {7 - len(missing)} done already" in later, later
    same_as_here(place, captures)
