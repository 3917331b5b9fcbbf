/* front.c
 * Implementation for standing in front of another dissector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "front.h"

void rst_front_register(rst_front_t *front, dissector_t dissector, const char *behind, const char *name,
                        const char *short_name, const char *filter_name)
{
    int parent = proto_get_id_by_filter_name(behind);
    int proto = proto_register_protocol_in_name_only(name, short_name, filter_name, parent, FT_PROTOCOL);

    front->ours = create_dissector_handle(dissector, proto);
}

void rst_front_install(rst_front_t *front)
{
    front->original = dissector_get_uint_handle(find_dissector_table(front->table), front->number);
    if (front->original)
        dissector_add_uint(front->table, front->number, front->ours);
}

void rst_front_restore(const rst_front_t *front)
{
    if (front->original &&
        dissector_get_uint_handle(find_dissector_table(front->table), front->number) == front->original)
        dissector_change_uint(front->table, front->number, front->ours);
}
