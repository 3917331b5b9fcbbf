/* tree.c
 * The names and types of the fields are a public contract: append, never rename. A value that is not known is absent,
 * never 0 or empty, and repeated fields that belong together always come in pairs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "advice_tree.h"
#include "fields.h"
#include "finding_tree.h"
#include "packet-rst.h"
#include "program.h"
#include "put.h"
#include "service.h"
#include "tree.h"
#include "witness_tree.h"

static int proto_rst = -1;

static int hf_rst_accepted = -1;
static int hf_rst_alternative_cause = -1;
static int hf_rst_alternative_confidence = -1;
static int hf_rst_benign = -1;
static int hf_rst_capture_side = -1;
static int hf_rst_category = -1;
static int hf_rst_cause = -1;
static int hf_rst_cause_id = -1;
static int hf_rst_confidence = -1;
static int hf_rst_client = -1;
static int hf_rst_conflict = -1;
static int hf_rst_connection_filter = -1;
static int hf_rst_contradicted_by = -1;
static int hf_rst_declared_code = -1;
static int hf_rst_declared_source = -1;
static int hf_rst_declared_text = -1;
static int hf_rst_delay = -1;
static int hf_rst_evidence_frame = -1;
static int hf_rst_evidence_text = -1;
static int hf_rst_foreign_frame = -1;
static int hf_rst_hop_delta = -1;
static int hf_rst_idle = -1;
static int hf_rst_on_path = -1;
static int hf_rst_ordinal = -1;
static int hf_rst_pattern = -1;
static int hf_rst_phase = -1;
static int hf_rst_points_clock = -1;
static int hf_rst_points_missing = -1;
static int hf_rst_points_seen = -1;
static int hf_rst_probes = -1;
static int hf_rst_problem = -1;
static int hf_rst_problem_title = -1;
static int hf_rst_provisional = -1;
static int hf_rst_reference = -1;
static int hf_rst_reset_in = -1;
static int hf_rst_retransmissions = -1;
static int hf_rst_sender = -1;
static int hf_rst_server = -1;
static int hf_rst_summary = -1;
static int hf_rst_trace_note = -1;
static int hf_rst_trigger = -1;
static int hf_rst_validity = -1;

static int ett_rst = -1;
static int ett_rst_alternatives = -1;
static int ett_rst_details = -1;
static int ett_rst_evidence = -1;
static int ett_rst_problem = -1;

static const value_string cause_id_vals[] = {
#define RST_CAUSE(id, token, TOKEN, category, severity, traits, paths, label, explanation, reference, advice)          \
    {id, #token},
#include "answer/causes.def"
#undef RST_CAUSE
    {0, NULL}};

static const char *sender_phrase(rst_sender_t sender)
{
    switch (sender) {
    case RST_SENDER_CLIENT:
        return "sent by the client";
    case RST_SENDER_SERVER:
        return "sent by the server";
    case RST_SENDER_MIDDLEBOX:
        return "sent by a device on the path";
    default:
        return "sender unknown";
    }
}

static void add_declared(proto_tree *tree, tvbuff_t *tvb, const rst_verdict_t *verdict)
{
    const rst_declared_t *declared = &verdict->declared;

    if (!declared->source)
        return;
    rst_put_string(tree, tvb, hf_rst_declared_text, declared->text);
    if (declared->has_code)
        rst_put_uint(tree, tvb, hf_rst_declared_code, declared->code);
    rst_put_string(tree, tvb, hf_rst_declared_source, declared->source);
    rst_put_boolean(tree, tvb, hf_rst_conflict, verdict->conflict);
}

/* One line per fact; a double click on it goes to the frame. */
static void add_evidence(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const rst_verdict_t *verdict)
{
    proto_tree *subtree;
    unsigned i;

    if (!verdict->evidences ||
        (!rst_put_wants(tree, hf_rst_evidence_text) && !rst_put_wants(tree, hf_rst_evidence_frame)))
        return;
    subtree = rst_put_subtree(tree, tvb, ett_rst_evidence, "Evidence");
    for (i = 0; i < verdict->evidences; i++) {
        const rst_evidence_t *evidence = &verdict->evidence[i];
        uint32_t frame = evidence->frame ? evidence->frame : pinfo->num;

        if (!evidence->text || !*evidence->text)
            continue;
        rst_put_hidden(proto_tree_add_string(subtree, hf_rst_evidence_text, tvb, 0, 0, evidence->text));
        proto_item_set_generated(proto_tree_add_uint_format(subtree, hf_rst_evidence_frame, tvb, 0, 0, frame,
                                                            "Frame %u: %s", frame, evidence->text));
    }
}

