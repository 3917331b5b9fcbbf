/* mptcp.h
 * MPTCP options that state a reason (RFC 8684).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MPTCP_H
#define RST_MPTCP_H

#include "declared/decoder.h"

rst_declared_reader_t rst_declared_mptcp;

#endif
