/* fields.h
 * Rows of the tables of fields. docs/gen-fields.py reads these tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FIELDS_H
#define RST_FIELDS_H

#include <epan/packet.h>

/* Our own: on Windows, the address of a variable of another DLL (tfs_yes_no) is no constant. */
extern const true_false_string tfs_rst_yes_no;

#define STRING_FIELD(hf, name, abbrev, text)                                                                           \
    {                                                                                                                  \
        &hf,                                                                                                           \
        {                                                                                                              \
            name, "rst." abbrev, FT_STRING, BASE_NONE, NULL, 0, text, HFILL                                            \
        }                                                                                                              \
    }
#define FRAME_FIELD(hf, name, abbrev, type, text)                                                                      \
    {                                                                                                                  \
        &hf,                                                                                                           \
        {                                                                                                              \
            name, "rst." abbrev, FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(type), 0, text, HFILL                           \
        }                                                                                                              \
    }
#define BOOLEAN_FIELD(hf, name, abbrev, text)                                                                          \
    {                                                                                                                  \
        &hf,                                                                                                           \
        {                                                                                                              \
            name, "rst." abbrev, FT_BOOLEAN, BASE_NONE, TFS(&tfs_rst_yes_no), 0, text, HFILL                           \
        }                                                                                                              \
    }
#define NUMBER_FIELD(hf, name, abbrev, type, text)                                                                     \
    {                                                                                                                  \
        &hf,                                                                                                           \
        {                                                                                                              \
            name, "rst." abbrev, type, BASE_DEC, NULL, 0, text, HFILL                                                  \
        }                                                                                                              \
    }
#define DURATION_FIELD(hf, name, abbrev, text)                                                                         \
    {                                                                                                                  \
        &hf,                                                                                                           \
        {                                                                                                              \
            name, "rst." abbrev, FT_RELATIVE_TIME, BASE_NONE, NULL, 0, text, HFILL                                     \
        }                                                                                                              \
    }
#define TIME_FIELD(hf, name, abbrev, text)                                                                             \
    {                                                                                                                  \
        &hf,                                                                                                           \
        {                                                                                                              \
            name, "rst." abbrev, FT_ABSOLUTE_TIME, ABSOLUTE_TIME_LOCAL, NULL, 0, text, HFILL                           \
        }                                                                                                              \
    }

#endif
