// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <stop_token>
#include <string>
#include <utility>

#include "inference/api/result.h"

namespace inference {

/// How the code below `engine` reports what a user can act on. `engine` alone catches it and turns it into a Result.
class Exception : public std::exception {
public:
    Exception(ErrorCode code, std::string detail) : error_{code, std::move(detail)} {}

    const Error& error() const noexcept { return error_; }
    const char* what() const noexcept override { return error_.detail.c_str(); }

private:
    Error error_;
};

[[noreturn]] inline void fail(ErrorCode code, std::string detail) { throw Exception(code, std::move(detail)); }

/// A sentence out of text that a file dictates: what a parser quotes may be as long as the file.
inline std::string shortened(std::string text) {
    constexpr std::size_t longest = 400;
    if (text.size() > longest) text = text.substr(0, longest) + " ...";
    return text;
}

/// Unwinds with `cancelled` when a stop was requested.
inline void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) fail(ErrorCode::cancelled, "stopped on request");
}

}  // namespace inference
