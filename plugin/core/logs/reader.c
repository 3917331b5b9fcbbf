/* reader.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/reader.h"

const rst_reader_t *rst_reader(rst_reader_id_t reader)
{
    static const rst_reader_t readers[] = {
#define RST_READER(token, title) {#token, title, rst_read_##token},
#include "logs/readers.def"
#undef RST_READER
    };

    return &readers[reader];
}
