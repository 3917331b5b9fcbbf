/* attempts.c
 * Implementation for connection attempts that race each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/attempts.h"

#define RACE_MIN (50 * RST_MILLISECOND) /* attempts closer together than this are parallel, not racing */
#define SMB_DIRECT 445
#define SMB_NETBIOS 139
#define EACH UINT64_C(0x0001000100010001) /* a one in each of four 16-bit numbers */

static void set_port(uint64_t *ports, unsigned at, uint16_t port)
{
    *ports = (*ports & ~(UINT64_C(0xffff) << 16 * at)) | (uint64_t)port << 16 * at;
}

static void add_recent(rst_recent_t *recent, rst_conn_t *conn)
{
    unsigned at = recent->next;

    if (recent->conn[at])
        recent->overwritten = recent->conn[at]->first;
    recent->conn[at] = conn;
    for (unsigned side = 0; side < 2; side++)
        set_port(&recent->ports[side][at / 4], at % 4, conn->port[side]);
    recent->next = (uint8_t)((at + 1) % RST_RECENT_MAX);
}

/* Where attempts of one link-layer address over one IP version to one port are found again. */
static unsigned ring_of(uint32_t link, uint8_t size, uint16_t port)
{
    return (link ^ size ^ port * 0x9e3779b1u) % RST_RECENT_RINGS;
}

/* May one of these moments be that of an attempt which raced one of the other? */
static bool may_race(const rst_engine_t *engine, rst_moment_t a, rst_moment_t b)
{
    const rst_prefs_t *prefs = &engine->file.prefs;
    int64_t elapsed = rst_elapsed(a, b);

    return elapsed != RST_TIME_NONE && elapsed <= (int64_t)MAX(prefs->he_ms, prefs->smb_race_ms) * RST_MILLISECOND;
}

/* lost = it goes although others may be compared with it: a race is looked at when its loser is reset, however late. */
static void forget(rst_recent_t *recent, const rst_conn_t *conn, bool lost)
{
    if (rst_recent_leave(recent, conn) && lost && conn->first.pass_index > recent->overwritten.pass_index)
        recent->overwritten = conn->first;
}

void rst_attempts_forget(rst_engine_t *engine, rst_conn_t *conn, bool lost)
{
    if (conn->ring)
        forget(&engine->recent[conn->ring - 1], conn, lost);
    for (unsigned i = 0; i < 2; i++) {
        if (conn->host[i])
            forget(&conn->host[i]->recent, conn, lost);
    }
}

void rst_attempts_note(rst_engine_t *engine, rst_conn_t *conn, unsigned from)
{
    const rst_direction_t *side = &conn->direction[from];
    unsigned ring = ring_of(side->syn_link, conn->address[from].size, conn->port[1 - from]);

    if (side->segments > 1)
        return;
    if (conn->host[from])
        add_recent(&conn->host[from]->recent, conn);
    if (!side->syn_link)
        return;
    if (conn->ring)
        forget(&engine->recent[conn->ring - 1], conn, false);
    conn->ring = (uint8_t)(ring + 1);
    add_recent(&engine->recent[ring], conn);
}

/* Copies the present state of the connection. */
static void update(rst_conn_t *conn)
{
    unsigned client = rst_conn_client(conn);
    const rst_direction_t *server = &conn->direction[1 - client];
    rst_attempt_t *attempt = conn->attempt;

    attempt->server = conn->address[1 - client];
    attempt->port = conn->port[1 - client];
    attempt->syn = conn->direction[client].syn;
    if (server->segments)
        attempt->answered = server->first;
    attempt->way = (conn->direction[client].known & RST_DIRECTION_RTT) ? conn->direction[client].rtt : RST_TIME_NONE;
    attempt->used = conn->direction[0].bytes || conn->direction[1].bytes;
    attempt->opened = rst_directions_synchronized(&conn->direction[client], server);
}

void rst_attempts_update(rst_conn_t *conn)
{
    if (conn->attempt)
        update(conn);
}

static bool is_smb_pair(uint16_t a, uint16_t b)
{
    return (a == SMB_DIRECT && b == SMB_NETBIOS) || (a == SMB_NETBIOS && b == SMB_DIRECT);
}

/* Asked only about clients whose SYN was seen. */
static int64_t syn_lead(const rst_conn_t *other, const rst_reset_t *reset)
{
    unsigned client = reset->client;
    rst_moment_t mine = reset->direction[client].syn;
    rst_moment_t its = other->direction[rst_conn_client(other)].syn;
    int64_t lead;

    if (!its.pass_index)
        return RST_TIME_NONE;
    lead = rst_elapsed(its, mine);
    if (lead != RST_TIME_NONE)
        return lead;
    lead = rst_elapsed(mine, its);
    return rst_time_sub(0, lead);
}

