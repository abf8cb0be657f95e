# SPDX-License-Identifier: Apache-2.0
# Fails when a source is not as .clang-format would write it.
#
#   cmake -DROOT=<source tree> -DCLANG_FORMAT=<program> -P check_format.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE sources RELATIVE "${ROOT}"
    "${ROOT}/inference/*.h" "${ROOT}/inference/*.cpp" "${ROOT}/inference/*.cu" "${ROOT}/app/*.h" "${ROOT}/app/*.cpp" "${ROOT}/ui/*.h"
    "${ROOT}/ui/*.cpp" "${ROOT}/tests/*.h" "${ROOT}/tests/*.cpp")
execute_process(COMMAND "${CLANG_FORMAT}" --dry-run -Werror ${sources} WORKING_DIRECTORY "${ROOT}"
    RESULT_VARIABLE status ERROR_VARIABLE complaints)
if(NOT status EQUAL 0)
    string(REGEX MATCHALL "[^\n]*: error:" places "${complaints}")
    list(TRANSFORM places REPLACE ":[0-9]+:[0-9]+: error:$" "")
    list(REMOVE_DUPLICATES places)
    list(JOIN places " " files)
    message(FATAL_ERROR "${complaints}\nTo mend: clang-format -i ${files}")
endif()
list(LENGTH sources count)
message(STATUS "${count} sources are formatted")
