"""Running a command whose folder has hardly any room.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import subprocess

import pytest

# A file system of a few kB, made in a user namespace.
SMALL = """mount -t tmpfs -o size=12k none "$0" && chmod 755 "$0" &&
exec unshare -U --map-user=1000 --map-group=1000 "$@\""""


def run_in(tshark, folder, script, *command):
    """Runs script, which gets the command as its arguments, with the small file system in the place of the folder."""
    inside = ["unshare", "-Urm", "sh", "-c", SMALL, folder, "sh", "-c", script, "sh"]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here")
    return subprocess.run([*inside, *command], env=tshark.environment(), capture_output=True, text=True, check=False)
