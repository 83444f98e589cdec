/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-sieve [MESSAGES] - twenty rules over many messages whose fields are in memory.
 *
 * Prints the time of a message, and its ratio to a baseline of the same run: the
 * same values walked through once, as a search for a word would.
 */
#include "config.h"

#include "sieve/sieve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPEAT 5

static const char rules[] =
	"require [\"fileinto\", \"imap4flags\", \"relational\", \"comparator-i;ascii-numeric\", "
	"\"variables\"];\n"
	"if header :contains \"list-id\" \"dev.lists.example\" { fileinto \"Lists/dev\"; stop; }\n"
	"if header :contains \"list-id\" \"users.lists.example\" { fileinto \"Lists/users\"; stop; }\n"
	"if header :matches \"list-id\" \"*<*.announce.example>\" { fileinto \"Announce/${2}\"; stop; }\n"
	"if address :is \"from\" [\"boss@work.example\", \"chief@work.example\"] { addflag \"\\\\Flagged\"; "
	"}\n"
	"if address :domain :is \"from\" \"shop.example\" { fileinto \"Shops\"; }\n"
	"if address :domain :is \"from\" [\"bank.example\", \"tax.example\"] { fileinto \"Money\"; }\n"
	"if header :contains \"subject\" [\"invoice\", \"receipt\", \"order\"] { fileinto \"Money\"; }\n"
	"if header :contains \"subject\" \"[ticket\" { fileinto \"Tickets\"; }\n"
	"if header :matches \"subject\" \"Re: *harbour*\" { fileinto \"Harbour\"; }\n"
	"if header :matches \"subject\" \"*unsubscribe*now*\" { fileinto \"Junk\"; stop; }\n"
	"if header :value \"ge\" :comparator \"i;ascii-numeric\" \"x-spam-score\" \"7\" { discard; stop; }\n"
	"if anyof (header \"x-priority\" [\"1\", \"2\"], header \"importance\" \"high\") { addflag \"high\"; "
	"}\n"
	"if allof (header \"precedence\" \"bulk\", not exists \"list-id\") { fileinto \"Bulk\"; }\n"
	"if address :is [\"to\", \"cc\"] \"team@work.example\" { fileinto \"Team\"; }\n"
	"if address :localpart :is [\"to\", \"cc\"] [\"info\", \"sales\", \"support\"] { fileinto \"Roles\"; "
	"}\n"
	"if not address :contains [\"to\", \"cc\"] \"me@\" { addflag \"indirect\"; }\n"
	"if header :contains [\"subject\", \"from\"] \"newsletter\" { fileinto \"News\"; }\n"
	"if header :contains \"auto-submitted\" \"auto\" { addflag \"auto\"; }\n"
	"if size :over 5M { fileinto \"Large\"; }\n"
	"if exists \"x-github-reason\" { fileinto \"Code\"; }\n";

static const char *const names[] = {"subject", "from", "to", "list-id", "precedence", "x-priority"};
enum { NAMES = G_N_ELEMENTS(names) };

typedef struct {
	GPtrArray *values[NAMES];    /* NULL: no such field */
	GPtrArray *addresses[NAMES]; /* of from and to */
} Mail;

typedef struct {
	SieveHost base;
	const Mail *mail;
} Host;

static const GPtrArray *
find(GPtrArray *const *arrays, const char *name)
{
	for (guint i = 0; i < NAMES; i++)
		if (strcmp(names[i], name) == 0)
			return arrays[i];
	return NULL;
}

static SieveAnswer
host_header(SieveHost *host, const char *name, const GPtrArray **values)
{
	*values = find(((Host *)host)->mail->values, name);
	return SIEVE_HERE;
}

static SieveAnswer
host_addresses(SieveHost *host, const char *name, const GPtrArray **addresses)
{
	*addresses = find(((Host *)host)->mail->addresses, name);
	return SIEVE_HERE;
}

