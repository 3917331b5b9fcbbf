/* claim.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/claim.h"

#define KIND (RST_FLAG_SYN | RST_FLAG_FIN | RST_FLAG_RST | RST_FLAG_ACK)

rst_likeness_t rst_claim_likeness(const rst_kept_t *kept, const rst_sight_t *sight)
{
    unsigned both = kept->keys.known & sight->known;
    bool ids = (both & RST_KEY_IP_ID) && kept->keys.ip_id && sight->ip_id;
    bool same_id = ids && kept->keys.ip_id == sight->ip_id;

    if ((both & RST_KEY_FLAGS) && ((kept->keys.flags ^ sight->flags) & KIND))
        return RST_UNLIKE;
    if ((both & RST_KEY_SEQ) && kept->keys.seq != sight->seq)
        return RST_UNLIKE;
    if ((both & RST_KEY_SEQ) && sight->seq)
        return same_id ? RST_LIKE_ALL : RST_LIKE_SEQ;
    if (ids)
        return same_id ? RST_LIKE_IP_ID : RST_UNLIKE;
    return (both & RST_KEY_WINDOW) && kept->keys.window != sight->window ? RST_UNLIKE : RST_LIKE_ANY;
}

bool rst_claim_ends(const rst_kept_t *kept)
{
    switch (kept->meaning) {
    case RST_MEANING_CLOSED:
    case RST_MEANING_RESET_BY_SRC:
    case RST_MEANING_RESET_BY_DST:
    case RST_MEANING_RESET_BY_DEVICE:
    case RST_MEANING_IDLE:
    case RST_MEANING_HANDSHAKE:
    case RST_MEANING_CAUSE:
        return !kept->packet;
    default:
        return !kept->packet && kept->duration;
    }
}

static bool is_asking(const rst_sight_t *sight)
{
    return (sight->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN;
}

/* The packet that a session's record is written for: its SYN at the beginning, FIN or reset at the end. */
static bool is_of_session(const rst_kept_t *kept, const rst_sight_t *sight)
{
    bool reset = (sight->flags & RST_FLAG_RST) != 0;

    switch (kept->meaning) {
    case RST_MEANING_RESET_BY_SRC:
        return reset && sight->from == kept->side;
    case RST_MEANING_RESET_BY_DST:
        return reset && sight->from != kept->side;
    case RST_MEANING_RESET_BY_DEVICE:
    case RST_MEANING_CAUSE:
        return reset;
    case RST_MEANING_CLOSED:
        return (sight->flags & RST_FLAG_FIN) != 0;
    case RST_MEANING_ALLOWED:
    case RST_MEANING_OPENED:
    case RST_MEANING_DROPPED:
    case RST_MEANING_REJECTED:
    case RST_MEANING_NO_LISTENER:
        return !kept->duration && is_asking(sight) && (!kept->oriented || sight->from == kept->side);
    default:
        return false;
    }
}

bool rst_claim_fits(const rst_kept_t *kept, const rst_sight_t *sight, int64_t *time)
{
    *time = kept->time;
    if (kept->packet)
        return sight->from == kept->side && ((kept->keys.known & RST_KEY_FLAGS) || is_asking(sight)) &&
               rst_claim_likeness(kept, sight) != RST_UNLIKE;
    if (is_of_session(kept, sight))
        return true;
    *time = rst_time_sub(kept->time, kept->duration);
    return kept->duration && is_asking(sight) && (!kept->oriented || sight->from == kept->side);
}
