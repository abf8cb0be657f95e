// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/weights/safetensors.h"

namespace inference {

/// The tensors of one model folder by name: `STEM.safetensors`, or the shards that `STEM.safetensors.index.json` lists. Opening it reads
/// headers only; each tensor is read, checked and cast on its own, so loading peaks at what stays plus one tensor at most.
class Checkpoint {
public:
    /// Throws model_not_found (no weights in the folder, or a shard is missing), corrupt_file (hostile header, index that
    /// disagrees with its shards, a tensor twice, a shard name that leaves the folder), io (a loop of links).
    Checkpoint(const std::string& folder, const std::string& stem);

    bool has(const std::string& name) const { return files_.contains(name); }
    /// Sorted paths of the weight files.
    const std::vector<std::string>& paths() const noexcept { return paths_; }
    /// Sorted names of all tensors.
    std::vector<std::string> names() const;
    /// Throws corrupt_file when it is absent.
    const TensorEntry& entry(const std::string& name) const;

    /// The file that holds it, for messages. Throws corrupt_file when it is absent.
    const std::string& path_of(const std::string& name) const { return file_of(name).path(); }

    /// A tensor in `placement`, on memory of its own. Throws corrupt_file when it is absent, has another shape, is of no floating-point
    /// dtype, holds NaN or infinity, or when its file was cut short or changed; io.
    torch::Tensor load(const std::string& name, at::IntArrayRef shape, const Placement& placement) const;
    /// The same into a contiguous CPU tensor whose shape is the one asked for: rows of a larger matrix, for example.
    void load_into(const std::string& name, const torch::Tensor& target) const;
    /// Rows of a (rows, columns) matrix as they are stored: what an embedding needs of its table.
    torch::Tensor load_rows(const std::string& name, at::IntArrayRef shape, std::span<const std::int64_t> rows) const;
    /// Reads a tensor that will be needed in rows only, and keeps nothing. Throws corrupt_file when it holds NaN or infinity.
    void require_finite(const std::string& name) const { file_of(name).require_finite(name); }
    /// Lets the kernel read ahead all tensors whose names start with `prefix` ("dit.layers.3."): a hint.
    void will_need(std::string_view prefix) const;

private:
    void add(const std::string& path, const std::map<std::string, std::string>* weight_map);
    const SafetensorsFile& file_of(const std::string& name) const;
    const SafetensorsFile& require_shape(const std::string& name, at::IntArrayRef shape) const;

    std::string folder_;
    std::vector<std::string> paths_;
    std::map<std::string, std::shared_ptr<const SafetensorsFile>> files_;
};

}  // namespace inference
