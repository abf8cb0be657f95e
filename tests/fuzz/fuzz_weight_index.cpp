// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include "inference/core/exception.h"
#include "inference/weights/weight_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        for (const auto& [name, file] : inference::parse_weight_index("index", std::string(reinterpret_cast<const char*>(data), size))) {
            if (file.find('/') != std::string::npos || file == "..") __builtin_trap();  // out of the folder
        }
    } catch (const inference::Exception&) {
    }
    return 0;
}
