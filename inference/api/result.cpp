// SPDX-License-Identifier: Apache-2.0
#include "inference/api/result.h"

namespace inference {

const char* to_string(ErrorCode code) noexcept {
    switch (code) {
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::invalid_request: return "invalid_request";
    case ErrorCode::model_not_found: return "model_not_found";
    case ErrorCode::unsupported_model: return "unsupported_model";
    case ErrorCode::corrupt_file: return "corrupt_file";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::device_unavailable: return "device_unavailable";
    case ErrorCode::io: return "io";
    case ErrorCode::internal: return "internal";
    }
    return "internal";
}

}  // namespace inference
