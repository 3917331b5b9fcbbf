/* host_table.c
 * Implementation of the tables of hosts and services.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/host_table.h"

#include "track/visits.h"

#define PLACE 40 /* bytes that an entry takes in a GHashTable, about */

static guint host_hash(gconstpointer key)
{
    return ((const rst_host_t *)key)->hash;
}

static gboolean host_equal(gconstpointer a, gconstpointer b)
{
    const rst_host_t *left = a;
    const rst_host_t *right = b;

    return left->point == right->point && rst_address_equal(&left->address, &right->address);
}

static guint service_hash(gconstpointer key)
{
    return ((const rst_service_t *)key)->hash;
}

/* An IPv4 address fits into the tail. */
static uint32_t hash_of(const rst_secret_t *secret, const rst_address_t *address, uint16_t port, uint8_t point)
{
    uint64_t tail = (uint32_t)point << 16 | port;

    if (address->size == 4)
        return (uint32_t)rst_siphash_words(secret, NULL, 0, tail << 32 | rst_address_ipv4(address));
    tail |= (uint64_t)address->size << 24;
    return (uint32_t)rst_siphash_words(secret, address->word, G_N_ELEMENTS(address->word), tail);
}

/* Which marks displace each other must not change from run to run. Whoever crafts collisions displaces his own. */
static uint32_t tag_of(const rst_address_t *address, uint16_t port, uint8_t point)
{
    static const rst_secret_t known;

    return hash_of(&known, address, port, point);
}

static uint32_t host_tag(const rst_host_t *host)
{
    return tag_of(&host->address, 0, host->point);
}

static uint32_t service_tag(const rst_service_t *service)
{
    return tag_of(&service->address, service->port, service->point);
}

static rst_moment_t lost_host(const rst_hosts_t *hosts, const rst_host_t *key)
{
    return hosts->lost_hosts.set ? rst_marks_get(&hosts->lost_hosts, host_tag(key)) : (rst_moment_t){0, RST_TIME_NONE};
}

static rst_moment_t lost_service(const rst_hosts_t *hosts, const rst_service_t *key)
{
    return hosts->lost_services.set ? rst_marks_get(&hosts->lost_services, service_tag(key))
                                    : (rst_moment_t){0, RST_TIME_NONE};
}

/* As in conn_table.c, the place in the cache needs no secret. */
static unsigned near_place(const rst_address_t *address)
{
    return (unsigned)(((address->word[0] ^ address->word[1]) * UINT64_C(0x9e3779b97f4a7c15)) >>
                      (64 - RST_HOSTS_NEAR_BITS));
}

static gboolean service_equal(gconstpointer a, gconstpointer b)
{
    const rst_service_t *left = a;
    const rst_service_t *right = b;

    return left->port == right->port && left->point == right->point &&
           rst_address_equal(&left->address, &right->address);
}

/* What it knew was out of date. */
static bool host_is_silent(const void *owner, const rst_keep_item_t *item)
{
    const rst_hosts_t *hosts = owner;
    int64_t silence = rst_elapsed(((const rst_host_t *)item)->left, hosts->file->now);

    return silence != RST_TIME_NONE && silence > RST_NEAR_BEFORE;
}

/* item = the first member of what the table holds. */
static void enter(rst_hosts_t *hosts, GHashTable *table, rst_keep_item_t *item, rst_kind_t kind)
{
    g_hash_table_add(table, item);
    rst_keep_charge(hosts->keep, kind, PLACE);
    rst_keep_add(hosts->keep, item, kind, RST_VALUE_LONE, hosts->file->now.pass_index);
}

static void evict_host(void *owner, rst_keep_item_t *item)
{
    rst_hosts_t *hosts = owner;
    rst_host_t *host = (rst_host_t *)item;
    rst_host_t **near = &hosts->near[near_place(&host->address)];

    if (rst_host_is_known(host))
        rst_marks_put(&hosts->lost_hosts, host_tag(host), host->left);
    else if (host->lost.pass_index)
        rst_marks_put(&hosts->lost_hosts, host_tag(host), host->lost);
    if (*near == host)
        *near = NULL;
    g_hash_table_remove(hosts->hosts, host);
    rst_keep_refund(hosts->keep, RST_KIND_HOSTS, PLACE);
    rst_host_forget(hosts, host);
}

static void evict_service(void *owner, rst_keep_item_t *item)
{
    rst_hosts_t *hosts = owner;
    rst_service_t *service = (rst_service_t *)item;

    if (service->runs || service->lost.pass_index)
        rst_marks_put(&hosts->lost_services, service_tag(service), hosts->file->now);
    g_hash_table_remove(hosts->services, service);
    rst_keep_refund(hosts->keep, RST_KIND_SERVICES, PLACE);
    rst_service_forget(hosts, service);
}

