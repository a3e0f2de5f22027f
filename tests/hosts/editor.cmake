# The editor from inside: its pictures and its tests.
foreach(program editor_shots editor_tests)
    add_executable(groovefield_${program} ${CMAKE_CURRENT_LIST_DIR}/${program}.cpp)
    target_link_libraries(groovefield_${program}
        PRIVATE Groovefield groovefield_juce groovefield_warnings groovefield_player groovefield_bridge groovefield_kit
            groovefield_data)
endforeach()
target_sources(groovefield_editor_tests PRIVATE ${CMAKE_CURRENT_LIST_DIR}/editor_glide_tests.cpp
    ${CMAKE_CURRENT_LIST_DIR}/editor_pad_tests.cpp ${CMAKE_CURRENT_LIST_DIR}/editor_place_tests.cpp ${CMAKE_CURRENT_LIST_DIR}/editor_studio_tests.cpp
    ${CMAKE_CURRENT_LIST_DIR}/laying_tests.cpp)
