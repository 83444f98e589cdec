/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/registry.h"

#include <pthread.h>

/* A pthread mutex, not a GMutex: ThreadSanitizer cannot see the latter. */
struct Registry {
	pthread_mutex_t mutex;
	GHashTable *cancels; /* id -> Cancel */
	guint last;
};

Registry *
registry_new(void)
{
	Registry *registry = g_new0(Registry, 1);

	pthread_mutex_init(&registry->mutex, NULL);
	registry->cancels = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)cancel_unref);
	return registry;
}

void
registry_free(Registry *registry)
{
	if (registry == NULL)
		return;
	g_hash_table_unref(registry->cancels);
	pthread_mutex_destroy(&registry->mutex);
	g_free(registry);
}

guint
registry_next(Registry *registry)
{
	guint id;

	pthread_mutex_lock(&registry->mutex);
	if (++registry->last == 0)
		registry->last = 1;
	id = registry->last;
	pthread_mutex_unlock(&registry->mutex);
	return id;
}

void
registry_add(Registry *registry, guint id, Cancel *cancel)
{
	pthread_mutex_lock(&registry->mutex);
	g_hash_table_insert(registry->cancels, GUINT_TO_POINTER(id), cancel_ref(cancel));
	pthread_mutex_unlock(&registry->mutex);
}

gboolean
registry_remove(Registry *registry, guint id)
{
	gboolean there;

	pthread_mutex_lock(&registry->mutex);
	there = g_hash_table_remove(registry->cancels, GUINT_TO_POINTER(id));
	pthread_mutex_unlock(&registry->mutex);
	return there;
}

gboolean
registry_trigger(Registry *registry, guint id)
{
	Cancel *cancel;

	pthread_mutex_lock(&registry->mutex);
	cancel = g_hash_table_lookup(registry->cancels, GUINT_TO_POINTER(id));
	if (cancel != NULL)
		cancel_trigger(cancel);
	pthread_mutex_unlock(&registry->mutex);
	return cancel != NULL;
}

void
registry_trigger_all(Registry *registry)
{
	GHashTableIter iter;
	gpointer cancel;

	pthread_mutex_lock(&registry->mutex);
	g_hash_table_iter_init(&iter, registry->cancels);
	while (g_hash_table_iter_next(&iter, NULL, &cancel))
		cancel_trigger(cancel);
	pthread_mutex_unlock(&registry->mutex);
}
