// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/model/fused_transformer.h"

namespace inference {

/// The largest divisor of `rows` that is at most `most`: parts of equal size.
std::int64_t equal_part(std::int64_t rows, std::int64_t most);

/// The velocity of pictures that are drawn for one request, guidance applied. What cannot run through the model at once goes in parts of equal
/// size, which share one conditioning.
class BatchVelocity {
public:
    struct Options {
        std::vector<std::shared_ptr<const PromptState>> prompts;  ///< the prompt's; with guidance the negative prompt's after it
        std::vector<LayerLowRank> adapter;                        ///< of the conditional branch; empty: none
        double guidance_scale = 1.0;
        bool cached_positions = false;  ///< GenerationRequest::upstream_cache_positions
        std::int64_t max_rows = 1;      ///< pictures at once
        std::stop_token stop = {};      ///< polled between parts
    };

    BatchVelocity(const FusedTransformer& transformer, Options options);

    /// A VelocityFn, for any number of pictures at each call.
    torch::Tensor operator()(const torch::Tensor& latents, float sigma);

    /// Gives the memory of the conditioning back; the next call lays it out again.
    void rest() { conditioning_.reset(); }

private:
    void lay_out(std::int64_t pictures, std::int64_t height, std::int64_t width);
    torch::Tensor predict(const torch::Tensor& latents, float sigma);

    const FusedTransformer& transformer_;
    Options options_;
    std::optional<Conditioning> conditioning_;
    std::int64_t pictures_ = 0;  ///< that the conditioning is for
    bool begun_ = false;         ///< all rows have been through the model once
};

}  // namespace inference
