/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control-private.h - what lock.c and control.c share. */
#pragma once

#include <sys/un.h>

#include "account/lock.h"

/* The socket's address. FAULT_LOCAL: the path is too long. */
gboolean control_address(
	const Paths *paths, const char *account, struct sockaddr_un *address, GError **error);
/* Is the process at the other end of the same user? */
gboolean control_is_own_peer(int fd);
/* Read a request's line (no newline); NULL: not one. The caller's. */
ControlRequest *control_parse(const char *line, gsize length);
