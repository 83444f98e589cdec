/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/hash.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/paths.h"

#define MAGIC "PHVAULT"
#define VAULT_VERSION 1
#define SALT_BYTES 16
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define KEY_BYTES 32
#define HEADER_BYTES (12 + SALT_BYTES + NONCE_BYTES)

#define LOG_N 15
#define BLOCK_R 8
#define PARALLEL_P 3
/* What a file may ask of us: 128 * N * r bytes of memory, times p of work. */
#define LOG_N_MAX 18
#define BLOCK_R_MAX 16
#define PARALLEL_P_MAX 16
#define MEMORY_MAX ((guint64)512 * 1024 * 1024)

typedef struct {
	guint log_n, r, p;
	const guint8 *salt;
	const guint8 *nonce;
} Header;

static gboolean
damaged(GError **error, const char *why)
{
	fault_set(error, FAULT_DAMAGED,
		_("the vault is damaged: %s. Move it away and store the passwords again"), why);
	return FALSE;
}

static gboolean
read_header(const guint8 *data, gsize length, Header *header, GError **error)
{
	if (length < HEADER_BYTES + TAG_BYTES || memcmp(data, MAGIC, 7) != 0)
		return damaged(error, _("it is too short, or no vault"));
	if (data[7] > VAULT_VERSION) {
		fault_set(error, FAULT_NEWER, _("the vault was written by a newer Posthorn"));
		return FALSE;
	}
	*header = (Header){data[8], data[9], data[10], data + 12, data + 12 + SALT_BYTES};
	if (data[7] != VAULT_VERSION || data[11] != 0 || header->log_n < 10 || header->log_n > LOG_N_MAX ||
		header->r < 1 || header->r > BLOCK_R_MAX || header->p < 1 || header->p > PARALLEL_P_MAX)
		return damaged(error, _("its header makes no sense"));
	return TRUE;
}

gboolean
vault_check_header(const guint8 *data, gsize length, GError **error)
{
	Header header;

	return read_header(data, length, &header, error);
}

static gboolean
derive_key(const Header *header, const Secret *phrase, guint8 *key, GError **error)
{
	if (EVP_PBE_scrypt(secret_text(phrase), secret_length(phrase), header->salt, SALT_BYTES,
		    (guint64)1 << header->log_n, header->r, header->p, MEMORY_MAX, key, KEY_BYTES) == 1)
		return TRUE;
	fault_set(error, FAULT_LOCAL, _("the key of the vault could not be made: not enough memory"));
	return FALSE;
}

/* One AES-256-GCM pass over in; tag is written when sealing, checked when not. */
static gboolean
run_cipher(gboolean seal, const guint8 *key, const guint8 *header, const guint8 *in, gsize length,
	guint8 *out, guint8 *tag)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	const guint8 *nonce = header + 12 + SALT_BYTES;
	int done = 0;
	gboolean good = context != NULL &&
			EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce, seal) == 1 &&
			EVP_CipherUpdate(context, NULL, &done, header, HEADER_BYTES) == 1 &&
			EVP_CipherUpdate(context, out, &done, in, (int)length) == 1;

	if (good && !seal)
		good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1;
	if (good)
		good = EVP_CipherFinal_ex(context, out + length, &done) == 1;
	if (good && seal)
		good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1;
	EVP_CIPHER_CTX_free(context);
	return good;
}

