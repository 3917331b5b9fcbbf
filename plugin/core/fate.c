/* fate.c
 * What became of a segment that nobody acknowledged, as the capture point nearer to its receiver shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "across.h"

/* Which of the path's points is the farthest from the sender? NULL when none is known to be farther than this one. */
static const rst_track_t *farthest(const rst_engine_t *engine, const rst_track_t *track, unsigned s)
{
    const rst_track_t *best = track;

    for (unsigned i = 0; i < track->path->tracks; i++) {
        const rst_track_t *other = track->path->track[i];

        if (other != track && !other->mixed && !other->parted && rst_points_proven(&engine->points, track, other) &&
            rst_track_nearer(engine, best, other, s) > 0)
            best = other;
    }
    return best == track || track->mixed || track->parted ? NULL : best;
}

/* The first copy that arrived. Addresses may be translated, numbers not. */
static const rst_sight_t *arrival(const rst_track_t *there, unsigned x, const rst_run_t *run)
{
    for (unsigned i = 0; i < there->sent[x].used; i++) {
        const rst_sight_t *sight = rst_sights_at(&there->sent[x], i);
        uint32_t space = sight->len + ((sight->flags & (RST_FLAG_SYN | RST_FLAG_FIN)) != 0);

        if (!(sight->flags & RST_FLAG_RST) && space && !rst_seq_after(sight->seq, run->seq) &&
            rst_seq_after(sight->seq + space, run->seq))
            return sight;
    }
    return NULL;
}

/* An acknowledgment of it that was sent there. */
static const rst_sight_t *answer(const rst_track_t *there, unsigned y, const rst_run_t *run, uint32_t since)
{
    for (unsigned i = 0; i < there->sent[y].used; i++) {
        const rst_sight_t *sight = rst_sights_at(&there->sent[y], i);

        if ((sight->flags & RST_FLAG_ACK) && sight->visit > since && rst_seq_after(sight->ack, run->seq))
            return sight;
    }
    return NULL;
}

static bool same_numbers(const rst_track_t *track, const rst_track_t *there)
{
    for (unsigned x = 0; x < 2; x++) {
        unsigned its = x ^ track->swap ^ there->swap;

        if ((track->conn->side[x].known & there->conn->side[its].known & RST_SIDE_SYN) &&
            track->conn->side[x].isn != there->conn->side[its].isn)
            return false;
    }
    return true;
}

/* SYNs of a connection that the server's point does not know at all. */
static rst_run_report_t unknown_there(const rst_engine_t *engine, const rst_conn_t *conn, const rst_run_t *run)
{
    const rst_track_t *there = rst_compare_witness(engine, conn, run->last);
    rst_run_report_t report = {RST_FATE_UNKNOWN, rst_points_number(&engine->points, conn->track), 0, 0};

    if (there) {
        report.fate = RST_FATE_LOST;
        report.there = rst_points_number(&engine->points, there);
    }
    return report;
}

rst_run_report_t rst_across_run(const rst_engine_t *engine, const rst_conn_t *conn, unsigned x, const rst_run_t *run)
{
    rst_run_report_t report = {RST_FATE_UNKNOWN, 0, 0, 0};
    const rst_track_t *track = conn->track;
    const rst_track_t *there;
    const rst_sight_t *came, *reply;
    unsigned its;

    if (!track || !engine->points.settled)
        return report;
    there = farthest(engine, track, x ^ track->swap);
    if (!there && track->path->tracks == 1 && x == rst_conn_client(conn) && (run->flags & RST_FLAG_SYN))
        return unknown_there(engine, conn, run);
    if (!there || !same_numbers(track, there))
        return report;
    its = x ^ track->swap ^ there->swap;
    report.here = rst_points_number(&engine->points, track);
    report.there = rst_points_number(&engine->points, there);
    came = arrival(there, its, run);
    if (!came) {
        if (rst_track_records_on(engine, there, track, run->last))
            report.fate = RST_FATE_LOST;
        return report;
    }
    reply = answer(there, 1 - its, run, came->visit);
    report.visit = reply ? reply->visit : came->visit;
    if (!reply && rst_track_records_on(engine, there, track, run->last))
        report.fate = RST_FATE_UNANSWERED;
    else if (reply && !rst_track_covers(track, 1 - x, reply))
        report.fate = RST_FATE_NO_ANSWER;
    return report;
}

const char *rst_across_run_text(const rst_run_report_t *report, const rst_memory_t *memory)
{
    switch (report->fate) {
    case RST_FATE_LOST:
        return rst_text(memory, "No copy reached capture point %u: lost between capture points %u and %u",
                        report->there, report->here, report->there);
    case RST_FATE_UNANSWERED:
        return rst_text(memory,
                        "It arrived at capture point %u and was not answered: look at that host, its firewall or "
                        "filter (on Windows WFP) and the program, not at the network",
                        report->there);
    case RST_FATE_NO_ANSWER:
        return rst_text(memory,
                        "It arrived at capture point %u and was answered there, but the answer never came back: lost "
                        "between capture points %u and %u",
                        report->there, report->there, report->here);
    default:
        return "";
    }
}
