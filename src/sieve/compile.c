/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/compile.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

void
sieve_compiler_complain(SieveCompiler *compiler, const SievePlace *place, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list args;

	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	sieve_complain(&compiler->complaints, place, "%s", words);
}

/* ---- extensions ------------------------------------------------------------------------ */

gboolean
sieve_compiler_requires(const SieveCompiler *compiler, const char *extension)
{
	return g_hash_table_contains(compiler->required, extension);
}

void
sieve_compiler_require(SieveCompiler *compiler, const char *extension)
{
	g_hash_table_add(compiler->required, g_strdup(extension));
	g_hash_table_add(compiler->shared->requires, g_strdup(extension));
}

gboolean
sieve_compiler_offers(const SieveCompiler *compiler, const char *extension, char **why)
{
	const SieveOptions *options = compiler->shared->options;
	const char *near;

	if (sieve_table_knows_extension(extension)) {
		if (!g_str_has_prefix(extension, "vnd.dovecot.") ||
			(options->programs != NULL && options->programs[0] != NULL))
			return TRUE;
		if (why != NULL)
			*why = g_strdup_printf(_("\"%s\" runs programs, and none is allowed: name them in "
						 "the configuration, rules-program = NAME COMMAND."),
				extension);
		return FALSE;
	}
	if (why == NULL)
		return FALSE;
	near = sieve_table_nearest_extension(extension);
	*why = near != NULL ? g_strdup_printf(_("There is no extension \"%.60s\" here; was \"%s\" meant?"),
				      extension, near)
			    : g_strdup_printf(_("There is no extension \"%.60s\" here."), extension);
	return FALSE;
}

/* ---- fields ---------------------------------------------------------------------------------- */

guint
sieve_compiler_slot(SieveCompiler *compiler, const char *field)
{
	SieveScript *script = compiler->script;
	g_autofree char *lower = g_ascii_strdown(field, -1);
	guint slot = GPOINTER_TO_UINT(g_hash_table_lookup(compiler->shared->slots, lower));

	if (slot > 0)
		return slot - 1;
	slot = script->fields->len;
	g_ptr_array_add(script->fields, sieve_pool_text(script->pool, lower, strlen(lower)));
	g_hash_table_insert(compiler->shared->slots, script->fields->pdata[slot], GUINT_TO_POINTER(slot + 1));
	return slot;
}

/* RFC 5322, 3.6.8: printable and no colon. */
static gboolean
is_field_name(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!g_ascii_isgraph(*p) || *p == ':')
			return FALSE;
	return *text != '\0';
}

const guint *
sieve_compiler_slots(SieveCompiler *compiler, const SieveArgument *names)
{
	guint *slots = sieve_pool_zeroed(compiler->pool, names->count, sizeof *slots);

	for (guint i = 0; i < names->count; i++) {
		const SieveString *name = &names->strings[i];
		slots[i] = G_MAXUINT;
		if (name->pieces != NULL)
			compiler->script->needs |= SIEVE_NEEDS_ANY_HEADER;
		else if (is_field_name(name->text))
			slots[i] = sieve_compiler_slot(compiler, name->text);
		else
			sieve_compiler_complain(compiler, &name->place,
				_("\"%.60s\" is no name of a header field."), name->text);
	}
	return slots;
}

/* ---- units --------------------------------------------------------------------------------------- */

static SieveUnit *
unit_new(SieveShared *shared, const char *file)
{
	SieveScript *script = shared->script;
	SieveUnit *unit = sieve_pool_zeroed(script->pool, 1, sizeof *unit);

	unit->file = sieve_pool_text(script->pool, file, strlen(file));
	unit->number = script->units->len;
	unit->locals = g_array_new(FALSE, FALSE, sizeof(guint));
	sieve_pool_own(script->pool, unit->locals, (GDestroyNotify)g_array_unref);
	g_ptr_array_add(script->units, unit);
	return unit;
}

