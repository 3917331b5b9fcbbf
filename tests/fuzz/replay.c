/* replay.c
 * Runs a fuzz target once for each file given, for compilers without libFuzzer and for coverage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    static uint8_t buffer[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    uint8_t *exact;
    size_t size;

    if (!file) {
        perror(path);
        return 1;
    }
    size = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    exact = malloc(size ? size : 1); /* exactly the size of the input, so that a sanitizer sees its end */
    if (!exact)
        return 1;
    for (size_t i = 0; i < size; i++)
        exact[i] = buffer[i];
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

static int replay_folder(const char *path, unsigned *count)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[4096];
    int failed = 0;

    if (!folder) {
        (*count)++;
        return replay(path);
    }
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        failed |= replay(name);
        (*count)++;
    }
    closedir(folder);
    return failed;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed |= replay_folder(argv[i], &count);
    printf("%u inputs\n", count);
    return failed;
}
