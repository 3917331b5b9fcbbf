/* test_attack.c
 * The attack matrix: every kind of attack on every story (attack.h). Prints a table; with --verbose all that went
 * wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

static const attack_kind_t *const tables[] = {attack_kinds_off_path, attack_kinds_near, attack_kinds_later};

/* What a class of attackers may achieve. */
static const struct {
    const char *name;
    char attacker;
    unsigned unchanged; /* percent of the verdicts, at least */
    /* verdicts above their maximum, in one pass and in two: known, named in the list of kinds, and to become fewer */
    unsigned beyond[2];
} classes[] = {
    {"off path", ATTACK_OFF_PATH, 95, {59, 45}},
    {"on path", ATTACK_ON_PATH, 74, {113, 175}},
    {"end", ATTACK_END, 69, {0, 10}},
    {"other host", ATTACK_HOST, 95, {0, 0}},
};

/* Each kind is tried so often on each story: all variants, from between two points and from behind one of them. */
#define SEEDS 6

/* Sums over parts of the matrix. */
enum { ONE_PASS, TWO_PASSES, IPV4, IPV6, ONE_POINT, BETWEEN, BEHIND, GROUPS };

static const char *const groups[GROUPS] = {
    "= one pass", "= two passes", "= IPv4", "= IPv6", "= one point", "= two points, between", "= two points, behind",
};

static unsigned percent(unsigned part, unsigned whole)
{
    return whole ? part * 100 / whole : 100;
}

static void add(attack_count_t *sum, const attack_count_t *part)
{
    sum->tried += part->tried;
    sum->unchanged += part->unchanged;
    sum->less += part->less;
    sum->wrong += part->wrong;
    sum->sure += part->sure;
    sum->accused += part->accused;
    sum->forged += part->forged;
    sum->believed += part->believed;
    sum->beyond += part->beyond;
}

static void print_row(const char *name, const attack_count_t *count)
{
    g_print("# %-40s %6u %5u%% %6u %6u %6u %6u %6u %6u %6u\n", name, count->tried,
            percent(count->unchanged, count->tried), count->less, count->wrong, count->sure, count->accused,
            count->forged, count->believed, count->beyond);
}

static void print_heading(const char *name)
{
    g_print("# %-40s %6s %6s %6s %6s %6s %6s %6s %6s %6s\n", name, "tried", "same", "less", "wrong", ">=70", "blamed",
            "forged", "taken", "beyond");
}

/* One story, once without and once with the attack; adds to the sums and to the kind's own. */
static void attack_once(const attack_story_t *story, const attack_kind_t *kind, unsigned seed, attack_count_t *sum,
                        attack_count_t *own)
{
    const script_variant_t *variant = &script_variants[seed % script_variant_count];
    bool between = seed / script_variant_count == 0;
    attack_scene_t scene;
    GArray *alone, *attacked;

    attack_scene_open(&scene, story, variant, seed + 1);
    alone = attack_play(&scene, NULL);
    if (attack_forge(&scene, kind, between)) {
        attacked = attack_play(&scene, NULL);
        for (unsigned pass = 0; pass < 2; pass++) {
            attack_count_t count = {0};

            attack_compare(story, kind, variant->name, alone, attacked, pass, &count);
            add(own, &count);
            add(&sum[pass == 0 ? ONE_PASS : TWO_PASSES], &count);
            add(&sum[variant->ipv6 ? IPV6 : IPV4], &count);
            add(&sum[!story->between ? ONE_POINT : between ? BETWEEN : BEHIND], &count);
        }
        g_array_free(attacked, TRUE);
    }
    g_array_free(alone, TRUE);
    attack_scene_close(&scene);
}

static void run_kind(const attack_kind_t *kind, attack_count_t *sum)
{
    attack_count_t own = {0};

    for (const attack_story_t *story = attack_stories; story->name; story++) {
        for (unsigned seed = 0; seed < SEEDS; seed++)
            attack_once(story, kind, seed, sum, &own);
    }
    print_row(kind->name, &own);
}

static void test_class(gconstpointer data)
{
    unsigned class = GPOINTER_TO_UINT(data);
    attack_count_t sum[GROUPS] = {{0}};

    print_heading(classes[class].name);
    for (size_t table = 0; table < G_N_ELEMENTS(tables); table++) {
        for (const attack_kind_t *kind = tables[table]; kind->name; kind++) {
            if (kind->attacker == classes[class].attacker)
                run_kind(kind, sum);
        }
    }
    for (unsigned group = 0; group < GROUPS; group++)
        print_row(groups[group], &sum[group]);
    for (unsigned pass = ONE_PASS; pass <= TWO_PASSES; pass++) {
        g_assert_cmpuint(sum[pass].beyond, <=, classes[class].beyond[pass]);
        g_assert_cmpuint(percent(sum[pass].unchanged, sum[pass].tried), >=, classes[class].unchanged);
    }
}

/* The stories alone have the verdict that is known. */
static void test_stories(void)
{
    for (const attack_story_t *story = attack_stories; story->name; story++) {
        for (unsigned i = 0; i < script_variant_count; i++) {
            attack_scene_t scene;

            attack_scene_open(&scene, story, &script_variants[i], 1);
            g_array_free(attack_play(&scene, story->expected), TRUE);
            attack_scene_close(&scene);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions(); /* a class that fails does not hide the others */
    g_test_add_func("/attack/stories", test_stories);
    for (unsigned class = 0; class < G_N_ELEMENTS(classes); class ++) {
        char *path = g_strdup_printf("/attack/%c", classes[class].attacker);

        g_test_add_data_func(path, GUINT_TO_POINTER(class), test_class);
        g_free(path);
    }
    return g_test_run();
}
