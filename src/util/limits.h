/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits.h - every limit on what comes from outside, in one place.
 *
 * Past a limit the item is damaged, that is said, and the rest goes on. Sizes
 * are in bytes unless the name says otherwise.
 */
#pragma once

/* Time: deadlines of our own clock, milliseconds. */
#define LIMIT_CONNECT_MS (15 * 1000)
#define LIMIT_TLS_MS (15 * 1000)
#define LIMIT_GREETING_MS (30 * 1000)
#define LIMIT_COMMAND_IDLE_MS (60 * 1000)
#define LIMIT_DATA_STALL_MS (60 * 1000)
#define LIMIT_AFTER_DOT_MS (600 * 1000)
#define LIMIT_LOGOUT_MS (2 * 1000)
#define LIMIT_BACKOFF_MAX_S 300
#define LIMIT_LOGINS_PER_MINUTE 3
#define LIMIT_PROGRAM_MS (30 * 1000)

/* Connections. */
#define LIMIT_SLEPT_MS (30 * 1000)      /* a longer gap between the clocks: the machine slept */
#define LIMIT_NET_GREETING (256 * 1024) /* what a server says before the handover */
#define LIMIT_NET_GREETING_LINES 1000
#define LIMIT_NET_AHEAD (16 * 1024 * 1024) /* what is read while a write goes on */
#define LIMIT_SRV_RECORDS 100
#define LIMIT_DNS_MS (10 * 1000)
#define LIMIT_SASL_CHALLENGE (64 * 1024)
#define LIMIT_SCRAM_ITERATIONS (1000 * 1000)
#define LIMIT_SMTP_LINE (4 * 1024) /* one line of an answer (RFC 5321: 512) */
#define LIMIT_SMTP_LINES 1000      /* lines of one answer */
#define LIMIT_SMTP_RECIPIENTS 10000

#define LIMIT_HTTP_BODY (1024 * 1024)
#define LIMIT_HTTP_HEAD (64 * 1024) /* all header fields of an answer */
#define LIMIT_HTTP_MS (10 * 1000)
#define LIMIT_DISCOVER_MS (8 * 1000)
#define LIMIT_AUTOCONFIG (128 * 1024) /* a provider's description of its servers */
#define LIMIT_AUTOCONFIG_DEPTH 32
#define LIMIT_AUTOCONFIG_SERVERS 100

/* IMAP. */
#define LIMIT_IMAP_LINE (1024 * 1024)
#define LIMIT_IMAP_STREAMING_LINE (64 * 1024 * 1024)
#define LIMIT_IMAP_LITERAL (512 * 1024 * 1024)
#define LIMIT_IMAP_NESTING 64
#define LIMIT_FOLDERS 100000
#define LIMIT_FOLDER_NAME 4096
#define LIMIT_NAMESPACES 100
/* Octets on their way from one account to another: past it no more are fetched until some are stored. */
#define LIMIT_ACROSS_OCTETS (64 * 1024 * 1024)
#define LIMIT_KEYWORDS_MESSAGE 200
#define LIMIT_KEYWORDS_FOLDER 10000

/* Messages. */
#define LIMIT_MIME_NESTING 50
#define LIMIT_MIME_PARTS 5000
#define LIMIT_HEADER_BLOCK (1024 * 1024)
#define LIMIT_HEADER_FIELDS 5000
#define LIMIT_HEADER_FIELD (256 * 1024)
#define LIMIT_ADDRESSES 10000
#define LIMIT_COMMENT_NESTING 32
#define LIMIT_REFERENCES_FIRST 1
#define LIMIT_REFERENCES_LAST 100
#define LIMIT_MIME_PARAMS 200
#define LIMIT_WARNINGS 100
#define LIMIT_LINKS 10000
#define LIMIT_TEXT_LINES 2000000
#define LIMIT_RFC2231_SECTIONS 100
#define LIMIT_ENCODED_WORDS 1000
#define LIMIT_CHARSET_GROWTH 16
#define LIMIT_HTML (8 * 1024 * 1024)
#define LIMIT_HTML_NESTING 256

/* Sieve (SECURITY: rules). */
#define LIMIT_SIEVE_SCRIPT (1024 * 1024)
#define LIMIT_SIEVE_ALL (4 * 1024 * 1024) /* with what it includes */
#define LIMIT_SIEVE_NESTING 64            /* blocks and tests */
#define LIMIT_SIEVE_ERRORS 50
#define LIMIT_SIEVE_STEPS (1000 * 1000) /* a message */
#define LIMIT_SIEVE_MEMORY (16 * 1024 * 1024)
#define LIMIT_SIEVE_VARIABLES 128
#define LIMIT_SIEVE_VARIABLE (4 * 1024) /* octets of a value */
#define LIMIT_SIEVE_REDIRECTS 5
#define LIMIT_SIEVE_HOPS 50           /* Received fields of a message that is still redirected */
#define LIMIT_SIEVE_INCLUDES 10       /* depth */
#define LIMIT_SIEVE_INCLUDED 100      /* scripts in all */
#define LIMIT_MANAGE_LINE (64 * 1024) /* of a ManageSieve server, without literals */
#define LIMIT_MANAGE_LINES 10000      /* of one answer: capabilities, scripts */
#define LIMIT_MANAGE_NAME 512         /* a script's name there */

/* Regular expressions. */
#define LIMIT_REGEX_STEPS (1000 * 1000) /* a match */
#define LIMIT_REGEX_DEPTH (100 * 1000)  /* of going back, in steps */
#define LIMIT_REGEX_HEAP (16 * 1024 * 1024)
#define LIMIT_REGEX_PATTERN (4 * 1024)
#define LIMIT_REGEX_TRANSLATED (64 * 1024) /* once it is in the library's syntax */
#define LIMIT_REGEX_NESTING 100            /* parentheses */

/* Screen and files. */
#define LIMIT_COMBINING_CELL 4
#define LIMIT_TITLE_CELLS 200
#define LIMIT_FILE_NAME 200
#define LIMIT_PROGRAM_OUTPUT (10 * 1024 * 1024)
#define LIMIT_LOG_LINE 1024
#define LIMIT_CONFIG_FILE (1024 * 1024)
#define LIMIT_JSON (1024 * 1024)
#define LIMIT_JSON_NESTING 64
#define LIMIT_SECRET (64 * 1024)
