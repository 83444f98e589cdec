/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extensions, an RFC each, that test-sieve-match.c and test-sieve-actions.c do not have. */
#include "config.h"

#include "sieve-script.h"

#include <string.h>

/* Rows of bodies under one require. */
static void
check_bodies(const char *required, const SieveScriptRow *rows, gsize count, const SieveCase *how)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *script = g_strdup_printf("require [%s]; %s", required, rows[i].script);
		SieveScriptRow row = {script, rows[i].outcome};
		sieve_check_rows(&row, 1, how);
	}
}

static void
test_the_list_of_extensions(void)
{
	const char *const *names = sieve_extensions();
	static const char *const programs[] = {"true", NULL};
	SieveCase how = {.programs = programs};

	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *script = g_strdup_printf("require \"%s\";", names[i]);
		g_autofree char *words = sieve_complaints(script, -1, &how);
		g_assert_cmpstr(words, ==, "");
		g_assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
	}
	g_assert_true(g_strv_contains(names, "fileinto"));
	g_assert_true(sieve_extension_is_remote("vacation"));
	g_assert_true(sieve_extension_is_remote("ereject"));
	g_assert_false(sieve_extension_is_remote("fileinto"));
	g_assert_false(g_strv_contains(names, "editheader"));
}

/* RFC 5229. */
static void
test_variables(void)
{
	static const SieveScriptRow rows[] = {
		{"set \"a\" \"x\"; set \"A\" \"${a}y\"; fileinto \"${a}\";", "fileinto xy"},
		{"fileinto \"[${none}${a_1}]\";", "fileinto []"},
		{"set \"b\" \"x\"; fileinto \"${}${ b}${b }${b${b}$\";", "fileinto ${}${ b}${b }${bx$"},
		{"set \"a\" \"${b}\"; set \"b\" \"y\"; fileinto \"x${a}${b}\";", "fileinto xy"},
		{"set :upper \"a\" \"äbC\"; fileinto \"${a}\";", "fileinto äBC"},
		{"set :lower :upperfirst \"a\" \"JOHN\"; fileinto \"${a}\";", "fileinto John"},
		{"set :upperfirst :lower \"a\" \"JOHN\"; fileinto \"${a}\";", "fileinto John"},
		{"set :length \"a\" \"äöü日\"; fileinto \"${a}\";", "fileinto 4"},
		{"set :quotewildcard \"a\" \"R*e?d\\\\\"; fileinto \"${a}\";", "fileinto R\\*e\\?d\\\\"},
		{"set :quotewildcard :length \"a\" \"**\"; fileinto \"${a}\";", "fileinto 4"},
		{"set :quoteregex \"a\" \"a.b\"; fileinto \"${a}\";", "fileinto a\\.b"},
		{"set :encodeurl \"a\" \"a b&ä\"; fileinto \"${a}\";", "fileinto a%20b%26%C3%A4"},
		{"set \"dollar\" \"$\"; set \"r\" \"regarding\"; fileinto \"${dollar}{r}\";",
			"fileinto ${r}"},
	};
	static const SieveScriptRow bad[] = {
		{"require \"variables\"; set \"1a\" \"x\";", "1:26: \"1a\" is no name of a variable."},
		{"require \"variables\"; set \"a.b\" \"x\";",
			"1:26: There is no such namespace of variables: \"a.b\"."},
		{"require \"variables\"; redirect \"${a.b}\";",
			"1:31: There is no such namespace of variables: \"a.b\"."},
		{"require \"variables\"; set \"${x}\" \"y\";",
			"1:26: The name of a variable must be written out; no variable can stand there."},
		{"require \"variables\"; redirect \"${33}\";",
			"1:31: Match variables go from ${0} to ${32}."},
		{"require \"variables\"; set :lower :upper \"a\" \"y\";",
			"1:33: \":lower\" and \":upper\" exclude each other."},
		{"require \"variables\"; set :encodeurl \"a\" \"y\";",
			"1:26: \":encodeurl\" needs: require \"enotify\";"},
		{"set \"a\" \"b\";", "1:1: \"set\" needs: require \"variables\";"},
	};

	check_bodies("\"variables\", \"fileinto\", \"regex\", \"enotify\"", rows, G_N_ELEMENTS(rows), NULL);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* RFC 5260. */
static void
test_dates(void)
{
	static const SieveTestRow rows[] = {
		{"date \"date\" \"year\" \"2026\"", TRUE},
		{"date \"date\" \"hour\" \"10\"", TRUE}, /* here it is an hour later than in Greenwich */
		{"date :originalzone \"date\" \"hour\" \"04\"", TRUE},
		{"date :zone \"-0030\" \"date\" \"time\" \"08:42:33\"", TRUE},
		{"date :originalzone \"date\" \"zone\" \"-0500\"", TRUE},
		{"date :originalzone \"date\" \"iso8601\" \"2026-11-20T04:12:33-05:00\"", TRUE},
		{"date :originalzone \"date\" \"std11\" \"Fri, 20 Nov 2026 04:12:33 -0500\"", TRUE},
		{"date \"date\" \"weekday\" \"5\"", TRUE},
		{"date \"date\" \"JULIAN\" \"61364\"", TRUE},
		{"date \"date\" \"date\" \"2026-11-20\"", TRUE},
		{"date \"received\" \"day\" \"01\"", TRUE},
		{"date :index 1 :last \"received\" \"day\" \"02\"", TRUE},
		{"date \"x-old\" \"julian\" \"40586\"", TRUE},
		{"date \"x-bad\" \"year\" \"2026\"", FALSE},
		{"date :count \"eq\" \"received\" \"year\" \"2\"", TRUE},
		{"currentdate \"date\" \"2026-11-25\"", TRUE},
		{"currentdate :zone \"+2300\" \"date\" \"2026-11-26\"", TRUE},
		{"currentdate :value \"ge\" \"hour\" \"05\"", TRUE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"date\"; if date \"date\" \"century\" \"20\" { keep; }",
			"1:32: \"century\" is no part of a date."},
		{"require \"date\"; if date :zone \"CET\" \"date\" \"year\" \"20\" { keep; }",
			"1:31: A time zone is written as \"+0100\"; \"CET\" is none."},
		{"require \"date\"; if date :zone \"+0100\" :originalzone \"date\" \"year\" \"20\" { keep; }",
			"1:39: \":zone\" and \":originalzone\" exclude each other."},
		{"require \"date\"; if currentdate :originalzone \"year\" \"20\" { keep; }",
			"1:32: \"currentdate\" does not take \":originalzone\"."},
	};
	SieveCase how = {.message = "Date: Fri, 20 Nov 2026 04:12:33 -0500\n"
				    "Received: from a; by b; Sun, 01 Mar 2026 10:00:00 +0000\n"
				    "Received: from c; Mon, 02 Mar 2026 10:00:00 +0000\n"
				    "X-Old: Wed, 31 Dec 1969 20:00:00 +0000\nX-Bad: whenever\n\n",
		.now = 1795600800}; /* 2026-11-25 10:00 in Greenwich */

	sieve_check_tests("\"date\", \"index\", \"relational\"", rows, G_N_ELEMENTS(rows), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

static const char parts_message[] =
	"Subject: parts\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n"
	"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
	"Gr=FC=DFe\n--b\nContent-Type: text/html\n\n<p>An <b>of</b>fer</p>\n--b\n"
	"Content-Type: application/pdf; name=\"r=?utf-8?q?=C3=A4?=.pdf\"\n"
	"Content-Disposition: attachment; filename*=utf-8''r%C3%A4.pdf\n"
	"Content-Transfer-Encoding: base64\n\nUERGIHRleHQ=\n--b\nContent-Type: message/rfc822\n\n"
	"Subject: inner\nFrom: in@example.net\n\ninner body\n--b--\nepilogue\n";

/* RFC 5173. */
static void
test_body(void)
{
	static const SieveTestRow rows[] = {
		{"body :contains \"grüße\"", TRUE},
		{"body :contains \"GRÜßE\"", FALSE},
		{"body :contains \"Grüße\"", TRUE},
		{"body :text :contains \"offer\"", TRUE},
		{"body :text :contains \"<b>\"", FALSE},
		{"body :raw :contains \"<B>\"", TRUE},
		{"body :raw :contains \"Gr=FC\"", TRUE},
		{"body :raw :contains \"Subject: parts\"", FALSE},
		{"body :content \"text\" :contains \"<b>of\"", TRUE},
		{"body :content \"application/pdf\" :is \"PDF text\"", TRUE},
		{"body :content \"APPLICATION\" :contains \"text\"", TRUE},
		{"body :content [\"image\", \"\"] :contains \"inner body\"", TRUE},
		{"body :content \"message/rfc822\" :contains \"Subject: inner\"", TRUE},
		{"body :content \"multipart/mixed\" :contains \"preamble\"", TRUE},
		{"body :content \"multipart\" :contains \"epilogue\"", TRUE},
		{"body :content \"multipart\" :contains \"boundary\"", FALSE},
		{"body :content [\"/plain\", \"text/\", \"text/plain/x\"] :contains \"e\"", FALSE},
		{"body :matches \"*inner*\"", TRUE},
		{"body :regex \"inn.r\"", TRUE},
	};
	static const SieveScriptRow rows2[] = {
		{"if string :matches \"x\" \"*\" {} if body :matches \"*inner*\" { fileinto \"${1}\"; }",
			"fileinto x"},
	};
	SieveCase how = {.message = parts_message};

	sieve_check_tests("\"body\", \"regex\"", rows, G_N_ELEMENTS(rows), &how);
	check_bodies("\"body\", \"variables\", \"fileinto\"", rows2, G_N_ELEMENTS(rows2), &how);
}

/* RFC 5703. */
static void
test_mime_parts(void)
{
	static const SieveTestRow rows[] = {
		{"header :mime :type \"content-type\" \"multipart\"", TRUE},
		{"header :mime :subtype \"content-type\" \"pdf\"", FALSE},
		{"header :mime :anychild :subtype \"content-type\" \"pdf\"", TRUE},
		{"header :mime :anychild :contenttype \"content-type\" \"text/html\"", TRUE},
		{"header :mime :anychild :param \"charset\" \"content-type\" \"iso-8859-1\"", TRUE},
		{"header :mime :anychild :param \"filename\" \"content-disposition\" \"rä.pdf\"", TRUE},
		{"header :mime :anychild :contains \"subject\" \"inner\"", TRUE},
		{"address :mime :anychild :domain \"from\" \"example.net\"", TRUE},
		{"exists :mime :anychild [\"from\", \"content-disposition\"]", TRUE},
		{"exists :mime \"content-disposition\"", FALSE},
		{"header :mime :anychild :count \"eq\" \"content-transfer-encoding\" \"2\"", TRUE},
	};
	static const SieveScriptRow loops[] = {
		{"foreverypart { set \"n\" \"${n}x\"; } fileinto \"${n}\";", "fileinto xxxxxx"},
		{"foreverypart { if header :mime :subtype \"content-type\" \"html\" { fileinto \"html\"; "
		 "break; } "
		 "set \"n\" \"${n}x\"; } keep :flags \"${n}\";",
			"fileinto html; keep [xx]"},
		{"foreverypart :name \"a\" { foreverypart :name \"b\" { set \"n\" \"${n}i\"; break :name "
		 "\"a\"; } "
		 "set \"n\" \"${n}o\"; } fileinto \"${n}\";",
			"fileinto i"},
		{"foreverypart { if header :mime :subtype \"content-type\" \"html\" { extracttext :upper "
		 ":first 3 "
		 "\"t\"; } } fileinto \"${t}x\";",
			"fileinto AN x"},
		{"foreverypart { if exists :mime \"content-disposition\" { stop; } } discard;", "keep"},
	};
	static const SieveScriptRow bad[] = {
		{"require \"foreverypart\"; break;",
			"1:25: \"break\" stands outside of every \"foreverypart\"."},
		{"require \"foreverypart\"; foreverypart :name \"a\" { break :name \"b\"; }",
			"1:62: No loop around has the name \"b\"."},
		{"require [\"extracttext\", \"variables\"]; extracttext \"t\";",
			"1:39: \"extracttext\" stands outside of every \"foreverypart\"."},
		{"require \"mime\"; if header :type \"content-type\" \"x\" { keep; }",
			"1:27: \":type\" needs \":mime\"."},
		{"require \"foreverypart\"; foreverypart;",
			"1:25: \"foreverypart\" expects a block: \"{\" ... \"}\"."},
	};
	SieveCase how = {.message = parts_message};

	sieve_check_tests("\"mime\", \"relational\"", rows, G_N_ELEMENTS(rows), &how);
	check_bodies(
		"\"foreverypart\", \"mime\", \"variables\", \"fileinto\", \"extracttext\", \"imap4flags\"",
		loops, G_N_ELEMENTS(loops), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* RFC 6609. */
static void
test_include(void)
{
	static const char *const names[] = {"a", "b", "self", "deep", "bad", "global/a", "stops", NULL};
	static const char *const texts[] = {
		"require [\"include\", \"variables\", \"fileinto\", \"copy\"]; global \"g\";\n"
		"set \"g\" \"${g}a\"; set \"x\" \"${x}a\"; fileinto :copy \"a-${x}\"; return; discard;",
		"require [\"include\", \"variables\", \"fileinto\", \"copy\"];\nfileinto :copy "
		"\"b-${global.g}\";",
		"require \"include\"; include \"self\";", "require \"include\"; include \"bad\";",
		"keep;\nkep;\n", "discard;", "stop;", NULL};
	static const SieveScriptRow rows[] = {
		{"include \"a\"; include \"b\";", "fileinto a-a copy; fileinto b-a copy; keep"},
		{"include \"a\"; include \"a\"; include \"b\";",
			"fileinto a-a copy; fileinto b-aa copy; keep"},
		{"include :once \"a\"; include :once \"a\"; include \"b\";",
			"fileinto a-a copy; fileinto b-a copy; keep"},
		{"global \"g\"; set \"g\" \"m\"; include \"b\"; set \"global.g\" \"n\"; fileinto \"${g}\";",
			"fileinto b-m copy; fileinto n"},
		{"include :global \"a\";", "discard"},
		{"include :optional \"none\"; discard;", "discard"},
		{"include \"stops\"; discard;", "keep"},
		{"return; discard;", "keep"},
	};
	static const SieveScriptRow bad[] = {
		{"require \"include\"; include \"none\";", "1:28: There is no script none."},
		{"require \"include\"; include \"self\";", "self:1:20: \"self\" includes itself."},
		{"require \"include\"; include \"deep\";",
			"bad:2:1: There is no command \"kep\"; was \"keep\" meant?"},
		{"require \"include\"; include :personal :global \"a\";",
			"1:38: \":personal\" and \":global\" exclude each other."},
		{"require [\"include\", \"variables\"]; set \"g\" \"x\"; global \"g\";",
			"1:55: \"g\" was used before it was declared global."},
		{"require [\"include\", \"variables\"]; include \"${a}\";",
			"1:43: The name of an included script must be written out; no variable can stand "
			"there."},
	};
	static const SieveScriptRow none[] = {
		{"require \"include\"; include \"a\";", "1:28: No other script can be included here."}};
	SieveCase how = {.names = names, .texts = texts};

	check_bodies("\"include\", \"variables\", \"fileinto\", \"copy\"", rows, G_N_ELEMENTS(rows), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), &how);
	sieve_check_complaints(none, G_N_ELEMENTS(none), NULL);
}

/* RFC 7352. */
static void
test_duplicate(void)
{
	static const SieveTestRow rows[] = {
		{"duplicate", FALSE},
		{"allof (not duplicate, duplicate)", TRUE},
		{"allof (not duplicate, duplicate :handle \"x\")", FALSE},
		{"allof (not duplicate :uniqueid \"u\", duplicate :uniqueid \"u\")", TRUE},
		{"allof (not duplicate :header \"x-id\" :seconds 60, duplicate :uniqueid \"17\" :seconds 60)",
			TRUE},
		{"allof (not duplicate :header \"x-none\", duplicate :header \"x-none\")", FALSE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"duplicate\"; if duplicate :header \"a\" :uniqueid \"b\" { stop; }",
			"1:47: \":header\" and \":uniqueid\" exclude each other."}};
	SieveCase how = {.message = "Message-ID: <a@b>\nX-Id: 17\n\n"};

	sieve_check_tests("\"duplicate\"", rows, G_N_ELEMENTS(rows), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* RFC 5490, RFC 8579, RFC 5183. */
static void
test_folders_and_environment(void)
{
	static const char *const folders[] = {"INBOX", "Old", NULL};
	static const SieveTestRow rows[] = {
		{"mailboxexists \"Old\"", TRUE},
		{"mailboxexists [\"Old\", \"None\"]", FALSE},
		{"specialuse_exists \"\\\\Archive\"", TRUE},
		{"specialuse_exists \"Old\" \"\\\\Archive\"", TRUE},
		{"specialuse_exists \"INBOX\" [\"\\\\Archive\"]", FALSE},
		{"specialuse_exists [\"\\\\Archive\", \"\\\\Junk\"]", FALSE},
		{"environment \"location\" \"MUA\"", TRUE},
		{"environment :matches \"HOST\" \"desk*\"", TRUE},
		{"environment \"name\" \"posthorn\"", TRUE},
		{"environment :contains \"remote-ip\" \"\"", FALSE},
	};
	SieveCase how = {.folders = folders};

	sieve_check_tests("\"mailbox\", \"special-use\", \"environment\"", rows, G_N_ELEMENTS(rows), &how);
}

/* RFC 5435. */
static void
test_notify(void)
{
	static const SieveScriptRow rows[] = {
		{"notify \"desktop:\";", "notify desktop: 2; keep"},
		{"notify :importance \"1\" :message \"Hi\" :from \"a@b\" :options [\"x=1\", \"y\"] "
		 "\"desktop:x\";",
			"notify a@b desktop:x Hi x=1 y 1; keep"},
		{"notify \"mailto:a@example.org\";",
			"error refused 1: \"mailto:a@example.org\" can only be notified by a server; here "
			"\"desktop:\" is known."},
	};
	static const SieveTestRow tests[] = {
		{"valid_notify_method \"desktop:\"", TRUE},
		{"valid_notify_method [\"desktop:\", \"mailto:a@b\"]", FALSE},
		{"notify_method_capability \"desktop:\" \"Online\" [\"yes\", \"maybe\"]", TRUE},
		{"notify_method_capability \"desktop:\" \"other\" \"maybe\"", FALSE},
		{"notify_method_capability \"mailto:a@b\" \"online\" \"maybe\"", FALSE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"enotify\"; notify :importance \"4\" \"desktop:\";",
			"1:39: \"1\", \"2\" or \"3\" was expected, not \"4\"."},
		{"require \"enotify\"; notify \"no uri\";", "1:27: A way to notify is written as a URI, such "
							    "as \"desktop:\"; \"no uri\" is none."},
	};

	check_bodies("\"enotify\"", rows, G_N_ELEMENTS(rows), NULL);
	sieve_check_tests("\"enotify\"", tests, G_N_ELEMENTS(tests), NULL);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* RFC 6134. */
static void
test_lists(void)
{
	static const char *const known[] = {"bob@example.org", NULL};
	static const SieveTestRow rows[] = {
		{"address :list \"from\" \":addrbook:default\"", TRUE},
		{"address :list \"to\" \"urn:ietf:params:sieve:addrbook:default\"", FALSE},
		{"valid_ext_list \":addrbook:default\"", TRUE},
		{"valid_ext_list [\":addrbook:default\", \":addrbook:other\"]", FALSE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"extlists\"; if address :list \"from\" \"tag:none\" { discard; }",
			"error refused 1: There is no list \"tag:none\" here."},
		{"require \"extlists\"; redirect :list \":addrbook:default\";",
			"error refused 1: \"redirect :list\" cannot be done here: only a server can send to "
			"a "
			"list."},
	};
	SieveCase how = {.message = "From: Bob <Bob@example.org>\nTo: c@example.org\n\n", .known = known};

	sieve_check_tests("\"extlists\"", rows, G_N_ELEMENTS(rows), &how);
	sieve_check_rows(bad, G_N_ELEMENTS(bad), &how);
}

/* RFC 5235: 0 not tested, 1 to 10; with :percent 0 to 100, and no value where it was not tested. */
static void
test_spamtest(void)
{
	static const struct {
		const char *message, *score, *percent;
	} rows[] = {
		{"Subject: x\n\n", "0", NULL},
		{"X-Spam-Status: Yes, score=10.0 required=5.0 tests=X\n\n", "10", "100"},
		{"X-Spam-Status: No, score=2.5 required=5.0\n\n", "3", "25"},
		{"X-Spam-Status: No, score=-3.1 required=5.0\n\n", "1", "0"},
		{"X-Spam-Score: 5\n\n", "5", "50"},
		{"X-Spam-Score: 1e999\n\n", "0", NULL},
		{"X-Spam-Flag: YES\n\n", "10", "100"},
		{"X-Spam-Status: Yes, score=5 required=-1\n\n", "5", "50"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		SieveCase how = {.message = rows[i].message};
		g_autofree char *score = g_strdup_printf("spamtest \"%s\"", rows[i].score);
		g_autofree char *percent =
			rows[i].percent != NULL ? g_strdup_printf("spamtest :percent \"%s\"", rows[i].percent)
						: g_strdup("spamtest :percent :count \"eq\" \"0\"");
		SieveTestRow tests[] = {{score, TRUE}, {percent, TRUE}, {"virustest \"0\"", TRUE}};
		sieve_check_tests(
			"\"spamtestplus\", \"virustest\", \"relational\"", tests, G_N_ELEMENTS(tests), &how);
	}
}

/* RFC 5463. */
static void
test_ihave(void)
{
	static const SieveScriptRow rows[] = {
		{"if ihave \"fileinto\" { fileinto \"A\"; } else { nonsense; }", "fileinto A"},
		{"if ihave \"nope\" { nonsense \"x\" { more; } } else { discard; }", "discard"},
		{"if not ihave [\"copy\", \"nope\"] { discard; } else { nonsense; }", "discard"},
		{"if allof (ihave \"nope\", nonsense \"x\") { stop; } discard;", "discard"},
		{"if anyof (ihave \"envelope\", nonsense) { discard; } elsif nonsense { }", "discard"},
		{"if allof (ihave \"envelope\", envelope \"from\" \"a@b\") { discard; }", "discard"},
		{"if ihave \"vnd.dovecot.execute\" { execute \"x\"; } keep;", "keep"},
		{"error \"no more\";", "error input 1: The script ends with an error: no more"},
		{"if false { error \"x\"; } discard;", "discard"},
	};
	static const SieveScriptRow bad[] = {
		{"require \"ihave\"; if ihave \"copy\" { nonsense; }",
			"1:36: There is no command \"nonsense\"."},
		{"require \"ihave\"; if false { nonsense; }", "1:29: There is no command \"nonsense\"."},
	};
	SieveCase how = {.from = "a@b"};

	check_bodies("\"ihave\"", rows, G_N_ELEMENTS(rows), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* RFC 5230, RFC 6131, RFC 5429: accepted, and refused where they are reached. */
static void
test_what_only_a_server_can_do(void)
{
	static const SieveScriptRow rows[] = {
		{"vacation :days 7 :subject \"s\" :from \"a@b\" :addresses [\"c@d\"] :mime :handle \"h\" "
		 "\"gone\";",
			"error refused 1: \"vacation\" can only be done by a server: upload the rules, or "
			"take it "
			"out."},
		{"vacation :seconds 60 \"x\";",
			"error refused 1: \"vacation\" can only be done by a server: upload "
			"the rules, or take it out."},
		{"discard; reject \"no\";",
			"error refused 1: \"reject\" can only be done by a server: upload the "
			"rules, or take it out."},
		{"ereject \"no\";",
			"error refused 1: \"ereject\" can only be done by a server: upload the rules, "
			"or take it out."},
		{"if false { vacation \"x\"; } discard;", "discard"},
	};

	check_bodies("\"vacation\", \"vacation-seconds\", \"reject\", \"ereject\"", rows, G_N_ELEMENTS(rows),
		NULL);
}

/* The syntax of vnd.dovecot; only programs that are named. */
static void
test_programs(void)
{
	static const char *const programs[] = {"true", "false", "say", "cat", "broken", "mark", NULL};
	static const SieveScriptRow rows[] = {
		{"if execute \"true\" { discard; }", "discard"},
		{"if execute \"false\" { discard; }", "keep"},
		{"execute \"false\"; discard;", "discard"},
		{"execute :output \"x\" \"say\" [\"a b\", \"c\"]; fileinto \"${x}\";", "fileinto a b c"},
		{"execute :input \"${y}in\" :output \"x\" \"cat\"; fileinto \"${x}\";", "fileinto in"},
		{"if execute :pipe :output \"x\" \"cat\" { if string :matches \"${x}\" \"Subject: *\n\n*\" { "
		 "fileinto \"yes\"; } }",
			"fileinto yes"},
		{"if execute \"broken\" { discard; }", "error retry 1: it ran too long"},
		{"if filter \"mark\" { if header \"x-mark\" \"yes\" { fileinto \"marked\"; } }",
			"fileinto marked"},
		{"if header \"subject\" \"x\" { filter \"mark\"; } if header \"subject\" \"filtered\" { "
		 "discard; }",
			"discard"},
		{"filter \"mark\"; if body :contains \"new text\" { discard; }", "discard"},
		{"if filter \"false\" { discard; }", "keep"},
		{"pipe \"cat\" [\"x\", \"y\"];", "pipe cat x y"},
		{"pipe :copy :try \"cat\";", "pipe cat copy try; keep"},
		{"set \"p\" \"none\"; pipe \"${p}\";",
			"error refused 1: The configuration does not name a program \"none\"."},
	};
	static const SieveScriptRow bad[] = {
		{"require \"vnd.dovecot.execute\"; execute \"none\";",
			"1:40: The configuration does not name a program \"none\"."},
		{"require \"vnd.dovecot.execute\"; execute :pipe :input \"x\" \"true\";",
			"1:46: \":pipe\" and \":input\" exclude each other."},
	};
	static const SieveScriptRow none[] = {
		{"require \"vnd.dovecot.pipe\";",
			"1:9: \"vnd.dovecot.pipe\" runs programs, and none is allowed: name them in the "
			"configuration, rules-program = NAME COMMAND."},
	};
	SieveCase how = {.message = "Subject: x\n\nText.\n", .programs = programs};

	check_bodies("\"vnd.dovecot.execute\", \"vnd.dovecot.filter\", \"vnd.dovecot.pipe\", \"copy\", "
		     "\"variables\", \"fileinto\", \"body\"",
		rows, G_N_ELEMENTS(rows), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), &how);
	sieve_check_complaints(none, G_N_ELEMENTS(none), NULL);
}

/* ---- scripts in the manner of the RFCs' own examples ------------------------------------------------ */

static void
test_examples_of_the_rfcs(void)
{
	static const char coyote[] =
		"Date: Tue, 1 Apr 1997 09:06:31 -0800 (PST)\nFrom: coyote@desert.example.org\n"
		"To: roadrunner@acme.example.com\nSubject: I have a present for you\n\nLook.\n";
	static const char money[] =
		"From: youcouldberich!@reply-by-postal-mail.invalid\nTo: rube@landru.example.com\n"
		"Date: Mon, 31 Mar 1997 18:26:10 -0800\nSubject: $$$ YOU, TOO, CAN BE A MILLIONAIRE! "
		"$$$\n\nNow.\n";
	/* RFC 5228, 9. */
	static const char extended[] =
		"require [\"fileinto\"];\n"
		"if header :is \"Sender\" \"owner-ietf-mta-filters@imc.org\" { fileinto \"filter\"; }\n"
		"elsif address :DOMAIN :is [\"From\", \"To\"] \"example.com\" { keep; }\n"
		"elsif anyof (NOT address :all :contains [\"To\", \"Cc\", \"Bcc\"] \"me@example.com\",\n"
		"  header :matches \"subject\" [\"*make*money*fast*\", \"*university*dipl*mas*\"])\n"
		"{ fileinto \"spam\"; } else { fileinto \"personal\"; }\n";
	static const struct {
		const char *script, *message, *outcome;
	} rows[] = {
		{"if header :contains \"from\" \"coyote\" { discard; } elsif header :contains [\"subject\"] "
		 "[\"$$$\"] { discard; } else { keep; }",
			coyote, "discard"},
		{"if header :contains [\"subject\"] [\"$$$\"] { discard; }", money, "discard"},
		{"require [\"fileinto\"]; if header :contains [\"From\"] \"coyote\" { redirect "
		 "\"acm@example.com\"; } elsif header :contains \"Subject\" \"$$$\" { redirect "
		 "\"postmaster@example.com\"; } else { redirect \"field@example.com\"; }",
			money, "redirect postmaster@example.com"},
		{"if anyof (not exists [\"From\", \"Date\"], header :contains \"from\" \"fool@example.com\") "
		 "{ "
		 "discard; }",
			coyote, "keep"},
		{"if allof (address :is :localpart \"from\" \"COYOTE\", size :under 1M) { stop; } discard;",
			coyote, "keep"},
		{extended, coyote, "fileinto spam"},
		{extended, "Sender: owner-ietf-mta-filters@imc.org\n\n", "fileinto filter"},
		{extended, "To: someone@example.com\n\n", "keep"},
		{extended, "To: x@example.net\nCc: me@example.com\nSubject: hello\n\n", "fileinto personal"},
		{extended, "To: x@example.net\nCc: me@example.com\nSubject: Make Money FAST\n\n",
			"fileinto spam"},
		/* RFC 5231, 6: more than three recipients, a date not later than. */
		{"require [\"relational\", \"comparator-i;ascii-numeric\", \"fileinto\"]; if header :value "
		 "\"lt\" "
		 ":comparator \"i;ascii-numeric\" [\"x-priority\"] [\"3\"] { fileinto \"Priority\"; }",
			"X-Priority: 1\n\n", "fileinto Priority"},
		{"require [\"relational\", \"comparator-i;ascii-numeric\", \"fileinto\"]; if address :count "
		 "\"gt\" "
		 ":comparator \"i;ascii-numeric\" [\"to\", \"cc\"] [\"3\"] { fileinto \"SPAM\"; }",
			"To: a@x, b@x\nCc: c@x, d@x\n\n", "fileinto SPAM"},
		/* RFC 5229, 3.2. */
		{"require [\"fileinto\", \"variables\"]; if header :matches \"List-ID\" \"*<*@*\" { fileinto "
		 "\"INBOX.lists.${2}\"; stop; }",
			"List-Id: Some <dev@lists.example>\n\n", "fileinto INBOX.lists.dev"},
		{"require [\"fileinto\", \"variables\"]; if header :matches \"Subject\" \"[acme-users] *\" { "
		 "set "
		 ":lower :upperfirst \"s\" \"${1}\"; fileinto \"${s}\"; }",
			"Subject: [acme-users] [fwd] version 1.0 is out\n\n",
			"fileinto [fwd] version 1.0 is out"},
		/* RFC 5260, 4.5. */
		{"require [\"date\", \"relational\", \"fileinto\"]; if allof (header :is \"from\" "
		 "\"boss@example.com\", date :value \"ge\" :originalzone \"date\" \"hour\" \"09\", date "
		 ":value "
		 "\"lt\" :originalzone \"date\" \"hour\" \"17\") { fileinto \"urgent\"; }",
			"From: boss@example.com\nDate: Mon, 02 Mar 2026 16:59:00 +0900\n\n",
			"fileinto urgent"},
		/* RFC 5232, 6. */
		{"require [\"fileinto\", \"imap4flags\", \"variables\"]; if size :over 1 { addflag "
		 "\"MyFlags\" "
		 "\"Big\"; if header :is \"From\" \"boss@company.example.com\" { addflag \"MyFlags\" "
		 "\"\\\\Flagged\"; } } fileinto :flags \"${MyFlags}\" \"Big messages\";",
			"From: boss@company.example.com\n\n", "fileinto Big messages [Big \\Flagged]"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		SieveCase how = {.message = rows[i].message};
		SieveScriptRow row = {rows[i].script, rows[i].outcome};
		sieve_check_rows(&row, 1, &how);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/extensions/the list", test_the_list_of_extensions);
	g_test_add_func("/extensions/variables", test_variables);
	g_test_add_func("/extensions/date", test_dates);
	g_test_add_func("/extensions/body", test_body);
	g_test_add_func("/extensions/parts", test_mime_parts);
	g_test_add_func("/extensions/include", test_include);
	g_test_add_func("/extensions/duplicate", test_duplicate);
	g_test_add_func("/extensions/folders and environment", test_folders_and_environment);
	g_test_add_func("/extensions/notify", test_notify);
	g_test_add_func("/extensions/lists", test_lists);
	g_test_add_func("/extensions/spamtest", test_spamtest);
	g_test_add_func("/extensions/ihave", test_ihave);
	g_test_add_func("/extensions/what only a server can do", test_what_only_a_server_can_do);
	g_test_add_func("/extensions/programs", test_programs);
	g_test_add_func("/examples of the RFCs", test_examples_of_the_rfcs);
	return g_test_run();
}
