/* service.h
 * The service of a failure: what it is called, and how other connections to it went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SERVICE_H
#define RST_SERVICE_H

#include <epan/packet.h>

#include "engine/engine.h"

void rst_service_register(int proto);

/* The history is expanded at first. */
void rst_service_unfold(void);

/* Does anything need one of these? */
bool rst_service_wants_name(proto_tree *tree);
bool rst_service_wants_history(proto_tree *tree);

/* Both go to the item of a reset or of a finding. */
void rst_service_add_name(proto_item *item, tvbuff_t *tvb, const rst_service_name_t *service);
void rst_service_add_history(proto_item *item, tvbuff_t *tvb, const rst_service_history_t *history);

#endif
