/* keep.c
 * What is kept and what gives way when memory is used up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/keep.h"

#define LEAST_SHARE 32768 /* bytes of the limit for each record that a queue keeps: room for several of any kind */

static const uint8_t share_of[RST_KIND_COUNT] = {
#define RST_KIND_SHARE(name, share) share,
    RST_KINDS(RST_KIND_SHARE)
#undef RST_KIND_SHARE
};

void rst_keep_limit(rst_keep_t *keep, uint64_t limit)
{
    keep->limit = limit;
    keep->least = (uint32_t)(limit / LEAST_SHARE);
    for (unsigned kind = 0; kind < RST_KIND_COUNT; kind++)
        keep->kind[kind].share = limit / 100 * share_of[kind];
}

void rst_keep_open(rst_keep_t *keep, uint64_t limit, const rst_memory_t *from)
{
    *keep = (rst_keep_t){.from = *from};
    for (unsigned kind = 0; kind < RST_KIND_COUNT; kind++)
        keep->kind[kind].keep = keep;
    rst_keep_limit(keep, limit);
}

void rst_keep_own(rst_keep_t *keep, rst_kind_t kind, void *owner, const rst_keep_kind_t *can)
{
    keep->kind[kind].owner = owner;
    keep->kind[kind].can = can;
}

void rst_keep_charge(rst_keep_t *keep, rst_kind_t kind, size_t size)
{
    keep->kind[kind].used += size;
    keep->used += size;
}

void rst_keep_refund(rst_keep_t *keep, rst_kind_t kind, size_t size)
{
    keep->kind[kind].used -= size;
    keep->used -= size;
}

static void *charged_alloc(void *scope, size_t size)
{
    rst_keep_queues_t *kind = scope;
    rst_keep_t *keep = kind->keep;

    kind->used += size;
    keep->used += size;
    return keep->from.alloc(keep->from.scope, size);
}

static void charged_release(void *scope, void *block, size_t size)
{
    rst_keep_queues_t *kind = scope;
    rst_keep_t *keep = kind->keep;

    kind->used -= size;
    keep->used -= size;
    rst_release(&keep->from, block, size);
}

rst_memory_t rst_keep_memory(rst_keep_t *keep, rst_kind_t kind)
{
    return (rst_memory_t){charged_alloc, charged_release, &keep->kind[kind]};
}

void rst_keep_add(rst_keep_t *keep, rst_keep_item_t *item, rst_kind_t kind, rst_value_t value, uint32_t now)
{
    item->kind = (uint8_t)kind;
    item->value = (uint8_t)value;
    item->touched = now;
    item->kept = true;
    rst_queue_append(&keep->kind[kind].queue[value], &item->link);
}

void rst_keep_remove(rst_keep_t *keep, rst_keep_item_t *item)
{
    if (!item->kept)
        return;
    rst_queue_remove(&keep->kind[item->kind].queue[item->value], &item->link);
    item->kept = false;
}

void rst_keep_rate(rst_keep_t *keep, rst_keep_item_t *item, rst_value_t value, uint32_t now)
{
    if (!item->kept || (item->value == value && now - item->touched < RST_KEEP_GRAIN))
        return;
    rst_queue_remove(&keep->kind[item->kind].queue[item->value], &item->link);
    rst_keep_add(keep, item, (rst_kind_t)item->kind, value, now);
}

static bool may_give(const rst_keep_queues_t *kind, unsigned value, uint32_t least)
{
    return kind->can && kind->used > kind->share && kind->queue[value].count > least;
}

static bool is_silent(const rst_keep_queues_t *kind, const rst_keep_item_t *item)
{
    return kind->can->silent && kind->can->silent(kind->owner, item);
}

/* The longest untouched of a value, among all kinds that must give. */
static rst_keep_item_t *oldest(const rst_keep_t *keep, unsigned value, uint32_t least, bool silent)
{
    rst_keep_item_t *found = NULL;

    for (unsigned i = 0; i < RST_KIND_COUNT; i++) {
        const rst_keep_queues_t *kind = &keep->kind[i];
        rst_keep_item_t *item = (rst_keep_item_t *)kind->queue[value].first;

        if (item && may_give(kind, value, least) && !(found && found->touched <= item->touched) &&
            (!silent || is_silent(kind, item)))
            found = item;
    }
    return found;
}

/* Of the higher values, those that have been silent for long go before those that have not. */
static rst_keep_item_t *choose(const rst_keep_t *keep, uint32_t least)
{
    rst_keep_item_t *item = NULL;

    for (unsigned value = 0; value < RST_VALUE_SILENT && !item; value++)
        item = oldest(keep, value, least, false);
    for (unsigned value = RST_VALUE_SILENT; value < RST_VALUE_STORY && !item; value++)
        item = oldest(keep, value, least, true);
    for (unsigned value = RST_VALUE_SILENT; value < RST_VALUES && !item; value++)
        item = oldest(keep, value, least, false);
    return item;
}

void rst_keep_evict(rst_keep_t *keep, rst_keep_item_t *item)
{
    rst_keep_queues_t *kind = &keep->kind[item->kind];
    uint32_t touched = item->touched;

    rst_keep_remove(keep, item);
    if (kind->dropped[item->value] < touched)
        kind->dropped[item->value] = touched;
    kind->evicted++;
    kind->can->evict(kind->owner, item);
}

/* Unless it turns out to be worth more than its queue says. */
static void consider(rst_keep_t *keep, rst_keep_item_t *item)
{
    const rst_keep_queues_t *kind = &keep->kind[item->kind];
    rst_value_t value = kind->can->value ? kind->can->value(kind->owner, item) : (rst_value_t)item->value;

    if (value <= item->value) {
        rst_keep_evict(keep, item);
        return;
    }
    rst_keep_remove(keep, item);
    rst_keep_add(keep, item, (rst_kind_t)item->kind, value, item->touched);
}

void rst_keep_make_room(rst_keep_t *keep)
{
    while (rst_keep_is_over(keep)) {
        rst_keep_item_t *item = choose(keep, keep->least);

        if (!item)
            item = choose(keep, 0);
        if (!item)
            return;
        consider(keep, item);
    }
}

uint32_t rst_keep_dropped(const rst_keep_t *keep, rst_kind_t kind, rst_value_t value)
{
    uint32_t latest = 0;

    for (unsigned i = value; i < RST_VALUES; i++) {
        if (latest < keep->kind[kind].dropped[i])
            latest = keep->kind[kind].dropped[i];
    }
    return latest;
}
