/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf-private.h - what conf.c and conf-write.c share. */
#pragma once

#include <sys/types.h>

#include "account/conf.h"
#include "util/ini.h"

/* What tells one state of the file from another. */
typedef struct {
	gboolean exists;
	guint64 device, inode;
	gint64 size, modified_ns, changed_ns;
} ConfigStamp;

struct Config {
	char *path;
	char *folder;
	Ini *ini;
	ProgramConfig program;
	GPtrArray *accounts; /* of AccountConfig */
	ConfigStamp stamp;   /* of the last read, good or bad */
};

ConfigStamp config_stamp(const char *path);
/* The file as it is now, or an empty model where there is none. */
Ini *config_read_ini(const char *path, ConfigStamp *stamp, GError **error);
/* All values of ini (taken over), validated; path for messages and relative names. */
Config *config_build(const char *path, Ini *take_ini, GError **error);
/* Put the values of next (consumed) in place of config's. */
void config_take_values(Config *config, Config *next);
