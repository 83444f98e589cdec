/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * empty.c - the baseline of start and memory: a program that does nothing,
 * linked to the libraries of posthorn. Says "ready" and waits for its input.
 */
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	char byte;

	puts("ready");
	fflush(stdout);
	return read(0, &byte, 1) < 0;
}
