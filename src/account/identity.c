/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/identity.h"

#include <string.h>

#include "account/settings.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/paths.h"
#include "util/program.h"
#include "util/text.h"

#define SIGNATURE_BYTES (64 * 1024)
#define COMMAND "command:"

gboolean
identity_is_me(const AccountConfig *account, const char *address)
{
	g_autofree char *wanted = g_utf8_validate(address, -1, NULL) ? g_utf8_casefold(address, -1) : NULL;
	g_autofree char *own = account->address != NULL ? g_utf8_casefold(account->address, -1) : NULL;

	if (wanted == NULL)
		return FALSE;
	if (own != NULL && strcmp(own, wanted) == 0)
		return TRUE;
	for (gsize i = 0; account->aliases != NULL && account->aliases[i] != NULL; i++) {
		g_autofree char *alias = g_utf8_casefold(account->aliases[i], -1);
		if (g_pattern_match_simple(alias, wanted))
			return TRUE;
	}
	return FALSE;
}

static char *
run_signature(const char *command, Cancel *cancel, GError **error)
{
	g_auto(GStrv) argv = program_split(command, error);
	ProgramOptions options = {.output_limit = SIGNATURE_BYTES};
	char *output = NULL;

	if (argv == NULL || !program_run(argv, &options, cancel, &output, NULL, NULL, error))
		return NULL;
	return output;
}

static char *
read_signature(const char *signature, GError **error)
{
	g_autofree char *path = paths_expand(signature);
	const Setting *setting = settings_find("signature");

	if (strcmp(signature, setting->fallback) == 0 && !g_file_test(path, G_FILE_TEST_EXISTS))
		return g_strdup("");
	return paths_read(path, SIGNATURE_BYTES, NULL, error);
}

char *
identity_signature(const AccountConfig *account, Cancel *cancel, GError **error)
{
	const char *signature = account->signature != NULL ? account->signature : "";
	g_autofree char *text = NULL;
	char *safe;

	if (g_str_has_prefix(signature, COMMAND))
		text = run_signature(signature + strlen(COMMAND), cancel, error);
	else if (signature[0] == '/' || signature[0] == '~')
		text = read_signature(signature, error);
	else
		text = g_strdup(signature);
	if (text == NULL) {
		g_prefix_error(error, "%s", _("signature: "));
		return NULL;
	}
	safe = text_safe(text, -1, TEXT_LINES);
	return g_strchomp(safe);
}
