// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/batch_velocity.h"

#include <algorithm>
#include <utility>

#include "inference/core/exception.h"
#include "inference/sampling/guidance.h"

namespace inference {

std::int64_t equal_part(std::int64_t rows, std::int64_t most) {
    auto part = std::clamp<std::int64_t>(most, 1, rows);
    while (rows % part != 0) --part;
    return part;
}

BatchVelocity::BatchVelocity(const FusedTransformer& transformer, Options options) : transformer_(transformer), options_(std::move(options)) {}

void BatchVelocity::lay_out(std::int64_t pictures, std::int64_t height, std::int64_t width) {
    if (conditioning_ && pictures == pictures_) return;
    conditioning_.reset();
    std::vector<std::shared_ptr<const PromptState>> rows;  // all conditional rows, then all unconditional ones
    for (const auto& prompt : options_.prompts) rows.insert(rows.end(), static_cast<std::size_t>(pictures), prompt);
    conditioning_ = transformer_.prepare(rows, height, width);
    pictures_ = pictures;
    if (!options_.adapter.empty()) conditioning_->adapter = {options_.adapter, pictures * conditioning_->image_tokens()};
    if (begun_ && options_.cached_positions) conditioning_->rotary = conditioning_->cached_rotary;
}

torch::Tensor BatchVelocity::predict(const torch::Tensor& latents, float sigma) {
    const auto timestep = torch::full({1}, static_cast<double>(1000.0f * sigma), torch::kFloat32);
    if (options_.prompts.size() == 1) return transformer_.velocity(latents, *conditioning_, timestep);
    return apply_guidance(transformer_.velocity(at::cat({latents, latents}), *conditioning_, timestep), options_.guidance_scale);
}

torch::Tensor BatchVelocity::operator()(const torch::Tensor& latents, float sigma) {
    const auto part = equal_part(latents.size(0), options_.max_rows);
    lay_out(part, latents.size(2), latents.size(3));
    std::vector<torch::Tensor> parts;
    for (const auto& some : latents.split(part)) {
        throw_if_stopped(options_.stop);
        parts.push_back(predict(some, sigma));
    }
    begun_ = true;
    if (options_.cached_positions) conditioning_->rotary = conditioning_->cached_rotary;
    return parts.size() == 1 ? parts.front() : at::cat(parts);
}

}  // namespace inference