static void add_alternatives(proto_tree *tree, tvbuff_t *tvb, const rst_verdict_t *verdict)
{
    proto_tree *subtree;
    unsigned i;

    if (!verdict->alternatives ||
        (!rst_put_wants(tree, hf_rst_alternative_cause) && !rst_put_wants(tree, hf_rst_alternative_confidence)))
        return;
    subtree = rst_put_subtree(tree, tvb, ett_rst_alternatives, "Alternatives");
    for (i = 0; i < verdict->alternatives; i++) {
        const rst_alternative_t *other = &verdict->alternative[i];
        const rst_cause_info_t *info = rst_cause_info(other->cause);

        proto_item_set_generated(proto_tree_add_string_format(subtree, hf_rst_alternative_cause, tvb, 0, 0, info->token,
                                                              "%s, %u%%: %s", info->token, other->confidence,
                                                              info->label));
        rst_put_hidden(proto_tree_add_uint(subtree, hf_rst_alternative_confidence, tvb, 0, 0, other->confidence));
    }
}

static void add_measurements(proto_tree *tree, tvbuff_t *tvb, const rst_verdict_t *verdict)
{
    unsigned i;

    rst_put_string(tree, tvb, hf_rst_phase, rst_phase_name(verdict->phase));
    rst_put_uint(tree, tvb, hf_rst_ordinal, verdict->ordinal);
    rst_put_string(tree, tvb, hf_rst_validity, rst_validity_name(verdict->validity));
    if (verdict->accepted != RST_UNKNOWN)
        rst_put_boolean(tree, tvb, hf_rst_accepted, verdict->accepted == RST_YES);
    for (i = 0; i < verdict->patterns; i++)
        rst_put_string(tree, tvb, hf_rst_pattern, verdict->pattern[i]);
    rst_put_uint_unless_0(tree, tvb, hf_rst_retransmissions, verdict->retransmissions);
    rst_put_uint_unless_0(tree, tvb, hf_rst_probes, verdict->probes);
    rst_put_duration(tree, tvb, hf_rst_idle, verdict->idle);
    rst_put_duration(tree, tvb, hf_rst_delay, verdict->delay);
    if (verdict->hop_delta != RST_HOPS_NONE && rst_put_wants(tree, hf_rst_hop_delta))
        proto_item_set_generated(proto_tree_add_int(tree, hf_rst_hop_delta, tvb, 0, 0, verdict->hop_delta));
    rst_put_string(tree, tvb, hf_rst_points_seen, verdict->points_seen);
    rst_put_string(tree, tvb, hf_rst_points_missing, verdict->points_missing);
    rst_put_string(tree, tvb, hf_rst_points_clock, verdict->points_clock);
    rst_put_string(tree, tvb, hf_rst_capture_side, rst_capture_side_name(verdict->capture_side));
}

/* The numbers behind the verdict. */
static void add_details(proto_tree *tree, tvbuff_t *tvb, const rst_verdict_t *verdict, bool provisional)
{
    proto_tree *subtree = rst_put_subtree(tree, tvb, ett_rst_details, "Details");

    rst_put_uint(subtree, tvb, hf_rst_cause_id, rst_cause_info(verdict->cause)->id);
    add_measurements(subtree, tvb, verdict);
    rst_put_boolean(subtree, tvb, hf_rst_provisional, provisional);
}

bool rst_tree_wanted(proto_tree *tree)
{
    return rst_put_wants(tree, proto_rst);
}

bool rst_tree_is_read(proto_tree *tree)
{
    return tree &&
           ((PTREE_DATA(tree)->visible && !rst_put_is_for_fields(tree)) || proto_tracking_interesting_fields(tree));
}

bool rst_tree_wants_reset_in(proto_tree *tree)
{
    return rst_put_wants(tree, hf_rst_reset_in);
}

bool rst_tree_wants_filter(proto_tree *tree)
{
    return rst_put_wants(tree, hf_rst_connection_filter);
}

