"""setup.sh: interrupted, run twice, odd folders, files of others. cmake and tshark are stand-ins.
What it does on a fresh system is in packaging/setup-test. tests/run.sh calls this file as root, too.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tools

ROOT = os.geteuid() == 0
PROFILE = ".config/wireshark/profiles/TCP Resets"
PLUGIN = ".local/lib/wireshark/plugins/4.0/epan/rst.so"
COMPILED = ["rst-witness"]
PROGRAMS = sorted([*(path.name for path in (tools.REPO / "packaging").glob("rst-*")), *COMPILED])
PAGES = sorted(f"man{path.name[-1]}/{path.name}" for path in (tools.REPO / "packaging").rglob("*.[1-9]"))
STAND_INS = {
    "cmake": """case $1 in
--build)
    mkdir -p "$2/plugins/4.0/epan" "$2/programs" && echo "rst.cause $VERSION" >"$2/plugins/4.0/epan/rst.so"
    echo "Prints what the plugin rst understands $VERSION" >"$2/programs/rst-witness"
    ;;
esac""",
    "tshark": """case "$1 $2" in
"-G folders") printf '%s:\\t%s\\n' "Personal Plugins" "$HOME/.local/lib/wireshark/plugins/4.0" \\
    "Personal configuration" "$HOME/.config/wireshark" \\
    "Global Plugins" "$GLOBAL/plugins/4.0" "Global configuration" "$GLOBAL/share" ;;
"-G plugins") printf 'rst.so\\t1\\tdissector\\n' ;;
*) printf '42\\tclosed_port\\n'; for n in $(seq 90); do printf '%s\\tcause_%s\\n' $((n + 42)) $((n / 3)); done ;;
esac""",
    # The so-manieth file that is moved into place: everything gets a signal instead.
    "mv": """echo 2>/dev/null >>"$COUNT"
[ "$(wc -l <"$COUNT")" != "$AT" ] || { kill -s "$SIGNAL" 0; sleep 5; }
exec /bin/mv "$@\"""",
}


class Setup:
    """A checkout in a folder with odd characters, and a user's home."""

    def __init__(self, folder):
        self.checkout = folder / "my $(checkout)'s \"copy\""
        self.home, self.programs = folder / "a home", folder / "bin"
        (self.checkout / "sample-captures").mkdir(parents=True)
        shutil.copytree(tools.REPO / "packaging", self.checkout / "packaging")
        shutil.copy(tools.SAMPLES / "tour.pcapng", self.checkout / "sample-captures")
        self.home.mkdir()
        self.programs.mkdir()
        for name, text in STAND_INS.items():
            (self.programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.programs / name).chmod(0o755)
        self.environment = {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.home), "VERSION": "1",
                            "GLOBAL": str(folder / "global"), "COUNT": str(folder / "count"), "AT": "never"}
        self.prefix = []

    def run(self, *arguments, **changes):
        environment = {name: value for name, value in {**self.environment, **changes}.items() if value is not None}
        Path(self.environment["COUNT"]).write_text("")
        arguments = ["--no-deps", *arguments] if "--uninstall" not in arguments else arguments
        return subprocess.run([*self.prefix, self.checkout / "packaging" / "setup.sh", *arguments], env=environment,
                              capture_output=True, text=True, start_new_session=True, timeout=60, check=False)

    @staticmethod
    def there(done):
        """Of the private /usr/local, after a run: owners and names."""
        lines = [line for line in done.stdout.splitlines() if " /usr/local/" in line]
        return sorted(f"{line.split()[0]} {line.rpartition('/')[2]}" for line in lines if line.startswith("root /"))

    def files(self):
        return {str(path.relative_to(self.home)): path.read_text() for path in sorted(self.home.rglob("*"))
                if path.is_file() or path.is_symlink()}


