# SPDX-License-Identifier: GPL-3.0-or-later
"""`rules check` and `rules test`: a script by itself and over messages from files; plain, and as JSON."""

import os

import harness
from harness import Home, equal, test

SORT = '''require ["fileinto", "copy", "mailbox", "imap4flags", "envelope"];
# rule:[Bills]
if header :contains "subject" "invoice" {
    fileinto :copy :create :flags "\\\\Flagged" "Bills/2026";
    redirect :copy "books@example.org";
}
# rule:[From outside]
if envelope :domain "from" "outside.example" { discard; }
# rule:[To sales]
if envelope :is "to" "sales@example.org" { keep :flags "Sales"; }
'''
INVOICE = harness.message("An invoice")
HELLO = harness.message("Hello")


class Case:
    """A home with no account at all, and files in it."""

    def __enter__(self):
        self.home = Home()
        self.put("rules.sieve", SORT)
        self.put("invoice.eml", INVOICE)
        self.put("hello.eml", HELLO)
        return self

    def __exit__(self, *_):
        self.home.__exit__()

    def put(self, name, content):
        with open(f"{self.home.path}/{name}", "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def check(self, script, *more, **options):
        self.put("given.sieve", script)
        return self.home.run("rules", "check", "given.sieve", *more, **options)

    def refused(self, script):
        """The one value on standard output, for a script that is not good."""
        value = self.check(script, "--json", status=1).json
        equal(list(value), ["error"])
        equal(value["error"]["code"], "script")
        return value["error"]

    def tested(self, *words, **options):
        return self.home.json("rules", "test", *words, **options)


@test
def a_good_script_is_told_with_its_rules_and_what_it_requires():
    with Case() as case:
        equal(case.check(SORT).out, "given.sieve: good, 3 rules\n")
        equal(case.check(SORT, "--json").json, {
            "file": "given.sieve", "requires": ["copy", "envelope", "fileinto", "imap4flags", "mailbox"],
            "rules": [{"name": "Bills", "line": 3}, {"name": "From outside", "line": 8},
                      {"name": "To sales", "line": 10}]})


@test
def a_bad_script_is_one_error_with_its_place_and_all_others_beside_it():
    with Case() as case:
        error = case.refused('require "fileinto";\n\n  fileinto;\nkeep\n')
        equal([error["file"], error["line"], error["column"]], ["given.sieve", 3, 3])
        equal([(one["line"], one["column"]) for one in error["errors"]], [(3, 3), (4, 5)])
        equal(error["message"], error["errors"][0]["message"])
        said = case.check('require "fileinto";\n\n  fileinto;\nkeep\n', status=1)
        equal(said.out, "")
        assert "given.sieve:3:3: " in said.err and "given.sieve:4:5: " in said.err, said.err
        # The same before messages are looked at.
        equal(case.home.run("rules", "test", "given.sieve", "hello.eml", "--json", status=1).json["error"], error)


@test
def what_is_wrong_with_a_script_is_told_at_its_place():
    rows = {
        'require "nonsense";': (1, 9),
        'fileinto "A";': (1, 1),
        'redirect 5;': (1, 10),
        'keep;\nredirect "a@x.example': (2, 10),
        'require "vacation";\nkeep;\nredirect "not an address";': (3, 10),
        'if header "subject" "x" { keep; }\nelse { } else { }': (2, 10),
    }
    with Case() as case:
        for script, place in rows.items():
            error = case.refused(script)
            equal((error["line"], error["column"]), place, script)


@test
def nesting_of_10000_is_refused_at_its_place_and_at_once():
    with Case() as case:
        for begin, middle, end in (("if true {", "keep;", "}"), ("if ", "not " * 10000 + "true { keep; }", ""),
                                   ("if ", "allof(" * 10000 + "true" + ")" * 10000 + "{ keep; }", "")):
            times = 10000 if end else 1
            error = case.refused("\n" + begin * times + middle + end * times)
            equal(error["line"], 2)
            assert "nested" in error["message"], error


@test
def a_script_of_10_megabytes_is_refused_unread():
    with Case() as case:
        error = case.check("#" + "a" * 10_000_000 + "\nkeep;\n", "--json", status=1).json["error"]
        equal(error["code"], "limit")
        assert "given.sieve" in error["message"], error


@test
def includes_in_a_circle_are_told_where_they_stand():
    with Case() as case:
        case.put("one.sieve", 'require "include";\ninclude :personal "two";\n')
        case.put("two.sieve", 'require "include";\n\ninclude :personal "one";\n')
        error = case.home.json("rules", "check", "one.sieve", status=1)["error"]
        equal(error["code"], "script")
        assert "includes itself" in error["message"] and error["line"] in (2, 3), error


@test
def what_an_included_script_does_wrong_is_told_with_its_own_name():
    with Case() as case:
        case.put("part.sieve", "\n  keep\n")
        error = case.refused('require "include";\ninclude :personal "part";\n')
        equal([os.path.basename(error["file"]).removesuffix(".sieve"), error["line"]], ["part", 2])


@test
def a_nul_does_not_hide_what_is_behind_it():
    with Case() as case:
        error = case.refused('keep;\n\0redirect "a@x.example";\n')
        equal([error["line"], error["column"]], [2, 1])
        case.put("part.sieve", 'keep;\n\n\0discard;\n')
        error = case.refused('require "include";\ninclude :personal "part";\n')
        equal(error["line"], 2)
        assert "part.sieve:3: " in error["message"], error


@test
def a_file_that_cannot_be_read_is_named_and_nothing_else_is_printed():
    with Case() as case:
        for words in (("check", "none.sieve"), ("test", "none.sieve", "hello.eml"),
                      ("test", "rules.sieve", "hello.eml", "none.eml"), ("test", "rules.sieve", ".")):
            said = case.home.run("rules", *words, status=1)
            equal(said.out, "")
            assert words[-1] in said.err or "none.sieve" in said.err, said.err
            value = case.home.run("rules", *words, "--json", status=1).json
            equal(list(value), ["error"])
            assert value["error"]["code"] in ("unknown", "local"), value


@test
def each_message_is_told_with_its_actions_and_why():
    with Case() as case:
        found = case.tested("rules.sieve", "invoice.eml", "hello.eml")
        equal([one["file"] for one in found], ["invoice.eml", "hello.eml"])
        equal(found[0]["actions"], [
            {"action": "fileinto", "folder": "Bills/2026", "copy": True, "create": True, "flags": ["\\Flagged"]},
            {"action": "redirect", "address": "books@example.org", "copy": True},
            {"action": "keep", "flags": []}])
        equal(found[1]["actions"], [{"action": "keep", "flags": []}])
        for one in found:
            equal(sorted(one), ["actions", "file", "trace"])
        assert 'header :contains "subject" "invoice": yes' in found[0]["trace"][0], found
        assert 'header :contains "subject" "invoice": no' in found[1]["trace"][0], found


@test
def in_plain_words_it_is_the_same():
    with Case() as case:
        lines = case.home.run("rules", "test", "rules.sieve", "invoice.eml", "hello.eml").out.splitlines()
        equal(lines[:4], ["invoice.eml", "  fileinto Bills/2026 :copy (\\Flagged)",
                          "  redirect books@example.org :copy", "  keep"])
        assert "hello.eml" in lines and lines[lines.index("hello.eml") + 1] == "  keep", lines


@test
def the_envelope_is_what_was_given():
    with Case() as case:
        outside = case.tested("rules.sieve", "hello.eml", "--envelope-from", "x@outside.example")
        equal(outside[0]["actions"], [{"action": "discard"}])
        sales = case.tested("rules.sieve", "hello.eml", "--envelope-to", "sales@example.org")
        equal(sales[0]["actions"], [{"action": "keep", "flags": ["Sales"]}])
        # What the header says is not the envelope.
        equal(case.tested("rules.sieve", "hello.eml")[0]["actions"], [{"action": "keep", "flags": []}])


@test
def now_is_what_was_given_in_its_own_zone():
    with Case() as case:
        case.put("now.sieve", 'require ["date", "relational", "fileinto", "variables"];\n'
                 'if currentdate :zone "+0000" :matches "iso8601" "*" { set "t" "${1}"; }\nfileinto "${t}";\n')
        for now, said in (("2026-11-20T09:12:00+01:00", "2026-11-20T08:12:00+00:00"),
                          ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59+00:00")):
            found, = case.tested("now.sieve", "hello.eml", "--now", now)
            equal(found["actions"][0]["folder"].replace("Z", "+00:00"), said)
        for now in ("yesterday", "2026-13-01T00:00:00Z", ""):
            value = case.home.run("rules", "test", "now.sieve", "hello.eml", "--now", now, "--json", status=2).json
            equal(value["error"]["code"], "usage", now)


@test
def a_script_that_fails_on_a_message_keeps_it_and_says_where():
    with Case() as case:
        case.put("name.sieve", 'require ["fileinto", "variables"];\n'
                 'if header :matches "subject" "*" {\n    fileinto "${1}";\n}\n')
        case.put("bad.eml", harness.message("=?utf-8?q?a=01b=1B[31m?="))
        found = case.tested("name.sieve", "hello.eml", "bad.eml", status=1)
        equal(found[0]["actions"][0]["folder"], "Hello")
        equal(found[1]["actions"], [{"action": "keep", "flags": []}])
        equal([found[1]["error"]["file"], found[1]["error"]["line"]], ["name.sieve", 3])
        said = case.home.run("rules", "test", "name.sieve", "bad.eml", status=1)
        assert "name.sieve:3: " in said.err and "\x1b" not in said.err + said.out, said.err


@test
def what_a_message_makes_of_a_name_is_printed_safe():
    with Case() as case:
        case.put("name.sieve", 'require ["fileinto", "variables", "enotify"];\n'
                 'if header :matches "x-name" "*" { fileinto "${1}"; notify :message "${1}" "desktop:"; }\n')
        case.put("odd.eml", harness.message("x", extra="X-Name: =?utf-8?q?a=E2=80=AEb?=\r\n"))
        said = case.home.run("rules", "test", "name.sieve", "odd.eml")
        assert "\u202e" not in said.out, said.out


@test
def messages_that_are_no_mail_are_judged_all_the_same():
    with Case() as case:
        odd = {"empty.eml": b"", "nul.eml": b"\0" * 5000, "noise.eml": bytes(range(256)) * 400,
               "body.eml": b"\r\n\r\ninvoice\r\n", "long.eml": b"Subject: " + b"x" * 3_000_000 + b" invoice\r\n\r\n",
               "many.eml": b"X-A: b\r\n" * 100_000 + b"\r\n"}
        for name, octets in odd.items():
            case.put(name, octets)
        found = case.tested("rules.sieve", *odd, status=None, seconds=60)
        equal([one["file"] for one in found], list(odd))
        for one in found:
            equal(one["actions"][-1]["action"], "keep", one["file"])
harness.done()
