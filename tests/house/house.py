# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the house share: the files of the project, and TAP.

In a clone the files are those that git knows or would add; in an unpacked
tarball, where there is no git, those in the project's own folders.
"""

import os
import re
import subprocess
import sys

TOP = os.path.abspath(os.environ.get("top_srcdir") or os.path.join(os.path.dirname(__file__), "../.."))
FOLDERS = ["src", "tests", "contrib", "doc", ".ci"]
FILES = ["configure.ac", "Makefile.am", "autogen.sh", "README", "NEWS", ".clang-format",
         "po/Makevars", "po/POTFILES.in", "po/LINGUAS"]
GENERATED = re.compile(r"(^|/)(__pycache__|\.deps)/|\.(o|a|log|trs|pyc)$|(^|/)\.dirstamp$")


def files(pattern=""):
    """Paths below the top folder that match the pattern, sorted."""
    if os.path.exists(os.path.join(TOP, ".git")):
        text = subprocess.run(["git", "-C", TOP, "ls-files", "-co", "--exclude-standard"],
                              check=True, capture_output=True, text=True).stdout
        names = [name for name in text.splitlines() if os.path.exists(os.path.join(TOP, name))]
    else:
        names = [name for name in FILES if os.path.exists(os.path.join(TOP, name))]
        for folder in FOLDERS:
            for place, _, inside in os.walk(os.path.join(TOP, folder)):
                names += [os.path.relpath(os.path.join(place, name), TOP) for name in inside]
    return sorted(name for name in names if re.search(pattern, name) and not GENERATED.search(name))


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


_WORDS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.DOTALL)


def code(name):
    """A C file without comments and without what is in quotes; lines stay where they were."""
    def blank(match):
        text = match.group()
        keep = text[0] if text[0] in "\"'" else ""
        return keep + "\n" * text.count("\n") + keep
    return _WORDS.sub(blank, read(name))


_results = []


def check(fact, offences):
    """One test: the fact holds if there is no offence; each is a line for the reader."""
    _results.append(not offences)
    print(f"{'not ok' if offences else 'ok'} {len(_results)} - {fact}")
    for line in offences:
        print(f"# {line}")


def done():
    print(f"1..{len(_results)}")
    sys.exit(0 if all(_results) else 1)
