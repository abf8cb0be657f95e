// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <torch/types.h>

namespace inference {

/// Where a tensor lies in a safetensors file.
struct TensorEntry {
    torch::ScalarType dtype;
    std::vector<std::int64_t> shape;
    std::size_t begin;  ///< first byte in the file
    std::size_t size;   ///< bytes
};
using TensorEntries = std::map<std::string, TensorEntry>;
/// What a file says about itself under `__metadata__`.
using SafetensorsMetadata = std::map<std::string, std::string>;

/// The format's name of a dtype ("BF16"), or null.
const char* safetensors_dtype(torch::ScalarType dtype);

/// Length of the JSON header, out of the file's first 8 bytes. Throws corrupt_file when it is more than the file or any real header has.
std::size_t safetensors_header_size(std::string_view first_bytes, std::size_t file_size);

/// Parses and checks a JSON header without building a document of it: types, depth, dtype, shape product (overflow), tensors named
/// twice, and that the tensors' ranges lie inside the data, do not overlap and have exactly the size that dtype and shape ask for.
/// @param data_begin  where the data starts in the file. @param data_size  bytes from there to the file's end.
/// @param metadata    takes the texts of `__metadata__`; null: they are not wanted.
/// Throws corrupt_file naming the tensor.
TensorEntries parse_safetensors_header(std::string_view header, std::size_t data_begin, std::size_t data_size,
                                       SafetensorsMetadata* metadata = nullptr);

}  // namespace inference
