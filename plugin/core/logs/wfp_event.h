/* wfp_event.h
 * What an event of Windows' filtering platform says, by the names of its data, however it was written down: XML, JSON
 * of any shipper, the block of text that the event viewer shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WFP_EVENT_H
#define RST_WFP_EVENT_H

#include <stdbool.h>

#include "logs/log.h"

/* The first name is the one Windows gives the datum; the others are how shippers and the event viewer call it. Case,
 * blanks, '-' and '_' do not count. */
#define RST_WFP_DATA(X)                                                                                                \
    X(ID, "EventID", "EventCode", "EventIdentifier", "Id")                                                             \
    X(SYSTEM_TIME, "SystemTime", "TimeCreatedSystemTime", "UtcTime", "TimeCreated")                                    \
    X(LOCAL_TIME, "EventTime", "TimeGenerated", "Date", NULL)                                                          \
    X(COMPUTER, "Computer", "ComputerName", "Hostname", NULL)                                                          \
    X(APPLICATION, "Application", "ApplicationName", NULL, NULL)                                                       \
    X(DIRECTION, "Direction", NULL, NULL, NULL)                                                                        \
    X(SOURCE, "SourceAddress", NULL, NULL, NULL)                                                                       \
    X(SOURCE_PORT, "SourcePort", NULL, NULL, NULL)                                                                     \
    X(DEST, "DestAddress", "DestinationAddress", NULL, NULL)                                                           \
    X(DEST_PORT, "DestPort", "DestinationPort", NULL, NULL)                                                            \
    X(PROTOCOL, "Protocol", NULL, NULL, NULL)                                                                          \
    X(FILTER, "FilterRTID", "FilterRunTimeID", NULL, NULL)                                                             \
    X(ORIGIN, "FilterOrigin", NULL, NULL, NULL)                                                                        \
    X(LAYER_NAME, "LayerName", NULL, NULL, NULL)                                                                       \
    X(LAYER, "LayerRTID", "LayerRunTimeID", NULL, NULL)                                                                \
    X(CHANGE, "ChangeType", NULL, NULL, NULL)                                                                          \
    X(FILTER_NAME, "FilterName", NULL, NULL, NULL)                                                                     \
    X(FILTER_ID, "FilterId", NULL, NULL, NULL)                                                                         \
    X(MESSAGE, "Message", NULL, NULL, NULL)

typedef enum rst_wfp_datum {
#define RST_WFP_DATUM(NAME, a, b, c, d) RST_WFP_##NAME,
    RST_WFP_DATA(RST_WFP_DATUM)
#undef RST_WFP_DATUM
        RST_WFP_DATUM_COUNT
} rst_wfp_datum_t;

typedef struct rst_wfp_event {
    rst_piece_t value[RST_WFP_DATUM_COUNT]; /* length 0 = not told; strings of the log or of the line */
    bool foreign;                           /* an entity of its own was in the XML */
} rst_wfp_event_t;

/* Sets a datum that is not known yet; names that nobody knows are passed over. */
void rst_wfp_set(rst_wfp_event_t *event, rst_log_t *log, rst_piece_t name, rst_piece_t value);

/* An <Event>, <EventData> or what is left of one. False if it does not end. */
bool rst_wfp_read_xml(rst_wfp_event_t *event, rst_log_t *log, rst_piece_t text);

void rst_wfp_read_json(rst_wfp_event_t *event, rst_log_t *log, const rst_json_t *json);

/* The number of the event, 0 = none of the platform's. */
unsigned rst_wfp_id(const rst_wfp_event_t *event);

#endif
