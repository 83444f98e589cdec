/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write() and tcsetattr() are all that is safe in such a handler. */
#include "config.h"

#include "ui/crash.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Written before the handlers are set. */
static struct termios crash_mode;
static char crash_text[256];

static void
on_crash(int number)
{
	ssize_t ignored = write(STDOUT_FILENO, crash_text, strlen(crash_text));

	(void)ignored;
	tcsetattr(STDIN_FILENO, TCSANOW, &crash_mode);
	signal(number, SIG_DFL);
	raise(number);
}

void
crash_prepare(const struct termios *mode, const char *text)
{
	static const int numbers[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND};

	crash_mode = *mode;
	g_strlcpy(crash_text, text, sizeof crash_text);
	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}
