/* SPDX-License-Identifier: GPL-3.0-or-later */
/* foreverypart, break, :mime, extracttext (RFC 5703). What changes a message is left out. */
#include "config.h"

#include "sieve/mime-part.h"

#include "mime/param.h"
#include "util/i18n.h"

#include <string.h>

/* ---- foreverypart, break ------------------------------------------------------------------- */

/* The block is bound here, so that a break in it knows its loop. */
static gboolean
check_loop(SieveCompiler *compiler, SieveItem *item)
{
	const SieveString *name = sieve_item_tag_string(item, SIEVE_TAG_NAME);
	guint before = compiler->complaints.errors->len;

	compiler->script->needs |= SIEVE_NEEDS_BODY;
	if (name != NULL && !sieve_compiler_constant(compiler, name, _("The name of a loop")))
		return FALSE;
	g_ptr_array_add(compiler->loops, (gpointer)(name != NULL ? name->text : ""));
	sieve_compiler_block(compiler, item->block, item->block_count, FALSE);
	g_ptr_array_set_size(compiler->loops, (gint)compiler->loops->len - 1);
	return compiler->complaints.errors->len == before;
}

static SieveFlow
run_loop(SieveRun *run, const SieveItem *item)
{
	const SieveString *name = sieve_item_tag_string(item, SIEVE_TAG_NAME);
	MimePart *outer = run->part, *root;
	MimeMessage *message = sieve_run_message(run);
	SieveFlow flow = SIEVE_FLOW_ON;

	if (message == NULL)
		return SIEVE_FLOW_FAIL;
	root = outer != NULL ? outer : mime_message_root(message);
	for (MimePart *part = root; part != NULL && flow == SIEVE_FLOW_ON;
		part = mime_part_next(root, part)) {
		/* A loop within a loop goes over what is inside of the part. */
		if (part == outer)
			continue;
		run->part = part;
		flow = sieve_run_charge(run, 0) ? sieve_run_block(run, item->block, item->block_count)
						: SIEVE_FLOW_FAIL;
	}
	run->part = outer;
	if (flow == SIEVE_FLOW_BREAK &&
		(run->breaking == NULL || (name != NULL && strcmp(name->text, run->breaking) == 0))) {
		run->breaking = NULL;
		return SIEVE_FLOW_ON;
	}
	return flow;
}

static gboolean
check_break(SieveCompiler *compiler, SieveItem *item)
{
	const SieveString *name = sieve_item_tag_string(item, SIEVE_TAG_NAME);

	if (compiler->loops->len == 0) {
		sieve_compiler_complain(
			compiler, &item->place, _("\"break\" stands outside of every \"foreverypart\"."));
		return FALSE;
	}
	if (name == NULL)
		return TRUE;
	for (guint i = 0; i < compiler->loops->len; i++)
		if (strcmp(g_ptr_array_index(compiler->loops, i), name->text) == 0)
			return TRUE;
	sieve_compiler_complain(
		compiler, &name->place, _("No loop around has the name \"%.60s\"."), name->text);
	return FALSE;
}

static SieveFlow
run_break(SieveRun *run, const SieveItem *item)
{
	const SieveString *name = sieve_item_tag_string(item, SIEVE_TAG_NAME);

	run->breaking = name != NULL ? name->text : NULL;
	return SIEVE_FLOW_BREAK;
}

/* ---- extracttext --------------------------------------------------------------------------------- */

static gboolean
check_extracttext(SieveCompiler *compiler, SieveItem *item)
{
	if (!sieve_compiler_requires(compiler, "variables")) {
		sieve_compiler_complain(
			compiler, &item->place, _("\"%s\" needs: require \"%s\";"), item->name, "variables");
		return FALSE;
	}
	if (compiler->loops->len == 0) {
		sieve_compiler_complain(compiler, &item->place,
			_("\"extracttext\" stands outside of every \"foreverypart\"."));
		return FALSE;
	}
	return sieve_check_variable(compiler, item);
}

static SieveFlow
run_extracttext(SieveRun *run, const SieveItem *item)
{
	const SieveTagged *first = sieve_item_tag(item, SIEVE_TAG_FIRST);
	const guint *index = item->bound->data;
	MimeMessage *message = sieve_run_message(run);
	g_autoptr(GBytes) text = NULL;
	g_autofree char *valid = NULL, *changed = NULL;
	gsize length;
	const char *octets;

	if (message == NULL || run->part == NULL || !sieve_run_charge(run, run->part->body_length * 4))
		return SIEVE_FLOW_FAIL;
	text = sieve_part_text(message, run->part);
	octets = g_bytes_get_data(text, &length);
	valid = g_utf8_make_valid(octets != NULL ? octets : "", (gssize)length);
	length = strlen(valid);
	if (first != NULL && first->argument->number < length) {
		const char *p = valid;
		for (guint64 i = 0; i < first->argument->number && *p != '\0'; i++)
			p = g_utf8_next_char(p);
		length = (gsize)(p - valid);
	}
	changed = sieve_modified(item, valid, length, &length);
	sieve_run_assign(run, *index, changed, length);
	return SIEVE_FLOW_ON;
}