bool rst_tree_wants_ends(proto_tree *tree)
{
    return rst_put_wants(tree, hf_rst_client) || rst_put_wants(tree, hf_rst_server);
}

bool rst_tree_wants_problem(proto_tree *tree)
{
    return rst_put_wants(tree, hf_rst_problem) || rst_put_wants(tree, hf_rst_problem_title);
}

/* An evidence frame is only shown together with its text. */
bool rst_tree_wants_texts(proto_tree *tree)
{
    const int fields[] = {hf_rst_summary,     hf_rst_evidence_text,  hf_rst_evidence_frame, hf_rst_declared_text,
                          hf_rst_points_seen, hf_rst_points_missing, hf_rst_points_clock};

    return rst_put_is_wanted(tree, fields, array_length(fields)) || rst_witness_tree_is_wanted(tree);
}

/* tshark -T fields -e rst prints the line. */
static bool is_line_read(proto_tree *tree)
{
    return PTREE_DATA(tree)->visible && (!rst_put_is_for_fields(tree) || rst_program_names("rst", true));
}

/* A filter needs only the item. */
static proto_item *add_protocol(proto_tree *tree, tvbuff_t *tvb, const rst_verdict_t *verdict, bool provisional)
{
    const rst_cause_info_t *info = rst_cause_info(verdict->cause);

    if (!is_line_read(tree))
        return proto_tree_add_item(tree, proto_rst, tvb, 0, 0, ENC_NA);
    return proto_tree_add_protocol_format(tree, proto_rst, tvb, 0, 0, RST_LABEL ": %s (%s), %u%%, %s%s", info->label,
                                          info->token, verdict->confidence, sender_phrase(verdict->sender),
                                          provisional ? " (provisional: read in one pass)" : "");
}

proto_item *rst_tree_add_verdict(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const rst_verdict_t *verdict,
                                 const char *filter, const rst_advice_t *advice)
{
    const rst_cause_info_t *info = rst_cause_info(verdict->cause);
    bool provisional = !pinfo->fd->visited; /* later frames are known from the second visit on */
    proto_item *item = add_protocol(tree, tvb, verdict, provisional);
    proto_tree *subtree = proto_item_add_subtree(item, ett_rst);

    proto_item_set_generated(item);
    rst_put_long_string(subtree, tvb, hf_rst_summary, verdict->summary);
    rst_put_string(subtree, tvb, hf_rst_cause, info->token);
    rst_put_percent(subtree, tvb, hf_rst_confidence, verdict->confidence);
    rst_put_string(subtree, tvb, hf_rst_sender, rst_sender_name(verdict->sender));
    if (rst_verdict_on_path(verdict))
        rst_put_string(subtree, tvb, hf_rst_on_path, rst_on_path_name(rst_verdict_on_path(verdict)));
    rst_put_string(subtree, tvb, hf_rst_category, rst_category_name(info->category));
    rst_put_boolean(subtree, tvb, hf_rst_benign, verdict->benign);
    add_declared(subtree, tvb, verdict);
    rst_put_uint_unless_0(subtree, tvb, hf_rst_trigger, verdict->trigger);
    rst_put_uint_unless_0(subtree, tvb, hf_rst_contradicted_by, verdict->contradicted_by);
    for (unsigned i = 0; i < verdict->foreigns; i++)
        rst_put_uint_unless_0(subtree, tvb, hf_rst_foreign_frame, verdict->foreign[i]);
    add_evidence(subtree, tvb, pinfo, verdict);
    rst_witness_tree_add(subtree, tvb, verdict->witness, verdict->witnesses);
    add_alternatives(subtree, tvb, verdict);
    rst_advice_tree_add(subtree, tvb, advice);
    if (rst_put_wants(subtree, hf_rst_reference))
        rst_put_long_string(subtree, tvb, hf_rst_reference, info->reference);
    rst_put_string(subtree, tvb, hf_rst_connection_filter, filter);
    add_details(subtree, tvb, verdict, provisional);
    return item;
}

void rst_tree_add_note(proto_item *item, tvbuff_t *tvb, const char *note)
{
    rst_put_long_string(proto_item_get_subtree(item), tvb, hf_rst_trace_note, note);
}