void rst_hosts_open(rst_hosts_t *hosts, rst_keep_t *keep, const rst_file_t *file)
{
    static const rst_keep_kind_t of_hosts = {evict_host, host_is_silent, NULL};
    static const rst_keep_kind_t of_services = {evict_service, NULL, NULL};
    static const rst_keep_kind_t of_visits = {rst_visits_evict, NULL, NULL};

    hosts->hosts = g_hash_table_new(host_hash, host_equal);
    hosts->services = g_hash_table_new(service_hash, service_equal);
    hosts->visits = g_hash_table_new(rst_visits_hash, rst_visits_equal);
    hosts->keep = keep;
    hosts->memory = rst_keep_memory(keep, RST_KIND_HOSTS);
    hosts->service_memory = rst_keep_memory(keep, RST_KIND_SERVICES);
    hosts->visits_memory = rst_keep_memory(keep, RST_KIND_VISITS);
    hosts->file = file;
    hosts->secret = rst_secret_new();
    rst_marks_open(&hosts->lost_hosts, keep, &hosts->memory);
    rst_marks_open(&hosts->lost_services, keep, &hosts->service_memory);
    rst_keep_own(keep, RST_KIND_HOSTS, hosts, &of_hosts);
    rst_keep_own(keep, RST_KIND_SERVICES, hosts, &of_services);
    rst_keep_own(keep, RST_KIND_VISITS, hosts, &of_visits);
}

void rst_hosts_close(rst_hosts_t *hosts)
{
    g_hash_table_destroy(hosts->hosts);
    g_hash_table_destroy(hosts->services);
    g_hash_table_destroy(hosts->visits);
    rst_index_close(&hosts->folded);
}

/* Makes again what is folded under this hash. Returns whether there was something. */
static bool restore(rst_hosts_t *hosts, uint32_t hash)
{
    bool any = false;
    uint32_t number, at = 0;

    while ((number = rst_index_find(&hosts->folded, hash, &at)) != 0) {
        hosts->folder.restore(hosts->folder.owner, number);
        any = true;
        at = 0; /* it is no longer in the index, and others may have moved up */
    }
    return any;
}

static void fold(rst_hosts_t *hosts, uint32_t hash, uint32_t number)
{
    rst_keep_charge(hosts->keep, RST_KIND_CONNS, rst_index_add(&hosts->folded, hash, number));
}

/* Nothing hangs on it, and no other host has learned from it. */
bool rst_hosts_can_fold_host(const rst_host_t *host, unsigned holds)
{
    if (host->holds != holds || host->burst || host->silence || host->breadth || host->period.earlier ||
        host->period.distances.seen || host->reset_conn)
        return false;
    for (unsigned i = 0; i < RST_RECENT_MAX; i++) {
        if (host->recent.conn[i])
            return false;
    }
    return true;
}

bool rst_hosts_can_fold_service(const rst_service_t *service)
{
    return service->holds == 1 && service->runs == 1 && !service->client && !service->options_refused;
}

void rst_hosts_fold_host(rst_hosts_t *hosts, rst_host_t *host, uint32_t number)
{
    rst_host_t **near = &hosts->near[near_place(&host->address)];

    if (*near == host)
        *near = NULL;
    g_hash_table_remove(hosts->hosts, host);
    rst_keep_refund(hosts->keep, RST_KIND_HOSTS, PLACE);
    fold(hosts, host->hash, number);
    rst_release(&hosts->memory, host, sizeof *host);
}

void rst_hosts_fold_service(rst_hosts_t *hosts, rst_service_t *service, uint32_t number)
{
    g_hash_table_remove(hosts->services, service);
    rst_keep_refund(hosts->keep, RST_KIND_SERVICES, PLACE);
    fold(hosts, service->hash, number);
    rst_release(&hosts->service_memory, service, sizeof *service);
}

rst_host_t *rst_hosts_restore_host(rst_hosts_t *hosts, const rst_host_t *host, uint32_t number)
{
    rst_host_t *copy = hosts->memory.alloc(hosts->memory.scope, sizeof *copy);

    *copy = *host;
    rst_index_remove(&hosts->folded, copy->hash, number);
    g_hash_table_add(hosts->hosts, copy);
    rst_keep_charge(hosts->keep, RST_KIND_HOSTS, PLACE);
    return copy;
}

