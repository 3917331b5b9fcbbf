/* finding.c
 * The kinds of failures without a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/finding.h"

static const rst_finding_info_t finding_infos[] = {
#define RST_FINDING(token, TOKEN, severity, label, explanation, reference, advice)                                     \
    {#token, RST_SEVERITY_##severity, label, explanation, reference, advice},
#include "answer/findings.def"
#undef RST_FINDING
};

const rst_finding_info_t *rst_finding_info(rst_finding_kind_t kind)
{
    return &finding_infos[kind];
}
