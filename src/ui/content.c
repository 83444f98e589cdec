/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/content.h"

#include <string.h>

#include "mime/head.h"
#include "ui/aside.h"
#include "ui/core.h"
#include "util/i18n.h"
#include "util/text.h"

static void
field_free(gpointer data)
{
	ContentField *field = data;

	g_free(field->name);
	g_free(field->value);
	g_free(field);
}

static void
part_free(gpointer data)
{
	ContentPart *part = data;

	g_free(part->section);
	g_free(part->type);
	g_free(part->name);
	g_free(part->words);
	g_free(part->charset);
	g_free(part);
}

static Content *
content_new(void)
{
	Content *content = g_new0(Content, 1);

	content->references = 1;
	content->fields = g_ptr_array_new_with_free_func(field_free);
	content->all_fields = g_ptr_array_new_with_free_func(field_free);
	content->parts = g_ptr_array_new_with_free_func(part_free);
	content->warnings = g_ptr_array_new_with_free_func(g_free);
	content->notes = g_ptr_array_new_with_free_func(g_free);
	return content;
}

Content *
content_ref(Content *content)
{
	g_atomic_int_inc(&content->references);
	return content;
}

void
content_unref(Content *content)
{
	if (!content || !g_atomic_int_dec_and_test(&content->references))
		return;
	mime_text_free(content->text);
	g_ptr_array_unref(content->fields);
	g_ptr_array_unref(content->all_fields);
	g_ptr_array_unref(content->parts);
	g_ptr_array_unref(content->warnings);
	g_ptr_array_unref(content->notes);
	g_free(content->subject);
	g_free(content->from_address);
	g_clear_pointer(&content->octets, g_bytes_unref);
	g_clear_error(&content->error);
	g_free(content);
}

void
content_wish_clear(ContentWish *wish)
{
	g_clear_pointer(&wish->account, g_free);
	g_clear_pointer(&wish->octets, g_bytes_unref);
	g_clear_pointer(&wish->headers, g_strfreev);
}

static void
wish_copy(ContentWish *to, const ContentWish *from)
{
	*to = *from;
	to->account = g_strdup(from->account);
	to->octets = from->octets ? g_bytes_ref(from->octets) : NULL;
	to->headers = g_strdupv(from->headers);
}

/* ---- fields ------------------------------------------------------------------------------ */

static void
add_field(GPtrArray *fields, const char *name, const char *value)
{
	ContentField *field;

	if (!value || *value == '\0')
		return;
	field = g_new0(ContentField, 1);
	field->name = text_safe(name, -1, TEXT_MARKS);
	field->value = text_safe(value, -1, TEXT_MARKS);
	g_ptr_array_add(fields, field);
}

static char *
addresses_words(const GPtrArray *addresses)
{
	return addresses->len > 0 ? mime_format_addresses(addresses) : NULL;
}

typedef struct {
	const char *name;  /* as in the setting */
	const char *label; /* N_() */
	gsize offset;      /* of an address list in MimeHead; 0: none */
} FieldName;

static const FieldName field_names[] = {
	{"from", N_("From"), G_STRUCT_OFFSET(MimeHead, from)},
	{"sender", N_("Sender"), G_STRUCT_OFFSET(MimeHead, sender)},
	{"reply-to", N_("Reply-To"), G_STRUCT_OFFSET(MimeHead, reply_to)},
	{"to", N_("To"), G_STRUCT_OFFSET(MimeHead, to)},
	{"cc", N_("Cc"), G_STRUCT_OFFSET(MimeHead, cc)},
	{"bcc", N_("Bcc"), G_STRUCT_OFFSET(MimeHead, bcc)},
};

/* One field that was asked for by name. */
static void
add_named(GPtrArray *fields, const MimeHead *head, const char *block, gsize length, const char *name)
{
	g_autofree char *raw = NULL, *decoded = NULL, *label = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(field_names); i++)
		if (g_ascii_strcasecmp(name, field_names[i].name) == 0) {
			const GPtrArray *list = G_STRUCT_MEMBER(GPtrArray *, head, field_names[i].offset);

			decoded = addresses_words(list);
			add_field(fields, _(field_names[i].label), decoded);
			return;
		}
	if (g_ascii_strcasecmp(name, "date") == 0) {
		decoded = head->dated ? dates_format_long(head->date) : NULL;
		add_field(fields, _("Date"), decoded);
	} else if (g_ascii_strcasecmp(name, "subject") == 0) {
		add_field(fields, _("Subject"), head->subject ? head->subject : _("(no subject)"));
	} else {
		raw = mime_fields_find(block, length, name);
		decoded = raw ? mime_decode_text(raw, -1) : NULL;
		label = g_strdup(name);
		label[0] = g_ascii_toupper(label[0]);
		add_field(fields, label, decoded);
	}
}

