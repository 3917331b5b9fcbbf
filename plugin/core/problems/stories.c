/* stories.c
 * The table of stories by token.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/stories.h"

#define RST_CAUSE_FINDING_SYN_TIMEOUT RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT)
#define RST_CAUSE_FINDING_SILENT_GIVE_UP RST_TOKEN_FINDING(RST_FINDING_SILENT_GIVE_UP)
#define RST_CAUSE_FINDING_ICMP_UNREACHABLE RST_TOKEN_FINDING(RST_FINDING_ICMP_UNREACHABLE)

static const rst_story_info_t stories[RST_TOKEN_COUNT] = {
#define RST_STORY(token, family, remedy) [RST_CAUSE_##token] = {RST_FAMILY_##family, RST_REMEDY_##remedy},
#include "problems/stories.def"
#undef RST_STORY
};

const rst_story_info_t *rst_story_info(rst_token_t token)
{
    return &stories[token];
}

const char *rst_token_name(rst_token_t token)
{
    return token < RST_CAUSE_COUNT ? rst_cause_info((rst_cause_t)token)->token
                                   : rst_finding_info((rst_finding_kind_t)(token - RST_CAUSE_COUNT))->token;
}
