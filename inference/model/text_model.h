// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "inference/core/placement.h"
#include "inference/model/prompt_encoder.h"
#include "inference/model/text_layers.h"
#include "inference/model/transformer_config.h"

namespace inference {

/// The frozen language model inside a FuseDiT, cut after the last shared layer; of that layer only keys and values exist. A prompt leaves the
/// keys and values of the shared layers: keys after rotation for attention "self", as projected for attention "cross".
class TextModel final : public PromptEncoder {
public:
    /// Throws corrupt_file naming the tensor that is missing, misshapen or not finite.
    TextModel(const TransformerConfig& config, const TextWeights& weights, const Placement& placement, const LayerLoading& loading = {});

    std::vector<PromptState> encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const override;
    std::int64_t parameters() const noexcept override { return layers_.parameters(); }
    double flops(const std::vector<std::int64_t>& tokens) const override { return layers_.flops(tokens); }
    std::int64_t resident_layers() const noexcept override { return layers_.resident_layers(); }
    void release_layers() override { layers_.keep_only(0); }

private:
    using KeepFn = KeyValues (*)(const torch::Tensor& qkv, KeyValues rotated);

    std::int64_t first_shared_layer_;
    TextLayers layers_;
    KeepFn keep_;  ///< what of a shared layer is kept
};

}  // namespace inference
