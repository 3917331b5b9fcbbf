-- Test of the graphical Wireshark: a menu item that takes the next step and, on the next call, writes the verdicts on
-- all resets in the open file. Two calls, because some steps end only after the menu call has returned.
--
-- SPDX-License-Identifier: GPL-2.0-or-later

local names = {}
for name in os.getenv("RST_FIELDS"):gmatch("%S+") do names[#names + 1] = name end
local fields = {}
for number, name in ipairs(names) do fields[number] = Field.new(name) end
local rows = {}

local tap = Listener.new("frame", "rst")

function tap.packet()
    local cells = {}
    for number, field in ipairs(fields) do
        local values = {}
        for _, value in ipairs({ field() }) do values[#values + 1] = tostring(value) end
        cells[number] = table.concat(values, ",")
    end
    rows[#rows + 1] = table.concat(cells, "\t")
end

function tap.reset()
    rows = {}
end

local function nothing() end -- the test presses keys

local function set_idle(value)
    set_preference("rst.idle_min_s", value)
    apply_preferences()
    redissect_packets()
end

local steps = {
    opened = nothing,
    redissected = redissect_packets,
    reloaded = reload_packets,
    filtered = function() set_filter("rst.cause == \"closed_port\"") apply_filter() end,
    unfiltered = function() set_filter("") apply_filter() end,
    preference = function() set_idle(tonumber(os.getenv("RST_IDLE"))) end,
    preference_back = function() set_idle(30) end,
    other_file = function() open_capture_file(os.getenv("RST_OTHER"), "") end,
    first_file = function() open_capture_file(os.getenv("RST_FIRST"), "") end,
    decode_as_tcp = function()
        DissectorTable.get("ip.proto"):set(6, Dissector.get("tcp"))
        redissect_packets()
    end,
}

local order = {}
for name in os.getenv("RST_STEPS"):gmatch("%S+") do order[#order + 1] = name end
local out = io.open(os.getenv("RST_OUT"), "w")
local at, taken = 1, false

register_menu("Next step", function()
    if taken then
        retap_packets()
        out:write("done\t", order[at], "\n")
        for _, row in ipairs(rows) do out:write(row, "\n") end
        out:write("end\n")
        at = at + 1
    else
        (steps[order[at]] or nothing)()
        out:write("taken\t", order[at], "\n")
    end
    taken = not taken
    out:flush()
end, MENU_TOOLS_UNSORTED)
