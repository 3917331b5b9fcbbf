# SPDX-License-Identifier: GPL-2.0-or-later
set(RST_VERSION 0.1.0)
