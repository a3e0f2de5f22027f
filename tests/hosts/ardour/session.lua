-- Run by ardour7-lua: a session with Groovefield on a MIDI track and a second track that records
-- what it sends. It says READY, and rolls when a file has appeared. Arguments come as environment
-- variables:
--   GF_SESSION  folder of the session, to be made       GF_SECONDS  how long to roll
--   GF_LOOP     "1": roll the loop that the session file announces (it was made before)
--   GF_GO       the file that it waits for           GF_SET      "X=0.9 Y=0.2": parameters of the plugin
local folder, seconds = os.getenv ("GF_SESSION"), tonumber (os.getenv ("GF_SECONDS"))
local looped = os.getenv ("GF_LOOP") == "1"
local name = "groove"

-- Nothing here happens at once: Ardour does it in threads of its own.
local function await (what, condition)
	for _ = 1, 6000 do
		if condition () then return end
		ARDOUR.LuaAPI.usleep (10000)
	end
	error ("not within a minute: " .. what)
end

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

local processor = groove:nth_plugin (0)
local plugin = processor:to_insert ():plugin (0)
for label, value in (os.getenv ("GF_SET") or ""):gmatch ("(%S+)=(%S+)") do
	local found = false
	for i = 0, plugin:parameter_count () - 1 do
		if plugin:parameter_label (i) == label then
			found = ARDOUR.LuaAPI.set_processor_param (processor, i, tonumber (value))
			break
		end
	end
	assert (found, "no parameter " .. label)
end

local armed = take:to_track ():rec_enable_control ()
armed:set_value (1, PBD.GroupControlDisposition.NoGroup)
collectgarbage ()
await ("the track is armed", function () return armed:get_value () == 1 end)
s:goto_start ()
await ("the playhead is at the start", function () return s:transport_stopped () and s:transport_sample () == 0 end)
s:maybe_enable_record (false)
print ("READY")
io.flush ()
await ("the file that lets it roll", function ()
	local file = io.open (os.getenv ("GF_GO"))
	return file ~= nil and file:close ()
end)

local function takes () return take:to_track ():playlist ():n_regions () end
local before = takes ()
if looped then
	s:request_play_loop (true, false)
else
	s:request_roll (ARDOUR.TransportRequestSource.TRS_UI)
end
await ("it records", function () return s:actively_recording () end)
-- By the engine's own clock: on a busy machine it plays slower.
local over = AudioEngine:processed_samples () + seconds * 48000
await ("it has rolled", function () return AudioEngine:processed_samples () >= over end)
s:request_stop (false, false, ARDOUR.TransportRequestSource.TRS_UI)
await ("it stands still", function () return s:transport_stopped () and not s:actively_recording () end)
await ("the take is there", function () return takes () > before end)
s:save_state ("")
print ("DONE")
io.flush ()
close_session ()
quit ()
