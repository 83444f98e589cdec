/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-vault.c - any octets as a vault's head, and as what was inside one. The key itself is not derived: it
 * is slow by intent. */
#include "config.h"

#include <stdint.h>

#include "account/vault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"work", "", "a"};
	g_autoptr(Secret) payload = secret_new((const char *)data, (gssize)size);

	(void)vault_check_header(data, size, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		secret_free(vault_find(payload, names[i], NULL));
	return 0;
}
