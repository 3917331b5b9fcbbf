"""Running one of the programs in this folder on a screen of its own.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = ("wireshark", "Xvfb", "xvfb-run", "openbox", "xdotool", "import", "convert", "tesseract")
PATIENCE = 900  # seconds for one run
ATTEMPTS = 2  # on a loaded machine a screen may be lost for reasons that have nothing to do with what it shows


def missing():
    """The reason why the GUI cannot be tried, or None."""
    absent = [program for program in NEEDED if not shutil.which(program)]
    return f"needs {', '.join(absent)}" if absent else None


def play(script, arguments, environment, size):
    """Runs a script on a screen of that size, and once more on a new one if it failed. Returns the finished process with
    the output of all attempts."""
    output = ""
    for _ in range(ATTEMPTS):
        done = attempt(script, arguments, environment, size)
        output += done.stdout
        if done.returncode == 0:
            break
    return subprocess.CompletedProcess(done.args, done.returncode, output)


def attempt(script, arguments, environment, size):
    """The finished process, whose process group is gone by then."""
    command = ["xvfb-run", "-a", "-s", f"-screen 0 {size}x24 -nolisten tcp", sys.executable, str(HERE / script),
               *map(str, arguments)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               start_new_session=True)
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        output = f"{script}: not finished after {PATIENCE} s\n"
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return subprocess.CompletedProcess(command, process.wait(), output)
