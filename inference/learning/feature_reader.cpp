// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/feature_reader.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "inference/core/exception.h"
#include "inference/learning/picture_latents.h"
#include "inference/weights/file_hash.h"

namespace inference {
namespace {

using state_recipe::noise_levels;
using state_recipe::noise_seeds;
constexpr std::int64_t num_seeds = std::size(noise_seeds);
constexpr double batch_flops = 5e10;  ///< between two looks at the stop token
constexpr std::int64_t max_batch = 32;

void append(std::vector<float>& to, const torch::Tensor& row) {
    const auto values = row.to(torch::kCPU, torch::kFloat32).contiguous();
    to.insert(to.end(), values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel());
}

/// Mean over the prompt's tokens of the values that its last layer shares with the image. The first token is BOS in every prompt.
torch::Tensor prompt_features(const PromptState& prompt) {
    const auto values = prompt.layers.back().values[0].to(torch::kFloat32);  // (kv_heads, tokens, head_dim)
    const std::int64_t first = prompt.tokens > 1 ? 1 : 0;
    return values.narrow(1, first, prompt.tokens - first).mean(1).flatten();
}

}  // namespace

FeatureReader::FeatureReader(FrozenModel model) : model_(std::move(model)), states_(model_) {
    std::ostringstream recipe;
    recipe << "1 " << model_.id;  // the number in front changes with the code that pools
    for (const auto layer : states_.taps().all) recipe << ' ' << layer;
    for (const auto t : noise_levels) recipe << ' ' << t;
    for (const auto seed : noise_seeds) recipe << ' ' << seed;
    version_ = sha256_of_text(recipe.str()).substr(0, 16);
}

std::int64_t FeatureReader::pictures_together(ImageSize size) const {
    const auto native = native_size_for(size, *model_.config);
    const auto factor = model_.config->autoencoder.factor();
    return model_.rows_for(batch_flops / num_seeds, native.height / factor, native.width / factor, max_batch);
}

std::vector<PictureFeatures> FeatureReader::read(const std::vector<PictureQuery>& pictures, const std::stop_token& stop) const {
    for (const auto& picture : pictures) require_picture(picture.pixels);
    std::vector<PictureFeatures> features(pictures.size());
    for (std::size_t first = 0; first < pictures.size();) {
        throw_if_stopped(stop);
        const auto size = native_size_for(pictures[first].pixels, *model_.config);
        const auto most = pictures_together(size);
        std::vector<const PictureQuery*> batch;
        std::vector<PictureFeatures*> into;
        while (first < pictures.size() && static_cast<std::int64_t>(batch.size()) < most &&
               native_size_for(pictures[first].pixels, *model_.config) == size) {
            batch.push_back(&pictures[first]);
            into.push_back(&features[first++]);
        }
        read_batch(batch, size, into, stop);
    }
    return features;
}

void FeatureReader::read_batch(const std::vector<const PictureQuery*>& pictures, ImageSize size, std::vector<PictureFeatures*>& into,
                               const std::stop_token& stop) const {
    std::vector<const PixelBuffer*> pixels;
    std::vector<PromptText> texts;
    for (const auto* picture : pictures) {
        pixels.push_back(&picture->pixels);
        texts.push_back({picture->prompt, picture->instruction});
    }
    const auto prompts = model_.read_prompts(texts, stop);
    const auto latents = encode_pictures(pixels, model_, size, stop);
    for (std::size_t b = 0; b < into.size(); ++b) {
        into[b]->version = version_;
        append(into[b]->prompt, prompt_features(*prompts[b]));
    }
    for (const auto& level : states_.read(latents, prompts, stop)) {
        const auto keep = [&](const std::vector<std::int64_t>& taps, std::vector<float> PictureFeatures::*field) {
            for (const auto tap : taps) {
                const auto& pooled = level[static_cast<std::size_t>(tap)];
                for (std::size_t b = 0; b < into.size(); ++b) append(into[b]->*field, pooled[static_cast<std::int64_t>(b)]);
            }
        };
        keep(states_.taps().image, &PictureFeatures::image);
        keep(states_.taps().judge, &PictureFeatures::judge);
    }
    for (const auto* features : into) {
        for (const auto* block : {&features->image, &features->judge, &features->prompt}) {
            if (!std::all_of(block->begin(), block->end(), [](float x) { return std::isfinite(x); }))
                fail(ErrorCode::internal, "the model's states of a picture are not finite");
        }
    }
}

}  // namespace inference
