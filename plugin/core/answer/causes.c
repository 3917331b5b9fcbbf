/* causes.c
 * Access to the registry of causes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/causes.h"


/* As causes.def writes its columns. */
#define T(trait) RST_TRAIT_##trait
#define P(path) (UINT32_C(1) << RST_KERNEL_PATH_##path)
#define ALL_PATHS UINT32_MAX

static const rst_cause_info_t cause_infos[] = {
#define RST_CAUSE(id, token, TOKEN, category, severity, traits, paths, label, explanation, reference, advice)          \
    {id,        #token, RST_CATEGORY_##category, RST_SEVERITY_##severity, traits, paths, label, explanation,           \
     reference, advice},
#include "answer/causes.def"
#undef RST_CAUSE
};

static const char *const category_names[RST_CATEGORY_COUNT] = {
    [RST_CATEGORY_REFUSED] = "refused",
    [RST_CATEGORY_HANDSHAKE] = "handshake",
    [RST_CATEGORY_APPLICATION] = "application",
    [RST_CATEGORY_TIMEOUT] = "timeout",
    [RST_CATEGORY_STALE] = "stale",
    [RST_CATEGORY_NETWORK] = "network",
    [RST_CATEGORY_DECLARED] = "declared",
    [RST_CATEGORY_ARTEFACT] = "artefact",
    [RST_CATEGORY_UNKNOWN] = "unknown",
};

const rst_cause_info_t *rst_cause_info(rst_cause_t cause)
{
    return &cause_infos[cause];
}

bool rst_cause_is(rst_cause_t cause, unsigned traits)
{
    return (cause_infos[cause].traits & traits) != 0;
}

bool rst_cause_has_path(rst_cause_t cause, rst_kernel_path_t path)
{
    return path == RST_KERNEL_PATH_ANY || (cause_infos[cause].paths >> path & 1);
}

const char *rst_category_name(rst_category_t category)
{
    return category_names[category];
}

rst_severity_t rst_cause_severity(rst_cause_t cause, unsigned confidence, bool benign)
{
    if (benign || cause_infos[cause].severity == RST_SEVERITY_CHAT)
        return RST_SEVERITY_CHAT;
    return confidence >= RST_CONFIDENCE_LIKELY ? cause_infos[cause].severity : RST_SEVERITY_NOTE;
}
