/* ask_problems.h
 * Problems, made when somebody asks for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ASK_PROBLEMS_H
#define RST_ASK_PROBLEMS_H

#include "engine/state.h"

#endif
