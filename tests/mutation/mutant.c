/* mutant.c
 * Runs unit tests against mutants: each script, and what a test does beside scripts, is repeated for every mutant that
 * it reaches and nobody has caught yet, in a child, because mutants crash and hang.
 *
 * RST_MUTANTS_STATE names a file with a byte for each mutant, shared by all programs: '1' is to be caught, '2' has
 * been. RST_MUTANTS_SLOW says which tests are slow and left out, RST_MUTANTS_ONLY_SLOW runs just those, and
 * RST_MUTANTS_THOROUGH runs scripts in all variants. RST_MUTANT chooses one for an ordinary run, to see what a test
 * says.
 *
 * Linked with --wrap for script_check_at() and GLib's functions that add a test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_LEAST 2 /* seconds of a processor, after which a mutant hangs */

unsigned rst_mutant_chosen;
unsigned char rst_mutant_reached[RST_MUTANTS];

typedef void work_t(const void *data);

static char *state;              /* the shared file; NULL = an ordinary run */
static volatile unsigned *trial; /* the mutant that a child tries */
static unsigned char outside[RST_MUTANTS];
static bool in_child;
static sigjmp_buf next_mutant;
static bool thorough;  /* second round, for what is left */
static double slow;    /* seconds: slower tests have a round of their own */
static bool only_slow; /* this one: all scripts have been run before */

/* In place of GLib's. */
void g_test_fail(void)
{
    if (in_child)
        siglongjmp(next_mutant, 1);
    _Exit(1);
}

static double now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void *shared(int file, size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, file < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, file, 0);

    if (memory == MAP_FAILED)
        abort();
    return memory;
}

__attribute__((constructor)) static void start(void)
{
    const char *number = getenv("RST_MUTANT");
    const char *path = getenv("RST_MUTANTS_STATE");
    const char *limit = getenv("RST_MUTANTS_SLOW");
    int file;

    rst_mutant_chosen = number ? (unsigned)atoi(number) : 0;
    if (!path)
        return;
    file = open(path, O_RDWR);
    if (file < 0)
        abort();
    state = shared(file, RST_MUTANTS);
    trial = shared(-1, sizeof *trial);
    slow = limit ? atof(limit) : 1e9;
    thorough = getenv("RST_MUTANTS_THOROUGH") != NULL;
    only_slow = getenv("RST_MUTANTS_ONLY_SLOW") != NULL;
}

static bool may_try(unsigned mutant, const unsigned char *reached)
{
    return reached[mutant] && state[mutant] == '1';
}

static void limit_time(double seconds)
{
    struct itimerval limit = {{0, 0}, {AT_LEAST + (time_t)(20 * seconds), 0}};

    setitimer(ITIMER_PROF, &limit, NULL);
}

/* All mutants from one on, until one crashes. */
static void try_from(unsigned first, const unsigned char *reached, work_t *work, const void *data, double seconds)
{
    in_child = true;
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
        abort();
    for (volatile unsigned mutant = first; mutant < RST_MUTANTS; mutant++) {
        if (!may_try(mutant, reached))
            continue;
        *trial = mutant;
        limit_time(seconds);
        rst_mutant_chosen = mutant;
        if (sigsetjmp(next_mutant, 0))
            state[mutant] = '2';
        else
            work(data);
    }
    _Exit(0);
}

static void try_all(const unsigned char *reached, work_t *work, const void *data, double seconds)
{
    unsigned mutant = 1;

    while (mutant < RST_MUTANTS) {
        int status;
        pid_t child;

        if (!may_try(mutant, reached)) {
            mutant++;
            continue;
        }
        child = fork();
        if (child == 0)
            try_from(mutant, reached, work, data, seconds);
        if (child < 0 || waitpid(child, &status, 0) != child)
            abort();
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return;
        mutant = *trial;
        state[mutant++] = '2';
    }
}

void __real_script_audit(const script_run_t *run, unsigned reset);
void __wrap_script_audit(const script_run_t *run, unsigned reset);

/* What holds for every verdict is not asked in the first round: it takes most of the time and notices little. */
void __wrap_script_audit(const script_run_t *run, unsigned reset)
{
    if (!state || thorough)
        __real_script_audit(run, reset);
}

