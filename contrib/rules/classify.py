#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sort a message by its words: an example of a program that rules may run.

A message on standard input; the name of the best category on standard output.
Exit status 0: it is surer than the threshold; 1: it is not; 2: no model.

    classify.py [--model FILE] [--threshold 0.6]           sort
    classify.py [--model FILE] --train CATEGORY < MESSAGE  learn

In posthorn.conf:

    [posthorn]
    rules-program = classify python3 /usr/share/doc/posthorn/rules/classify.py

and the rule is rules.sieve beside this file. It counts words (naive Bayes) and
opens no connection. Where a local language model should decide, replace
score(): give it the text that words_of() reads, and return a number for each
category. A rule waits for its answer; Posthorn ends a program after 30 seconds.
"""

import argparse
import email
import email.policy
import json
import math
import os
import re
import sys

WORDS = 400        # of a message, the first so many count
LEAST, MOST = 3, 20  # letters of a word


def default_model():
    base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(base, "posthorn", "classify.json")


def text_of(message):
    """Subject, sender and the first text of a message."""
    body = message.get_body(("plain", "html"))
    try:
        content = body.get_content() if body is not None else ""
    except (LookupError, ValueError):
        content = ""
    return f"{message.get('subject', '')} {message.get('from', '')} {re.sub('<[^>]*>', ' ', content)}"


def words_of(octets):
    message = email.message_from_bytes(octets, policy=email.policy.default)
    words = re.findall(r"[^\W\d_]+", text_of(message).lower())
    return [word for word in words if LEAST <= len(word) <= MOST][:WORDS]


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(path, model):
    os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
    temporary = path + ".new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(model, file)
    os.replace(temporary, path)


def train(model, category, words):
    entry = model.setdefault(category, {"messages": 0, "words": {}})
    entry["messages"] += 1
    for word in words:
        entry["words"][word] = entry["words"].get(word, 0) + 1


def score(model, words):
    """{category: probability}. This is the place of another judge."""
    known = {word for entry in model.values() for word in entry["words"]}
    messages = sum(entry["messages"] for entry in model.values())
    logs = {}
    for category, entry in model.items():
        total = sum(entry["words"].values()) + len(known)
        logs[category] = math.log(entry["messages"] / messages) + sum(
            math.log((entry["words"].get(word, 0) + 1) / total) for word in words if word in known)
    most = max(logs.values())
    weights = {category: math.exp(value - most) for category, value in logs.items()}
    return {category: weight / sum(weights.values()) for category, weight in weights.items()}


def main():
    parser = argparse.ArgumentParser(description="Sort a message by its words.")
    parser.add_argument("--model", default=default_model())
    parser.add_argument("--threshold", type=float, default=0.6)
    parser.add_argument("--train", metavar="CATEGORY")
    options = parser.parse_args()
    words = words_of(sys.stdin.buffer.read())
    model = load(options.model)
    if options.train:
        train(model, options.train, words)
        save(options.model, model)
        return 0
    if not model:
        print("no model: train one first", file=sys.stderr)
        return 2
    category, value = max(score(model, words).items(), key=lambda item: item[1])
    sys.stdout.write(category)
    return 0 if value >= options.threshold else 1


if __name__ == "__main__":
    sys.exit(main())
