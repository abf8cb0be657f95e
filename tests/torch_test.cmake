# SPDX-License-Identifier: Apache-2.0
include_guard(GLOBAL)

# add_torch_test(NAME LABEL LIBRARY SOURCE...): one program of tests that need libtorch but no more of the engine than LIBRARY.
function(add_torch_test name label library)
    string(REPLACE "." "_" target "${name}_tests")
    add_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE ${library} project_options GTest::gtest_main)
    target_compile_definitions(${target} PRIVATE FUSELIGHT_FIXTURES="${CMAKE_CURRENT_SOURCE_DIR}")
    target_precompile_headers(${target} REUSE_FROM inference_weights)
    # Compiled like the library whose precompiled header it shares: -fPIC in place of an executable's -fPIE, and hidden symbols.
    set_target_properties(${target} PROPERTIES JOB_POOL_COMPILE torch_compile POSITION_INDEPENDENT_CODE OFF
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(${target} PRIVATE -fPIC)
    add_test(NAME ${name} COMMAND ${target})
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 300)
endfunction()