/* Encoded words are decoded in names only, never within an address. */
static char *
address_words(const char *raw, gsize length)
{
	g_autoptr(GPtrArray) list = mime_parse_addresses(raw, (gssize)length, NULL);

	return mime_format_addresses(list);
}

static gboolean
is_address_field(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(field_names); i++)
		if (g_ascii_strcasecmp(name, field_names[i].name) == 0)
			return TRUE;
	return FALSE;
}

static void
add_all(GPtrArray *fields, const char *block, gsize length)
{
	MimeFields walk;
	MimeField field;

	mime_fields_init(&walk, block, length);
	while (mime_fields_next(&walk, &field)) {
		g_autofree char *name = g_strndup(field.name, field.name_length);
		g_autofree char *value = is_address_field(name)
						 ? address_words(field.value, field.value_length)
						 : mime_decode_text(field.value, (gssize)field.value_length);

		add_field(fields, name, *value ? value : " ");
	}
}

/* Of Reply-To, where answers go away from the sender; a mailing list may do that. The caller's. */
static char *
answers_elsewhere(const MimeHead *head)
{
	const MimeAddress *other = mime_head_answers_elsewhere(head);

	return other ? mime_address_display(other->address) : NULL;
}

/* Who the sender is, and whether that is so. */
static void
add_sender_warnings(Content *content, const MimeHead *head, StoreView *view)
{
	const MimeAddress *from = mime_head_from(head);
	g_autofree char *elsewhere = answers_elsewhere(head);

	content->priority = head->priority;
	if (head->from_fields > 1 || head->from->len > 1)
		g_ptr_array_add(
			content->warnings, g_strdup(_("Careful: this message names more than one sender.")));
	if (from && from->address) {
		g_autofree char *address = mime_address_display(from->address);

		content->from_address = g_steal_pointer(&address);
		if (from->name && strchr(from->name, '@') &&
			g_ascii_strcasecmp(from->name, from->address) != 0)
			g_ptr_array_add(
				content->warnings, g_strdup_printf(_("Careful: the sender's name looks like "
								     "another address; the mail is from %s."),
							   content->from_address));
		else if (view && from->name && store_view_is_stranger(view, from->name, from->address))
			g_ptr_array_add(
				content->warnings, g_strdup(_("Careful: first mail from this address; the "
							      "name is that of a person you know.")));
	}
	if (elsewhere)
		g_ptr_array_add(content->warnings,
			g_strdup_printf(_("Careful: answers go to %s, not to the sender."), elsewhere));
}

static void
read_head(Content *content, const EngineMessage *message, char *const *names, StoreView *view)
{
	static const char *const usual[] = {"from", "to", "cc", "date", "subject", NULL};
	GBytes *header = engine_message_header(message);
	gsize length = 0;
	const char *block = header ? g_bytes_get_data(header, &length) : NULL;
	MimeHead *head;

	if (!block)
		return;
	head = mime_head_parse(block, length);
	if (!names || !names[0])
		names = (char *const *)usual;
	for (guint i = 0; names[i]; i++)
		add_named(content->fields, head, block, length, names[i]);
	add_all(content->all_fields, block, length);
	content->subject = text_safe(head->subject ? head->subject : _("(no subject)"), -1, TEXT_MARKS);
	add_sender_warnings(content, head, view);
	mime_head_free(head);
}

/* ---- parts ------------------------------------------------------------------------------- */

static guint
depth_of(const MimePart *part)
{
	guint depth = 0;

	while ((part = part->parent))
		depth++;
	return depth;
}

static char *
part_words(const MimePart *part, const char *type)
{
	const char *words = part->filename ? part->filename : part->description;

	if (!words && part->envelope && part->envelope->subject)
		words = part->envelope->subject;
	return text_safe(words ? words : type, -1, TEXT_MARKS);
}