void rst_tree_add_ends(proto_item *item, tvbuff_t *tvb, const char *client, const char *server)
{
    rst_put_string(proto_item_get_subtree(item), tvb, hf_rst_client, client);
    rst_put_string(proto_item_get_subtree(item), tvb, hf_rst_server, server);
}

/* The title hangs on the number: as values beside each other, neither could be the object that readers who split names
 * at the dots make of the other (Elasticsearch). */
void rst_tree_add_problem(proto_item *item, tvbuff_t *tvb, uint32_t number, const char *title)
{
    proto_item *problem;

    if (!number)
        return;
    problem = proto_tree_add_uint(proto_item_get_subtree(item), hf_rst_problem, tvb, 0, 0, number);
    proto_item_set_generated(problem);
    rst_put_long_string(proto_item_add_subtree(problem, ett_rst_problem), tvb, hf_rst_problem_title, title);
}

void rst_tree_add_reset_in(proto_tree *tree, tvbuff_t *tvb, uint32_t frame)
{
    rst_put_uint_unless_0(tree, tvb, hf_rst_reset_in, frame);
}

static hf_register_info hf[] = {
    STRING_FIELD(hf_rst_cause, "Cause", "cause", "Why the reset was sent, as a token"),
    {&hf_rst_cause_id,
     {"Cause ID", "rst.cause_id", FT_UINT16, BASE_DEC, VALS(cause_id_vals), 0, "Number of the cause", HFILL}},
    STRING_FIELD(hf_rst_category, "Category", "category",
                 "Where the reason lies: refused, handshake, application, timeout, stale, network, declared, artefact, "
                 "unknown"),
    NUMBER_FIELD(hf_rst_confidence, "Confidence", "confidence", FT_UINT8,
                 "Percent; the values for all causes of one reset add up to at most 100"),
    STRING_FIELD(hf_rst_summary, "Summary", "summary", "The verdict in one sentence, with the numbers that decided it"),
    BOOLEAN_FIELD(hf_rst_benign, "Benign", "benign", "Whether there is nothing to fix"),
    STRING_FIELD(hf_rst_sender, "Sender", "sender", "Who sent the reset: client, server, middlebox, unknown"),
    STRING_FIELD(hf_rst_phase, "Phase", "phase",
                 "State of the connection: handshake, established, closing, closed, unknown"),
    NUMBER_FIELD(hf_rst_ordinal, "Ordinal", "ordinal", FT_UINT16,
                 "1 for the first reset of the connection; 0 for one that is outside it"),
    FRAME_FIELD(hf_rst_trigger, "Trigger", "trigger", FT_FRAMENUM_REQUEST, "The segment that this reset answers"),
    STRING_FIELD(hf_rst_evidence_text, "Fact", "evidence.text", "A fact for or against the cause"),
    FRAME_FIELD(hf_rst_evidence_frame, "Seen in frame", "evidence.frame", FT_FRAMENUM_NONE,
                "The frame that shows the fact"),
    STRING_FIELD(hf_rst_alternative_cause, "Alternative", "alternative.cause", "Another cause that would fit"),
    NUMBER_FIELD(hf_rst_alternative_confidence, "Confidence", "alternative.confidence", FT_UINT8,
                 "Percent, for the alternative before it"),
    BOOLEAN_FIELD(hf_rst_provisional, "Provisional", "provisional", "Whether later frames may change this verdict"),
    FRAME_FIELD(hf_rst_contradicted_by, "Contradicted by", "contradicted_by", FT_FRAMENUM_NONE,
                "The segment that shows that the apparent sender carried on"),
    BOOLEAN_FIELD(hf_rst_conflict, "Conflict", "conflict",
                  "Whether the declared reason and the history of the connection disagree"),
    STRING_FIELD(hf_rst_validity, "Validity", "validity",
                 "How the sequence number fits the receiver's window (RFC 5961): exact, in_window, outside, unknown"),
    BOOLEAN_FIELD(hf_rst_accepted, "Accepted", "accepted", "Whether the receiver then dropped the connection"),
    STRING_FIELD(hf_rst_pattern, "Pattern", "pattern", "A known pattern or published signature that this reset shows"),
    NUMBER_FIELD(hf_rst_retransmissions, "Retransmissions", "retransmissions", FT_UINT16,
                 "Retransmissions of the segment that went unacknowledged"),
    NUMBER_FIELD(hf_rst_probes, "Probes", "probes", FT_UINT16, "Keepalive or window probes that went unanswered"),
    DURATION_FIELD(hf_rst_idle, "Idle", "idle", "Silence before the reset"),
    DURATION_FIELD(hf_rst_delay, "Delay", "delay", "Time since the trigger"),
    NUMBER_FIELD(hf_rst_hop_delta, "Hop delta", "hop_delta", FT_INT8,
                 "Hop distance of the reset minus its sender's usual one; negative means nearer"),
    STRING_FIELD(hf_rst_declared_source, "Declared source", "declared.source",
                 "Where the reset states its reason: mptcp_option, rst_diag, f5, netscaler, text, kernel, or the format "
                 "of a log (witness.format)"),
    NUMBER_FIELD(hf_rst_declared_code, "Declared code", "declared.code", FT_UINT32, "The stated reason as a number"),
    STRING_FIELD(hf_rst_declared_text, "Declared text", "declared.text", "The stated reason"),
    STRING_FIELD(hf_rst_points_seen, "Points seen", "points.seen", "Capture points that saw this reset"),
    STRING_FIELD(hf_rst_points_missing, "Points missing", "points.missing",
                 "Capture points that should have seen this reset but did not"),
    STRING_FIELD(hf_rst_capture_side, "Capture side", "capture_side",
                 "Where the capture was made: client, server, middle, unknown"),
    STRING_FIELD(hf_rst_reference, "Reference", "reference", "RFC section or vendor document"),
    STRING_FIELD(hf_rst_connection_filter, "Connection filter", "connection_filter",
                 "A display filter for the whole connection"),
    STRING_FIELD(hf_rst_trace_note, "Note", "trace_note",
                 "How well the kernel trace matches this capture, at its first reset"),
    STRING_FIELD(hf_rst_on_path, "On the path", "on_path",
                 "What something between the hosts, or a packet filter, did: sent the reset, or changed what the host "
                 "answered with it. Absent where the verdict blames nothing there"),
    STRING_FIELD(hf_rst_points_clock, "Clocks", "points.clock",
                 "How the clock of another capture point differs from the clock of this one"),
    FRAME_FIELD(hf_rst_reset_in, "Reset explained by this frame", "reset_in", FT_FRAMENUM_RESPONSE,
                "The reset for which this frame is the trigger or evidence"),
    STRING_FIELD(hf_rst_client, "Client", "client",
                 "Address and port of the side that opened the connection, as far as known"),
    STRING_FIELD(hf_rst_server, "Server", "server", "Address and port of the other side"),
    NUMBER_FIELD(hf_rst_problem, "Problem", "problem", FT_UINT32,
                 "Number of the problem that this failure belongs to, from the second pass on"),
    STRING_FIELD(hf_rst_problem_title, "Problem in words", "problem.title", "That problem in one sentence"),
    FRAME_FIELD(hf_rst_foreign_frame, "Foreign packet", "foreign.frame", FT_FRAMENUM_NONE,
                "A packet that bears an address of the connection but does not fit it, so that it proves nothing"),
};

void rst_tree_register(int proto)
{
    static int *const ett[] = {&ett_rst, &ett_rst_alternatives, &ett_rst_details, &ett_rst_evidence, &ett_rst_problem};

    proto_rst = proto;
    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    rst_put_register(proto);
    rst_finding_tree_register(proto);
    rst_advice_tree_register(proto);
    rst_service_register(proto);
    rst_witness_tree_register(proto);
}

/* At first, the verdict is expanded and the numbers behind it are not. Later, it is as the user left it. */
void rst_tree_unfold(void)
{
    static int *const open[] = {&ett_rst, &ett_rst_evidence, &ett_rst_problem};
    static bool done;
    size_t i;

    if (done)
        return;
    done = true;
    for (i = 0; i < array_length(open); i++)
        tree_expanded_set(*open[i], TRUE);
    rst_put_unfold();
    rst_finding_tree_unfold();
    rst_advice_tree_unfold();
    rst_service_unfold();
    rst_witness_tree_unfold();
}

void rst_tree_own_fold(proto_item *item)
{
    rst_put_fold(item, ett_rst);
}
