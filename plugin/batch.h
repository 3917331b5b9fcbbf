/* batch.h
 * Many small captures by one start of tshark, for rst-batch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BATCH_H
#define RST_BATCH_H

void rst_batch_register(void);

#endif