/* ---- :mime ------------------------------------------------------------------------------------------ */

gboolean
sieve_mime_read(SieveCompiler *compiler, const SieveItem *item, const SieveMimeTest **test)
{
	const SieveTagged *mime = sieve_item_tag(item, SIEVE_TAG_MIME);
	SieveMimeTest *read;

	*test = NULL;
	if (mime == NULL) {
		for (guint i = 0; i < item->bound->tag_count; i++)
			if (item->bound->tags[i].tag >= SIEVE_TAG_ANYCHILD &&
				item->bound->tags[i].tag <= SIEVE_TAG_PARAM) {
				sieve_compiler_complain(compiler, &item->bound->tags[i].place,
					_("\":%s\" needs \":mime\"."), item->bound->tags[i].row->name);
				return FALSE;
			}
		return TRUE;
	}
	compiler->script->needs |= SIEVE_NEEDS_BODY;
	read = sieve_pool_zeroed(compiler->pool, 1, sizeof *read);
	read->option = SIEVE_TAG_MIME;
	read->any_child = sieve_item_tag(item, SIEVE_TAG_ANYCHILD) != NULL;
	for (guint i = 0; i < item->bound->tag_count; i++)
		if (item->bound->tags[i].tag >= SIEVE_TAG_TYPE &&
			item->bound->tags[i].tag <= SIEVE_TAG_PARAM) {
			read->option = item->bound->tags[i].tag;
			read->params = item->bound->tags[i].argument;
		}
	*test = read;
	return TRUE;
}

typedef struct {
	SieveRun *run;
	MimeMessage *message;
	MimePart *root, *part; /* NULL: begin at root */
	gboolean any_child;
	GBytes *header; /* of part */
} PartWalk;

static PartWalk
walk_begin(SieveRun *run, const SieveMimeTest *test)
{
	PartWalk walk = {.run = run, .message = sieve_run_message(run), .any_child = test->any_child};

	if (walk.message != NULL)
		walk.root = run->part != NULL ? run->part : mime_message_root(walk.message);
	return walk;
}

/* The next part's header block; FALSE: there is none. Releases the one before. */
static gboolean
walk_next(PartWalk *walk, const char **block, gsize *length)
{
	g_clear_pointer(&walk->header, g_bytes_unref);
	if (walk->root == NULL || sieve_run_failed(walk->run))
		return FALSE;
	if (walk->part == NULL)
		walk->part = walk->root;
	else if (!walk->any_child || (walk->part = mime_part_next(walk->root, walk->part)) == NULL)
		walk->root = NULL;
	if (walk->root == NULL)
		return FALSE;
	walk->header = mime_message_part_header(walk->message, walk->part);
	*block = g_bytes_get_data(walk->header, length);
	if (*block == NULL)
		*block = "";
	return sieve_run_charge(walk->run, *length);
}

static void
walk_end(PartWalk *walk)
{
	g_clear_pointer(&walk->header, g_bytes_unref);
}

/* What an option (:type, :param, ...) sees in a field's value; added to out. */
static void
option_values(SieveRun *run, const SieveMimeTest *test, const char *value, GPtrArray *out)
{
	g_autoptr(GPtrArray) params = mime_params_new();
	g_autofree char *type = mime_split_params(value, -1, params);
	char *slash = type != NULL ? strchr(type, '/') : NULL;

	mime_params_decode(params);
	if (test->option == SIEVE_TAG_PARAM) {
		for (guint i = 0; i < test->params->count; i++) {
			g_autofree char *name =
				g_ascii_strdown(sieve_run_text(run, &test->params->strings[i], NULL), -1);
			const char *param = mime_params_get(params, name);
			if (param != NULL)
				g_ptr_array_add(out, g_strdup(param));
		}
	} else if (type != NULL && test->option == SIEVE_TAG_CONTENTTYPE) {
		g_ptr_array_add(out, g_strdup(type));
	} else if (type != NULL && test->option == SIEVE_TAG_TYPE) {
		g_ptr_array_add(out, g_strndup(type, slash != NULL ? (gsize)(slash - type) : strlen(type)));
	} else if (type != NULL && slash != NULL) {
		g_ptr_array_add(out, g_strdup(slash + 1));
	}
}

static gboolean
match_field(SieveRun *run, const SieveMimeTest *test, GPtrArray *fields, const SieveIndex *index,
	const SieveMatcher *matcher, SieveMatching *matching)
{
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
	guint from = 0, to = fields->len;
	SieveValues values;

	if (index->number > 0) {
		if (!sieve_index_of(index, to, &from))
			return FALSE;
		to = from + 1;
	}
	for (guint i = from; i < to; i++)
		if (test->option == SIEVE_TAG_MIME)
			g_ptr_array_add(seen, g_strstrip(g_strdup(g_ptr_array_index(fields, i))));
		else
			option_values(run, test, g_ptr_array_index(fields, i), seen);
	values = sieve_values_new(run, seen->len);
	for (guint i = 0; i < seen->len; i++) {
		const char *text = g_ptr_array_index(seen, i);
		sieve_values_set(&values, i, text, strlen(text));
	}
	return sieve_match_add(run, matcher, matching, &values);
}