static SieveAnswer
host_size(SieveHost *host, guint64 *octets)
{
	(void)host;
	*octets = 4000;
	return SIEVE_HERE;
}

static const SieveHostClass class = {.header = host_header, .addresses = host_addresses, .size = host_size};

/* ---- mail ------------------------------------------------------------------------------ */

static GPtrArray *
one_value(const char *text)
{
	GPtrArray *values = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(values, g_strdup(text));
	return values;
}

static void
fill(Mail *mail, guint n)
{
	static const char *const subjects[] = {"Re: the minutes of the meeting on Tuesday about the library",
		"Your order 4711 was sent", "Harbour walk on Saturday, who comes along?",
		"Fwd: [dev] a patch for the parser of addresses", "Grüße aus Köln und alles Gute"};
	g_autofree char *from =
		g_strdup_printf("Somebody Called %u <person%u@domain%u.example>", n % 700, n % 700, n % 90);
	g_autofree char *to = g_strdup_printf("Me <me@example.org>, other%u@example.net", n % 30);

	mail->values[0] = one_value(subjects[n % G_N_ELEMENTS(subjects)]);
	mail->values[1] = one_value(from);
	mail->values[2] = one_value(to);
	mail->addresses[1] = mime_parse_addresses(from, -1, NULL);
	mail->addresses[2] = mime_parse_addresses(to, -1, NULL);
	if (n % 4 == 0)
		mail->values[3] = one_value(n % 8 == 0 ? "Users <users.lists.example>" : "<club.example>");
	if (n % 5 == 0)
		mail->values[4] = one_value("bulk");
	if (n % 40 == 0)
		mail->values[5] = one_value("1");
}

static void
empty(Mail *mail)
{
	for (guint i = 0; i < NAMES; i++) {
		g_clear_pointer(&mail->values[i], g_ptr_array_unref);
		g_clear_pointer(&mail->addresses[i], g_ptr_array_unref);
	}
}

/* ---- measuring ---------------------------------------------------------------------------- */

static double
cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Every value looked through once. */
static double
walk(const Mail *mails, guint count, guint *found)
{
	double start = cpu_us();

	for (guint n = 0; n < count; n++)
		for (guint i = 0; i < NAMES; i++)
			for (guint v = 0; mails[n].values[i] != NULL && v < mails[n].values[i]->len; v++)
				*found +=
					strcasestr(g_ptr_array_index(mails[n].values[i], v), "zebra") != NULL;
	return cpu_us() - start;
}

static double
run(const SieveScript *script, const Mail *mails, guint count, guint *found)
{
	SieveRunOptions options = {.look_behind = TRUE};
	double start = cpu_us();

	for (guint n = 0; n < count; n++) {
		Host host = {{&class}, &mails[n]};
		g_auto(SieveResult) result = {NULL};
		sieve_run(script, &host.base, &options, &result);
		*found += result.matches->len;
	}
	return cpu_us() - start;
}

int
main(int argc, char **argv)
{
	guint count = argc > 1 ? (guint)MAX(strtol(argv[1], NULL, 10), 1) : 100000, seen = 0, held = 0;
	g_autofree Mail *mails = g_new0(Mail, count);
	g_autoptr(SieveScript) script = sieve_compile(rules, -1, NULL, NULL);
	double plain = G_MAXDOUBLE, sieved = G_MAXDOUBLE;

	for (guint n = 0; n < count; n++)
		fill(&mails[n], n);
	for (guint i = 0; i < REPEAT; i++) {
		plain = MIN(plain, walk(mails, count, &seen));
		sieved = MIN(sieved, run(script, mails, count, &held));
	}
	printf("%u messages, 20 rules: %.2f us a message, %.0f ms in all; %.1f times a walk over the same "
	       "values "
	       "(%.2f us); %u rules held\n",
		count, sieved / count, sieved / 1000, sieved / plain, plain / count, held / REPEAT);
	for (guint n = 0; n < count; n++)
		empty(&mails[n]);
	return seen > 0;
}
