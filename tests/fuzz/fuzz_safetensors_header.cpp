// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "inference/core/exception.h"
#include "inference/weights/safetensors_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    try {
        const auto header_size = inference::safetensors_header_size(file.substr(0, 8), size);
        const auto begin = 8 + header_size;
        for (const auto& [name, entry] : inference::parse_safetensors_header(file.substr(8, header_size), begin, size - begin)) {
            if (entry.begin < begin || entry.begin + entry.size > size) __builtin_trap();  // what the parser promises
        }
    } catch (const inference::Exception&) {
    }
    return 0;
}
