/* icmp_reports.c
 * ICMP errors about TCP segments and UDP datagrams: what they mean, and a table of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/icmp_reports.h"

#include "base/text.h"

#define PLACE 40 /* bytes that an entry takes in a GHashTable, about */

typedef struct meaning {
    uint8_t version, type, code;
    const char *name;
    const char *hint;
} meaning_t;

#define NO_ROUTE "no route leads there"
#define NO_HOST "the last router does not find the host, which is down or has another address"
#define FORBIDDEN "a packet filter forbids it"

/* RFC 792, RFC 1122, section 3.2.2.1, RFC 1812, section 5.2.7.1; RFC 4443, section 3.1. "Fragmentation needed" and
 * "packet too big" are not failures but part of path MTU discovery, and "time exceeded" is what traceroute asks for. */
static const meaning_t meanings[] = {
    {4, 3, 0, "network unreachable", NO_ROUTE},
    {4, 3, 1, "host unreachable", NO_HOST},
    {4, 3, 2, "protocol unreachable", "the host does not take this protocol"},
    {4, 3, 3, "port unreachable", NULL},
    {4, 3, 6, "network unknown", NO_ROUTE},
    {4, 3, 7, "host unknown", NO_HOST},
    {4, 3, 9, "network administratively prohibited", FORBIDDEN},
    {4, 3, 10, "host administratively prohibited", FORBIDDEN},
    {4, 3, 13, "communication administratively prohibited", FORBIDDEN},
    {6, 1, 0, "no route to destination", NO_ROUTE},
    {6, 1, 1, "communication administratively prohibited", FORBIDDEN},
    {6, 1, 3, "address unreachable", NO_HOST},
    {6, 1, 4, "port unreachable", NULL},
    {6, 1, 5, "source address failed ingress or egress policy", FORBIDDEN},
    {6, 1, 6, "reject route to destination", FORBIDDEN},
};

static const meaning_t *meaning_of(const rst_icmp_t *icmp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
        const meaning_t *meaning = &meanings[i];

        if (meaning->version == icmp->version && meaning->type == icmp->type && meaning->code == icmp->code)
            return meaning;
    }
    return NULL;
}

static guint report_hash(gconstpointer key)
{
    return ((const rst_icmp_report_t *)key)->hash;
}

static gboolean report_equal(gconstpointer a, gconstpointer b)
{
    const rst_icmp_t *left = &((const rst_icmp_report_t *)a)->icmp;
    const rst_icmp_t *right = &((const rst_icmp_report_t *)b)->icmp;

    return left->sport == right->sport && left->dport == right->dport && left->udp == right->udp &&
           rst_address_equal(&left->src, &right->src) && rst_address_equal(&left->dst, &right->dst);
}

static uint32_t hash_of(const rst_secret_t *secret, const rst_icmp_t *icmp)
{
    const uint64_t words[] = {icmp->src.word[0], icmp->src.word[1], icmp->dst.word[0], icmp->dst.word[1]};
    uint64_t tail = (uint64_t)icmp->sport << 32 | (uint64_t)icmp->dport << 1 | icmp->udp;

    return (uint32_t)rst_siphash_words(secret, words, G_N_ELEMENTS(words), tail);
}

/* As in host_table.c, the places of the marks must not change from run to run. */
static uint32_t tag_of(const rst_icmp_t *icmp)
{
    static const rst_secret_t known;

    return hash_of(&known, icmp);
}

static void evict(void *owner, rst_keep_item_t *item)
{
    rst_icmp_reports_t *reports = owner;
    rst_icmp_report_t *report = (rst_icmp_report_t *)item;

    rst_marks_put(&reports->lost, tag_of(&report->icmp), report->last);
    g_hash_table_remove(reports->table, report);
    rst_keep_refund(reports->keep, RST_KIND_ICMP, PLACE);
    rst_release(&reports->memory, report, sizeof *report);
}

void rst_icmp_reports_open(rst_icmp_reports_t *reports, rst_keep_t *keep)
{
    static const rst_keep_kind_t can = {evict, NULL, NULL};

    reports->table = g_hash_table_new(report_hash, report_equal);
    reports->secret = rst_secret_new();
    reports->keep = keep;
    reports->memory = rst_keep_memory(keep, RST_KIND_ICMP);
    rst_marks_open(&reports->lost, keep, &reports->memory);
    rst_keep_own(keep, RST_KIND_ICMP, reports, &can);
}

