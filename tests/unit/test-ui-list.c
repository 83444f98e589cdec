/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/list.h"

static List
make(guint count, guint page)
{
	List list = {0};

	list_set_page(&list, page);
	list_set_count(&list, count);
	return list;
}

static void
check(const List *list, guint selected, guint top)
{
	g_assert_cmpuint(list->selected, ==, selected);
	g_assert_cmpuint(list->top, ==, top);
}

static void
test_moves(void)
{
	List list = make(100, 10);

	list_move(&list, -1);
	check(&list, 0, 0);
	list_move(&list, 12);
	check(&list, 12, 3);
	list_move(&list, 1000);
	check(&list, 99, 90);
}

static void
test_pages(void)
{
	List list = make(25, 10);

	list_select(&list, 3);
	list_page(&list, 1);
	check(&list, 13, 10);
	list_page(&list, 1);
	check(&list, 23, 15);
	list_page(&list, 1);
	check(&list, 24, 15);
	list_page(&list, -3);
	check(&list, 0, 0);
}

static void
test_scroll(void)
{
	List list = make(25, 10);

	list_scroll(&list, 3);
	check(&list, 3, 3);
	list_scroll(&list, 100);
	check(&list, 15, 15);
	list_scroll(&list, -100);
	check(&list, 9, 0);
}

static void
test_new_rows_above(void)
{
	List list = make(100, 10);

	list_select(&list, 15);
	check(&list, 15, 6);
	list_set_count(&list, 103);
	list_keep(&list, 18, 9);
	check(&list, 18, 9);
}

static void
test_empty(void)
{
	List list = make(0, 10);

	list_move(&list, 1);
	list_page(&list, 1);
	list_scroll(&list, 1);
	list_select(&list, 5);
	check(&list, 0, 0);
}

static void
test_shrinks(void)
{
	List list = make(100, 10);

	list_select(&list, 99);
	list_set_count(&list, 4);
	check(&list, 3, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/list/moves-stop-at-the-ends", test_moves);
	g_test_add_func("/ui/list/pages", test_pages);
	g_test_add_func("/ui/list/scrolling-keeps-the-selection-on-screen", test_scroll);
	g_test_add_func("/ui/list/the-selected-row-stays-under-the-eye", test_new_rows_above);
	g_test_add_func("/ui/list/an-empty-list-is-no-danger", test_empty);
	g_test_add_func("/ui/list/a-shorter-list-selects-its-last-row", test_shrinks);
	return g_test_run();
}
