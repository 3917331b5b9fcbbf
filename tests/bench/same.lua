-- A post-dissector that reads the same facts as the plugin, written in the usual way, only to compare the cost.
-- SPDX-License-Identifier: GPL-2.0-or-later
local reset = Proto("luarst", "TCP reset, by Lua")
local phase = ProtoField.string("luarst.phase", "Phase")
reset.fields = { phase }

local source, target = Field.new("ip.src"), Field.new("ip.dst")
local from, to = Field.new("tcp.srcport"), Field.new("tcp.dstport")
local seq, ack = Field.new("tcp.seq_raw"), Field.new("tcp.ack_raw")
local flags, len, ttl = Field.new("tcp.flags"), Field.new("tcp.len"), Field.new("ip.ttl")

local RST, SYN, FIN = 4, 2, 1
local connections, resets = {}, {}

function reset.init()
    connections, resets = {}, {}
end

local function has(value, bit)
    return math.floor(value / bit) % 2 == 1
end

local function learn(number)
    local a = tostring(source().value) .. ":" .. from().value
    local b = tostring(target().value) .. ":" .. to().value
    local key = a < b and a .. b or b .. a
    local connection = connections[key] or { segments = 0, bytes = 0 }
    local bits = flags().value

    connections[key] = connection
    connection.segments = connection.segments + 1
    connection.bytes = connection.bytes + len().value
    connection[a] = { seq = seq().value, ack = ack().value, ttl = ttl() and ttl().value }
    if has(bits, SYN) then
        connection.opened = true
    end
    if has(bits, FIN) then
        connection.closing = true
    end
    if has(bits, RST) then
        resets[number] = connection.closing and "closing" or connection.bytes > 0 and "established" or "handshake"
    end
end

function reset.dissector(_, pinfo, tree)
    if not from() or not source() then
        return
    end
    if not pinfo.visited then
        learn(pinfo.number)
    end
    local found = resets[pinfo.number]
    if found then
        tree:add(reset):add(phase, found)
        pinfo.cols.info:append(" [RST: " .. found .. "]")
    end
end

register_postdissector(reset)
