/* test_limits.c
 * Tests of limits: the scripts in the folder limits, most of them in pairs, one just inside a limit and one just
 * outside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* A file holds cases, separated by empty lines: what is expected, after "expect", then the lines of the script. Lines
 * with # are comments. The words open, request, talk and talk over mptcp stand for the ordinary beginnings in
 * script.h. */
static const struct {
    const char *word;
    const char *lines[8];
} beginnings[] = {
    {"open", {SCRIPT_OPEN}},
    {"request", {SCRIPT_REQUEST}},
    {"talk", {SCRIPT_TALK}},
    {"talk over mptcp", {SCRIPT_MPTCP_TALK}},
};

typedef struct limits_case {
    const char *expected; /* NULL outside a case */
    int line;
    GPtrArray *script;
} limits_case_t;

static void add_line(GPtrArray *script, char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        if (strcmp(text, beginnings[i].word) != 0)
            continue;
        for (unsigned line = 0; line < G_N_ELEMENTS(beginnings[i].lines) && beginnings[i].lines[line]; line++)
            g_ptr_array_add(script, (gpointer)beginnings[i].lines[line]);
        return;
    }
    g_ptr_array_add(script, text);
}

static void check(limits_case_t *limits, const char *path)
{
    if (!limits->expected)
        return;
    g_ptr_array_add(limits->script, NULL);
    script_check_at(path, limits->line, limits->expected, (const char *const *)limits->script->pdata);
    limits->expected = NULL;
    g_ptr_array_set_size(limits->script, 0);
}

static void run_file(gconstpointer data)
{
    const char *path = data;
    limits_case_t limits = {NULL, 0, g_ptr_array_new()};
    GError *error = NULL;
    char *text;
    char **line;

    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s", error->message);
    line = g_strsplit(text, "\n", -1);
    for (int number = 0; line[number]; number++) {
        if (g_str_has_prefix(line[number], "expect ")) {
            limits.expected = line[number] + strlen("expect ");
            limits.line = number + 1;
        } else if (!*line[number]) {
            check(&limits, path);
        } else if (*line[number] != '#') {
            add_line(limits.script, line[number]);
        }
    }
    check(&limits, path);
    g_ptr_array_free(limits.script, TRUE);
    g_strfreev(line);
    g_free(text);
}

int main(int argc, char **argv)
{
    GDir *folder = g_dir_open(SCRIPT_LIMITS, 0, NULL);
    const char *name;

    g_test_init(&argc, &argv, NULL);
    if (!folder)
        g_error("no folder " SCRIPT_LIMITS);
    while ((name = g_dir_read_name(folder))) {
        char *title = g_strdup_printf("/limits/%.*s", (int)(strlen(name) - strlen(".txt")), name);

        g_test_add_data_func_full(title, g_build_filename(SCRIPT_LIMITS, name, NULL), run_file, g_free);
        g_free(title);
    }
    g_dir_close(folder);
    return g_test_run();
}
