/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each secret has pages of its own: mlock() and munlock() work on whole pages,
 * so that a secret that shares one with another would unlock it when it goes.
 */
#include "config.h"

#include "util/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MASK "***"
/* Shorter pieces of base64 would blot out innocent text. */
#define MASK_BASE64_MIN 4

struct Secret {
	gsize length;
	gsize mapped; /* bytes of the mapping that holds this struct */
	char text[];
};

static Secret *
allocate(gsize length)
{
	gsize page = (gsize)sysconf(_SC_PAGESIZE);
	gsize mapped = (sizeof(Secret) + length + 1 + page - 1) / page * page;
	Secret *secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		g_error("mmap of %" G_GSIZE_FORMAT " bytes: %s", mapped, g_strerror(errno));
	/* Both are best effort: RLIMIT_MEMLOCK may be small. */
	(void)mlock(secret, mapped);
#ifdef MADV_DONTDUMP
	(void)madvise(secret, mapped, MADV_DONTDUMP);
#endif
	secret->mapped = mapped;
	secret->length = length;
	return secret;
}

Secret *
secret_new(const char *data, gssize length)
{
	gsize size = length < 0 ? strlen(data) : (gsize)length;
	Secret *secret = allocate(size);
	if (size > 0)
		memcpy(secret->text, data, size);
	return secret;
}

Secret *
secret_new_take(char *data)
{
	Secret *secret = secret_new(data, -1);
	secret_wipe_string(data);
	return secret;
}

Secret *
secret_copy(const Secret *secret)
{
	return secret ? secret_new(secret->text, (gssize)secret->length) : NULL;
}

void
secret_free(Secret *secret)
{
	if (!secret)
		return;
	gsize mapped = secret->mapped;
	secret_wipe(secret, mapped);
	munmap(secret, mapped);
}

const char *
secret_text(const Secret *secret)
{
	return secret->text;
}

gsize
secret_length(const Secret *secret)
{
	return secret->length;
}

void
secret_wipe(void *data, gsize length)
{
	if (length > 0)
		explicit_bzero(data, length);
}

void
secret_wipe_string(char *text)
{
	if (!text)
		return;
	secret_wipe(text, strlen(text));
	g_free(text);
}

/* text, which is taken and wiped, with each occurrence of word masked. */
static char *
mask_word(char *text, const char *word)
{
	gsize length = strlen(word);
	const char *hit = length > 0 ? strstr(text, word) : NULL;
	if (!hit)
		return text;
	gsize capacity = strlen(text) / length * strlen(MASK) + strlen(text) + 1;
	char *masked = g_malloc(capacity);
	char *end = masked;
	const char *at = text;
	for (; hit; hit = strstr(at, word)) {
		memcpy(end, at, (gsize)(hit - at));
		end += hit - at;
		memcpy(end, MASK, strlen(MASK));
		end += strlen(MASK);
		at = hit + length;
	}
	memcpy(end, at, strlen(at) + 1);
	secret_wipe_string(text);
	return masked;
}

/*
 * The characters of base64 that depend on the secret alone when skip (0..2)
 * octets stand before it, as in the answer of SASL PLAIN. NULL when too few.
 */
static char *
base64_inside(const Secret *secret, gsize skip)
{
	gsize size = skip + secret->length;
	guchar *octets = g_malloc0(size + 1);
	memcpy(octets + skip, secret->text, secret->length);
	char *encoded = g_base64_encode(octets, size);
	secret_wipe(octets, size);
	g_free(octets);
	gsize first = (skip * 8 + 5) / 6;
	gsize last = size * 8 / 6;
	char *inside = last >= first + MASK_BASE64_MIN ? g_strndup(encoded + first, last - first) : NULL;
	secret_wipe_string(encoded);
	return inside;
}

/* As it stands in a quoted string of IMAP; NULL when that is no different. */
static char *
quoted_form(const Secret *secret)
{
	if (!strpbrk(secret->text, "\"\\"))
		return NULL;
	char *quoted = g_malloc(secret->length * 2 + 1);
	char *end = quoted;
	for (const char *at = secret->text; *at; at++) {
		if (*at == '"' || *at == '\\')
			*end++ = '\\';
		*end++ = *at;
	}
	*end = '\0';
	return quoted;
}

char *
secret_mask(const Secret *secret, const char *text)
{
	char *masked = g_strdup(text);
	if (!secret || secret->length == 0)
		return masked;
	char *forms[] = {
		quoted_form(secret),
		g_base64_encode((const guchar *)secret->text, secret->length),
		base64_inside(secret, 0),
		base64_inside(secret, 1),
		base64_inside(secret, 2),
	};
	masked = mask_word(masked, secret->text);
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (forms[i])
			masked = mask_word(masked, forms[i]);
		secret_wipe_string(forms[i]);
	}
	return masked;
}
