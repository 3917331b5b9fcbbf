/* stories.h
 * What each cause of an incident means for a problem. stories.def is the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STORIES_H
#define RST_STORIES_H

#include "problems/census.h"

typedef enum rst_family {
    RST_FAMILY_NONE,     /* makes no problem */
    RST_FAMILY_OPEN,     /* the connection did not come about */
    RST_FAMILY_DIED,     /* a process ended, and took its connections along */
    RST_FAMILY_PROBE,    /* the client never wanted a connection */
    RST_FAMILY_STRAY,    /* the answer to a question that nobody asked */
    RST_FAMILY_ABORT,    /* a program ended it at once */
    RST_FAMILY_CLOSE,    /* a program closed, and more came */
    RST_FAMILY_TIMER,    /* a program waited long enough */
    RST_FAMILY_STALL,    /* a program did not read */
    RST_FAMILY_DECLARED, /* the reset says why */
    RST_FAMILY_LOST,     /* packets stopped getting through */
    RST_FAMILY_STATE,    /* one side does not know the connection any more */
    RST_FAMILY_DEVICE,   /* something on the path interfered */
    RST_FAMILY_RELAYED,  /* the consequence of another connection's end */
    RST_FAMILY_COUNT
} rst_family_t;

typedef enum rst_remedy {
    RST_REMEDY_UNKNOWN,
    RST_REMEDY_CLIENT,
    RST_REMEDY_SERVER,
    RST_REMEDY_PATH,
    RST_REMEDY_SENDER, /* whoever sent the reset */
    RST_REMEDY_PEER    /* the other side */
} rst_remedy_t;

typedef struct rst_story_info {
    uint8_t family; /* rst_family_t */
    uint8_t remedy; /* rst_remedy_t */
} rst_story_info_t;

/* token must be below RST_TOKEN_COUNT. */
const rst_story_info_t *rst_story_info(rst_token_t token);

/* "closed_port", "syn_timeout", ... */
const char *rst_token_name(rst_token_t token);

#endif
