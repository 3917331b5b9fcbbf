/* rst-witness.c
 * Prints what the readers of logs understood, one JSON object for each record.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/log.h"

#include "system.h"
#include "witness-json.h"

#define PIECE 65536
#define FIRST_LOOK 4096 /* bytes in which a file of filters gives itself away */

static const char usage[] =
    "Usage: rst-witness [--zone ZONE] [--applications] [--counts] FILE...\n"
    "\n"
    "Prints what the plugin rst understands of the logs of hosts, firewalls, balancers and proxies: JSON Lines, one\n"
    "object for each record about a connection. FILE may be - for standard input.\n"
    "\n"
    "  --zone ZONE      zone of times that tell none: +02:00, UTC, Europe/Berlin\n"
    "  --applications   read logs of applications, too: lines with a port, a time and a word for a reset\n"
    "  --counts         afterward, tell how many lines of each format there were, on standard error\n"
    "  --help           show this help\n";

typedef struct job {
    const char *zone;
    bool applications, counts;
    rst_filters_t *filters;
    GString *out;
} job_t;

static void print_record(const rst_record_t *record, void *user_data)
{
    job_t *job = user_data;

    g_string_truncate(job->out, 0);
    witness_json(job->out, record);
    fwrite(job->out->str, 1, job->out->len, stdout);
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static void print_counts(const char *path, const rst_log_sum_t *sum)
{
    fprintf(stderr,
            "rst-witness: %s: %" G_GUINT64_FORMAT " lines, %" G_GUINT64_FORMAT " records, %" G_GUINT64_FORMAT
            " of unknown formats, %" G_GUINT64_FORMAT " malformed",
            path, sum->lines, sum->records, sum->unknown, sum->broken);
    for (unsigned i = 0; i < RST_READER_COUNT; i++) {
        if (sum->by_reader[i])
            fprintf(stderr, ", %s %" G_GUINT64_FORMAT, rst_reader((rst_reader_id_t)i)->token, sum->by_reader[i]);
    }
    fputc('\n', stderr);
}

/* False if nothing was understood. */
static bool end_log(const job_t *job, const char *path, rst_log_t *log)
{
    const rst_log_sum_t *sum = rst_log_sum(log);
    char buffer[RST_COMPLAINT_MAX];
    const char *complaint;
    uint64_t known = 0;

    rst_log_end(log);
    complaint = rst_log_complaint(log, buffer, sizeof buffer);
    if (complaint)
        fprintf(stderr, "rst-witness: %s: %s\n", path, complaint);
    if (job->counts)
        print_counts(path, sum);
    for (unsigned i = 0; i < RST_READER_COUNT; i++)
        known += sum->by_reader[i];
    return known > sum->broken + sum->blind;
}

static bool read_log(job_t *job, const char *path)
{
    rst_log_options_t options = {job->zone, job->applications, job->filters, print_record, job};
    FILE *file = is_stdin(path) ? stdin : system_open(path);
    rst_log_t *log;
    char *piece;
    size_t length;
    bool good;

    if (!file) {
        fprintf(stderr, "rst-witness: %s: %s\n", path, g_strerror(errno));
        return false;
    }
    log = rst_log_new(&options);
    piece = g_malloc(PIECE);
    while ((length = fread(piece, 1, PIECE, file)))
        rst_log_feed(log, piece, length);
    good = !ferror(file);
    if (!good)
        fprintf(stderr, "rst-witness: %s: %s\n", path, g_strerror(errno));
    good &= end_log(job, path, log);
    if (file != stdin)
        fclose(file);
    g_free(piece);
    rst_log_free(log);
    return good;
}

/* Windows' list of filters names those that events of other files only number, so it is read before them. A pipe gives
 * what it has only once. */
static bool names_filters(const char *path)
{
    char look[FIRST_LOOK + 1];
    FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? system_open(path) : NULL;
    size_t length, kept = 0;

    if (!file)
        return false;
    length = fread(look, 1, FIRST_LOOK, file);
    fclose(file);
    for (size_t i = 0; i < length; i++) {
        if (look[i]) /* UTF-16 is ASCII with zeros */
            look[kept++] = look[i];
    }
    look[kept] = 0;
    return strstr(look, "<wfpstate") || strstr(look, "<wfpdiag") || strstr(look, "<filters");
}

static bool read_all(job_t *job, char **paths, unsigned count)
{
    bool *first = g_new0(bool, count), good = true;

    for (unsigned i = 0; i < count; i++) {
        first[i] = count > 1 && names_filters(paths[i]);
        if (first[i])
            good &= read_log(job, paths[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        if (!first[i])
            good &= read_log(job, paths[i]);
    }
    g_free(first);
    return good;
}

static int refuse(const char *what, const char *word)
{
    fprintf(stderr, "rst-witness: %s '%s' (see --help)\n", what, word);
    return 2;
}

/* One argument, and the next one if it needs it: false if it is no option of ours. */
static bool take_option(job_t *job, char **argument, unsigned *at)
{
    const char *option = argument[*at];

    if (strcmp(option, "--zone") == 0 && argument[*at + 1])
        job->zone = argument[++*at];
    else if (g_str_has_prefix(option, "--zone="))
        job->zone = option + strlen("--zone=");
    else if (strcmp(option, "--applications") == 0)
        job->applications = true;
    else if (strcmp(option, "--counts") == 0)
        job->counts = true;
    else
        return false;
    return true;
}

static int run(job_t *job, char **paths, unsigned count)
{
    bool good;

    job->out = g_string_new(NULL);
    job->filters = rst_filters_new();
    good = read_all(job, paths, count);
    rst_filters_free(job->filters);
    g_string_free(job->out, TRUE);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "rst-witness: cannot write: %s\n", g_strerror(errno));
        return 1;
    }
    return good ? 0 : 1;
}

/* paths: room for as many as there are words. */
static int called(job_t *job, char **words, char **paths)
{
    unsigned count = 0;
    bool options = true;

    for (unsigned i = 1; i < g_strv_length(words); i++) {
        if (!options || strncmp(words[i], "--", 2) != 0) {
            paths[count++] = words[i];
        } else if (strcmp(words[i], "--") == 0) {
            options = false;
        } else if (strcmp(words[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else if (!take_option(job, words, &i)) {
            return refuse("unknown or incomplete option", words[i]);
        }
    }
    if (job->zone && !rst_when_is_zone(job->zone))
        return refuse("no such time zone:", job->zone);
    if (!count) {
        fputs("rst-witness: no file given (see --help)\n", stderr);
        return 2;
    }
    return run(job, paths, count);
}

int main(int argc, char **argv)
{
    job_t job = {0};
    char **words = system_words(argv);
    char **paths = g_new(char *, g_strv_length(words) + 1);
    int code = called(&job, words, paths);

    (void)argc;
    g_free(paths);
    g_strfreev(words);
    return code;
}
