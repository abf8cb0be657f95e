# SPDX-License-Identifier: Apache-2.0
# project_options: what every target of ours is compiled with. Link it PRIVATE.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(FUSELIGHT_CCACHE ccache)
if(FUSELIGHT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The precompiled header of libtorch is cached too only with these sloppiness settings (ccache manual, "Precompiled headers").
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${FUSELIGHT_CCACHE})
endif()

# A translation unit with libtorch takes about 1.2 GB: as many at once as cores and memory allow.
cmake_host_system_information(RESULT fuselight_memory_mb QUERY TOTAL_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT fuselight_cores QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR fuselight_torch_jobs "${fuselight_memory_mb} / 2000")
if(fuselight_torch_jobs LESS 1)
    set(fuselight_torch_jobs 1)
elseif(fuselight_torch_jobs GREATER fuselight_cores)
    set(fuselight_torch_jobs ${fuselight_cores})
endif()
set_property(GLOBAL APPEND PROPERTY JOB_POOLS torch_compile=${fuselight_torch_jobs})

add_library(project_options INTERFACE)
target_include_directories(project_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_features(project_options INTERFACE cxx_std_20)
target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
    $<$<BOOL:${FUSELIGHT_WERROR}>:-Werror>
    $<$<BOOL:${FUSELIGHT_FUZZ}>:-fsanitize-coverage=trace-pc>)
if(FUSELIGHT_SANITIZE)
    # What the sanitizers find needs a line, not the value of every variable, and no more speed than the tests ask for: half the time to compile.
    set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
    target_compile_options(project_options INTERFACE -fsanitize=${FUSELIGHT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined
        # A check at each pointer of every header costs a third of the time to compile, and the address sanitizer stops where such a one is used.
        -fno-sanitize=null,alignment,vptr,object-size,pointer-overflow,nonnull-attribute,returns-nonnull-attribute)
    target_link_options(project_options INTERFACE -fsanitize=${FUSELIGHT_SANITIZE})
endif()

# qt_options: the strict Qt definitions for app, ui and their tests. Link it PRIVATE beside project_options.
add_library(qt_options INTERFACE)
target_compile_definitions(qt_options INTERFACE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_NO_FOREACH QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_BEFORE=0x060400)
