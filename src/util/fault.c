/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/fault.h"

GQuark
fault_quark(void)
{
	/* Not G_DEFINE_QUARK: its static cache is a race where several threads fail at once. */
	return g_quark_from_static_string("posthorn-fault-quark");
}

static const char *const names[] = {
	[FAULT_RETRY] = "retry",
	[FAULT_AUTH] = "auth",
	[FAULT_TRUST] = "trust",
	[FAULT_REFUSED] = "refused",
	[FAULT_PROTOCOL] = "protocol",
	[FAULT_LIMIT] = "limit",
	[FAULT_CANCELED] = "canceled",
	[FAULT_INPUT] = "input",
	[FAULT_UNKNOWN] = "unknown",
	[FAULT_LOCAL] = "local",
	[FAULT_DAMAGED] = "damaged",
	[FAULT_NEWER] = "newer",
	[FAULT_BUSY] = "busy",
	[FAULT_UNCERTAIN] = "uncertain",
};

void
fault_set(GError **error, Fault code, const char *format, ...)
{
	if (!error)
		return;
	va_list args;
	va_start(args, format);
	g_propagate_error(error, g_error_new_valist(POSTHORN_FAULT, (gint)code, format, args));
	va_end(args);
}

Fault
fault_of(const GError *error)
{
	if (!error || error->domain != POSTHORN_FAULT)
		return FAULT_LOCAL;
	return (Fault)error->code;
}

const char *
fault_name(Fault code)
{
	g_assert((gsize)code < G_N_ELEMENTS(names));
	return names[code];
}
