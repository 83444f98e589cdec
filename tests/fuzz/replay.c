/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.c - run a fuzz target over its seed corpus without libFuzzer, as TAP.
 *
 * The corpus is tests/fuzz/corpus/NAME for the program fuzz-NAME; files named on
 * the command line are run instead. Every input is also given cut short at a few
 * places, so that a parser meets ends it did not expect.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
run_file(const char *path)
{
	g_autofree char *data = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &data, &size, NULL))
		g_error("cannot read %s", path);
	for (gsize cut = 0; cut < 4; cut++) {
		gsize part = size - size * cut / 4;
		/* An allocation of the exact size lets ASan see a read past the end. */
		uint8_t *copy = g_malloc(part ? part : 1);
		memcpy(copy, data, part);
		LLVMFuzzerTestOneInput(copy, part);
		g_free(copy);
	}
}

int
main(int argc, char **argv)
{
	int count = 0;
	const char *name = strrchr(argv[0], '/');
	const char *top = g_getenv("top_srcdir");

	name = name ? name + 1 : argv[0];
	if (g_str_has_prefix(name, "fuzz-"))
		name += strlen("fuzz-");
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		run_file(argv[i]);
		count++;
	}
	if (count == 0) {
		g_autofree char *folder =
			g_build_filename(top ? top : ".", "tests", "fuzz", "corpus", name, NULL);
		g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
		const char *entry;
		if (dir == NULL) {
			printf("1..1\nnot ok 1 - no corpus %s\n", folder);
			return 1;
		}
		while ((entry = g_dir_read_name(dir)) != NULL) {
			g_autofree char *path = g_build_filename(folder, entry, NULL);
			run_file(path);
			count++;
		}
	}
	printf("1..1\n%s 1 - %s: %d inputs\n", count ? "ok" : "not ok", name, count);
	return count ? 0 : 1;
}
