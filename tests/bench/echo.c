/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * echo.c - the floor of every figure about keys: a program that does nothing
 * but move the cursor when a key comes. What it takes to show that is the
 * machine's and the terminal's time.
 *
 * Shows "ready", then j goes a row down, k a row up, ? writes a word in the
 * first row and all else takes that away; ^D ends it.
 */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define END 4

static void
say(const char *words)
{
	if (write(STDOUT_FILENO, words, strlen(words)) < 0)
		_exit(1);
}

int
main(void)
{
	struct termios terminal;
	char key;

	if (tcgetattr(STDIN_FILENO, &terminal) != 0)
		return 1;
	cfmakeraw(&terminal);
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	say("\033[2J\033[1;1Hready\033[5;1H");
	while (read(STDIN_FILENO, &key, 1) == 1 && key != END) {
		if (key == 'j')
			say("\033[B");
		else if (key == 'k')
			say("\033[A");
		else
			say(key == '?' ? "\0337\033[1;10Hhelp\0338" : "\0337\033[1;10H    \0338");
	}
	return 0;
}
