// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/weights/safetensors.h"

namespace inference {

/// The tensors of one model folder by name: `STEM.safetensors`, or the shards that `STEM.safetensors.index.json` lists.
class Checkpoint {
public:
    /// Throws model_not_found (no weights in the folder, or a shard is missing), corrupt_file (hostile header, index that
    /// disagrees with its shards, a shard name that leaves the folder).
    Checkpoint(const std::string& folder, const std::string& stem);

    bool has(const std::string& name) const { return files_.contains(name); }
    /// Sorted paths of the weight files.
    const std::vector<std::string>& paths() const noexcept { return paths_; }

    /// The stored tensor in its stored dtype, a view of the map. Throws corrupt_file when it is absent or has another shape.
    torch::Tensor view(const std::string& name, at::IntArrayRef shape) const;
    /// The same in `placement`, on its own memory unless stored dtype and device already agree (then a view of the map).
    torch::Tensor load(const std::string& name, at::IntArrayRef shape, const Placement& placement) const;

private:
    void add(const std::string& path, const std::map<std::string, std::string>* weight_map);

    std::string folder_;
    std::vector<std::string> paths_;
    std::map<std::string, std::shared_ptr<const SafetensorsFile>> files_;
};

}  // namespace inference
