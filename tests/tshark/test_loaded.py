"""The plugin is really loaded. Without this test, all others could pass without it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os

import tools


def test_ordinary_user():
    assert os.getuid() != 0 and os.getgid() != 0, tools.ROOT_TRAP


def test_plugin_is_listed(tshark):
    plugins = [line.split()[0] for line in tshark("-G", "plugins").splitlines()]
    assert "rst.so" in plugins, f"tshark does not load rst.so from {tools.plugin_dir()}. {tools.ROOT_TRAP}"


def test_fields_are_registered(tshark):
    assert "rst.cause" in tools.field_list(tshark)


def test_stock_has_no_plugin(stock):
    assert not tools.field_list(stock)
