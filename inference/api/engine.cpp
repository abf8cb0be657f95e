// SPDX-License-Identifier: Apache-2.0
#include "inference/api/engine.h"

namespace inference {

const char* to_string(WeightFormat format) noexcept {
    switch (format) {
    case WeightFormat::as_computed: return "auto";
    case WeightFormat::int8: return "int8";
    }
    return "auto";
}

Result<WeightFormat> parse_weight_format(const std::string& text) {
    for (const auto format : {WeightFormat::as_computed, WeightFormat::int8}) {
        if (text == to_string(format)) return format;
    }
    return failure(ErrorCode::invalid_request, "weights are \"" + text + "\"; they must be auto or int8");
}

}  // namespace inference