static void
add_part(Content *content, const MimePart *part, const GPtrArray *attachments)
{
	ContentPart *info = g_new0(ContentPart, 1);
	g_autofree char *type = mime_part_type_name(part), *name = mime_part_save_name(part);
	const char *charset = mime_part_param(part, "charset");

	info->section = g_strdup(part->section);
	info->type = text_safe(type, -1, TEXT_MARKS);
	info->name = text_safe(name, -1, TEXT_MARKS);
	info->words = part_words(part, info->type);
	info->charset = charset ? text_safe(charset, -1, TEXT_MARKS) : NULL;
	info->size = mime_part_decoded_size(part);
	info->depth = depth_of(part);
	info->container = part->children->len > 0;
	for (guint i = 0; i < attachments->len; i++)
		info->attachment = info->attachment || g_ptr_array_index(attachments, i) == part;
	content->attachments += info->attachment;
	g_ptr_array_add(content->parts, info);
}

static void
add_protection(Content *content, MimeProtection protection)
{
	if (protection & (MIME_ENCRYPTED_PGP | MIME_ENCRYPTED_SMIME))
		g_ptr_array_add(content->notes, g_strdup(_("Encrypted: cannot be read here yet.")));
	else if (protection & MIME_PARTLY)
		g_ptr_array_add(content->notes, g_strdup(_("A part is signed, not checked.")));
	else if (protection & (MIME_SIGNED_PGP | MIME_SIGNED_SMIME))
		g_ptr_array_add(content->notes, g_strdup(_("Signed, not checked.")));
}

static void
read_parts(Content *content, const EngineMessage *message)
{
	MimePart *root = (MimePart *)engine_message_structure(message);
	g_autoptr(GPtrArray) attachments = NULL;

	if (!root)
		return;
	attachments = mime_part_attachments(root);
	for (MimePart *part = root; part; part = mime_part_next(root, part))
		add_part(content, part, attachments);
	add_protection(content, mime_part_protection(root));
}

static void
add_link_warnings(Content *content)
{
	const GPtrArray *links = content->text ? mime_text_links(content->text) : NULL;

	for (guint i = 0; links && i < links->len; i++) {
		const MimeLink *link = g_ptr_array_index(links, i);

		if (link->warning) {
			g_ptr_array_add(content->warnings, g_strdup(link->warning));
			break;
		}
	}
}

/* "HTML mail shown as text, 1 remote picture not loaded, v views parts": not where mail text reaches. */
static void
add_html_words(Content *content)
{
	guint images = content->text ? mime_text_remote_images(content->text) : 0;
	GString *words;

	if (!content->text || !mime_text_is_html(content->text))
		return;
	words = g_string_new(_("HTML mail shown as text"));
	if (images > 0)
		g_string_append_printf(words,
			P_(" · %u remote picture not loaded", " · %u remote pictures not loaded", images),
			images);
	g_string_append(words, _(" · v views parts"));
	g_ptr_array_add(content->notes, g_string_free(words, FALSE));
}

/* ---- the task ---------------------------------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	ContentWish wish;
	Content *content;
	ContentDone done;
	gpointer data;
} Task;

static void
task_free(gpointer data)
{
	Task *task = data;

	content_wish_clear(&task->wish);
	content_unref(task->content);
	g_free(task);
}

static EngineMessage *
load_message(EngineWorker *worker, const char *account, RowId row, GBytes *octets, GError **error)
{
	StoreView *view;

	if (octets)
		return engine_message_from_octets(octets);
	view = engine_worker_view(worker, account);
	if (!view) {
		fault_set(error, FAULT_UNKNOWN, _("There is no cache for this account yet."));
		return NULL;
	}
	return engine_message_load(view, row, error);
}

static void
fill(Content *content, const EngineMessage *message, const ContentWish *wish, StoreView *view)
{
	MimeShowOptions options = {.width = wish->width,
		.prefer = wish->html ? MIME_PREFER_HTML : MIME_PREFER_PLAIN,
		.no_reflow = wish->no_reflow,
		.told = TRUE};

	read_head(content, message, wish->headers, view);
	read_parts(content, message);
	content->missing = engine_message_missing(message) == MESSAGE_MISSING_TEXT;
	if (!content->missing)
		content->text = engine_message_text(message, &options, &content->error);
	add_link_warnings(content);
	add_html_words(content);
	if (engine_message_octets(message))
		content->octets = g_bytes_ref(engine_message_octets(message));
}

static void
task_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Task *task = data;
	g_autoptr(EngineMessage) message = NULL;

	task->content = content_new();
	if (cancel_is_triggered(cancel))
		return;
	message = load_message(
		worker, task->wish.account, task->wish.row, task->wish.octets, &task->content->error);
	if (message)
		fill(task->content, message, &task->wish,
			task->wish.account && worker ? engine_worker_view(worker, task->wish.account) : NULL);
}

static void
task_done(gpointer data)
{
	Task *task = data;

	task->done(
		task->app, app_view(task->app, task->view_id), g_steal_pointer(&task->content), task->data);
}

void
content_load(App *app, View *view, const ContentWish *wish, ContentDone done, gpointer data, Cancel *cancel)
{
	Task *task = g_new0(Task, 1);

	task->app = app;
	task->view_id = view->id;
	wish_copy(&task->wish, wish);
	task->done = done;
	task->data = data;
	app_aside(app, ENGINE_READER, task_run, task_done, task, task_free, cancel);
}

/* ---- one part's octets ------------------------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	char *account;
	RowId row;
	GBytes *message;
	char *section;
	gboolean fetched; /* asked the server once */
	GBytes *octets;
	GError *error;
	PartDone done;
	gpointer data;
	GDestroyNotify free_data;
} PartTask;

