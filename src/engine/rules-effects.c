/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-effects.h"

#include <string.h>

#include "engine/acts.h"
#include "engine/rules-host.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* A move stands behind all that is done to the message where it is. */
#define LAST_STAGE G_MAXUINT

/* ---- flags --------------------------------------------------------------------------- */

typedef struct {
	guint32 flags;
	GHashTable *keywords; /* set, in lower case -> as spelt */
} FlagSet;

static guint32
flag_of(const char *name)
{
	static const struct {
		const char *name;
		guint32 flag;
	} names[] = {
		{"\\seen", MESSAGE_SEEN},
		{"\\flagged", MESSAGE_FLAGGED},
		{"\\answered", MESSAGE_ANSWERED},
		{"\\draft", MESSAGE_DRAFT},
		{"\\deleted", MESSAGE_DELETED},
		{"$forwarded", MESSAGE_FORWARDED},
		{"$junk", MESSAGE_JUNK},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i].name) == 0)
			return names[i].flag;
	return 0;
}

static void
flag_set_init(FlagSet *set, const char *const *names)
{
	set->flags = 0;
	set->keywords = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (; names != NULL && *names != NULL; names++) {
		guint32 flag = flag_of(*names);
		set->flags |= flag;
		if (flag == 0 && (*names)[0] != '\\' && (*names)[0] != '\0')
			g_hash_table_insert(set->keywords, g_ascii_strdown(*names, -1), g_strdup(*names));
	}
}

