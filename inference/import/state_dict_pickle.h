// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <torch/types.h>

namespace inference {

/// A tensor as a pickled state dict describes it: a view of a storage that lies beside the pickle.
struct PickledTensor {
    torch::ScalarType dtype;
    std::string storage;  ///< key of its storage
    std::int64_t storage_elements;
    std::int64_t offset;  ///< in elements
    std::vector<std::int64_t> shape, strides;
};

/// Reads the pickle of a dictionary of tensors as torch.save writes it (protocol 2), without running anything: it knows the few opcodes
/// and the five callables that such a dictionary needs (collections.OrderedDict, torch._utils._rebuild_tensor_v2 and _rebuild_parameter,
/// and torch's float, half and bfloat16 storages) and refuses the rest. Memory is bounded by a number of values.
/// Throws corrupt_file (malformed), unsupported_model (well formed, but more than tensors); `name` is for messages.
std::map<std::string, PickledTensor> read_state_dict_pickle(std::string_view pickle, const std::string& name);

}  // namespace inference
