/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/style.h"

#include "util/i18n.h"

#define OWN                                                                                                  \
	{                                                                                                    \
		-1, -1                                                                                       \
	}

/* By StyleId: name, look with colours, look without, 256 on dark, 256 on light, 8, brief. */
static const Style styles[STYLE_COUNT_OF] = {
	[STYLE_NORMAL] = {"normal", 0, 0, OWN, OWN, OWN, N_("everything else")},
	[STYLE_TITLE] = {"title", 0, LOOK_REVERSE, {252, 236}, {238, 254}, {7, 4}, N_("the line at the top")},
	[STYLE_TITLE_STRONG] = {"title-strong", LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD, {231, 236}, {16, 254},
		{7, 4}, N_("the place, in the line at the top")},
	[STYLE_HINT] = {"hint", 0, 0, {246, -1}, {243, -1}, OWN, N_("the line of keys at the bottom")},
	[STYLE_HINT_KEY] = {"hint-key", LOOK_BOLD, LOOK_BOLD, {252, -1}, {236, -1}, OWN,
		N_("a key in that line")},
	[STYLE_MESSAGE] = {"message", 0, 0, {252, -1}, {235, -1}, OWN, N_("what just happened")},
	[STYLE_ERROR] = {"error", LOOK_BOLD, LOOK_BOLD, {210, -1}, {160, -1}, {1, -1}, N_("what went wrong")},
	[STYLE_WARNING] = {"warning", LOOK_BOLD, LOOK_BOLD, {222, -1}, {130, -1}, {3, -1},
		N_("what to be careful of")},
	[STYLE_RULE] = {"rule", 0, LOOK_DIM, {240, -1}, {249, -1}, OWN, N_("lines between panes")},
	[STYLE_DIM] = {"dim", 0, LOOK_DIM, {244, -1}, {245, -1}, OWN, N_("what matters less")},
	[STYLE_STRONG] = {"strong", LOOK_BOLD, LOOK_BOLD, OWN, OWN, OWN, N_("what matters more")},
	[STYLE_HEADING] = {"heading", LOOK_BOLD, LOOK_BOLD, {110, -1}, {25, -1}, {6, -1},
		N_("headings in lists and text")},
	[STYLE_UNREAD] = {"unread", LOOK_BOLD, LOOK_BOLD, {231, -1}, {16, -1}, OWN, N_("unread messages")},
	[STYLE_FLAGGED] = {"flagged", LOOK_BOLD, LOOK_BOLD, {215, -1}, {166, -1}, {3, -1},
		N_("flagged or urgent")},
	[STYLE_PENDING] = {"pending", 0, 0, {180, -1}, {136, -1}, {3, -1}, N_("under way to the server")},
	[STYLE_MARKED] = {"marked", LOOK_BOLD, LOOK_BOLD, {150, -1}, {28, -1}, {2, -1}, N_("marked rows")},
	[STYLE_FOREIGN] = {"foreign", 0, LOOK_DIM, {242, -1}, {247, -1}, OWN, N_("rows from another folder")},
	[STYLE_TREE] = {"tree", 0, LOOK_DIM, {242, -1}, {247, -1}, {6, -1}, N_("lines of a tree")},
	[STYLE_DATE] = {"date", 0, 0, {109, -1}, {24, -1}, OWN, N_("dates in lists")},
	[STYLE_COUNT] = {"count", 0, 0, {110, -1}, {25, -1}, {6, -1}, N_("counts of unread messages")},
	[STYLE_FIELD_NAME] = {"field-name", 0, LOOK_BOLD, {109, -1}, {24, -1}, {6, -1},
		N_("names of header fields")},
	[STYLE_FIELD] = {"field", LOOK_UNDERLINE, LOOK_UNDERLINE, OWN, OWN, OWN, N_("a field to write in")},
	[STYLE_QUOTE_1] = {"quote-1", 0, 0, {109, -1}, {24, -1}, {6, -1}, N_("text quoted once")},
	[STYLE_QUOTE_2] = {"quote-2", 0, LOOK_DIM, {144, -1}, {58, -1}, {3, -1}, N_("text quoted twice")},
	[STYLE_QUOTE_3] = {"quote-3", 0, LOOK_DIM, {139, -1}, {90, -1}, {5, -1},
		N_("text quoted more often")},
	[STYLE_SIGNATURE] = {"signature", 0, LOOK_DIM, {243, -1}, {246, -1}, OWN, N_("signatures")},
	[STYLE_LINK] = {"link", LOOK_UNDERLINE, LOOK_UNDERLINE, {111, -1}, {26, -1}, {4, -1}, N_("links")},
	[STYLE_HIDDEN] = {"hidden", 0, LOOK_DIM, {240, -1}, {250, -1}, OWN, N_("text that the sender hid")},
	[STYLE_DIFF_HEAD] = {"diff-head", LOOK_BOLD, LOOK_BOLD, OWN, OWN, OWN, N_("file names in a diff")},
	[STYLE_DIFF_HUNK] = {"diff-hunk", 0, LOOK_BOLD, {139, -1}, {90, -1}, {5, -1}, N_("places in a diff")},
	[STYLE_DIFF_ADD] = {"diff-add", 0, 0, {114, -1}, {28, -1}, {2, -1}, N_("lines a diff adds")},
	[STYLE_DIFF_DEL] = {"diff-del", 0, 0, {174, -1}, {124, -1}, {1, -1}, N_("lines a diff takes away")},
	[STYLE_NOTE] = {"note", 0, LOOK_DIM, {179, -1}, {94, -1}, {3, -1},
		N_("what Posthorn says about a message")},
	[STYLE_MATCH] = {"match", LOOK_BOLD, LOOK_REVERSE, {16, 179}, {16, 222}, {0, 3},
		N_("what a search found")},
	[STYLE_GOOD] = {"good", LOOK_BOLD, LOOK_BOLD, {114, -1}, {28, -1}, {2, -1}, N_("what went well")},
	[STYLE_BAD] = {"bad", LOOK_BOLD, LOOK_BOLD, {210, -1}, {160, -1}, {1, -1}, N_("what failed")},
	[STYLE_BAR] = {"bar", 0, 0, {110, -1}, {25, -1}, {6, -1}, N_("progress bars")},
	[STYLE_SELECTED] = {"selected", 0, LOOK_REVERSE, {-1, 239}, {-1, 252}, {7, 4},
		N_("the selected row")},
};

const Style *
style_get(StyleId id)
{
	g_assert(id < STYLE_COUNT_OF);
	return &styles[id];
}