@pytest.fixture
def setup(tmp_path):
    if ROOT:
        pytest.skip("for an ordinary user")
    return Setup(tmp_path)


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """The files of an installation."""
    if ROOT:
        pytest.skip("for an ordinary user")
    one = Setup(tmp_path_factory.mktemp("complete"))
    done = one.run()
    assert done.returncode == 0 and "42\tclosed_port" in done.stdout, done.stderr
    # The end says what to do next; the command can be pasted, whatever the folder is called.
    end = done.stdout[done.stdout.index("\nNext: "):]
    command = re.search("wireshark -C .*", end)[0]
    words = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, text=True,
                           check=True).stdout.split("\0")
    assert words == ["wireshark", "-C", "TCP Resets", str(one.checkout / "sample-captures" / "tour.pcapng"), ""]
    assert "-z rst,problems" in end and done.stdout.count("\n") < 35
    return one.files()


def test_complete(complete):
    assert set(complete) == {PLUGIN, *(f".local/bin/{name}" for name in PROGRAMS),
                             *(f".local/share/man/{name}" for name in PAGES),
                             *(f"{PROFILE}/{name}" for name in ("preferences", "colorfilters", "dfilter_buttons",
                                                                "recent", ".installed"))}


def test_ten_lines(setup):
    """Of the tour, one for each cause."""
    shown = [line for line in setup.run().stdout.splitlines() if "\t" in line]
    assert len(shown) == 10 and shown[0] == "42\tclosed_port" and shown[2] == "45\tcause_1"


def test_sign_of_life(setup):
    """A build that takes its time."""
    slow = setup.programs / "cmake"
    slow.write_text(slow.read_text().replace("--build)", "--build) sleep 7;"))
    assert "Building .....\n" in setup.run().stdout


def test_twice_and_away(setup, complete):
    assert setup.run().returncode == 0 and setup.run().returncode == 0 and setup.files() == complete
    done = setup.run("--uninstall")
    assert done.returncode == 0 and setup.files() == {}, done.stderr
    done = setup.run("--uninstall")
    assert done.returncode == 0 and "Not installed" in done.stdout


@pytest.mark.parametrize("signal,at", [("INT", 1), ("KILL", 1), ("TERM", 2), ("INT", 6), ("KILL", 6), ("HUP", 7),
                                       ("KILL", 7), ("TERM", 9), ("KILL", 12), ("TERM", 17), ("KILL", 18),
                                       ("KILL", 19)])
def test_interrupted(setup, complete, signal, at):
    """The first installation, and an upgrade over files of another version. The next run mends it."""
    for version in ("1", "2"):
        if version == "2":
            with open(setup.checkout / "packaging" / "rst-compare", "a") as text:
                text.write("# newer\n")
            for name in ("preferences", "colorfilters"):
                with open(setup.checkout / "packaging/profile/TCP Resets" / name, "a") as text:
                    text.write("# newer\n")
        before = setup.files()
        done = setup.run(AT=str(at), SIGNAL=signal, VERSION=version)
        assert done.returncode, done.stdout
        for name, text in setup.files().items():
            if ".new-" in name:
                assert signal == "KILL"
            elif not name.endswith(".installed"):
                old = complete[name]
                assert text in (old, old + "# newer\n", old.replace("1", "2")) or text == before[name], name
        again = setup.run(VERSION=version)
        assert again.returncode == 0 and "Profile kept" not in again.stdout, again.stdout
        assert set(setup.files()) == set(complete)
        assert setup.files()[f"{PROFILE}/preferences"].endswith("# newer\n") == (version == "2")
        assert len(setup.files()[f"{PROFILE}/.installed"].splitlines()) == 3
    assert setup.run("--uninstall").returncode == 0 and setup.files() == {}


def test_files_of_others(setup):
    """What has the same name but does not come from here stays."""
    mine = {".local/bin/rst-compare": "#!/bin/sh\n# my own\n", ".local/bin/other": "x",
            ".local/share/man/man1/rst-record.1": ".TH MINE 1\n",
            ".local/lib/wireshark/plugins/3.6/epan/rst.so": "something else",
            f"{PROFILE}/notes": "mine", ".config/wireshark/preferences": "mine"}
    for name, text in mine.items():
        (setup.home / name).parent.mkdir(parents=True, exist_ok=True)
        (setup.home / name).write_text(text)
    link = setup.home / ".local/bin/rst-record"
    link.symlink_to(setup.home / "nowhere")
    done = setup.run()
    assert done.returncode == 0 and "rst-compare is something else and stays" in done.stderr, done.stderr
    assert not (setup.home / "nowhere").exists() and not link.is_symlink()
    assert setup.run("--uninstall").returncode == 0
    assert {**setup.files()} == mine


