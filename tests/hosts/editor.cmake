# The editor from inside: its pictures and its tests.
foreach(program editor_shots editor_tests editor_bench)
    add_executable(groovefield_${program} ${CMAKE_CURRENT_LIST_DIR}/${program}.cpp)
    target_link_libraries(groovefield_${program}
        PRIVATE Groovefield groovefield_juce groovefield_warnings groovefield_player groovefield_bridge groovefield_kit
            groovefield_data)
endforeach()
set(tests editor_access_tests editor_glide_tests editor_grid_tests editor_lane_tests editor_learn_tests editor_maps_tests editor_motion_tests editor_notes_tests editor_pad_tests editor_palette_tests editor_place_tests editor_preset_tests editor_studio_tests editor_zoom_tests laying_tests preset_tests)
list(TRANSFORM tests PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
list(TRANSFORM tests APPEND .cpp)
target_sources(groovefield_editor_tests PRIVATE ${tests})
# Beside the other programs that `groovefield bench` runs.
set_target_properties(groovefield_editor_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
