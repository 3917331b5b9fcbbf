/* service.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "fields.h"
#include "put.h"
#include "service.h"

static int hf_rst_service_failed = -1;
static int hf_rst_service_history = -1;
static int hf_rst_service_last_success = -1;
static int hf_rst_service_last_success_frame = -1;
static int hf_rst_service_name = -1;
static int hf_rst_service_name_from = -1;
static int hf_rst_service_next_success = -1;
static int hf_rst_service_next_success_frame = -1;
static int hf_rst_service_protocol = -1;
static int hf_rst_service_total = -1;

static int ett_rst_service = -1;

bool rst_service_wants_name(proto_tree *tree)
{
    const int fields[] = {hf_rst_service_name, hf_rst_service_name_from, hf_rst_service_protocol};

    return rst_put_is_wanted(tree, fields, array_length(fields));
}

bool rst_service_wants_history(proto_tree *tree)
{
    const int fields[] = {hf_rst_service_history,
                          hf_rst_service_failed,
                          hf_rst_service_total,
                          hf_rst_service_last_success,
                          hf_rst_service_last_success_frame,
                          hf_rst_service_next_success,
                          hf_rst_service_next_success_frame};

    return rst_put_is_wanted(tree, fields, array_length(fields));
}

void rst_service_add_name(proto_item *item, tvbuff_t *tvb, const rst_service_name_t *service)
{
    proto_tree *tree = proto_item_get_subtree(item);

    rst_put_string(tree, tvb, hf_rst_service_name, service->name);
    rst_put_string(tree, tvb, hf_rst_service_name_from, service->from);
    rst_put_string(tree, tvb, hf_rst_service_protocol, service->protocol);
}

/* The history says it in words; filters, columns and exports find the values. */
void rst_service_add_history(proto_item *item, tvbuff_t *tvb, const rst_service_history_t *history)
{
    proto_tree *tree = proto_item_get_subtree(item);
    proto_item *line = rst_put_long_string(tree, tvb, hf_rst_service_history, history->text);
    proto_tree *values = proto_item_add_subtree(line, ett_rst_service);

    rst_put_uint(values, tvb, hf_rst_service_failed, history->failed);
    rst_put_uint(values, tvb, hf_rst_service_total, history->total);
    rst_put_moment(values, tvb, hf_rst_service_last_success, history->last.time);
    rst_put_uint_unless_0(values, tvb, hf_rst_service_last_success_frame, history->last_frame);
    rst_put_moment(values, tvb, hf_rst_service_next_success, history->next.time);
    rst_put_uint_unless_0(values, tvb, hf_rst_service_next_success_frame, history->next_frame);
}

static hf_register_info hf[] = {
    STRING_FIELD(hf_rst_service_name, "Name of the service", "service.name",
                 "What the service is called, from the wire and escaped: the name that the connection asks for (TLS "
                 "server name, HTTP Host), or by which its client had asked for the address before, or else the "
                 "protocol"),
    STRING_FIELD(hf_rst_service_name_from, "Name is from", "service.name_from",
                 "tls, http, proxy (a request to pass on there), dns, mdns, llmnr, protocol (its first bytes), port "
                 "(nothing was said)"),
    STRING_FIELD(hf_rst_service_protocol, "Protocol of the service", "service.protocol",
                 "SMB, RDP, SQL Server, MySQL or PostgreSQL, by the first bytes of the connection"),
    STRING_FIELD(hf_rst_service_history, "When it worked", "service.history",
                 "Of how many connections to the service how many failed, the last success before this failure and the "
                 "first one after it; from the second pass on"),
    NUMBER_FIELD(hf_rst_service_failed, "Failed connections", "service.failed", FT_UINT32,
                 "Connections to the service that failed, in the whole capture; counted like problems"),
    NUMBER_FIELD(hf_rst_service_total, "All connections", "service.total", FT_UINT32,
                 "All connections to the service in the capture"),
    TIME_FIELD(hf_rst_service_last_success, "Last success before", "service.last_success",
               "When the last connection before this failure began that the service answered and that did not fail"),
    FRAME_FIELD(hf_rst_service_last_success_frame, "Its first frame", "service.last_success_frame", FT_FRAMENUM_NONE,
                "Where that connection begins"),
    TIME_FIELD(hf_rst_service_next_success, "First success after", "service.next_success",
               "When the first such connection after this failure began"),
    FRAME_FIELD(hf_rst_service_next_success_frame, "Its first frame", "service.next_success_frame", FT_FRAMENUM_NONE,
                "Where that connection begins"),
};

void rst_service_register(int proto)
{
    static int *const ett[] = {&ett_rst_service};

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

void rst_service_unfold(void)
{
    tree_expanded_set(ett_rst_service, TRUE);
}