/* Compile text as unit. includer NULL: the main script. */
static void
compile_unit(SieveShared *shared, SieveUnit *unit, const char *key, const SieveCompiler *includer,
	const char *text, gsize length)
{
	g_autoptr(GHashTable) required = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) global = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) loops = g_ptr_array_new();
	SieveCompiler compiler = {.shared = shared,
		.script = shared->script,
		.pool = shared->script->pool,
		.complaints = {.file = unit->file, .errors = shared->errors},
		.unit = unit,
		.required = required,
		.names = names,
		.global = global,
		.includer = includer,
		.key = key,
		.depth = includer != NULL ? includer->depth + 1 : 0,
		.loops = loops};
	SieveTree *tree;

	if (length > LIMIT_SIEVE_SCRIPT) {
		SievePlace start = {.line = 1, .column = 1};
		sieve_compiler_complain(&compiler, &start,
			_("The script is too long: %" G_GSIZE_FORMAT " octets, at most %d are read."), length,
			LIMIT_SIEVE_SCRIPT);
		return;
	}
	shared->octets += length;
	if (shared->octets > LIMIT_SIEVE_ALL) {
		SievePlace start = {.line = 1, .column = 1};
		sieve_compiler_complain(&compiler, &start,
			_("The scripts are too long together: at most %d octets are read."), LIMIT_SIEVE_ALL);
		return;
	}
	tree = sieve_parse(text, length, compiler.pool, &compiler.complaints);
	unit->commands = tree->commands;
	unit->count = tree->count;
	sieve_compiler_block(&compiler, tree->commands, tree->count, TRUE);
}

/* Is the unit among those that are being compiled around this one? */
static gboolean
is_around(const SieveCompiler *compiler, const char *key)
{
	for (; compiler != NULL; compiler = compiler->includer)
		if (compiler->key != NULL && strcmp(compiler->key, key) == 0)
			return TRUE;
	return FALSE;
}

/* The text of an included script; NULL with a complaint, or without one when optional. */
static char *
included_text(SieveCompiler *compiler, const SieveString *name, gboolean global, gboolean optional)
{
	const SieveOptions *options = compiler->shared->options;
	g_autoptr(GError) error = NULL;
	char *text;

	if (options->include == NULL) {
		sieve_compiler_complain(compiler, &name->place, _("No other script can be included here."));
		return NULL;
	}
	text = options->include(name->text, global, options->user, &error);
	if (text == NULL && !(optional && g_error_matches(error, POSTHORN_FAULT, FAULT_UNKNOWN)))
		sieve_compiler_complain(compiler, &name->place, "%s",
			error != NULL ? error->message : _("The script cannot be included."));
	return text;
}

SieveUnit *
sieve_compiler_include(SieveCompiler *compiler, const SieveString *name, gboolean global, gboolean optional,
	const SievePlace *place)
{
	SieveShared *shared = compiler->shared;
	g_autofree char *key = g_strdup_printf("%c %s", global ? 'g' : 'p', name->text);
	g_autofree char *text = NULL;
	SieveUnit *unit;

	if (is_around(compiler, key)) {
		sieve_compiler_complain(compiler, place, _("\"%.60s\" includes itself."), name->text);
		return NULL;
	}
	unit = g_hash_table_lookup(shared->units, key);
	if (unit != NULL)
		return unit;
	if (compiler->depth >= LIMIT_SIEVE_INCLUDES || shared->script->units->len > LIMIT_SIEVE_INCLUDED) {
		sieve_compiler_complain(compiler, place,
			_("Too many scripts are included: at most %d within each other, and %d in all."),
			LIMIT_SIEVE_INCLUDES, LIMIT_SIEVE_INCLUDED);
		return NULL;
	}
	text = included_text(compiler, name, global, optional);
	if (text == NULL)
		return NULL;
	unit = unit_new(shared, name->text);
	compile_unit(shared, unit, key, compiler, text, strlen(text));
	g_hash_table_insert(shared->units, g_steal_pointer(&key), unit);
	return unit;
}

/* ---- rules -------------------------------------------------------------------------------------------- */

static void
rule_free(gpointer data)
{
	SieveRule *rule = data;

	g_free(rule->name);
	g_free(rule);
}

static void
add_rule(SieveScript *script, const SieveItem *item)
{
	SieveRule *rule = g_new0(SieveRule, 1);

	rule->line = item->place.line;
	rule->named = item->rule != NULL && *item->rule != '\0';
	rule->name = rule->named ? g_strdup(item->rule) : g_strdup_printf("line %u", rule->line);
	g_ptr_array_add(script->rules, rule);
}

