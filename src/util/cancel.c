/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flag is the truth; the eventfd only wakes those who poll. Without a
 * descriptor (the process has none left) the flag still works.
 */
#include "config.h"

#include "util/cancel.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/i18n.h"

struct Cancel {
	gint references; /* atomic */
	gint triggered;  /* atomic */
	int fd;
};

Cancel *
cancel_new(void)
{
	Cancel *cancel = g_new0(Cancel, 1);
	cancel->references = 1;
	cancel->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return cancel;
}

Cancel *
cancel_ref(Cancel *cancel)
{
	g_atomic_int_inc(&cancel->references);
	return cancel;
}

void
cancel_unref(Cancel *cancel)
{
	if (!cancel || !g_atomic_int_dec_and_test(&cancel->references))
		return;
	if (cancel->fd >= 0)
		close(cancel->fd);
	g_free(cancel);
}

void
cancel_trigger(Cancel *cancel)
{
	if (!g_atomic_int_compare_and_exchange(&cancel->triggered, 0, 1) || cancel->fd < 0)
		return;
	const guint64 one = 1;
	while (write(cancel->fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

gboolean
cancel_is_triggered(const Cancel *cancel)
{
	return cancel && g_atomic_int_get(&cancel->triggered);
}

int
cancel_fd(const Cancel *cancel)
{
	return cancel ? cancel->fd : -1;
}

gboolean
cancel_check(const Cancel *cancel, GError **error)
{
	if (!cancel_is_triggered(cancel))
		return FALSE;
	fault_set(error, FAULT_CANCELED, _("Canceled."));
	return TRUE;
}
