/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyring.c - libsecret's calls end in callbacks of a main loop. Each question
 * here runs a loop of its own, on the asking worker, which also listens to the
 * cancel switch and to a deadline.
 */
#include "config.h"

#include "account/keyring.h"

#include "util/fault.h"
#include "util/i18n.h"

#ifdef HAVE_LIBSECRET

#include <glib-unix.h>
#include <libsecret/secret.h>
#include <string.h>

#include "util/text.h"

typedef struct {
	GMainContext *context;
	GMainLoop *loop;
	GCancellable *cancellable;
	GAsyncResult *result;
	gboolean timed_out;
} Question;

static const SecretSchema schema = {
	.name = "org.posthorn.Password",
	.flags = SECRET_SCHEMA_NONE,
	.attributes = {{"account", SECRET_SCHEMA_ATTRIBUTE_STRING}, {NULL, 0}},
};

static gboolean
has_session_bus(void)
{
	const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *path = NULL;

	if (address != NULL && *address != '\0')
		return TRUE;
	if (runtime == NULL || *runtime == '\0')
		return FALSE;
	path = g_build_filename(runtime, "bus", NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean
keyring_is_possible(void)
{
	return has_session_bus();
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user)
{
	Question *question = user;

	(void)source;
	question->result = g_object_ref(result);
	g_main_loop_quit(question->loop);
}

static gboolean
on_cancel(gint fd, GIOCondition condition, gpointer user)
{
	Question *question = user;

	(void)fd;
	(void)condition;
	g_cancellable_cancel(question->cancellable);
	return G_SOURCE_REMOVE;
}

static gboolean
on_timeout(gpointer user)
{
	Question *question = user;

	question->timed_out = TRUE;
	g_cancellable_cancel(question->cancellable);
	return G_SOURCE_REMOVE;
}

static void
add_source(Question *question, GSource *take_source, GSourceFunc callback)
{
	g_source_set_callback(take_source, callback, question, NULL);
	g_source_attach(take_source, question->context);
	g_source_unref(take_source);
}

static void
question_begin(Question *question, guint timeout_ms, Cancel *cancel)
{
	question->context = g_main_context_new();
	question->loop = g_main_loop_new(question->context, FALSE);
	question->cancellable = g_cancellable_new();
	g_main_context_push_thread_default(question->context);
	add_source(question, g_timeout_source_new(timeout_ms), on_timeout);
	if (cancel != NULL)
		add_source(question, g_unix_fd_source_new(cancel_fd(cancel), G_IO_IN),
			(GSourceFunc)(void (*)(void))on_cancel);
}

/* The answer, which comes for certain: both switches make libsecret end its call. */
static GAsyncResult *
question_wait(Question *question)
{
	g_main_loop_run(question->loop);
	return question->result;
}

static void
question_end(Question *question)
{
	g_main_context_pop_thread_default(question->context);
	g_clear_object(&question->result);
	g_object_unref(question->cancellable);
	g_main_loop_unref(question->loop);
	g_main_context_unref(question->context);
}

static gboolean
explain(const Question *question, GError *take_failure, Cancel *cancel, GError **error)
{
	g_autofree char *words =
		take_failure != NULL ? text_safe(take_failure->message, -1, TEXT_LINE) : NULL;

	g_clear_error(&take_failure);
	if (cancel_check(cancel, error))
		return FALSE;
	if (question->timed_out)
		fault_set(
			error, FAULT_RETRY, _("the keyring did not answer in time; unlock it and try again"));
	else
		fault_set(error, FAULT_LOCAL, _("the keyring failed: %s"), words != NULL ? words : "?");
	return FALSE;
}

static gboolean
refuse_without_bus(GError **error)
{
	if (has_session_bus())
		return FALSE;
	fault_set(error, FAULT_LOCAL, _("there is no keyring: no desktop session is running here"));
	return TRUE;
}

gboolean
keyring_get(const char *account, Secret **secret, guint timeout_ms, Cancel *cancel, GError **error)
{
	Question question = {0};
	GError *failure = NULL;
	char *found;

	*secret = NULL;
	if (refuse_without_bus(error))
		return FALSE;
	question_begin(&question, timeout_ms, cancel);
	secret_password_lookup(&schema, question.cancellable, on_answer, &question, "account", account, NULL);
	found = secret_password_lookup_nonpageable_finish(question_wait(&question), &failure);
	if (found != NULL) {
		*secret = secret_new(found, -1);
		secret_password_free(found);
	}
	question_end(&question);
	return failure == NULL ? TRUE : explain(&question, failure, cancel, error);
}

gboolean
keyring_put(const char *account, const Secret *secret, guint timeout_ms, Cancel *cancel, GError **error)
{
	Question question = {0};
	GError *failure = NULL;
	g_autofree char *label = g_strdup_printf(_("Posthorn: password of the mail account %s"), account);

	if (refuse_without_bus(error))
		return FALSE;
	question_begin(&question, timeout_ms, cancel);
	secret_password_store(&schema, SECRET_COLLECTION_DEFAULT, label, secret_text(secret),
		question.cancellable, on_answer, &question, "account", account, NULL);
	(void)secret_password_store_finish(question_wait(&question), &failure);
	question_end(&question);
	return failure == NULL ? TRUE : explain(&question, failure, cancel, error);
}

gboolean
keyring_delete(const char *account, guint timeout_ms, Cancel *cancel, GError **error)
{
	Question question = {0};
	GError *failure = NULL;

	if (refuse_without_bus(error))
		return FALSE;
	question_begin(&question, timeout_ms, cancel);
	secret_password_clear(&schema, question.cancellable, on_answer, &question, "account", account, NULL);
	(void)secret_password_clear_finish(question_wait(&question), &failure);
	question_end(&question);
	return failure == NULL ? TRUE : explain(&question, failure, cancel, error);
}

#else /* no libsecret */

static gboolean
refuse(GError **error)
{
	fault_set(error, FAULT_LOCAL, _("this Posthorn was built without the keyring (libsecret)"));
	return FALSE;
}

gboolean
keyring_is_possible(void)
{
	return FALSE;
}

gboolean
keyring_get(const char *account, Secret **secret, guint timeout_ms, Cancel *cancel, GError **error)
{
	(void)account;
	(void)timeout_ms;
	(void)cancel;
	*secret = NULL;
	return refuse(error);
}

gboolean
keyring_put(const char *account, const Secret *secret, guint timeout_ms, Cancel *cancel, GError **error)
{
	(void)account;
	(void)secret;
	(void)timeout_ms;
	(void)cancel;
	return refuse(error);
}

gboolean
keyring_delete(const char *account, guint timeout_ms, Cancel *cancel, GError **error)
{
	(void)account;
	(void)timeout_ms;
	(void)cancel;
	return refuse(error);
}

#endif