def test_another_plugin(setup):
    place = setup.home / PLUGIN
    place.parent.mkdir(parents=True)
    place.write_text("something else")
    done = setup.run()
    assert done.returncode == 1 and "is another plugin" in done.stderr and place.read_text() == "something else"


@pytest.mark.parametrize("changes", [{"TMPDIR": "/none"}, {"LC_ALL": "xx_XX"}, {"LC_ALL": "C"}], ids=str)
def test_environment(setup, complete, changes):
    done = setup.run(**changes)
    assert done.returncode == 0 and setup.files() == complete, done.stderr


def test_no_home(setup):
    """The folder is then that of the user database, in which this user may not write."""
    done = setup.run(HOME=None)
    assert done.returncode and "unbound" not in done.stderr and setup.files() == {}


def test_wrong_arguments(setup):
    for arguments, message in ((["--wrong"], "unknown argument"), (["--all-users"], "needs root")):
        done = setup.run(*arguments)
        assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1 and setup.files() == {}


# For root: users, homes and /usr/local/bin of its own.
PRIVATE = """set -e
mount -t tmpfs none /usr/local/bin
mount -t tmpfs none /usr/local/share/man
cp /etc/passwd "$0/passwd"
echo "tester:x:23456:23456::$0/a home:/bin/sh" >>"$0/passwd"
mount --bind "$0/passwd" /etc/passwd
code=0
"$@" || code=$?
find /usr/local/bin /usr/local/share/man -type f -printf '%u %p\n'
exit $code"""


@pytest.fixture
def private(tmp_path):
    if not ROOT:
        pytest.skip("needs root")
    for above in [tmp_path, *tmp_path.parents[:-2]]:
        above.chmod(above.stat().st_mode | 0o711)
    one = Setup(tmp_path)
    one.prefix = ["unshare", "--mount", "sh", "-c", PRIVATE, tmp_path]
    os.chown(one.home, 23456, 23456)
    return one


def test_sudo(private):
    """Everything in the user's folder belongs to the user, and links there give nothing of root's away."""
    victim = private.home.parent / "victim"
    victim.write_text("secret")
    (private.home / ".local/bin").mkdir(parents=True)
    (private.home / ".local/bin/rst-record").symlink_to(victim)
    (private.home / ".local/lib").symlink_to(private.home.parent / "global")
    subprocess.run(["chown", "-hR", "23456:23456", private.home], check=True)
    done = private.run(SUDO_USER="tester")
    assert done.returncode, done.stdout  # that folder is root's
    (private.home / ".local/lib").unlink()
    done = private.run(SUDO_USER="tester")
    # Where sudo looks, there is only what it is for, and it is root's.
    assert done.returncode == 0 and private.there(done) == ["root rst-record", "root rst-record-drops"], done.stderr
    assert victim.read_text() == "secret" and victim.stat().st_uid == 0
    assert len(private.files()) == len(PROGRAMS) + len(PAGES) + 6
    assert {path.lstat().st_uid for path in private.home.rglob("*")} == {23456}
    assert private.run("--uninstall", SUDO_USER="tester").returncode == 0
    assert private.files() == {".local/bin/rst-record": "secret"}  # the link, which was there before


@pytest.mark.parametrize("arguments,user", [([], None), (["--all-users"], "tester")])
def test_all_users(private, arguments, user):
    done = private.run(*arguments, SUDO_USER=user)
    placed = private.home.parent / "global"
    assert done.returncode == 0 and len(private.there(done)) == len(PROGRAMS) + len(PAGES), done.stderr
    assert (placed / "plugins/4.0/epan/rst.so").exists() and (placed / "share/profiles/TCP Resets/preferences").exists()
    assert private.files() == {} and {path.lstat().st_uid for path in placed.rglob("*")} == {0}
    done = private.run(*arguments, "--uninstall", SUDO_USER=user)
    assert done.returncode == 0 and not [path for path in placed.rglob("*") if path.is_file()], done.stderr


def test_no_such_user(private):
    done = private.run(SUDO_USER="nobody-here")
    assert done.returncode == 1 and "no home folder" in done.stderr
