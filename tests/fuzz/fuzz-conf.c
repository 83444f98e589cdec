/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-conf.c - any file as posthorn.conf: refused with words, or values that can be asked for. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "account/conf-private.h"
#include "account/identity.h"
#include "util/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use(const Config *config)
{
	GPtrArray *accounts = config_accounts(config);

	preferences_free(config_preferences(config, NULL, NULL));
	for (guint i = 0; i < accounts->len; i++) {
		const AccountConfig *account = g_ptr_array_index(accounts, i);
		if (account->imap.host == NULL || account->imap.port == 0 || account->user == NULL)
			abort();
		preferences_free(config_preferences(config, account->key, "INBOX"));
		account_config_free(account_config_copy(account));
		(void)identity_is_me(account, "a@b.c");
		g_free(config_free_key(config, account->address));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	Ini *ini = ini_parse("x.conf", (const char *)data, size, &error);
	Config *config = ini != NULL ? config_build("/x/x.conf", ini, &error) : NULL;

	if ((config == NULL) != (error != NULL) ||
		(error != NULL && !g_utf8_validate(error->message, -1, NULL)))
		abort();
	if (config != NULL)
		use(config);
	config_free(config);
	return 0;
}
