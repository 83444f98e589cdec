/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/structure.h"

#include <string.h>

#include "util/limits.h"

static const char magic[] = "posthorn-structure 1\n";

static void
put(GString *out, const char *key, const char *value)
{
	g_autofree char *escaped = NULL;

	if (value == NULL)
		return;
	escaped = g_uri_escape_string(value, " /:;,@<>()+!*'", TRUE);
	g_string_append_printf(out, "\t%s=%s", key, escaped);
}

static void
put_params(GString *out, char mark, const GPtrArray *params)
{
	for (guint i = 0; params != NULL && i < params->len; i++) {
		const MimeParam *param = params->pdata[i];
		g_autofree char *key = g_strdup_printf("%c%s", mark, param->name);
		/* A name with what separates fields is none. */
		if (strpbrk(param->name, "\t\n=") == NULL)
			put(out, key, param->value);
	}
}

static void
put_part(GString *out, const MimePart *part, guint depth)
{
	g_string_append_printf(out, "%u\t%s/%s", depth, part->type, part->subtype);
	put(out, "section", part->section);
	put(out, "encoding", part->encoding_name);
	put(out, "disposition", part->disposition);
	put(out, "filename", part->filename);
	put(out, "id", part->content_id);
	put(out, "description", part->description);
	g_string_append_printf(out, "\tsize=%" G_GUINT64_FORMAT "\tlines=%" G_GUINT64_FORMAT,
		part->size_octets, part->lines);
	if (part->opaque)
		g_string_append(out, "\topaque=1");
	put_params(out, '.', part->params);
	put_params(out, ':', part->disposition_params);
	g_string_append_c(out, '\n');
}

static guint
depth_of(const MimePart *part)
{
	guint depth = 0;

	for (; part->parent != NULL; part = part->parent)
		depth++;
	return depth;
}

GBytes *
structure_write(MimePart *root)
{
	GString *out = g_string_new(magic);

	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part))
		put_part(out, part, depth_of(part));
	return g_string_free_to_bytes(out);
}

/* ---- reading ------------------------------------------------------------------------ */

static void
take_param(GPtrArray *params, const char *name, char *value)
{
	MimeParam *param = g_new0(MimeParam, 1);

	param->name = g_strdup(name);
	param->value = value;
	g_ptr_array_add(params, param);
}

static void
replace(char **field, char *value)
{
	g_free(*field);
	*field = value;
}

static void
take_field(MimePart *part, char *field)
{
	char *equals = strchr(field, '=');
	char *value;

	if (equals == NULL)
		return;
	*equals = '\0';
	value = g_uri_unescape_string(equals + 1, NULL);
	if (value == NULL)
		return;
	if (strcmp(field, "section") == 0)
		replace(&part->section, g_steal_pointer(&value));
	else if (strcmp(field, "encoding") == 0)
		mime_part_set_encoding(part, value);
	else if (strcmp(field, "disposition") == 0)
		replace(&part->disposition, g_steal_pointer(&value));
	else if (strcmp(field, "filename") == 0)
		replace(&part->filename, g_steal_pointer(&value));
	else if (strcmp(field, "id") == 0)
		replace(&part->content_id, g_steal_pointer(&value));
	else if (strcmp(field, "description") == 0)
		replace(&part->description, g_steal_pointer(&value));
	else if (strcmp(field, "size") == 0)
		part->size_octets = g_ascii_strtoull(value, NULL, 10);
	else if (strcmp(field, "lines") == 0)
		part->lines = g_ascii_strtoull(value, NULL, 10);
	else if (strcmp(field, "opaque") == 0)
		part->opaque = TRUE;
	else if (field[0] == '.')
		take_param(part->params, field + 1, g_steal_pointer(&value));
	else if (field[0] == ':')
		take_param(part->disposition_params, field + 1, g_steal_pointer(&value));
	g_free(value);
}

static MimePart *
take_line(char *line, guint *depth)
{
	g_auto(GStrv) fields = g_strsplit(line, "\t", -1);
	char *slash = fields[0] && fields[1] ? strchr(fields[1], '/') : NULL;
	MimePart *part;

	if (slash == NULL)
		return NULL;
	*slash = '\0';
	*depth = (guint)g_ascii_strtoull(fields[0], NULL, 10);
	part = mime_part_new(fields[1], slash + 1);
	for (guint i = 2; fields[i] != NULL; i++)
		take_field(part, fields[i]);
	return part;
}

MimePart *
structure_read(GBytes *data)
{
	gsize length;
	const char *text = g_bytes_get_data(data, &length);
	g_autofree char *copy = g_strndup(text, length);
	g_auto(GStrv) lines = NULL;
	g_autoptr(MimePart) root = NULL;
	MimePart *open[LIMIT_MIME_NESTING + 2] = {NULL};

	if (!g_str_has_prefix(copy, magic))
		return NULL;
	lines = g_strsplit(copy + strlen(magic), "\n", LIMIT_MIME_PARTS + 2);
	for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
		guint depth = 0;
		MimePart *part = take_line(lines[i], &depth);
		if (part == NULL)
			return NULL;
		if ((depth == 0) != (root == NULL) || depth >= G_N_ELEMENTS(open) ||
			(depth > 0 && open[depth - 1] == NULL)) {
			mime_part_free(part);
			return NULL;
		}
		if (depth == 0)
			root = part;
		else
			mime_part_add_child(open[depth - 1], part);
		open[depth] = part;
		memset(open + depth + 1, 0, sizeof(open) - (depth + 1) * sizeof(open[0]));
	}
	return g_steal_pointer(&root);
}
