/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-sasl.c - challenges of a hostile server. The first byte is the
 * mechanism; each line of the rest is one challenge, in base64 for all but
 * byte 's': there a SCRAM exchange with a known nonce, in the clear.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "net/sasl.h"
#include "net/scram.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* More than four digits of iterations are allowed, and slow. */
static gboolean
is_slow(const char *line)
{
	const char *iterations = strstr(line, "i=");

	return iterations != NULL && strspn(iterations + 2, "0123456789") > 4;
}

static void
run_scram(char **lines)
{
	g_autoptr(Secret) password = secret_new("pencil", -1);
	g_autoptr(Scram) scram = scram_new(SCRAM_SHA_256, "user", password, "N", NULL);

	if (lines[0] == NULL || is_slow(lines[0]))
		return;
	g_free(scram_final(scram, lines[0], NULL));
	if (lines[1] != NULL)
		scram_check(scram, lines[1], NULL);
}

static void
run_sasl(SaslMechanism mechanism, char **lines)
{
	g_autoptr(Secret) secret = secret_new("pencil", -1);
	SaslLogin login = {.user = "user", .secret = secret, .host = "h", .port = 1};
	g_autoptr(Sasl) sasl = sasl_new(mechanism, &login, NULL);
	Secret *line = NULL;

	sasl_start(sasl, &line, NULL);
	secret_free(line);
	for (; *lines != NULL && sasl_step(sasl, *lines, &line, NULL); lines++)
		secret_free(line);
	sasl_finish(sasl, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (size == 0)
		return 0;
	text = g_strndup((const char *)data + 1, size - 1);
	lines = g_strsplit(text, "\n", 8);
	if (data[0] == 's')
		run_scram(lines);
	else
		run_sasl((SaslMechanism)(data[0] % SASL_COUNT), lines);
	return 0;
}
