/* program.c
 * Which program has loaded the plugin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "program.h"

#include <string.h>

#include <glib.h>

bool rst_program_has_window(void)
{
    static const char *const without[] = {"tshark", "sharkd", "rawshark", "fuzzshark"};
    const char *program = g_get_prgname();

    for (size_t i = 0; program && i < G_N_ELEMENTS(without); i++) {
        if (!strcmp(program, without[i]))
            return false;
    }
    return true;
}

bool rst_program_is_sharkd(void)
{
    return g_strcmp0(g_get_prgname(), "sharkd") == 0;
}

/* NULL where the system does not tell, as on Windows. */
static char **arguments(void)
{
    static char **known;
    static bool asked;
    char *text = NULL;
    gsize length = 0;

    if (asked)
        return known;
    asked = true;
    if (!g_file_get_contents("/proc/self/cmdline", &text, &length, NULL))
        return NULL;
    for (gsize i = 0; i + 1 < length; i++) {
        if (!text[i] || text[i] == '\n')
            text[i] = text[i] ? ' ' : '\n';
    }
    known = g_strsplit(text, "\n", -1);
    g_free(text);
    return known;
}

/* "-T", or "-T" behind short options without a value ("-nT"); *value = what follows in the same argument. */
static bool is_format(const char *argument, const char **value)
{
    const char *format = argument + 1;

    if (argument[0] != '-' || argument[1] == '-')
        return false;
    format += strspn(format, "2hIlLnpPqQsvVxg");
    *value = format + 1;
    return *format == 'T';
}

/* -e text prints the lines of the tree, and rst.line those below long texts. */
static bool is_about_lines(const char *argument)
{
    return !strcmp(argument, "text") || g_str_has_suffix(argument, "etext") || strstr(argument, "rst.line");
}

/* Where another format is named as well, or fields as the value of another option, the whole tree is made. */
static bool prints_fields(void)
{
    bool fields = false;
    const char *value;

    if (g_strcmp0(g_get_prgname(), "tshark") != 0)
        return false;
    for (char **argument = arguments(); argument && *argument; argument++) {
        if (is_about_lines(*argument))
            return false;
        if (!is_format(*argument, &value))
            continue;
        if (!*value && !*++argument)
            return false;
        if (strcmp(*value ? value : *argument, "fields") != 0)
            return false;
        fields = true;
    }
    return fields;
}

bool rst_program_prints_fields(void)
{
    static int answer = -1; /* the arguments do not change */

    if (answer < 0)
        answer = prints_fields();
    return answer;
}

bool rst_program_names(const char *word, bool at_end)
{
    for (char **argument = arguments(); argument && *argument; argument++) {
        if (at_end ? g_str_has_suffix(*argument, word) : strstr(*argument, word) != NULL)
            return true;
    }
    return false;
}
