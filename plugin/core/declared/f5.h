/* f5.h
 * The reset cause of an F5 BIG-IP, as text or in the trailer of its captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_F5_H
#define RST_F5_H

#include "declared/decoder.h"

rst_declared_reader_t rst_declared_f5;

#endif