static void
part_task_free(gpointer data)
{
	PartTask *task = data;

	if (!task)
		return;
	if (task->free_data)
		task->free_data(task->data);
	g_free(task->account);
	g_free(task->section);
	g_clear_pointer(&task->message, g_bytes_unref);
	g_clear_pointer(&task->octets, g_bytes_unref);
	g_clear_error(&task->error);
	g_free(task);
}

static void
part_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	PartTask *task = data;
	g_autoptr(EngineMessage) message =
		load_message(worker, task->account, task->row, task->message, &task->error);

	(void)cancel;
	if (!message)
		return;
	if (!task->section || *task->section == '\0') {
		if (engine_message_octets(message))
			task->octets = g_bytes_ref(engine_message_octets(message));
		else
			fault_set(&task->error, FAULT_UNKNOWN, "%s", _("The whole message is not here."));
		return;
	}
	task->octets = engine_message_part(message, task->section, &task->error);
}

static void part_start(PartTask *task);

static void
part_fetched(App *app, View *view, const EngineEvent *event, gpointer data)
{
	PartTask *task = data;
	PartTask *again;

	if (event->error) {
		task->done(app, view, NULL, event->error, task->data);
		return;
	}
	again = g_new0(PartTask, 1);
	*again = *task;
	memset(task, 0, sizeof *task); /* handed on; what is left is freed by who waited */
	part_start(again);
}

static void
part_task_done(gpointer data)
{
	PartTask *task = *(PartTask **)data;
	View *view = app_view(task->app, task->view_id);

	if (!task->octets && !task->fetched && task->account && fault_of(task->error) == FAULT_UNKNOWN) {
		gboolean whole = !task->section || *task->section == '\0';
		guint ticket = app_want(
			task->app, task->account, task->row, whole ? WANT_WHOLE : WANT_PART, task->section);

		g_clear_error(&task->error);
		task->fetched = TRUE;
		*(PartTask **)data = NULL;
		app_say(task->app, "%s", _("Fetching it from the server."));
		app_expect(task->app, ticket, view, part_fetched, task, part_task_free);
		return;
	}
	task->done(task->app, view, task->octets, task->error, task->data);
}

static void
part_box_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	part_run(worker, *(PartTask **)data, cancel);
}

static void
part_box_free(gpointer data)
{
	part_task_free(*(PartTask **)data);
	g_free(data);
}

/* The box lets a task outlive its run: it may wait for the server and run again. */
static void
part_start(PartTask *task)
{
	PartTask **box = g_new0(PartTask *, 1);

	*box = task;
	app_aside(task->app, ENGINE_READER, part_box_run, part_task_done, box, part_box_free, NULL);
}

void
content_part(App *app, View *view, const char *account, RowId row, GBytes *message, const char *section,
	PartDone done, gpointer data, GDestroyNotify free_data)
{
	PartTask *task = g_new0(PartTask, 1);

	*task = (PartTask){
		.app = app,
		.view_id = view ? view->id : 0,
		.account = g_strdup(account),
		.row = row,
		.message = message ? g_bytes_ref(message) : NULL,
		.section = g_strdup(section),
		.done = done,
		.data = data,
		.free_data = free_data,
	};
	part_start(task);
}