rst_service_t *rst_hosts_restore_service(rst_hosts_t *hosts, const rst_service_t *service, uint32_t number)
{
    rst_service_t *copy = hosts->service_memory.alloc(hosts->service_memory.scope, sizeof *copy);

    *copy = *service;
    copy->run = &copy->first_run;
    rst_index_remove(&hosts->folded, copy->hash, number);
    g_hash_table_add(hosts->services, copy);
    rst_keep_charge(hosts->keep, RST_KIND_SERVICES, PLACE);
    return copy;
}

static rst_host_t *new_host(rst_hosts_t *hosts, const rst_host_t *key)
{
    rst_host_t *host = rst_alloc0(&hosts->memory, sizeof *host);

    host->address = key->address;
    host->point = key->point;
    host->hash = key->hash;
    host->lost = lost_host(hosts, host);
    enter(hosts, hosts->hosts, &host->item, RST_KIND_HOSTS);
    return host;
}

rst_host_t *rst_hosts_host(rst_hosts_t *hosts, const rst_address_t *address, uint8_t point)
{
    rst_host_t **near = &hosts->near[near_place(address)];
    rst_host_t key;

    key.address = *address;
    key.point = point;
    if (*near && host_equal(*near, &key))
        return *near;
    key.hash = hash_of(&hosts->secret, address, 0, point);
    *near = g_hash_table_lookup(hosts->hosts, &key);
    if (!*near && restore(hosts, key.hash))
        *near = g_hash_table_lookup(hosts->hosts, &key);
    if (!*near)
        *near = new_host(hosts, &key);
    return *near;
}

static rst_host_t *folded_host(const rst_hosts_t *hosts, const rst_host_t *key)
{
    uint32_t number, at = 0;

    while ((number = rst_index_find(&hosts->folded, key->hash, &at)) != 0) {
        rst_host_t *host = hosts->folder.host(hosts->folder.owner, number);

        if (host && host_equal(host, key))
            return host;
    }
    return NULL;
}

rst_host_found_t rst_hosts_find_host(const rst_hosts_t *hosts, const rst_address_t *address, uint8_t point,
                                     rst_moment_t at)
{
    rst_host_t key;
    rst_host_t *host;

    key.address = *address;
    key.point = point;
    key.hash = hash_of(&hosts->secret, address, 0, point);
    host = g_hash_table_lookup(hosts->hosts, &key);
    if (!host)
        host = folded_host(hosts, &key);
    if (host)
        return (rst_host_found_t){RST_FOUND, host};
    return (rst_host_found_t){rst_lost_before(lost_host(hosts, &key), at) ? RST_NOT_KEPT : RST_NOT_THERE, NULL};
}

static rst_service_t service_key(const rst_hosts_t *hosts, const rst_address_t *address, uint16_t port, uint8_t point)
{
    rst_service_t key;

    key.address = *address;
    key.port = port;
    key.point = point;
    key.hash = hash_of(&hosts->secret, address, port, point);
    return key;
}

static rst_service_t *new_service(rst_hosts_t *hosts, const rst_service_t *key)
{
    rst_service_t *service = rst_alloc0(&hosts->service_memory, sizeof *service);

    service->address = key->address;
    service->port = key->port;
    service->point = key->point;
    service->hash = key->hash;
    service->lost = lost_service(hosts, service);
    enter(hosts, hosts->services, &service->item, RST_KIND_SERVICES);
    return service;
}

rst_service_t *rst_hosts_service(rst_hosts_t *hosts, const rst_address_t *address, uint16_t port, uint8_t point)
{
    rst_service_t key = service_key(hosts, address, port, point);
    rst_service_t *service = g_hash_table_lookup(hosts->services, &key);

    if (!service && restore(hosts, key.hash))
        service = g_hash_table_lookup(hosts->services, &key);
    return service ? service : new_service(hosts, &key);
}

static rst_service_t *folded_service(const rst_hosts_t *hosts, const rst_service_t *key)
{
    uint32_t number, at = 0;

    while ((number = rst_index_find(&hosts->folded, key->hash, &at)) != 0) {
        rst_service_t *service = hosts->folder.service(hosts->folder.owner, number);

        if (service && service_equal(service, key))
            return service;
    }
    return NULL;
}

rst_service_found_t rst_hosts_find_service(const rst_hosts_t *hosts, const rst_address_t *address, uint16_t port,
                                           uint8_t point)
{
    rst_service_t key = service_key(hosts, address, port, point);
    rst_service_t *service = g_hash_table_lookup(hosts->services, &key);

    if (!service)
        service = folded_service(hosts, &key);
    if (service)
        return (rst_service_found_t){RST_FOUND, service};
    return (rst_service_found_t){lost_service(hosts, &key).pass_index ? RST_NOT_KEPT : RST_NOT_THERE, NULL};
}
