-- Run by ardour7-lua: a session with Groovefield on a MIDI track and a second track that records
-- what it sends. Arguments come as environment variables:
--   GF_SESSION  folder of the session, to be made       GF_SECONDS  how long to roll
--   GF_LOOP     "1": roll the loop that the session file announces (it was made before)
local folder, seconds = os.getenv ("GF_SESSION"), tonumber (os.getenv ("GF_SECONDS"))
local looped = os.getenv ("GF_LOOP") == "1"
local name = "groove"

AudioEngine:set_backend ("None (Dummy)", "", "")

local s
if looped then
	s = load_session (folder, name)
else
	s = create_session (folder, name, 48000)
end
assert (s, "no session")

if not looped then
	local one = ARDOUR.ChanCount (ARDOUR.DataType ("midi"), 1)
	local two = ARDOUR.ChanCount (ARDOUR.DataType ("audio"), 2)
	local plugin = ARDOUR.LuaAPI.new_plugin_info ("Groovefield", ARDOUR.PluginType.VST3)
	assert (not plugin:isnil (), "Ardour does not know the plugin")
	local function track (title, info, out)
		local list = s:new_midi_track (one, out, true, info, nil, nil, 1, title,
			ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
		assert (list:size () == 1, "no track " .. title)
		return list:front ()
	end
	-- The plugin's MIDI comes out of its track beside the audio.
	track ("Groove", plugin, two)
	local take = track ("Take", ARDOUR.PluginInfo (), one)
end

local groove, take = s:route_by_name ("Groove"), s:route_by_name ("Take")
assert (not groove:isnil () and not take:isnil (), "the tracks are not there")
local from
for i = 0, groove:output ():n_ports ():n_midi () - 1 do
	from = groove:output ():midi (i)
end
assert (from, "the plugin's track has no MIDI output")
take:input ():disconnect_all (nil)
assert (take:input ():connect (take:input ():midi (0), from:name (), nil) == 0, "not connected")

take:to_track ():rec_enable_control ():set_value (1, PBD.GroupControlDisposition.NoGroup)
collectgarbage ()
ARDOUR.LuaAPI.usleep (500000)
s:goto_start ()
ARDOUR.LuaAPI.usleep (500000)
s:maybe_enable_record (false)
print ("PID-READY")
io.flush ()
ARDOUR.LuaAPI.usleep (1500000)
if looped then
	s:request_play_loop (true, false)
else
	s:request_roll (ARDOUR.TransportRequestSource.TRS_UI)
end
ARDOUR.LuaAPI.usleep (math.floor (seconds * 1000000))
s:request_stop (false, false, ARDOUR.TransportRequestSource.TRS_UI)
ARDOUR.LuaAPI.usleep (1500000)
s:save_state ("")
print ("DONE")
io.flush ()
close_session ()
quit ()
