// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/denoising_judge.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "inference/core/exception.h"
#include "inference/learning/draws.h"
#include "inference/learning/picture_latents.h"

namespace inference {
namespace {

constexpr double batch_flops = 5e10;  ///< between two looks at the stop token
constexpr std::int64_t max_batch = 64;

/// Queries that ask about one picture.
struct Asked {
    const PixelBuffer* pixels = nullptr;
    std::vector<std::size_t> queries;
};

/// Neighbours that ask about the same picture, as a classifier's queries do, share its latents.
std::vector<Asked> by_picture(const std::vector<PictureQuery>& queries) {
    std::vector<Asked> pictures;
    for (std::size_t i = 0; i < queries.size(); ++i) {
        require_picture(queries[i].pixels);
        if (pictures.empty() || *pictures.back().pixels != queries[i].pixels) pictures.push_back({&queries[i].pixels, {}});
        pictures.back().queries.push_back(i);
    }
    return pictures;
}

/// (draws) float32.
torch::Tensor noise_levels(int draws) {
    const auto middle = (at::arange(draws, torch::kFloat64) + 0.5) / static_cast<double>(draws);
    return at::sigmoid(at::special_ndtri(middle)).to(torch::kFloat32);
}

}  // namespace

std::vector<double> denoising_losses(const FrozenModel& model, const std::vector<PictureQuery>& queries, const DenoisingOptions& options,
                                     const std::vector<LayerLowRank>& adapter, const std::stop_token& stop) {
    if (options.draws < 1 || options.draws > max_judging_draws) {
        fail(ErrorCode::invalid_request,
             "draws is " + std::to_string(options.draws) + "; it must be between 1 and " + std::to_string(max_judging_draws));
    }
    const auto levels = noise_levels(options.draws);
    std::vector<double> losses(queries.size(), 0.0);
    for (const auto& asked : by_picture(queries)) {
        throw_if_stopped(stop);
        const auto latents = encode_pictures({asked.pixels}, model, native_size_for(*asked.pixels, *model.config), stop);
        std::vector<torch::Tensor> noises;
        for (int draw = 0; draw < options.draws; ++draw) {
            noises.push_back(Draws(options.seed, DrawPurpose::judging_noise, 0, static_cast<std::uint64_t>(draw)).normal(latents.sizes()));
        }
        const auto noise = at::cat(noises).to(latents.device());  // (draws, C, h, w)
        std::vector<PromptText> texts;
        for (const auto query : asked.queries) texts.push_back({queries[query].prompt, queries[query].instruction});
        const auto prompts = model.read_prompts(texts, stop);
        const auto rows = static_cast<std::int64_t>(prompts.size()) * options.draws;
        const auto batch = model.rows_for(batch_flops, latents.size(2), latents.size(3), max_batch);
        for (std::int64_t first = 0; first < rows; first += batch) {
            throw_if_stopped(stop);
            const auto count = std::min(batch, rows - first);
            std::vector<std::shared_ptr<const PromptState>> states;
            std::vector<std::int64_t> draws;
            for (std::int64_t row = first; row < first + count; ++row) {
                states.push_back(prompts[static_cast<std::size_t>(row / options.draws)]);
                draws.push_back(row % options.draws);
            }
            const auto index = torch::tensor(draws);
            const auto t = levels.index_select(0, index), eps = noise.index_select(0, index.to(noise.device()));
            const auto share = t.view({-1, 1, 1, 1}).to(latents.device());
            auto conditioning = model.transformer->prepare(states, latents.size(2), latents.size(3));
            if (!adapter.empty()) conditioning.adapter = {adapter, count * conditioning.image_tokens()};
            const auto velocity = model.transformer->velocity(latents + share * (eps - latents), conditioning, timesteps_of(t));
            const auto error = (velocity - (eps - latents)).square().mean({1, 2, 3}).to(torch::kCPU, torch::kFloat64);
            for (std::int64_t i = 0; i < count; ++i) {
                const auto query = asked.queries[static_cast<std::size_t>((first + i) / options.draws)];
                losses[query] += error[i].item<double>() / options.draws;
            }
        }
    }
    return losses;
}

}  // namespace inference
