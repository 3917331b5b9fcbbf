/* counts.c
 * Followers and copies of a reset are counted separately: one failure is one line, however many packets it caused. So
 * are resets that are none of the connection's, and all packets that do not fit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "counts.h"

#include <string.h>

#define TITLE_MAX 110 /* characters of a problem that fit into a line; -z rst,problems has the whole sentence */
#define TITLE_MIN 60  /* those that it has at least where more could follow */

struct rst_counts {
    uint32_t first[RST_CAUSE_COUNT], follower[RST_CAUSE_COUNT], outside[RST_CAUSE_COUNT];
    uint32_t sender[RST_SENDER_COUNT];
    uint32_t finding[RST_FINDING_COUNT];
    uint32_t missed;
    rst_servers_t *servers;                   /* of first resets */
    rst_servers_t *failed[RST_FINDING_COUNT]; /* of failures without a reset */
    GHashTable *foreign;                      /* text => number; there are as many as combinations of clues */
};

rst_counts_t *rst_counts_new(void)
{
    rst_counts_t *counts = g_new0(rst_counts_t, 1);

    counts->servers = rst_servers_new();
    for (int kind = 0; kind < RST_FINDING_COUNT; kind++)
        counts->failed[kind] = rst_servers_new();
    counts->foreign = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return counts;
}

void rst_counts_free(rst_counts_t *counts)
{
    rst_servers_free(counts->servers);
    for (int kind = 0; kind < RST_FINDING_COUNT; kind++)
        rst_servers_free(counts->failed[kind]);
    g_hash_table_destroy(counts->foreign);
    g_free(counts);
}

void rst_counts_clear(rst_counts_t *counts)
{
    memset(counts->first, 0, sizeof counts->first);
    memset(counts->follower, 0, sizeof counts->follower);
    memset(counts->outside, 0, sizeof counts->outside);
    memset(counts->sender, 0, sizeof counts->sender);
    memset(counts->finding, 0, sizeof counts->finding);
    counts->missed = 0;
    rst_servers_clear(counts->servers);
    for (int kind = 0; kind < RST_FINDING_COUNT; kind++)
        rst_servers_clear(counts->failed[kind]);
    g_hash_table_remove_all(counts->foreign);
}

static void add_reset(rst_counts_t *counts, const rst_tap_t *tap)
{
    const rst_verdict_t *verdict = tap->verdict;

    if (!verdict->ordinal) {
        counts->outside[verdict->cause]++;
    } else if (!verdict->first) {
        counts->follower[verdict->cause]++;
    } else {
        counts->first[verdict->cause]++;
        counts->sender[verdict->sender]++;
        rst_servers_add(counts->servers, tap->server, verdict->cause);
        rst_servers_label(counts->servers, tap->server, tap->service);
    }
}

static void add_foreign(GHashTable *foreign, const char *text)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(foreign, text));

    g_hash_table_insert(foreign, g_strdup(text), GUINT_TO_POINTER(before + 1));
}

void rst_counts_add(rst_counts_t *counts, const rst_tap_t *tap)
{
    if (tap->end)
        return;
    if (tap->finding) {
        counts->finding[tap->finding->kind]++;
        rst_servers_add(counts->failed[tap->finding->kind], tap->server, RST_CAUSE_COUNT);
    } else if (tap->foreign) {
        add_foreign(counts->foreign, tap->foreign);
    } else if (tap->verdict) {
        add_reset(counts, tap);
    } else {
        counts->missed += tap->missed;
    }
}

static uint32_t sum_of(const uint32_t *count, unsigned number)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < number; i++)
        sum += count[i];
    return sum;
}

/* Sections without anything are left out. */
static bool add_heading(GArray *lines, uint32_t sum, const char *name)
{
    if (sum)
        rst_line_add(lines, 0, sum, g_strdup(name));
    return sum != 0;
}

/* The length of title without what follows the last of these characters that fits; 0 = it is too near to the beginning.
 */
static size_t cut_at(const char *title, char letter)
{
    size_t length = TITLE_MAX;

    while (length > TITLE_MIN && title[length] != letter)
        length--;
    return length > TITLE_MIN ? length : 0;
}

