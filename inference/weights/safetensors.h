// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <torch/types.h>

#include "inference/weights/file_reader.h"
#include "inference/weights/safetensors_header.h"
#include "inference/weights/safetensors_writer.h"

namespace inference {

/// One safetensors file. The whole header is checked on opening, before anything is allocated for a tensor; data is read on demand.
/// Format: 8 bytes little-endian header length, JSON header, data (https://github.com/huggingface/safetensors).
class SafetensorsFile {
public:
    /// Throws model_not_found, corrupt_file (naming the tensor), io.
    explicit SafetensorsFile(const std::string& path);

    const std::string& path() const noexcept { return file_->path(); }
    const TensorEntries& entries() const noexcept { return entries_; }
    const SafetensorsMetadata& metadata() const noexcept { return metadata_; }
    const FileReader& file() const noexcept { return *file_; }

    /// A floating-point tensor as it is stored, on memory of its own.
    /// Throws corrupt_file when there is no such tensor, when it is neither F32 nor F16 nor BF16 or holds NaN or infinity, or when the
    /// file was cut short; io.
    torch::Tensor read(const std::string& name) const;
    /// The same into `target`, a contiguous CPU tensor of as many elements in any of the three dtypes; a cast goes through a few
    /// megabytes of buffer, so a tensor never lies in memory twice.
    void read_into(const std::string& name, const torch::Tensor& target) const;
    /// Rows `rows` of a two-dimensional tensor, (rows, columns) as stored: a prompt needs a dozen of a vocabulary's 262,144.
    torch::Tensor read_rows(const std::string& name, std::span<const std::int64_t> rows) const;
    /// The check of read() alone.
    void require_finite(const std::string& name) const;

private:
    const TensorEntry& floating_entry(const std::string& name) const;
    void read_checked(const std::string& name, std::size_t offset, const torch::Tensor& into) const;

    std::shared_ptr<const FileReader> file_;
    SafetensorsMetadata metadata_;
    TensorEntries entries_;
};

}  // namespace inference
