# SPDX-License-Identifier: Apache-2.0
# Libtorch::cpu: libtorch out of the PyPI wheel, as packaging/setup.sh unpacks it. The wheel's own TorchConfig.cmake insists on a CUDA toolkit;
# this needs only lib/ and include/. FUSELIGHT_TORCH_DIR names the folder that holds them (or the one above it).

set(_libtorch_dir "${FUSELIGHT_TORCH_DIR}")
if(NOT _libtorch_dir)
    if(DEFINED ENV{FUSELIGHT_CACHE})
        set(_libtorch_dir "$ENV{FUSELIGHT_CACHE}/torch-2.11.0")
    elseif(DEFINED ENV{XDG_CACHE_HOME})
        set(_libtorch_dir "$ENV{XDG_CACHE_HOME}/fuselight/torch-2.11.0")
    else()
        set(_libtorch_dir "$ENV{HOME}/.cache/fuselight/torch-2.11.0")
    endif()
endif()
if(EXISTS "${_libtorch_dir}/torch/lib")
    set(_libtorch_dir "${_libtorch_dir}/torch")
endif()

find_library(Libtorch_CPU_LIBRARY torch_cpu PATHS "${_libtorch_dir}/lib" NO_DEFAULT_PATH)
find_library(Libtorch_C10_LIBRARY c10 PATHS "${_libtorch_dir}/lib" NO_DEFAULT_PATH)
find_path(Libtorch_INCLUDE_DIR torch/types.h PATHS "${_libtorch_dir}/include/torch/csrc/api/include" NO_DEFAULT_PATH)
mark_as_advanced(Libtorch_CPU_LIBRARY Libtorch_C10_LIBRARY Libtorch_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libtorch REQUIRED_VARS Libtorch_CPU_LIBRARY Libtorch_C10_LIBRARY Libtorch_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "looked in ${_libtorch_dir}, where packaging/run.sh --setup-only puts it there, or set FUSELIGHT_TORCH_DIR")

if(Libtorch_FOUND AND NOT TARGET Libtorch::cpu)
    find_package(OpenMP REQUIRED COMPONENTS CXX)  # ATen/Parallel.h runs its loops in the caller's translation unit
    set(Libtorch_LIBRARY_DIR "${_libtorch_dir}/lib")
    add_library(Libtorch::cpu INTERFACE IMPORTED)
    target_include_directories(Libtorch::cpu SYSTEM INTERFACE "${_libtorch_dir}/include" "${Libtorch_INCLUDE_DIR}")
    target_compile_options(Libtorch::cpu INTERFACE ${OpenMP_CXX_FLAGS})
    # libtorch_cpu finds libcudart and libcupti by its own RPATH when it runs; the linker need not look for them.
    target_link_options(Libtorch::cpu INTERFACE "LINKER:--allow-shlib-undefined" "LINKER:-rpath,${Libtorch_LIBRARY_DIR}")
    target_link_libraries(Libtorch::cpu INTERFACE "${Libtorch_CPU_LIBRARY}" "${Libtorch_C10_LIBRARY}" "${Libtorch_LIBRARY_DIR}/libgomp.so.1")
endif()
