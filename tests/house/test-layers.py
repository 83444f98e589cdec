# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the layers: who may include whom, and which library lives where."""

import os
import re

import house

# A folder includes itself and those named before it, but none of its own row.
ROWS = [["util"], ["mime"], ["net"], ["imap", "smtp", "sieve", "store"], ["account"], ["engine"],
        ["ui", "cli"]]

# Headers of libraries (how they begin) and the folders that may include them.
LIBRARIES = {
    "curses": ["ui"], "ncurses": ["ui"], "panel.h": ["ui"], "term.h": ["ui"],
    "curl/": ["net"],
    "sqlite3": ["store"],
    "gmime/": ["mime"], "libxml/": ["mime"],
    "openssl/": ["net", "account"],
    "zlib": ["net"],
    "json-glib/": ["account"],
    "libsecret/": ["account"],
    "iconv": ["util"], "pcre2": ["util"], "libintl": ["util"],
}

# The test and fuzz programs are named after the layer that they link.
NAMED = re.compile(r"tests/unit/test-([a-z]+)-")


def allowed(layer):
    """The folders that a layer may include."""
    for number, row in enumerate(ROWS):
        if layer in row:
            return {layer, *(name for before in ROWS[:number] for name in before)}
    return None


def layer_of(name):
    """The layer of a file; "main" may include all."""
    if name == "src/main.c":
        return "main"
    if name.startswith("src/"):
        return name.split("/")[1]
    match = NAMED.match(name)
    return match.group(1) if match else None


def includes(name):
    """(line, path, whether in quotes) of each #include."""
    for number, line in enumerate(house.read(name).splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(2), match.group(1) == '"'


def offences():
    """(kind, words) of each breach."""
    known = {name for row in ROWS for name in row}
    for name in house.files(r"^(src/.*|tests/unit/test-[^/]*)\.[ch]$"):
        layer = layer_of(name)
        may = known if layer == "main" else allowed(layer)
        if may is None:
            yield "unknown", f"{name}: there is no layer {layer}"
            continue
        for line, path, quoted in includes(name):
            where = f"{name}:{line}: {path}"
            if quoted and path != "config.h":
                folder = os.path.dirname(path).split("/")[0]
                if name.startswith("tests/") and not folder:
                    continue  # what the tests of a layer share lies beside them
                if folder not in known:
                    yield "path", f"{where} (headers are included as FOLDER/MODULE.h)"
                elif folder not in may:
                    yield "layer", f"{where} ({layer} stands below {folder}, or beside it)"
            for library, homes in LIBRARIES.items():
                if not quoted and path.startswith(library) and layer not in homes \
                        and name.startswith("src/"):
                    yield "library", f"{where} (only in src/{', src/'.join(homes)})"


FOUND = list(offences())


def of(kind):
    return [text for found, text in FOUND if found == kind]


house.check("every C file belongs to a layer", of("unknown"))
house.check("headers of the project are included by folder", of("path"))
house.check("no layer includes one above it or beside it", of("layer"))
house.check("each library is included in its own folder only", of("library"))
house.done()
