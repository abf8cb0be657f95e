// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/exit_codes.h"

namespace ui {

ExitCode exitCodeOf(inference::ErrorCode code) {
    using inference::ErrorCode;
    switch (code) {
    case ErrorCode::cancelled: return ExitCode::cancelled;
    case ErrorCode::invalid_request: return ExitCode::usage;
    case ErrorCode::model_not_found:
    case ErrorCode::unsupported_model:
    case ErrorCode::corrupt_file: return ExitCode::model;
    case ErrorCode::out_of_memory: return ExitCode::out_of_memory;
    case ErrorCode::device_unavailable: return ExitCode::device;
    case ErrorCode::io: return ExitCode::io;
    case ErrorCode::internal: return ExitCode::failed;
    }
    return ExitCode::failed;
}

}  // namespace ui
