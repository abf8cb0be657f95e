// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "inference/api/result.h"

namespace inference {

/// The error that the exception in flight stands for. Call inside a catch block only.
Error current_error();

/// Runs `fn`; what it throws becomes the Result's error. The engine's only catch: nothing below it returns errors, nothing above it throws.
/// @param free_memory  called when memory ran out, before returning; may be empty.
template <typename Fn> auto guarded(Fn&& fn, const std::function<void()>& free_memory = {}) -> Result<decltype(fn())> {
    try {
        if constexpr (std::is_void_v<decltype(fn())>) {
            std::forward<Fn>(fn)();
            return {};
        } else {
            return std::forward<Fn>(fn)();
        }
    } catch (...) {
        const auto error = current_error();
        if (error.code == ErrorCode::out_of_memory && free_memory) free_memory();
        return tl::unexpected<Error>(error);
    }
}

}  // namespace inference
