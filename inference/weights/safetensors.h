// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/weights/mapped_file.h"

namespace inference {

/// One safetensors file over a memory map. The whole header is checked on opening, before anything is allocated for a tensor:
/// header size, JSON depth and types, dtype, shape product (overflow), and that the tensors' ranges lie inside the file, do not overlap
/// and have exactly the size that dtype and shape ask for.
/// Format: 8 bytes little-endian header length, JSON header, data (https://github.com/huggingface/safetensors).
class SafetensorsFile {
public:
    struct Entry {
        torch::ScalarType dtype;
        std::vector<std::int64_t> shape;
        std::size_t begin;  ///< first byte in the file
        std::size_t size;   ///< bytes
    };

    /// Throws model_not_found, corrupt_file (naming the tensor), io.
    explicit SafetensorsFile(const std::string& path);

    const std::string& path() const noexcept { return file_->path(); }
    const std::map<std::string, Entry>& entries() const noexcept { return entries_; }

    /// A view of the map, no copy; it keeps the map alive and must not be written to.
    /// Throws corrupt_file when there is no such tensor or its data is not F32, F16, BF16.
    torch::Tensor view(const std::string& name) const;

private:
    std::shared_ptr<const MappedFile> file_;
    std::map<std::string, Entry> entries_;
};

/// Writes contiguous CPU copies of `tensors` to `path` as a whole or not at all: a temporary file beside it, flushed, then renamed.
/// Throws io naming the path and the reason (disk full, read-only folder).
void write_safetensors(const std::string& path, const std::map<std::string, torch::Tensor>& tensors);

}  // namespace inference
