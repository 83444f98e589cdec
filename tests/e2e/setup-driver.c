/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup-driver.c - the logic of setup from the shell, for test-setup.py.
 *
 *	setup-driver FOLDER ADDRESS IMAP SECURITY SMTP SECURITY CA [TRUST]
 *
 * The password is the first line of standard input. Tests the account, and when
 * all is well keeps it in FOLDER (configuration and vault), reads both back and
 * tests what was kept. "-" leaves an argument out.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "account/setup.h"
#include "util/fault.h"

static void
print_step(const ProbeReport *report, gpointer user)
{
	static const char *const steps[] = {"connect", "login", "folders"};
	static const char *const states[] = {"running", "ok", "failed", "passed-by", "skipped"};

	(void)user;
	if (report->state != STEP_RUNNING)
		printf("%s %s %s: %s\n", report->server == SERVER_IMAP ? "imap" : "smtp", steps[report->step],
			states[report->state], report->words != NULL ? report->words : "");
}

static int
fail(const char *where, const GError *error, const ProbeResult *result)
{
	printf("fault %s %s\n%s\n", where, fault_name(fault_of(error)), error->message);
	if (result != NULL && result->cause != NULL)
		printf("next: %s\n", result->cause->next != NULL ? result->cause->next : "");
	if (result != NULL && result->certificate != NULL)
		printf("certificate sha256:%s\n", result->certificate->fingerprint);
	return 1;
}

static char *
take(const char *word)
{
	return word == NULL || strcmp(word, "-") == 0 ? NULL : g_strdup(word);
}

/* As the next start of the program does it: from the file and the vault alone. */
static int
test_what_was_kept(const char *path, const Paths *paths, const char *key, const Secret *phrase)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_load(path, &error);
	g_autoptr(Credentials) credentials = credentials_new(paths, NULL);
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	g_autoptr(Secret) secret = NULL;
	g_auto(ProbeResult) result = {0};
	ProbeOptions options = {.roots = roots};

	if (config == NULL)
		return fail("load", error, NULL);
	credentials_give_phrase(credentials, phrase);
	options.account = config_account(config, key);
	if (credentials_get(credentials, options.account, &secret, NULL, &error) != CREDENTIALS_OK)
		return fail("get", error, NULL);
	options.secret = secret;
	if (!probe_run(&options, &result, NULL, &error))
		return fail("kept", error, &result);
	printf("kept %s, %u folders, roles %s\n", key, result.folders, result.roles);
	return 0;
}

static int
run(const char *folder, SetupChoices *choices)
{
	g_autofree char *path = g_build_filename(folder, "posthorn.conf", NULL);
	Paths paths = {.data = (char *)folder};
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_load(path, &error);
	g_autoptr(AccountConfig) account = config != NULL ? setup_account(choices, config, &error) : NULL;
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	g_autoptr(Credentials) credentials = credentials_new(&paths, NULL);
	g_auto(ProbeResult) result = {0};
	g_autofree char *key = NULL;

	if (account == NULL || !setup_check(choices, config, NULL, &error))
		return fail("check", error, NULL);
	if (!setup_test(choices, account, roots, print_step, NULL, &result, NULL, &error))
		return fail("test", error, &result);
	if (!setup_finish(choices, config, credentials, &key, NULL, NULL, &error))
		return fail("finish", error, NULL);
	return test_what_was_kept(path, &paths, key, choices->vault_phrase);
}

int
main(int argc, char **argv)
{
	g_autoptr(SetupChoices) choices = setup_choices_new();
	char line[256] = "";

	if (argc < 8 || fgets(line, sizeof line, stdin) == NULL)
		return 2;
	choices->address = take(argv[2]);
	choices->imap = take(argv[3]);
	choices->imap_security = take(argv[4]);
	choices->smtp = take(argv[5]);
	choices->smtp_security = take(argv[6]);
	choices->ca_file = take(argv[7]);
	if (argc > 8)
		g_ptr_array_add(choices->trust, g_strdup(argv[8]));
	choices->password = secret_new(line, (gssize)strcspn(line, "\n"));
	choices->vault_phrase = secret_new("phrase", -1);
	choices->place = PLACE_VAULT;
	return run(argv[1], choices);
}