void __real_script_check_foreign(const char *file, int line, const char *expected, const char *const *lines);
void __wrap_script_check_foreign(const char *file, int line, const char *expected, const char *const *lines);
void __real_script_check_order(const char *file, int line, const char *expected, const char *const *lines);
void __wrap_script_check_order(const char *file, int line, const char *expected, const char *const *lines);

/* Other traffic and shorter captures are a question for the rules as they are: with mutants they cost too much. */
void __wrap_script_check_foreign(const char *file, int line, const char *expected, const char *const *lines)
{
    if (!state)
        __real_script_check_foreign(file, line, expected, lines);
}

void __wrap_script_check_order(const char *file, int line, const char *expected, const char *const *lines)
{
    if (!state)
        __real_script_check_order(file, line, expected, lines);
}

typedef struct script_call {
    const char *file;
    int line;
    const char *expected;
    const char *const *lines;
} script_call_t;

void __real_script_check_at(const char *file, int line, const char *expected, const char *const *lines);
void __wrap_script_check_at(const char *file, int line, const char *expected, const char *const *lines);

/* In the first round one variant has to do. */
static void check_script(const void *data)
{
    const script_call_t *call = data;
    script_run_t *run;

    if (state && !thorough) {
        run = g_new(script_run_t, 1);
        script_open(run, &script_variants[0], call->lines);
        rst_engine_finish_pass(run->engine);
        script_expect(run, call->file, call->line, call->expected);
        script_close(run);
        g_free(run);
        return;
    }
    __real_script_check_at(call->file, call->line, call->expected, call->lines);
}

/* What a script reaches is not counted for the test around it: there only the rest is repeated. */
void __wrap_script_check_at(const char *file, int line, const char *expected, const char *const *lines)
{
    script_call_t call = {file, line, expected, lines};
    unsigned char *reached;
    double begin = now();

    if (in_child || only_slow)
        return;
    if (!state) {
        check_script(&call);
        return;
    }
    memcpy(outside, rst_mutant_reached, RST_MUTANTS);
    memset(rst_mutant_reached, 0, RST_MUTANTS);
    check_script(&call);
    reached = g_memdup2(rst_mutant_reached, RST_MUTANTS);
    memcpy(rst_mutant_reached, outside, RST_MUTANTS);
    try_all(reached, check_script, &call, now() - begin);
    g_free(reached);
}

typedef struct test {
    GTestDataFunc function;
    gconstpointer data;
} test_t;

static void run_test(const void *data)
{
    const test_t *test = data;

    test->function(test->data);
}

static void run_with_mutants(gconstpointer data)
{
    unsigned char *reached;
    double begin = now(), seconds;

    memset(rst_mutant_reached, 0, RST_MUTANTS);
    run_test(data);
    seconds = now() - begin;
    if (!state || (seconds >= slow) != only_slow)
        return;
    reached = g_memdup2(rst_mutant_reached, RST_MUTANTS);
    try_all(reached, run_test, data, seconds);
    g_free(reached);
}

static void call_plain(gconstpointer data)
{
    ((GTestFunc)data)();
}

void __wrap_g_test_add_func(const char *path, GTestFunc function);
void __wrap_g_test_add_data_func(const char *path, gconstpointer data, GTestDataFunc function);
void __wrap_g_test_add_data_func_full(const char *path, gpointer data, GTestDataFunc function, GDestroyNotify free);
void __real_g_test_add_data_func(const char *path, gconstpointer data, GTestDataFunc function);

void __wrap_g_test_add_data_func(const char *path, gconstpointer data, GTestDataFunc function)
{
    test_t *test = g_new(test_t, 1); /* for as long as the program runs */

    test->function = function;
    test->data = data;
    __real_g_test_add_data_func(path, test, run_with_mutants);
}

void __wrap_g_test_add_data_func_full(const char *path, gpointer data, GTestDataFunc function, GDestroyNotify free)
{
    (void)free;
    __wrap_g_test_add_data_func(path, data, function);
}

void __wrap_g_test_add_func(const char *path, GTestFunc function)
{
    __wrap_g_test_add_data_func(path, (gconstpointer)function, call_plain);
}