static void
flag_set_clear(FlagSet *set)
{
	g_clear_pointer(&set->keywords, g_hash_table_unref);
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

/* Keywords of `in` that are not in `without`, blank-separated, sorted; NULL: none. */
static char *
keywords_beside(const FlagSet *in, const FlagSet *without)
{
	g_autoptr(GString) words = g_string_new(NULL);
	GList *names = g_list_sort(g_hash_table_get_keys(in->keywords), compare_texts);

	for (GList *name = names; name != NULL; name = name->next) {
		if (g_hash_table_contains(without->keywords, name->data))
			continue;
		if (words->len > 0)
			g_string_append_c(words, ' ');
		g_string_append(words, g_hash_table_lookup(in->keywords, name->data));
	}
	g_list_free(names);
	return words->len > 0 ? g_string_free(g_steal_pointer(&words), FALSE) : NULL;
}

/* ---- a plan ---------------------------------------------------------------------------- */

static void
step_free(gpointer data)
{
	RulesStep *step = data;

	g_free(step->target);
	g_free(step->add_keywords);
	g_free(step->remove_keywords);
	g_free(step);
}

void
rules_plan_free(RulesPlan *plan)
{
	if (plan == NULL)
		return;
	g_ptr_array_unref(plan->steps);
	g_ptr_array_unref(plan->once);
	g_free(plan);
}

static RulesStep *
add_step(RulesPlan *plan, OperationKind kind)
{
	RulesStep *step = g_new0(RulesStep, 1);

	step->kind = kind;
	g_ptr_array_add(plan->steps, step);
	return step;
}

/* From what it has to what it is to have; *has is then that. */
static void
plan_flags(RulesPlan *plan, FlagSet *has, char *const *names)
{
	FlagSet wanted;
	RulesStep step = {.kind = OPERATION_FLAGS};

	flag_set_init(&wanted, (const char *const *)names);
	step.add_flags = wanted.flags & ~has->flags;
	step.remove_flags = has->flags & ~wanted.flags;
	step.add_keywords = keywords_beside(&wanted, has);
	step.remove_keywords = keywords_beside(has, &wanted);
	flag_set_clear(has);
	*has = wanted;
	if (step.add_flags != 0 || step.remove_flags != 0 || step.add_keywords != NULL ||
		step.remove_keywords != NULL)
		*add_step(plan, OPERATION_FLAGS) = step;
}

RulesPlace
rules_place(const SieveAction *action, const GPtrArray *folders)
{
	FolderRole role = rules_role_of(action->special_use);
	const StoreFolder *folder = NULL;

	for (guint i = 0; role != ROLE_NONE && folder == NULL && folders != NULL && i < folders->len; i++)
		if (((StoreFolder *)folders->pdata[i])->role == role)
			folder = folders->pdata[i];
	if (folder == NULL)
		folder = rules_find_folder(folders, action->folder);
	if (folder != NULL)
		return (RulesPlace){.name = folder->name};
	return (RulesPlace){.name = action->create ? action->folder : NULL, .missing = TRUE};
}

static const StoreFolder *
trash_of(const GPtrArray *folders)
{
	for (guint i = 0; folders != NULL && i < folders->len; i++)
		if (((StoreFolder *)folders->pdata[i])->role == ROLE_TRASH)
			return folders->pdata[i];
	return NULL;
}

/* What the actions come to, before steps are made of it. */
typedef struct {
	const StoreMail *mail;
	const GPtrArray *folders;
	guint omit;
	gboolean keep, discard, sent; /* sent: redirect or pipe without :copy */
	char *const *keep_flags;
	GPtrArray *targets; /* of const SieveAction: fileinto elsewhere */
	GPtrArray *names;   /* of const char *: beside targets */
} Outcome;

static gboolean
take_fileinto(Outcome *outcome, const SieveAction *action, GError **error)
{
	RulesPlace place = rules_place(action, outcome->folders);
	g_autofree char *safe = NULL;

	if (place.name == NULL) {
		safe = text_safe(action->folder, -1, TEXT_MARKS);
		fault_set(error, FAULT_UNKNOWN, _("line %u: there is no folder \"%s\"; the message stays"),
			action->line, safe);
		return FALSE;
	}
	if (g_strcmp0(place.name, outcome->mail->row->folder_name) == 0) {
		outcome->keep = TRUE;
		outcome->keep_flags = action->flags ? action->flags : outcome->keep_flags;
		return TRUE;
	}
	for (guint i = 0; i < outcome->names->len; i++)
		if (strcmp(outcome->names->pdata[i], place.name) == 0)
			return TRUE;
	g_ptr_array_add(outcome->targets, (gpointer)action);
	g_ptr_array_add(outcome->names, (gpointer)place.name);
	return TRUE;
}

static gboolean
take_action(Outcome *outcome, RulesPlan *plan, const SieveAction *action, guint omit, GError **error)
{
	switch (action->kind) {
	case SIEVE_KEEP:
		outcome->keep = TRUE;
		outcome->keep_flags = action->flags ? action->flags : outcome->keep_flags;
		break;
	case SIEVE_FLAGS:
		outcome->keep_flags = action->flags ? action->flags : outcome->keep_flags;
		return TRUE;
	case SIEVE_FILEINTO:
		if (!take_fileinto(outcome, action, error))
			return FALSE;
		break;
	case SIEVE_DISCARD:
		outcome->discard = TRUE;
		break;
	case SIEVE_REDIRECT:
	case SIEVE_PIPE:
		outcome->sent |= !action->copy;
		outcome->keep |= (omit & RULES_OMIT_ONCE) != 0;
		/* fall through */
	case SIEVE_NOTIFY:
		if (!(omit & RULES_OMIT_ONCE))
			g_ptr_array_add(plan->once, (gpointer)action);
		break;
	}
	if (action->rule != G_MAXUINT && action->kind != SIEVE_KEEP)
		plan->rule = action->rule;
	else if (action->rule != G_MAXUINT && plan->rule == G_MAXUINT)
		plan->rule = action->rule;
	return TRUE;
}

/* Copies, and at last the move; or what stays gets its flags. */
static void
plan_steps(RulesPlan *plan, const Outcome *outcome)
{
	g_auto(GStrv) now = rules_flags_of(outcome->mail->row);
	FlagSet has;

	flag_set_init(&has, (const char *const *)now);
	for (guint i = 0; i < outcome->targets->len; i++) {
		const SieveAction *action = outcome->targets->pdata[i];
		gboolean move = !outcome->keep && i + 1 == outcome->targets->len;
		RulesStep *step;
		if (!move && outcome->omit & RULES_OMIT_COPIES)
			continue;
		plan_flags(plan, &has, action->flags ? action->flags : now);
		step = add_step(plan, move ? OPERATION_MOVE : OPERATION_COPY);
		step->target = g_strdup(outcome->names->pdata[i]);
		step->create = rules_place(action, outcome->folders).missing;
	}
	if (outcome->keep)
		plan_flags(plan, &has, outcome->keep_flags ? outcome->keep_flags : now);
	flag_set_clear(&has);
}

/* What is neither kept nor filed goes to Trash: nothing is deleted by a rule. */
static gboolean
plan_trash(RulesPlan *plan, const Outcome *outcome, GError **error)
{
	const StoreFolder *trash = trash_of(outcome->folders);

	if (trash == NULL) {
		fault_set(error, FAULT_UNKNOWN,
			_("No folder is known for what a rule discards; the message stays. Make one, or name "
			  "it in the "
			  "configuration: roles = trash=FOLDER"));
		return FALSE;
	}
	if (g_strcmp0(trash->name, outcome->mail->row->folder_name) != 0)
		add_step(plan, OPERATION_MOVE)->target = g_strdup(trash->name);
	return TRUE;
}

RulesPlan *
rules_plan(const StoreMail *mail, const SieveResult *result, const GPtrArray *folders, guint omit,
	GError **error)
{
	g_autoptr(RulesPlan) plan = g_new0(RulesPlan, 1);
	g_autoptr(GPtrArray) targets = g_ptr_array_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	Outcome outcome = {
		.mail = mail, .folders = folders, .omit = omit, .targets = targets, .names = names};

	plan->steps = g_ptr_array_new_with_free_func(step_free);
	plan->once = g_ptr_array_new();
	plan->rule = G_MAXUINT;
	for (guint i = 0; i < result->actions->len; i++)
		if (!take_action(&outcome, plan, result->actions->pdata[i], omit, error))
			return NULL;
	if (!outcome.keep && targets->len == 0 && (outcome.discard || outcome.sent)) {
		if (!plan_trash(plan, &outcome, error))
			return NULL;
	} else {
		plan_steps(plan, &outcome);
	}
	for (guint i = 0; plan->rule == G_MAXUINT && i < result->matches->len; i++) {
		const SieveMatch *match = &g_array_index(result->matches, SieveMatch, i);
		if (match->acted)
			plan->rule = match->rule;
	}
	return g_steal_pointer(&plan);
}

gboolean
rules_plan_is_empty(const RulesPlan *plan)
{
	return plan->steps->len == 0 && plan->once->len == 0;
}

/* ---- words ------------------------------------------------------------------------------- */

static void
add_word(GString *words, const char *word)
{
	if (words->len > 0)
		g_string_append(words, ", ");
	g_string_append(words, word);
}

static void
flag_words(GString *words, const RulesStep *step)
{
	static const struct {
		guint32 flag;
		const char *set, *cleared;
	} names[] = {
		{MESSAGE_SEEN, N_("read"), N_("unread")},
		{MESSAGE_FLAGGED, N_("flagged"), N_("not flagged")},
		{MESSAGE_ANSWERED, N_("answered"), N_("not answered")},
		{MESSAGE_DELETED, N_("marked as deleted"), N_("not deleted")},
		{MESSAGE_FORWARDED, N_("forwarded"), N_("not forwarded")},
		{MESSAGE_JUNK, N_("junk"), N_("no junk")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (step->add_flags & names[i].flag)
			add_word(words, _(names[i].set));
		if (step->remove_flags & names[i].flag)
			add_word(words, _(names[i].cleared));
	}
	if (step->add_keywords != NULL) {
		g_autofree char *text = g_strdup_printf(_("labelled %s"), step->add_keywords);
		add_word(words, text);
	}
	if (step->remove_keywords != NULL) {
		g_autofree char *text = g_strdup_printf(_("without %s"), step->remove_keywords);
		add_word(words, text);
	}
}

static char *
once_words(const SieveAction *action, gboolean done)
{
	switch (action->kind) {
	case SIEVE_REDIRECT:
		return g_strdup_printf(done ? _("forwarded to %s") : _("forward to %s"), action->address);
	case SIEVE_PIPE:
		return g_strdup_printf(done ? _("given to %s") : _("give to %s"), action->program);
	default:
		return g_strdup(done ? _("notified") : _("notify"));
	}
}

char *
rules_plan_words(const RulesPlan *plan, gboolean done)
{
	g_autoptr(GString) words = g_string_new(NULL);

	for (guint i = plan->steps->len; i > 0; i--) {
		const RulesStep *step = plan->steps->pdata[i - 1];
		g_autofree char *text = NULL;
		if (step->kind == OPERATION_MOVE)
			text = g_strdup_printf(done ? _("moved to %s") : "▸ %s", step->target);
		else if (step->kind == OPERATION_COPY)
			text = g_strdup_printf(done ? _("copied to %s") : _("copy to %s"), step->target);
		if (text != NULL)
			add_word(words, text);
	}
	for (guint i = 0; i < plan->steps->len; i++)
		if (((RulesStep *)plan->steps->pdata[i])->kind == OPERATION_FLAGS)
			flag_words(words, plan->steps->pdata[i]);
	for (guint i = 0; i < plan->once->len; i++) {
		g_autofree char *text = once_words(plan->once->pdata[i], done);
		add_word(words, text);
	}
	return text_safe(words->str, (gssize)words->len, TEXT_MARKS);
}

const char *
rules_name(const SieveScript *script, guint rule)
{
	const GPtrArray *rules = sieve_script_rules(script);

	return rule < rules->len ? ((SieveRule *)rules->pdata[rule])->name : "";
}

char *
rules_others(const SieveScript *script, const SieveResult *result, guint rule)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < result->matches->len; i++) {
		const SieveMatch *match = &g_array_index(result->matches, SieveMatch, i);
		if (match->rule != rule)
			add_word(names, rules_name(script, match->rule));
	}
	return names->len > 0 ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}

