/* batch.c
 * tshark spends most of the time that a small capture takes on its start. `tshark -X rst_batch:SECONDS` stops when all
 * protocols are registered, and a copy of the process goes on for each capture, which it finds as /dev/stdin: the same
 * program with the same options, so that its output is the same, and what crashes is one copy.
 *
 * Standard input has a line to begin each result, one to end it, and then one for each capture: its path, that of the
 * unfinished result and that of the finished one, separated by tabs. A result is finished only where tshark ends well,
 * without a word and within so many seconds; what went wrong elsewhere is for tshark alone to tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "batch.h"

/* Only Linux opens /dev/stdin as a file of its own, which can be read from two places. */
#if defined(__linux__) && defined(__has_include)
#if __has_include(<epan/ex-opt.h>)
#define RST_BATCH_CAN_SERVE
#endif
#endif

#ifdef RST_BATCH_CAN_SERVE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <epan/ex-opt.h>
#include <epan/packet.h>

#define OPTION "rst_batch"

typedef struct request {
    const char *capture, *unfinished, *finished;
} request_t;

static bool put(int fd, const char *line)
{
    size_t length = strlen(line);

    return write(fd, line, length) == (ssize_t)length && write(fd, "\n", 1) == 1;
}

/* Becomes the process that reads this capture. */
static bool become_reader(const char *capture, int output, int complaints, unsigned seconds)
{
    int input = open(capture, O_RDONLY | O_CLOEXEC);

    if (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(complaints, STDERR_FILENO) < 0)
        return false;
    close(input);
    close(output);
    signal(SIGALRM, SIG_DFL);
    alarm(seconds);
    return true;
}

/* Waits until the reader ends. */
static bool ended_well(pid_t reader, int complaints)
{
    struct stat said;
    int status;

    while (waitpid(reader, &status, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return status == 0 && fstat(complaints, &said) == 0 && said.st_size == 0;
}

/* Returns true in the reader. */
static bool read_one(const request_t *request, const char *end, int output, unsigned seconds)
{
    FILE *complaints = tmpfile();
    pid_t reader;

    if (!complaints)
        return false;
    reader = fork();
    if (reader == 0) {
        if (!become_reader(request->capture, output, fileno(complaints), seconds))
            _exit(1);
        fclose(complaints);
        return true;
    }
    /* A capture that vanished meanwhile, or an unfinished result that somebody removed, gives none. */
    if (reader > 0 && ended_well(reader, fileno(complaints)) && put(output, end) && access(request->capture, F_OK) == 0)
        (void)rename(request->unfinished, request->finished);
    fclose(complaints);
    return false;
}

/* The same, for one line of standard input. */
static bool serve(const char *line, const char *begin, const char *end, unsigned seconds)
{
    char **paths = g_strsplit(line, "\t", 3);
    bool is_reader = false;
    int output;

    if (g_strv_length(paths) == 3) {
        const request_t request = {paths[0], paths[1], paths[2]};

        output = open(request.unfinished, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        is_reader = output >= 0 && put(output, begin) && read_one(&request, end, output, seconds);
        if (output >= 0 && !is_reader) {
            close(output);
            unlink(request.unfinished); /* if it has not become the finished one */
        }
    }
    g_strfreev(paths);
    return is_reader;
}

/* Every registration is over, and no option was looked at but -X, -C and the like. */
static void serve_all(void)
{
    const char *seconds = ex_opt_get_next(OPTION);
    char *list, **lines;
    bool is_reader = false;

    if (!seconds)
        return;
    if (!g_file_get_contents("/dev/stdin", &list, NULL, NULL))
        _exit(1);
    lines = g_strsplit(list, "\n", -1);
    g_free(list);
    for (unsigned i = 2; i < g_strv_length(lines) && !is_reader; i++)
        is_reader = serve(lines[i], lines[0], lines[1], (unsigned)atoi(seconds));
    g_strfreev(lines);
    if (!is_reader)
        _exit(0);
}

void rst_batch_register(void)
{
    if (ex_opt_count(OPTION) > 0)
        register_final_registration_routine(serve_all);
}

#else

void rst_batch_register(void)
{
}
#endif
