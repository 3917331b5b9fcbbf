/* problem.h
 * A problem: failed connections with one explanation and one remedy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PROBLEM_H
#define RST_PROBLEM_H

#include "answer/service_name.h"
#include "problems/census.h"
#include "problems/scope.h"

typedef enum rst_binding {
    RST_BINDING_SERVICE, /* one port of one server */
    RST_BINDING_CLIENT,  /* one client, wherever it goes */
    RST_BINDING_SCAN,    /* one client that probes */
    RST_BINDING_DEVICE,  /* something on the path of several servers */
    RST_BINDING_PATH,    /* one network of clients, wherever they go */
    RST_BINDING_PAIR,    /* some clients at a service that serves others */
    RST_BINDING_NAME,    /* one TLS server name, at any server */
    RST_BINDING_HOST,    /* one server, all its ports */
    RST_BINDING_COUNT
} rst_binding_t;

typedef enum rst_ongoing { RST_ONGOING_UNKNOWN, RST_ONGOING_NO, RST_ONGOING_YES } rst_ongoing_t;

typedef struct rst_problem {
    /* set when it is found */
    uint8_t binding;    /* rst_binding_t */
    uint8_t scope;      /* rst_scope_t: which connections it might have hit, those with the key of an incident */
    uint8_t remedy;     /* rst_remedy_t, 0 = by its cause */
    uint16_t token;     /* its cause, RST_TOKEN_COUNT = that of most incidents */
    uint8_t confidence; /* percent, 0 = by its incidents */
    bool corrected;     /* the cause is not that of the single verdicts */
    /* counted afterward */
    uint8_t culprit;      /* rst_sender_t */
    uint8_t severity;     /* rst_severity_t */
    uint8_t ongoing;      /* rst_ongoing_t */
    uint32_t number;      /* from 1, in the order of what hurts most */
    uint32_t start, hits; /* of its incidents in the list of all */
    uint32_t total, in_period;
    uint32_t without_start; /* among the total: began before the capture */
    uint32_t closed;        /* by FIN at the moment at which its process ended */
    uint32_t services, servers, clients;
    uint32_t example;           /* incident */
    int64_t first, last;        /* deciding frames */
    int64_t timer, spread;      /* RST_TIME_NONE = there is none */
    rst_called_t called;        /* what its one server is called */
    rst_service_name_t service; /* the same in words */
    const char *trigger;        /* from the wire, escaped; NULL = none */
    const char *id, *title, *settle, *filter, *value;
    const char *meaning; /* in one sentence */
    char **advice;       /* steps, NULL at the end; owned by rst_problems_t.steps */
    char **commands;     /* those of them that are commands, in the same order */
} rst_problem_t;

/* rst_incident_t.problem of what is only counted: */
#define RST_PROBLEM_NOISE UINT32_MAX         /* none of ours */
#define RST_PROBLEM_CHECK (UINT32_MAX - 1)   /* a health check, which only its sisters show */
#define RST_PROBLEM_UNSEEN (UINT32_MAX - 2)  /* the capture lacks the answers */
#define RST_PROBLEM_RELAYED (UINT32_MAX - 3) /* the consequence of another one */

/* Is it part of a problem? */
static inline bool rst_incident_is_listed(const rst_incident_t *incident)
{
    return incident->problem && incident->problem < RST_PROBLEM_RELAYED;
}

typedef struct rst_problems {
    rst_census_t *census; /* owned */
    GArray *problem;      /* rst_problem_t */
    uint32_t *order;      /* numbers of incidents, by problem */
    uint32_t *by_number;  /* indices of problems, most important first */
    uint32_t noise, strangers;
    uint32_t benign[RST_CAUSE_COUNT]; /* first resets that need nobody */
    GArray *undetermined;             /* incidents */
    GStringChunk *texts;
    GPtrArray *blocks; /* of memory */
    rst_memory_t memory;
    GPtrArray *steps;
} rst_problems_t;

static inline rst_problem_t *rst_problem_at(const rst_problems_t *problems, uint32_t index)
{
    return &g_array_index(problems->problem, rst_problem_t, index);
}

/* A new problem without incidents; returns what rst_incident_t.problem of its incidents is to be. */
uint32_t rst_problem_new(rst_problems_t *problems, rst_binding_t binding, rst_scope_t scope);

#endif