/* Up to a comma or space, since the rest of the sentence tells the details. */
static char *shortened(uint32_t number, const char *title)
{
    size_t length;

    if (strlen(title) <= TITLE_MAX)
        return g_strdup_printf("%u. %s", number, title);
    length = cut_at(title, ',');
    if (!length)
        length = cut_at(title, ' ');
    return g_strdup_printf("%u. %.*s ...", number, length ? (int)length : TITLE_MAX, title);
}

static void list_problems(GArray *lines, unsigned most)
{
    uint32_t known = rst_problems_known();
    uint32_t shown = known <= most + 1 ? known : most;
    guint heading = lines->len;

    if (known)
        rst_line_add(lines, 0, 0, g_strdup("Problems"));
    for (uint32_t number = 1; number <= known; number++) {
        uint32_t hits;
        const char *title = rst_problems_line(number, &hits);

        if (number <= shown)
            rst_line_add(lines, 1, hits, shortened(number, title));
        else if (number == shown + 1)
            rst_line_add(lines, 1, hits, g_strdup_printf("%u more problems", known - shown));
        else
            g_array_index(lines, rst_line_t, lines->len - 1).count += hits;
        g_array_index(lines, rst_line_t, heading).count += hits;
    }
}

static void list_causes(GArray *lines, const uint32_t *count, const char *name)
{
    if (add_heading(lines, sum_of(count, RST_CAUSE_COUNT), name))
        rst_causes_list(count, 1, lines);
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    const rst_line_t *left = (const rst_line_t *)a;
    const rst_line_t *right = (const rst_line_t *)b;

    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->name, right->name);
}

static void list_senders(GArray *lines, const rst_counts_t *counts)
{
    GArray *senders = g_array_new(FALSE, FALSE, sizeof(rst_line_t));

    for (int sender = 0; sender < RST_SENDER_COUNT; sender++) {
        if (counts->sender[sender])
            rst_line_add(senders, 1, counts->sender[sender], g_strdup(rst_sender_name((rst_sender_t)sender)));
    }
    g_array_sort(senders, compare_lines);
    if (add_heading(lines, sum_of(counts->sender, RST_SENDER_COUNT), "First resets by sender"))
        g_array_append_vals(lines, senders->data, senders->len);
    g_array_free(senders, TRUE);
}

static void list_findings(GArray *lines, const rst_counts_t *counts, const rst_stats_limits_t *limits)
{
    if (!add_heading(lines, sum_of(counts->finding, RST_FINDING_COUNT), "Failures without a reset"))
        return;
    for (int kind = 0; kind < RST_FINDING_COUNT; kind++) {
        const rst_finding_info_t *info = rst_finding_info((rst_finding_kind_t)kind);

        if (!counts->finding[kind])
            continue;
        rst_line_add(lines, 1, counts->finding[kind], g_strdup_printf("%s (%s)", info->token, info->label));
        rst_servers_list(counts->failed[kind], limits->servers, limits->ports, 2, lines);
    }
}

static void list_foreign(GArray *lines, GHashTable *foreign)
{
    GList *texts = g_list_sort(g_hash_table_get_keys(foreign), (GCompareFunc)strcmp);
    guint heading = lines->len;

    if (texts)
        rst_line_add(lines, 0, 0, g_strdup("Foreign packets"));
    for (GList *text = texts; text; text = text->next) {
        guint number = GPOINTER_TO_UINT(g_hash_table_lookup(foreign, text->data));

        rst_line_add(lines, 1, number, g_strdup((const char *)text->data));
        g_array_index(lines, rst_line_t, heading).count += number;
    }
    g_list_free(texts);
}

GArray *rst_counts_lines(const rst_counts_t *counts)
{
    rst_stats_limits_t limits = rst_preferences_stats();
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(rst_line_t));

    g_array_set_clear_func(lines, rst_line_clear);
    list_problems(lines, limits.problems);
    rst_line_add(lines, 0, sum_of(counts->first, RST_CAUSE_COUNT), g_strdup("First resets"));
    rst_causes_list(counts->first, 1, lines);
    list_senders(lines, counts);
    if (add_heading(lines, sum_of(counts->first, RST_CAUSE_COUNT), "First resets by server"))
        rst_servers_list(counts->servers, limits.servers, limits.ports, 1, lines);
    list_findings(lines, counts, &limits);
    list_causes(lines, counts->follower, "Followers and copies");
    list_causes(lines, counts->outside, "Resets outside the connection");
    list_foreign(lines, counts->foreign);
    add_heading(lines, counts->missed, "TCP segments not seen by the plugin");
    return lines;
}