/* ---- many messages ------------------------------------------------------------------------- */

typedef struct {
	guint stage;
	Operation *operation; /* taken at the end */
	char *create;         /* the folder that has to be made first; NULL */
} Bucket;

struct RulesEffects {
	char *account;
	gint64 undoes;
	GPtrArray *buckets; /* of Bucket */
	GHashTable *by_key; /* what a step does -> Bucket, borrowed */
	guint messages, moved, copied, flagged;
};

static void
bucket_free(gpointer data)
{
	Bucket *bucket = data;

	operation_free(bucket->operation);
	g_free(bucket->create);
	g_free(bucket);
}

RulesEffects *
rules_effects_new(const char *account, gint64 undoes)
{
	RulesEffects *effects = g_new0(RulesEffects, 1);

	effects->account = g_strdup(account);
	effects->undoes = undoes;
	effects->buckets = g_ptr_array_new_with_free_func(bucket_free);
	effects->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return effects;
}

void
rules_effects_free(RulesEffects *effects)
{
	if (effects == NULL)
		return;
	g_free(effects->account);
	g_hash_table_unref(effects->by_key);
	g_ptr_array_unref(effects->buckets);
	g_free(effects);
}

static Bucket *
bucket_for(RulesEffects *effects, const RulesStep *step, guint stage)
{
	g_autofree char *key = g_strdup_printf("%u %d %u %u\n%s\n%s\n%s", stage, (int)step->kind,
		step->add_flags, step->remove_flags, step->add_keywords ? step->add_keywords : "",
		step->remove_keywords ? step->remove_keywords : "", step->target ? step->target : "");
	Bucket *bucket = g_hash_table_lookup(effects->by_key, key);
	Operation *operation;

	if (bucket != NULL)
		return bucket;
	operation = operation_new(step->kind, effects->account);
	operation->undoes = effects->undoes;
	operation->add_flags = step->add_flags;
	operation->remove_flags = step->remove_flags;
	operation->add_keywords = g_strdup(step->add_keywords);
	operation->remove_keywords = g_strdup(step->remove_keywords);
	operation->target = g_strdup(step->target);
	bucket = g_new0(Bucket, 1);
	bucket->stage = stage;
	bucket->operation = operation;
	bucket->create = step->create ? g_strdup(step->target) : NULL;
	g_ptr_array_add(effects->buckets, bucket);
	g_hash_table_insert(effects->by_key, g_steal_pointer(&key), bucket);
	return bucket;
}