GBytes *
vault_seal(const Secret *phrase, const Secret *payload, guint log_n, GError **error)
{
	gsize length = secret_length(payload);
	gsize total = HEADER_BYTES + length + TAG_BYTES;
	g_autofree guint8 *file = g_malloc0(total);
	guint8 key[KEY_BYTES];
	Header header;
	gboolean good;

	memcpy(file, MAGIC, 7);
	file[7] = VAULT_VERSION;
	file[8] = (guint8)(log_n != 0 ? log_n : LOG_N);
	file[9] = BLOCK_R;
	file[10] = PARALLEL_P;
	hash_random(file + 12, SALT_BYTES + NONCE_BYTES);
	if (!read_header(file, total, &header, error) || !derive_key(&header, phrase, key, error))
		return NULL;
	good = run_cipher(TRUE, key, file, (const guint8 *)secret_text(payload), length, file + HEADER_BYTES,
		file + HEADER_BYTES + length);
	OPENSSL_cleanse(key, sizeof key);
	if (!good) {
		fault_set(error, FAULT_LOCAL, _("the vault could not be encrypted"));
		return NULL;
	}
	return g_bytes_new_take(g_steal_pointer(&file), total);
}

Secret *
vault_unseal(const guint8 *data, gsize length, const Secret *phrase, GError **error)
{
	Header header;
	guint8 key[KEY_BYTES];
	guint8 tag[TAG_BYTES];
	gsize inside;
	guint8 *plain;
	Secret *payload = NULL;

	if (!read_header(data, length, &header, error) || !derive_key(&header, phrase, key, error))
		return NULL;
	inside = length - HEADER_BYTES - TAG_BYTES;
	memcpy(tag, data + HEADER_BYTES + inside, TAG_BYTES);
	plain = g_malloc(inside + 1);
	if (run_cipher(FALSE, key, data, data + HEADER_BYTES, inside, plain, tag))
		payload = secret_new((const char *)plain, (gssize)inside);
	else
		fault_set(error, FAULT_AUTH,
			_("the phrase of the vault is wrong (or the vault was changed by another program)"));
	OPENSSL_cleanse(key, sizeof key);
	secret_wipe(plain, inside);
	g_free(plain);
	return payload;
}

/* ---- entries ------------------------------------------------------------------ */

typedef struct {
	const char *name;
	gsize name_length;
	const char *secret;
	gsize secret_length;
	gsize end; /* offset behind it */
} Entry;

/* The entry at offset. FALSE with error: damaged. */
static gboolean
read_entry(const Secret *payload, gsize offset, Entry *entry, GError **error)
{
	const guint8 *data = (const guint8 *)secret_text(payload);
	gsize left = secret_length(payload) - offset;
	gsize name, secret;

	if (left < 2)
		return damaged(error, _("an entry is cut short"));
	name = (gsize)data[offset] << 8 | data[offset + 1];
	if (left < 2 + name + 4)
		return damaged(error, _("an entry is cut short"));
	data += offset + 2;
	secret = (gsize)data[name] << 24 | (gsize)data[name + 1] << 16 | (gsize)data[name + 2] << 8 |
		 data[name + 3];
	if (left - 2 - name - 4 < secret)
		return damaged(error, _("an entry is cut short"));
	*entry = (Entry){
		(const char *)data, name, (const char *)data + name + 4, secret, offset + 6 + name + secret};
	return TRUE;
}

static gboolean
is_named(const Entry *entry, const char *name)
{
	return entry->name_length == strlen(name) && memcmp(entry->name, name, entry->name_length) == 0;
}

Secret *
vault_find(const Secret *payload, const char *name, GError **error)
{
	Entry entry;

	for (gsize offset = 0; offset < secret_length(payload); offset = entry.end) {
		if (!read_entry(payload, offset, &entry, error))
			return NULL;
		if (is_named(&entry, name))
			return secret_new(entry.secret, (gssize)entry.secret_length);
	}
	fault_set(error, FAULT_UNKNOWN, _("the vault holds no password for %s"), name);
	return NULL;
}

static gsize
put_entry(char *out, const char *name, gsize name_length, const char *secret, gsize secret_size)
{
	out[0] = (char)(name_length >> 8);
	out[1] = (char)name_length;
	memcpy(out + 2, name, name_length);
	out += 2 + name_length;
	for (guint i = 0; i < 4; i++)
		out[i] = (char)(secret_size >> (24 - 8 * i));
	memcpy(out + 4, secret, secret_size);
	return 6 + name_length + secret_size;
}