/* Each top-level if with what follows it is a rule, and each run of other commands. */
static void
find_rules(SieveScript *script)
{
	SieveUnit *unit = script->main;
	gboolean in_run = FALSE;

	script->rule_of = sieve_pool_zeroed(script->pool, unit->count, sizeof *script->rule_of);
	for (guint i = 0; i < unit->count; i++) {
		const SieveItem *item = unit->commands[i];
		gboolean is_if = strcmp(item->name, "if") == 0;
		gboolean follows = strcmp(item->name, "elsif") == 0 || strcmp(item->name, "else") == 0;
		if (strcmp(item->name, "require") == 0) {
			script->rule_of[i] = G_MAXUINT;
			in_run = FALSE;
			continue;
		}
		if (!follows && (is_if || !in_run || item->rule != NULL))
			add_rule(script, item);
		in_run = !is_if && !follows;
		script->rule_of[i] = script->rules->len - 1;
	}
}

/* ---- the whole -------------------------------------------------------------------------------------------
 */

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* names, sorted, with NULL at the end; they live in the pool. */
static GPtrArray *
sorted_names(SieveScript *script, const char *const *names, guint count)
{
	GPtrArray *sorted = g_ptr_array_new();

	for (guint i = 0; i < count; i++)
		g_ptr_array_add(sorted, sieve_pool_text(script->pool, names[i], strlen(names[i])));
	g_ptr_array_sort(sorted, compare_names);
	g_ptr_array_add(sorted, NULL);
	return sorted;
}

static SieveScript *
script_new(void)
{
	SieveScript *script = g_new0(SieveScript, 1);

	script->pool = sieve_pool_new();
	script->units = g_ptr_array_new();
	script->rules = g_ptr_array_new_with_free_func(rule_free);
	script->fields = g_ptr_array_new();
	return script;
}

void
sieve_script_free(SieveScript *script)
{
	if (script == NULL)
		return;
	g_ptr_array_unref(script->units);
	g_ptr_array_unref(script->rules);
	g_ptr_array_unref(script->fields);
	g_clear_pointer(&script->sorted, g_ptr_array_unref);
	g_clear_pointer(&script->requires, g_ptr_array_unref);
	sieve_pool_free(script->pool);
	g_free(script);
}

static void
compile_all(SieveShared *shared, const char *file, const char *text, gsize length)
{
	SieveScript *script = shared->script;
	g_autofree gpointer *requires = NULL;
	guint count;

	script->main = unit_new(shared, file);
	compile_unit(shared, script->main, NULL, NULL, text, length);
	find_rules(script);
	script->sorted =
		sorted_names(script, (const char *const *)script->fields->pdata, script->fields->len);
	requires = g_hash_table_get_keys_as_array(shared->requires, &count);
	script->requires = sorted_names(script, (const char *const *) requires, count);
}

static int
compare_errors(gconstpointer a, gconstpointer b)
{
	const SieveError *x = *(SieveError *const *)a, *y = *(SieveError *const *)b;

	if (strcmp(x->file, y->file) != 0)
		return strcmp(x->file, y->file);
	return x->line != y->line       ? (x->line < y->line ? -1 : 1)
	       : x->column != y->column ? (x->column < y->column ? -1 : 1)
					: 0;
}

SieveScript *
sieve_compile(const char *text, gssize length, const SieveOptions *options, GPtrArray **errors)
{
	static const SieveOptions none = {.file = NULL};
	const char *file = options != NULL && options->file != NULL ? options->file : "script";
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)sieve_error_free);
	g_autoptr(GHashTable) units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) globals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) slots = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) requires = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(SieveScript) script = script_new();
	SieveShared shared = {.script = script,
		.options = options != NULL ? options : &none,
		.errors = found,
		.units = units,
		.globals = globals,
		.slots = slots,
		.requires = requires};

	compile_all(&shared, file, text, length < 0 ? strlen(text) : (gsize)length);
	if (found->len == 0) {
		if (errors != NULL)
			*errors = NULL;
		return g_steal_pointer(&script);
	}
	g_ptr_array_sort(found, compare_errors);
	if (errors != NULL)
		*errors = g_steal_pointer(&found);
	return NULL;
}

const char *const *
sieve_script_requires(const SieveScript *script)
{
	return (const char *const *)script->requires->pdata;
}

guint
sieve_script_needs(const SieveScript *script)
{
	return script->needs;
}

const char *const *
sieve_script_fields(const SieveScript *script)
{
	return (const char *const *)script->sorted->pdata;
}

const GPtrArray *
sieve_script_rules(const SieveScript *script)
{
	return script->rules;
}