void rst_icmp_reports_close(rst_icmp_reports_t *reports)
{
    g_hash_table_destroy(reports->table);
}

static rst_icmp_report_t *new_report(rst_icmp_reports_t *reports, const rst_icmp_report_t *key, rst_moment_t at)
{
    rst_icmp_report_t *report = rst_alloc0(&reports->memory, sizeof *report);

    report->icmp = key->icmp;
    report->hash = key->hash;
    report->first = at;
    g_hash_table_add(reports->table, report);
    rst_keep_charge(reports->keep, RST_KIND_ICMP, PLACE);
    rst_keep_add(reports->keep, &report->item, RST_KIND_ICMP, RST_VALUE_LONE, at.pass_index);
    return report;
}

/* The capture may contain an error twice, just like a segment. */
static bool is_copy(const rst_icmp_report_t *report, const rst_icmp_t *icmp, rst_moment_t at, const rst_prefs_t *prefs)
{
    int64_t elapsed = rst_elapsed(report->last, at);

    return icmp->ip_id && icmp->ip_id == report->icmp.ip_id && elapsed != RST_TIME_NONE &&
           elapsed <= (int64_t)prefs->dup_ms * RST_MILLISECOND;
}

bool rst_icmp_reports_take(rst_icmp_reports_t *reports, const rst_icmp_t *icmp, rst_moment_t at,
                           const rst_prefs_t *prefs, bool shown)
{
    rst_icmp_report_t key = {.icmp = *icmp};
    rst_icmp_report_t *report;

    if (!meaning_of(icmp))
        return false;
    key.hash = hash_of(&reports->secret, icmp);
    report = g_hash_table_lookup(reports->table, &key);
    if (!report)
        report = new_report(reports, &key, at);
    else if (is_copy(report, icmp, at, prefs))
        return true;
    report->icmp = *icmp;
    report->last = at;
    if (report->count < UINT16_MAX)
        report->count++;
    rst_keep_rate(reports->keep, &report->item,
                  shown               ? RST_VALUE_STORY
                  : report->count > 1 ? RST_VALUE_BOTH
                                      : RST_VALUE_LONE,
                  at.pass_index);
    return true;
}

rst_icmp_found_t rst_icmp_reports_find(const rst_icmp_reports_t *reports, const rst_address_t *src, uint16_t sport,
                                       const rst_address_t *dst, uint16_t dport)
{
    rst_icmp_report_t key = {.icmp = {.src = *src, .dst = *dst, .sport = sport, .dport = dport}};
    const rst_icmp_report_t *report;

    key.hash = hash_of(&reports->secret, &key.icmp);
    report = g_hash_table_lookup(reports->table, &key);
    if (report)
        return (rst_icmp_found_t){RST_FOUND, report};
    return (rst_icmp_found_t){
        rst_marks_get(&reports->lost, tag_of(&key.icmp)).pass_index ? RST_NOT_KEPT : RST_NOT_THERE, NULL};
}

static const char *reporter_text(const rst_icmp_t *icmp, const rst_memory_t *memory)
{
    if (rst_address_equal(&icmp->reporter, &icmp->dst))
        return "the host itself";
    if (rst_address_equal(&icmp->reporter, &icmp->src))
        return "the sender's own host";
    return rst_text(memory, "%s on the path", rst_address_text(memory, &icmp->reporter));
}

/* TCP itself refuses a segment with a reset (RFC 9293, section 3.5.2), so this ICMP error comes from a filter. */
static const char *hint_of(const rst_icmp_t *icmp, const meaning_t *meaning)
{
    if (meaning->hint)
        return meaning->hint;
    if (!icmp->udp)
        return "a packet filter rejects it, because TCP itself would have sent a reset";
    if (rst_address_equal(&icmp->reporter, &icmp->dst))
        return "nobody listens on that port, which a reset would say for TCP";
    return "nobody listens on that port, or a packet filter rejects it";
}

const char *rst_icmp_report_text(const rst_icmp_report_t *report, const rst_memory_t *memory)
{
    const rst_icmp_t *icmp = &report->icmp;
    const meaning_t *meaning = meaning_of(icmp);

    return rst_text(memory, "%s could not reach %s over %s: %s answered ICMP %s (%s)",
                    rst_endpoint_text(memory, &icmp->src, icmp->sport),
                    rst_endpoint_text(memory, &icmp->dst, icmp->dport), icmp->udp ? "UDP" : "TCP",
                    reporter_text(icmp, memory), meaning->name, hint_of(icmp, meaning));
}
