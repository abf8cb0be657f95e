// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace inference {

/// What went wrong, coarse enough that the front end can name the next step for each value.
enum class ErrorCode {
    cancelled,           ///< a stop was requested; a state, not a failure
    invalid_request,     ///< the request cannot be carried out as written (size, steps, count, ...)
    model_not_found,     ///< a folder or file of the model is missing
    unsupported_model,   ///< the model is intact but of a kind this build cannot run
    corrupt_file,        ///< a file's contents contradict themselves or its format
    out_of_memory,       ///< estimated or met; `detail` names the amounts
    device_unavailable,  ///< the requested device is not there
    io,                  ///< reading or writing failed (disk full, permission, ...)
    internal,            ///< a broken invariant of ours
};

/// `detail` is English, for logs, the command line and the copy button; the studio shows its own sentence for `code`.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string detail;

    bool operator==(const Error&) const = default;
};

template <typename T> using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(ErrorCode code, std::string detail) { return tl::unexpected<Error>(Error{code, std::move(detail)}); }

/// Stable spelling for logs, JSON and the job table ("out_of_memory").
const char* to_string(ErrorCode code) noexcept;

}  // namespace inference