/* The payload with name's entry set to secret, or left out where secret is NULL. */
static Secret *
change_payload(const Secret *payload, const char *name, const Secret *secret, GError **error)
{
	gsize room = (payload != NULL ? secret_length(payload) : 0) + 6 + strlen(name) +
		     (secret != NULL ? secret_length(secret) : 0);
	char *out = g_malloc(room + 1);
	gsize length = 0;
	gboolean good = TRUE;
	Entry entry;
	Secret *changed = NULL;

	for (gsize offset = 0; payload != NULL && offset < secret_length(payload); offset = entry.end) {
		good = read_entry(payload, offset, &entry, error);
		if (!good)
			break;
		if (!is_named(&entry, name))
			length += put_entry(out + length, entry.name, entry.name_length, entry.secret,
				entry.secret_length);
	}
	if (good && secret != NULL)
		length += put_entry(
			out + length, name, strlen(name), secret_text(secret), secret_length(secret));
	if (good)
		changed = secret_new(out, (gssize)length);
	secret_wipe(out, room);
	g_free(out);
	return changed;
}

/* ---- the file ------------------------------------------------------------------- */

gboolean
vault_exists(const char *path)
{
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static Secret *
read_file(const char *path, const Secret *phrase, GError **error)
{
	gsize length = 0;
	g_autofree char *data = NULL;

	if (!vault_exists(path)) {
		fault_set(error, FAULT_UNKNOWN, _("there is no vault yet"));
		return NULL;
	}
	data = paths_read(path, LIMIT_CONFIG_FILE, &length, error);
	return data != NULL ? vault_unseal((const guint8 *)data, length, phrase, error) : NULL;
}

Secret *
vault_get(const char *path, const Secret *phrase, const char *name, GError **error)
{
	g_autoptr(Secret) payload = read_file(path, phrase, error);

	return payload != NULL ? vault_find(payload, name, error) : NULL;
}

gboolean
vault_check(const char *path, const Secret *phrase, GError **error)
{
	g_autoptr(Secret) payload = read_file(path, phrase, error);

	return payload != NULL;
}

/* Other processes wait here while one changes the vault. -1 with error. */
static int
lock_file(const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_strconcat(path, ".lock", NULL);
	int fd;

	if (!paths_make_folder(folder, error))
		return -1;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return fd;
	fault_set(error, FAULT_LOCAL, _("cannot lock %s: %s"), name, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static gboolean
change_file(const char *path, const Secret *phrase, const char *name, const Secret *secret, GError **error)
{
	g_autoptr(Secret) payload = NULL;
	g_autoptr(Secret) changed = NULL;
	g_autoptr(GBytes) sealed = NULL;

	if (vault_exists(path)) {
		payload = read_file(path, phrase, error);
		if (payload == NULL)
			return FALSE;
	} else if (secret == NULL) {
		return TRUE;
	}
	changed = change_payload(payload, name, secret, error);
	sealed = changed != NULL ? vault_seal(phrase, changed, 0, error) : NULL;
	return sealed != NULL &&
	       paths_replace(path, g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed), error);
}

gboolean
vault_put(const char *path, const Secret *phrase, const char *name, const Secret *secret, GError **error)
{
	gboolean good;
	int fd;

	if (secret_length(phrase) == 0) {
		fault_set(error, FAULT_INPUT, _("the phrase of the vault must not be empty"));
		return FALSE;
	}
	if (strlen(name) > 0xffff || (secret != NULL && secret_length(secret) > LIMIT_SECRET)) {
		fault_set(error, FAULT_INPUT, _("the password is too long for the vault"));
		return FALSE;
	}
	fd = lock_file(path, error);
	if (fd < 0)
		return FALSE;
	good = change_file(path, phrase, name, secret, error);
	close(fd);
	return good;
}