/* An attempt over the other IP version has another source address: then the link-layer source must match. */
static bool same_client(const rst_reset_t *reset, const rst_conn_t *other)
{
    const rst_address_t *mine = &reset->story->address[reset->client];
    unsigned client = rst_conn_client(other);
    uint32_t link = reset->direction[reset->client].syn_link;

    if (mine->size == other->address[client].size)
        return rst_address_equal(mine, &other->address[client]);
    return link && link == other->direction[client].syn_link;
}

/* Is other an attempt of the same client that raced the connection of the reset? */
static bool races(const rst_engine_t *engine, const rst_reset_t *reset, const rst_conn_t *other, bool *smb,
                  int64_t *lead)
{
    unsigned server = 1u - reset->client;
    unsigned other_server = 1u - rst_conn_client(other);
    const rst_conn_t *conn = reset->conn;
    bool same_address = rst_address_equal(&conn->address[server], &other->address[other_server]);
    int64_t distance;

    /* First the test that most others fail: a scan tries many hosts or many ports. */
    *smb = same_address && is_smb_pair(conn->port[server], other->port[other_server]);
    if (!*smb && (same_address || conn->port[server] != other->port[other_server]))
        return false;
    if (other->point != conn->point || !same_client(reset, other))
        return false;
    *lead = syn_lead(other, reset);
    if (*lead == RST_TIME_NONE)
        return false;
    distance = rst_time_abs(*lead);
    if (*smb)
        return distance <= (int64_t)engine->file.prefs.smb_race_ms * RST_MILLISECOND;
    return distance >= RACE_MIN && distance <= (int64_t)engine->file.prefs.he_ms * RST_MILLISECOND;
}

static rst_attempt_t *attempt_of(const rst_engine_t *engine, rst_conn_t *conn)
{
    if (!conn->attempt) {
        conn->attempt = rst_alloc0(&engine->memory, sizeof *conn->attempt);
        conn->attempt->users = 1;
        update(conn);
    }
    return conn->attempt;
}

static void try_sibling(const rst_engine_t *engine, rst_reset_t *reset, rst_conn_t *other)
{
    bool smb;
    int64_t lead;

    if (!other || !races(engine, reset, other, &smb, &lead) || (reset->sibling && !smb))
        return;
    rst_attempt_leave(reset->sibling, &engine->memory);
    reset->sibling = attempt_of(engine, other);
    reset->sibling->users++;
    reset->sibling_smb = smb;
    reset->sibling_lead = lead;
}

/* Compares four ports at a time: sets the top bit of each that is equal, and occasionally that of one above it. */
static uint64_t equal_ports(uint64_t ports, uint16_t port)
{
    ports ^= port * EACH;
    return (ports - EACH) & ~ports & (EACH << 15);
}

/* An attempt to another port did not race this connection, except with SMB. The ports are compared first because
 * otherwise a scan would spend most of its time here. */
static void find_sibling(const rst_engine_t *engine, rst_reset_t *reset, const rst_recent_t *recent)
{
    uint16_t port = reset->story->port[1 - reset->client];
    bool smb_port = port == SMB_DIRECT || port == SMB_NETBIOS;

    for (unsigned first = 0; first < RST_RECENT_MAX; first += 4) {
        uint64_t equal =
            equal_ports(recent->ports[0][first / 4], port) | equal_ports(recent->ports[1][first / 4], port);

        for (unsigned i = first; smb_port ? i < first + 4 : equal != 0; i++, equal >>= 16) {
            if (smb_port || (equal & (1 << 15)))
                try_sibling(engine, reset, recent->conn[i]);
        }
    }
}

/* Was there no room for all that the client opened while it may have raced this connection? */
static bool is_crowded(const rst_engine_t *engine, const rst_reset_t *reset, const rst_recent_t *recent)
{
    return recent->overwritten.pass_index && may_race(engine, recent->overwritten, reset->direction[reset->client].syn);
}

void rst_attempts_compare(const rst_engine_t *engine, rst_reset_t *reset)
{
    const rst_address_t *client = &reset->story->address[reset->client];
    uint32_t link = reset->direction[reset->client].syn_link;
    const rst_recent_t *own = &reset->host[reset->client]->recent;
    const rst_recent_t *other =
        &engine->recent[ring_of(link, client->size == 4 ? 16 : 4, reset->story->port[1 - reset->client])];

    if (link)
        find_sibling(engine, reset, other);
    find_sibling(engine, reset, own);
    reset->attempts_unkept =
        !reset->sibling && (is_crowded(engine, reset, own) || (link && is_crowded(engine, reset, other)));
}
