# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the house that a script can see."""

import re

import house

FILE_LINES = 800
FUNCTION_LINES = 80

# What must not be called, and what is called in its place.
BANNED = {
    "strcpy": "g_strlcpy", "strcat": "GString", "strncpy": "g_strlcpy", "strncat": "GString",
    "sprintf": "g_snprintf", "vsprintf": "g_vsnprintf", "gets": "util's readers",
    "strtok": "g_strsplit or a loop", "atoi": "g_ascii_string_to_signed", "atol": "the same",
    "atoll": "the same", "atof": "g_ascii_strtod", "alloca": "the heap", "g_alloca": "the heap",
    "system": "util/program.h", "popen": "util/program.h",
    "g_spawn_command_line_sync": "util/program.h", "g_spawn_command_line_async": "util/program.h",
    "localtime": "GDateTime", "gmtime": "GDateTime", "ctime": "GDateTime", "asctime": "GDateTime",
    "mktemp": "mkstemp", "tmpnam": "mkstemp", "tempnam": "mkstemp",
    "rand": "g_random_int", "srand": "nothing",
    "g_async_queue_new": "util/queue.h", "g_main_context_invoke": "util/queue.h",
    "EVP_md5": "SHA-256",
}
CALL = re.compile(r"(?<![A-Za-z0-9_])(" + "|".join(BANNED) + r")\s*\(")

NO_LICENCE = re.compile(r"^(LICENSE|.*README|NEWS|doc/HACKING|doc/BENCHMARKS|\.gitignore|po/.*\.(po|pot))$|^tests/fuzz/corpus/"
                        r"|^tests/[^/]+/(data|samples)/|\.(dict|eml|json|txt)$")
PLACE = re.compile(r"(?<![\w.})])/(root|work|(home|Users)/\w\w)\b/?")


def without_licence():
    for name in house.files():
        if not NO_LICENCE.search(name):
            head = house.read(name)[:400].split("\n")[:3]
            if not any("SPDX-License-Identifier: GPL-3.0-or-later" in line for line in head):
                yield name


def banned():
    for name in house.files(r"^src/.*\.[ch]$"):
        for number, line in enumerate(house.code(name).split("\n"), 1):
            for match in CALL.finditer(line):
                yield f"{name}:{number}: {match.group(1)} (use {BANNED[match.group(1)]})"


def places():
    for name in house.files(r"^(src|tests/(?!fuzz/corpus)|contrib|doc|po|\.ci|[^/]+$)"):
        for number, line in enumerate(house.read(name).split("\n"), 1):
            match = PLACE.search(line)
            if match:
                yield f"{name}:{number}: {match.group()}"


def long_files():
    for name in house.files(r"\.(c|h|py|sh)$"):
        count = house.read(name).count("\n")
        if count > FILE_LINES:
            yield f"{name}: {count} lines, at most {FILE_LINES}"


def long_functions():
    for name in house.files(r"^(src|tests)/.*\.c$"):
        start = None
        for number, line in enumerate(house.code(name).split("\n"), 1):
            if line.rstrip() == "{":
                start = number
            elif line.startswith("}") and start is not None:
                if number - start - 1 > FUNCTION_LINES:
                    yield f"{name}:{start}: {number - start - 1} lines, at most {FUNCTION_LINES}"
                start = None


def wrong_beginnings():
    for name in house.files(r"^src/.*\.c$"):
        first = re.search(r"^\s*#\s*include.*$", house.read(name), re.MULTILINE)
        if not first or '"config.h"' not in first.group():
            yield f'{name}: the first include is not "config.h"'
    for name in house.files(r"^src/.*\.h$"):
        if not re.search(r"^#pragma once$", house.read(name), re.MULTILINE):
            yield f"{name}: no #pragma once"


STATE = re.compile(r"^(static\s+)?(?!const\b|typedef\b|extern\b|struct \w+;|enum\b|G_DEFINE|return\b|goto\b)"
                   r"[A-Za-z_][\w ]*[\s*]+\w+(\[[^]]*\])*\s*(=[^;]*)?;\s*$")
# State that cannot be handed down: where the log goes, and what a crash restores.
STATE_MAY = re.compile(r"^src/(util/log|ui/crash)\.c$")


def global_state():
    for name in house.files(r"^src/.*\.c$"):
        depth = 0
        for number, line in enumerate(house.code(name).split("\n"), 1):
            if depth == 0 and STATE.match(line) and " const " not in f" {line} " \
                    and not re.search(r"\*\s*const\b", line) and not STATE_MAY.match(name):
                yield f"{name}:{number}: {line.strip()}"
            depth += line.count("{") - line.count("}")


house.check("every file says its licence", list(without_licence()))
house.check("no banned function is called", list(banned()))
house.check("no file names a place on somebody's machine", list(places()))
house.check(f"no file is longer than {FILE_LINES} lines", list(long_files()))
house.check(f"no function is longer than {FUNCTION_LINES} lines", list(long_functions()))
house.check("sources begin with config.h, headers are read once", list(wrong_beginnings()))
house.check("there is no global state but the log's and the crash handler's", list(global_state()))
house.done()
