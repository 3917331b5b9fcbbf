/* diag.h
 * The diagnostic payload of the IETF drafts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DIAG_H
#define RST_DIAG_H

#include "declared/decoder.h"

rst_declared_reader_t rst_declared_diag;

#endif