gboolean
sieve_mime_header(SieveRun *run, const SieveMimeTest *test, const SieveArgument *names,
	const SieveIndex *index, const SieveMatcher *matcher)
{
	PartWalk walk = walk_begin(run, test);
	SieveMatching matching = {.count = 0};
	gboolean holds = FALSE;
	const char *block;
	gsize length;

	while (!holds && walk_next(&walk, &block, &length))
		for (guint i = 0; i < names->count && !holds && sieve_run_charge(run, length * 4); i++) {
			g_autoptr(GPtrArray) fields = sieve_block_values(
				block, length, sieve_run_text(run, &names->strings[i], NULL));
			holds = fields != NULL && match_field(run, test, fields, index, matcher, &matching);
		}
	walk_end(&walk);
	return holds || (!sieve_run_failed(run) && sieve_match_end(run, matcher, &matching));
}

gboolean
sieve_mime_address(SieveRun *run, const SieveMimeTest *test, const SieveArgument *names,
	const SieveIndex *index, SieveTag part, const SieveMatcher *matcher)
{
	PartWalk walk = walk_begin(run, test);
	SieveMatching matching = {.count = 0};
	gboolean holds = FALSE;
	const char *block;
	gsize length;

	while (!holds && walk_next(&walk, &block, &length))
		for (guint i = 0; i < names->count && !holds && sieve_run_charge(run, length * 4); i++) {
			g_autoptr(GPtrArray) addresses = sieve_block_addresses(
				block, length, sieve_run_text(run, &names->strings[i], NULL));
			SieveValues values = sieve_address_values(run, addresses, part);
			guint place;
			if (index->number > 0) {
				if (!sieve_index_of(index, values.count, &place))
					continue;
				values.items = &values.items[place];
				values.count = 1;
			}
			holds = sieve_match_add(run, matcher, &matching, &values);
		}
	walk_end(&walk);
	return holds || (!sieve_run_failed(run) && sieve_match_end(run, matcher, &matching));
}

gboolean
sieve_mime_exists(SieveRun *run, const SieveMimeTest *test, const SieveArgument *names)
{
	PartWalk walk = walk_begin(run, test);
	g_autofree gboolean *found = g_new0(gboolean, names->count);
	guint left = names->count;
	const char *block;
	gsize length;

	while (left > 0 && walk_next(&walk, &block, &length))
		for (guint i = 0; i < names->count && sieve_run_charge(run, length * 4); i++) {
			g_autofree char *value =
				found[i] ? NULL
					 : mime_fields_find(block, length,
						   sieve_run_text(run, &names->strings[i], NULL));
			left -= value != NULL;
			found[i] = found[i] || value != NULL;
		}
	walk_end(&walk);
	return left == 0;
}

static const SieveRow rows[] = {
	{.name = "foreverypart",
		.extension = "foreverypart",
		.signature = "b",
		.accepts = SIEVE_TAGS_LOOP,
		.check = check_loop,
		.run = run_loop},
	{.name = "break",
		.extension = "foreverypart",
		.signature = "",
		.accepts = SIEVE_TAGS_LOOP,
		.check = check_break,
		.run = run_break},
	{.name = "extracttext",
		.extension = "extracttext",
		.signature = "s",
		.accepts = SIEVE_TAGS_SET | SIEVE_TAGS_FIRST,
		.check = check_extracttext,
		.run = run_extracttext},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"name", SIEVE_TAG_NAME, NULL, SIEVE_TAGS_LOOP, 's', 0},
	{"first", SIEVE_TAG_FIRST, NULL, SIEVE_TAGS_FIRST, 'n', 0},
	{"mime", SIEVE_TAG_MIME, "mime", SIEVE_TAGS_MIME, 0, 0},
	{"anychild", SIEVE_TAG_ANYCHILD, "mime", SIEVE_TAGS_MIME, 0, 0},
	{"type", SIEVE_TAG_TYPE, "mime", SIEVE_TAGS_OPTION, 0, 5},
	{"subtype", SIEVE_TAG_SUBTYPE, "mime", SIEVE_TAGS_OPTION, 0, 5},
	{"contenttype", SIEVE_TAG_CONTENTTYPE, "mime", SIEVE_TAGS_OPTION, 0, 5},
	{"param", SIEVE_TAG_PARAM, "mime", SIEVE_TAGS_OPTION, 'S', 5},
	{NULL},
};

const SieveModule sieve_module_mime = {.rows = rows, .tags = tags};
