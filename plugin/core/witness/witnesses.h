/* witnesses.h
 * Other witnesses: what hosts, firewalls and balancers wrote down themselves. Each record of a log is joined with the
 * connection and packet that it is about, or with none: a wrong join is worse than none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESSES_H
#define RST_WITNESSES_H

#include "logs/log.h"
#include "witness/kept.h"

typedef struct rst_witnesses {
    rst_lives_t lives;
    rst_kepts_t kepts;
    rst_filters_t *filters; /* of Windows, shared by all files */
    unsigned names_before;  /* the file that is being read */
    rst_log_t *log;         /* that is being read, or NULL */
    bool applications;      /* also read logs of applications */
    bool joined;
    uint32_t connections; /* that the capture had then */
} rst_witnesses_t;

/* Before the first packet. */
rst_witnesses_t *rst_witnesses_new(bool applications);
void rst_witnesses_free(rst_witnesses_t *witnesses);

/* Each packet of the capture. */
void rst_witnesses_see(rst_witnesses_t *witnesses, const rst_segment_t *segment, rst_moment_t now);

/* After the last packet: forgets the logs read so far, if any. Then, for each file: begin, feed, end; then join. */
void rst_witnesses_restart(rst_witnesses_t *witnesses);
void rst_witnesses_begin(rst_witnesses_t *witnesses, const char *name, const char *zone);
void rst_witnesses_feed(rst_witnesses_t *witnesses, const char *bytes, size_t length);
void rst_witnesses_end(rst_witnesses_t *witnesses);
void rst_witnesses_join(rst_witnesses_t *witnesses);

/* A packet of the capture, by its ends in the order of their sides, its sender and its place in the file. */
typedef struct rst_asked {
    const rst_address_t *address;
    const uint16_t *port;
    unsigned from;
    uint32_t first, last; /* pass_index; the same for one packet */
    int64_t time;         /* of the last */
} rst_asked_t;

/* A record about it, or about its connection. */
typedef struct rst_testimony {
    const rst_kept_t *kept;
    const rst_witness_file_t *file;
    bool itself;    /* it is about one of the packets asked for */
    bool by_sender; /* its src is their sender */
    uint32_t sight; /* the packet that it is about: its pass_index; 0 = the connection as a whole */
    uint8_t flags;  /* of that packet */
    int64_t time;   /* by the clock of the capture; RST_TIME_NONE = not known */
    bool unseen;    /* it says that a side reset the connection of which the capture has no reset */
} rst_testimony_t;

#define RST_TESTIMONIES_MAX 16

/* What is joined with these packets and their connection, in the order of the logs; of more, those that are about the
 * packets themselves come first. */
unsigned rst_witnesses_about(const rst_witnesses_t *witnesses, const rst_asked_t *question,
                             rst_testimony_t testimony[RST_TESTIMONIES_MAX]);

#endif
