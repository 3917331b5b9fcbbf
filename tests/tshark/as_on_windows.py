"""as_on_windows.py PROGRAM ARGUMENT...: runs it as Python for Windows would, as far as that can be had on Linux.

What only Unix has is not there, pipes are in code page 1252 with CR LF, and the system says that it is Windows. Paths are
still those of Linux. Every program that the program starts with sys.executable runs in the same way.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import runpy
import signal
import sys

# All that the programs import, before it could notice.
import argparse, collections, contextlib, errno, functools, glob, html, ipaddress, json, pathlib, random, re  # noqa: E401
import secrets, shutil, stat, statistics, subprocess, tempfile, types  # noqa: E401
from datetime import datetime  # noqa: F401
from importlib.machinery import SourceFileLoader  # noqa: F401

UNIX_MODULES = ("crypt", "fcntl", "grp", "nis", "posix", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios",
                "tty")
UNIX_ONLY = {os: ("O_PATH", "O_NONBLOCK", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "geteuid", "getuid", "fchdir", "fork",
                  "fchmod", "chown", "killpg", "setsid", "mkfifo"),
             signal: ("pthread_sigmask", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGPIPE", "SIGALRM", "SIGUSR1")}


def pretend(itself):
    for module, names in UNIX_ONLY.items():
        for name in names:
            delattr(module, name)
    for name in UNIX_MODULES:
        sys.modules[name] = None  # cannot be imported
    sys.modules[pathlib.Path.__module__].WindowsPath = pathlib.PosixPath
    os.name, sys.platform, os.linesep = "nt", "win32", "\r\n"
    sys.executable = itself
    for stream, errors in ((sys.stdin, "strict"), (sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        stream.reconfigure(encoding="cp1252", errors=errors, newline=None if stream is sys.stdin else "\r\n")


if __name__ == "__main__":
    del sys.argv[0]
    pretend(os.environ["AS_ON_WINDOWS"])
    runpy.run_path(sys.argv[0], run_name="__main__")
