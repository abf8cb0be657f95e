// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/model/transformer_config.h"

namespace inference {

/// What a tensor does in its model: how it is filled where nothing was learnt.
enum class TensorRole {
    embedding,       ///< rows of a vocabulary, multiplied by the root of their width
    projection,      ///< (out, in...)
    modulation,      ///< a projection or table whose product scales and shifts what is normed
    bias,            ///< added; around 0
    norm,            ///< an offset from 1
    position_table,  ///< not learnt: the sine-cosine table of "ape"
};

struct TensorSpec {
    std::string name;
    std::vector<std::int64_t> shape;
    TensorRole role = TensorRole::projection;
    bool used = true;  ///< false: part of the published layout that no picture depends on

    bool operator==(const TensorSpec&) const = default;
};

/// The tensors of `transformer/` that its config asks for (reference section 2.4), the text model's included where they lie there.
std::vector<TensorSpec> transformer_tensors(const TransformerConfig& config);

/// Those of a text model. @param prefix  of the names ("llm."). @param num_layers  that exist.
/// @param last_layer_keys_only  of the last layer only keys and values are used, and nothing of what comes after it.
std::vector<TensorSpec> text_tensors(const TextModelConfig& config, const std::string& prefix, std::int64_t num_layers, bool last_layer_keys_only);

}  // namespace inference
