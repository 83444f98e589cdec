/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/show.h"

#include "mime/decode.h"
#include "mime/html.h"
#include "mime/layout.h"
#include "mime/plain.h"
#include "util/i18n.h"
#include "util/text.h"

#include <string.h>

#define DEFAULT_WIDTH 78
#define LEAST_WIDTH 20

static int
width_of(const MimeShowOptions *options)
{
	if (options != NULL && options->no_wrap)
		return 0;
	return options && options->width > 0 ? MAX(options->width, LEAST_WIDTH) : DEFAULT_WIDTH;
}

static gboolean
param_is(const MimePart *part, const char *name, const char *value)
{
	const char *found = mime_part_param(part, name);

	return found != NULL && g_ascii_strcasecmp(found, value) == 0;
}

/* --- Our own lines --- */

static void
note(MimeText *text, const MimeShowOptions *options, const char *chars)
{
	int width = width_of(options);

	if (options == NULL || !options->no_notes)
		mime_text_note(text, width ? width : DEFAULT_WIDTH, chars);
}

static void
protection_notes(MimeText *text, MimeProtection protection, const MimeShowOptions *options)
{
	static const struct {
		MimeProtection all;
		const char *whole, *partly;
	} rows[] = {
		{MIME_ENCRYPTED_PGP | MIME_ENCRYPTED_SMIME, N_("Encrypted: cannot be read yet."),
			N_("A part of this message is encrypted: it cannot be read yet.")},
		{MIME_SIGNED_PGP | MIME_SIGNED_SMIME, N_("Signed, not checked."),
			N_("A part of this message is signed, not checked.")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (protection & rows[i].all && !(i > 0 && options && options->told))
			note(text, options, _(protection & MIME_PARTLY ? rows[i].partly : rows[i].whole));
}

static void
html_notes(MimeText *text, const MimeShowOptions *options)
{
	guint images = mime_text_remote_images(text);
	g_autofree char *pictures = NULL;
	g_autofree char *line = NULL;

	mime_text_set_html(text);
	if (options && options->told)
		return;
	if (images > 0)
		pictures = g_strdup_printf(
			P_("%u remote picture not loaded", "%u remote pictures not loaded", images), images);
	line = g_strconcat(_("HTML mail shown as text"), pictures ? " · " : NULL, pictures, NULL);
	mime_text_gap(text, 0);
	note(text, options, line);
}

static void
end_notes(MimeText *text, gboolean html, const MimeShowOptions *options)
{
	if (html)
		html_notes(text, options);
	if (mime_text_full(text))
		note(text, options,
			_("The text is too long to be shown whole; save the part to read the rest."));
	mime_text_finish(text);
}

/* --- Parts --- */

static void
show_text(
	MimeText *text, const MimePart *part, const char *chars, gsize length, const MimeShowOptions *options)
{
	PlainOptions plain = {.width = width_of(options)};

	if (mime_part_is(part, "text", "html")) {
		MimeHtmlOptions html = {
			.width = plain.width ? plain.width : DEFAULT_WIDTH,
			.no_link_list = options && options->no_link_list,
		};
		mime_html_layout_into(text, chars, length, &html);
		return;
	}
	plain.flowed = param_is(part, "format", "flowed") && !(options && options->no_reflow);
	plain.delsp = param_is(part, "delsp", "yes");
	mime_plain_layout(text, chars, length, &plain);
}

static void
separate(MimeText *text, const MimePart *part, guint n, const MimeShowOptions *options)
{
	g_autofree char *line = NULL;

	mime_text_gap(text, 0);
	if (n > 0 && part->filename != NULL) {
		line = g_strdup_printf("[%s]", part->filename);
		note(text, options, line);
		mime_text_gap(text, 0);
	}
}

static void
nothing_to_show(MimeText *text, MimeProtection protection, const MimeShowOptions *options)
{
	if (!(protection & (MIME_ENCRYPTED_PGP | MIME_ENCRYPTED_SMIME)))
		note(text, options, _("This message has no text to show."));
}

MimeText *
mime_show_message(MimeMessage *message, const MimeShowOptions *options)
{
	MimePart *root = mime_message_root(message);
	g_autoptr(GPtrArray) parts = mime_part_texts(root, options ? options->prefer : MIME_PREFER_PLAIN);
	MimeProtection protection = mime_part_protection(root);
	MimeText *text = mime_text_new();
	gboolean html = FALSE;

	protection_notes(text, protection, options);
	for (guint i = 0; i < parts->len; i++) {
		MimePart *part = g_ptr_array_index(parts, i);
		gsize length;
		g_autofree char *chars = mime_message_text(message, part, &length);
		separate(text, part, i, options);
		show_text(text, part, chars, length, options);
		html |= mime_part_is(part, "text", "html");
	}
	if (parts->len == 0)
		nothing_to_show(text, protection, options);
	end_notes(text, html, options);
	return text;
}

MimeText *
mime_show_parts(MimePart *root, const MimeShownPart *parts, guint count, const MimeShowOptions *options)
{
	MimeProtection protection = root ? mime_part_protection(root) : 0;
	MimeText *text = mime_text_new();
	gboolean html = FALSE;

	protection_notes(text, protection, options);
	for (guint i = 0; i < count; i++) {
		gsize size = 0, length;
		const void *data = parts[i].octets ? g_bytes_get_data(parts[i].octets, &size) : NULL;
		g_autofree char *chars = NULL;
		separate(text, parts[i].part, i, options);
		if (parts[i].octets == NULL) {
			note(text, options, _("This part has not been fetched yet."));
			continue;
		}
		chars = mime_text_body(data ? data : "", size, parts[i].part, &length, NULL);
		show_text(text, parts[i].part, chars, length, options);
		html |= mime_part_is(parts[i].part, "text", "html");
	}
	if (count == 0)
		nothing_to_show(text, protection, options);
	end_notes(text, html, options);
	return text;
}

MimeText *
mime_show_plain(
	const char *chars, gsize length, gboolean flowed, gboolean delsp, const MimeShowOptions *options)
{
	PlainOptions plain = {
		.width = width_of(options),
		.flowed = flowed && !(options && options->no_reflow),
		.delsp = delsp,
	};
	MimeText *text = mime_text_new();

	mime_plain_layout(text, chars, length, &plain);
	end_notes(text, FALSE, options);
	return text;
}

/* --- Text without layout --- */

static void
append_plain(GString *out, const MimePart *part, const char *chars, gsize length)
{
	g_autofree char *own = NULL;
	g_autoptr(MimeText) text = NULL;

	if (out->len > 0)
		g_string_append_c(out, '\n');
	if (mime_part_is(part, "text", "html")) {
		own = mime_html_plain(chars, length);
	} else {
		MimeShowOptions options = {.no_wrap = TRUE, .no_notes = TRUE};
		text = mime_show_plain(chars, length, param_is(part, "format", "flowed"),
			param_is(part, "delsp", "yes"), &options);
		own = mime_text_string(text);
	}
	g_string_append(out, own);
}

char *
mime_plain_text(MimeMessage *message, MimePrefer prefer)
{
	g_autoptr(GPtrArray) parts = mime_part_texts(mime_message_root(message), prefer);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < parts->len; i++) {
		MimePart *part = g_ptr_array_index(parts, i);
		gsize length;
		g_autofree char *chars = mime_message_text(message, part, &length);
		append_plain(out, part, chars, length);
	}
	return g_string_free(out, FALSE);
}

char *
mime_plain_parts(const MimeShownPart *parts, guint count)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < count; i++) {
		gsize size, length;
		const void *data;
		g_autofree char *chars = NULL;
		if (parts[i].octets == NULL)
			continue;
		data = g_bytes_get_data(parts[i].octets, &size);
		chars = mime_text_body(data ? data : "", size, parts[i].part, &length, NULL);
		append_plain(out, parts[i].part, chars, length);
	}
	return g_string_free(out, FALSE);
}