gboolean
rules_effects_add(RulesEffects *effects, const RulesPlan *plan, StoreView *view, RowId row)
{
	gboolean moved = FALSE, copied = FALSE, flagged = FALSE;

	if (plan->steps->len == 0)
		return store_view_current(view, row) != 0;
	for (guint i = 0; i < plan->steps->len; i++) {
		const RulesStep *step = plan->steps->pdata[i];
		guint stage = step->kind == OPERATION_MOVE ? LAST_STAGE : i;
		if (acts_describe(view, bucket_for(effects, step, stage)->operation, &row, 1) == 0)
			return FALSE;
		moved |= step->kind == OPERATION_MOVE;
		copied |= step->kind == OPERATION_COPY;
		flagged |= step->kind == OPERATION_FLAGS;
	}
	effects->messages++;
	effects->moved += moved;
	effects->copied += copied;
	effects->flagged += flagged;
	return TRUE;
}

guint
rules_effects_messages(const RulesEffects *effects)
{
	return effects->messages;
}

char *
rules_effects_words(const RulesEffects *effects)
{
	g_autoptr(GString) counts = g_string_new(NULL);
	const struct {
		guint count;
		const char *word;
	} parts[] = {
		{effects->moved, N_("%u moved")},
		{effects->copied, N_("%u copied")},
		{effects->flagged, N_("%u flagged")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *number = g_strdup_printf("%u", parts[i].count);
		g_auto(GStrv) pieces = g_strsplit(_(parts[i].word), "%u", 2);
		g_autofree char *text = g_strjoinv(number, pieces);
		if (parts[i].count > 0)
			add_word(counts, text);
	}
	if (counts->len == 0)
		return g_strdup(_("Rules: nothing to do"));
	return g_strdup_printf(_("Rules: %s"), counts->str);
}

static int
compare_stages(gconstpointer a, gconstpointer b)
{
	const Bucket *left = *(Bucket *const *)a, *right = *(Bucket *const *)b;

	return (left->stage > right->stage) - (left->stage < right->stage);
}

/* The number (from 1) of the operation that makes the folder, which is added where there is none yet. */
static guint
create_folder(RulesEffects *effects, GPtrArray *operations, GHashTable *made, const char *name)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(made, name));
	Operation *create;

	if (number != 0)
		return number;
	create = operation_new(OPERATION_FOLDER_CREATE, effects->account);
	create->undoes = effects->undoes;
	create->target = g_strdup(name);
	g_ptr_array_add(operations, create);
	g_hash_table_insert(made, g_strdup(name), GUINT_TO_POINTER(operations->len));
	return operations->len;
}

GPtrArray *
rules_effects_take(RulesEffects *effects)
{
	GPtrArray *operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	g_autoptr(GHashTable) made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	g_ptr_array_sort(effects->buckets, compare_stages);
	for (guint i = 0; i < effects->buckets->len; i++) {
		Bucket *bucket = effects->buckets->pdata[i];
		if (bucket->operation->messages->len == 0)
			continue;
		if (bucket->create != NULL)
			bucket->operation->after =
				-(gint64)create_folder(effects, operations, made, bucket->create);
		g_ptr_array_add(operations, g_steal_pointer(&bucket->operation));
	}
	for (guint i = 0; i < operations->len; i++) {
		Operation *operation = operations->pdata[i];
		operation->made = now;
		operation->words = i == 0 ? rules_effects_words(effects) : acts_words(operation);
	}
	g_hash_table_remove_all(effects->by_key);
	g_ptr_array_set_size(effects->buckets, 0);
	return operations;
}
