/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ui/app.h"
#include "util/i18n.h"

int
main(int argc, char **argv)
{
	g_autoptr(Paths) paths = NULL;
	g_autofree char *path = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(GError) error = NULL;
	UiOptions options = {0};

	setlocale(LC_ALL, "");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
	paths = paths_new();
	path = g_build_filename(paths->config, "posthorn.conf", NULL);
	config = config_load(path, &error);
	if (!config) {
		fprintf(stderr, "posthorn: %s\n", error->message);
		return 1;
	}
	options.config = config;
	options.paths = paths;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--offline") == 0)
			options.offline = TRUE;
		else if (strcmp(argv[i], "-f") == 0 && i + 1 < argc)
			options.folder = argv[++i];
		else if (g_str_has_prefix(argv[i], "mailto:"))
			options.mailto = argv[i];
		else
			options.file = argv[i];
	return ui_run(&options);
}
