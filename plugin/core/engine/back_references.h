/* back_references.h
 * From a frame back to the reset that it helps to explain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BACK_REFERENCES_H
#define RST_BACK_REFERENCES_H

#include "engine/state.h"

/* New segments came: drops the findings, back references and verdicts, which are no longer complete. */
void rst_lists_drop_all(rst_engine_t *engine);

/* For each packet: while a file is read, hardly anybody asks. */
static inline void rst_lists_drop(rst_engine_t *engine)
{
    if (engine->asked || rst_reached_any(engine->reached))
        rst_lists_drop_all(engine);
}

#endif
