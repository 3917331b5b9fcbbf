/* replay.c
 * Runs a fuzz target once for each input given, for compilers without libFuzzer and for coverage: files, folders of
 * files, and packs (pack.py). Every check is made for every input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In a block of exactly its size, so that a sanitizer sees its end. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    if (!exact)
        abort();
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static bool is_pack(const char *path)
{
    size_t length = strlen(path);

    return length > 5 && strcmp(path + length - 5, ".pack") == 0;
}

static void run_pack(FILE *file, uint8_t *buffer, unsigned *count)
{
    int high, low;

    while ((high = getc(file)) != EOF && (low = getc(file)) != EOF) {
        run(buffer, fread(buffer, 1, (size_t)high << 8 | (size_t)low, file));
        (*count)++;
    }
}

static int replay(const char *path, unsigned *count)
{
    static uint8_t buffer[INPUT_MAX];
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        return 1;
    }
    if (is_pack(path)) {
        run_pack(file, buffer, count);
    } else {
        run(buffer, fread(buffer, 1, sizeof buffer, file));
        (*count)++;
    }
    fclose(file);
    return 0;
}

static int replay_folder(const char *path, unsigned *count)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[4096];
    int failed = 0;

    if (!folder)
        return replay(path, count);
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        failed |= replay(name, count);
    }
    closedir(folder);
    return failed;
}

static char all_checks[] = "RST_FUZZ_ALL=1"; /* putenv() keeps the pointer */

int main(int argc, char **argv)
{
    unsigned count = 0;
    int failed = 0;

    putenv(all_checks);
    for (int i = 1; i < argc; i++)
        failed |= replay_folder(argv[i], &count);
    printf("%u inputs\n", count);
    return failed || !count;
}
