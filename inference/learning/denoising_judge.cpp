// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/denoising_judge.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "inference/core/exception.h"
#include "inference/learning/draws.h"
#include "inference/learning/picture_latents.h"

namespace inference {
namespace {

constexpr double batch_flops = 5e10;  ///< between two looks at the stop token
constexpr std::int64_t max_batch = 64;
constexpr std::size_t max_pictures = 8;  ///< encoded together

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

/// One forward pass's worth of one query.
struct Row {
    std::size_t query = 0;
    std::int64_t picture = 0, draw = 0;
    std::shared_ptr<const PromptState> prompt;
};

/// (draws, C, h, w): the noise of each draw, the same for every picture of that shape.
torch::Tensor noise_of(const DenoisingOptions& options, at::IntArrayRef shape) {
    std::vector<torch::Tensor> noises;
    for (int draw = 0; draw < options.draws; ++draw) {
        noises.push_back(Draws(options.seed, DrawPurpose::judging_noise, 0, static_cast<std::uint64_t>(draw)).normal(shape));
    }
    return at::stack(noises);
}

/// Mean squared error of the predicted velocity for each row.
std::vector<double> errors_of(const FrozenModel& model, std::span<const Row> rows, const torch::Tensor& latents, const torch::Tensor& noise,
                              const torch::Tensor& levels, const std::vector<LayerLowRank>& adapter) {
    std::vector<std::shared_ptr<const PromptState>> prompts;
    std::vector<std::int64_t> pictures, draws;
    for (const auto& row : rows) {
        prompts.push_back(row.prompt);
        pictures.push_back(row.picture);
        draws.push_back(row.draw);
    }
    const auto draw = torch::tensor(draws);
    const auto t = levels.index_select(0, draw), clean = latents.index_select(0, torch::tensor(pictures).to(latents.device()));
    const auto velocity = noise.index_select(0, draw.to(noise.device())) - clean;
    auto conditioning = model.transformer->prepare(prompts, latents.size(2), latents.size(3));
    if (!adapter.empty()) conditioning.adapter = {adapter, static_cast<std::int64_t>(rows.size()) * conditioning.image_tokens()};
    const auto predicted = model.transformer->velocity(clean + t.view({-1, 1, 1, 1}).to(latents.device()) * velocity, conditioning, timesteps_of(t));
    const auto errors = (predicted - velocity).square().mean({1, 2, 3}).to(torch::kCPU, torch::kFloat64).contiguous();
    return {errors.const_data_ptr<double>(), errors.const_data_ptr<double>() + errors.numel()};
}

}  // namespace

std::vector<double> denoising_losses(const FrozenModel& model, const std::vector<PictureQuery>& queries, const DenoisingOptions& options,
                                     const std::vector<LayerLowRank>& adapter, const std::stop_token& stop) {
    if (options.draws < 1 || options.draws > max_judging_draws) {
        fail(ErrorCode::invalid_request,
             "draws is " + std::to_string(options.draws) + "; it must be between 1 and " + std::to_string(max_judging_draws));
    }
    const auto levels = noise_levels(options.draws);
    const auto pictures = by_picture(queries);
    std::vector<double> losses(queries.size(), 0.0);
    for (std::size_t first = 0; first < pictures.size();) {
        throw_if_stopped(stop);
        const auto size = native_size_for(*pictures[first].pixels, *model.config);
        std::vector<const PixelBuffer*> pixels;
        std::vector<PromptText> texts;
        std::vector<Row> rows;
        while (first < pictures.size() && pixels.size() < max_pictures && native_size_for(*pictures[first].pixels, *model.config) == size) {
            for (const auto query : pictures[first].queries) {
                texts.push_back({queries[query].prompt, queries[query].instruction});
                for (int draw = 0; draw < options.draws; ++draw) rows.push_back({query, static_cast<std::int64_t>(pixels.size()), draw, nullptr});
            }
            pixels.push_back(pictures[first++].pixels);
        }
        const auto latents = encode_pictures(pixels, model, size, stop);
        const auto prompts = model.read_prompts(texts, stop);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i].prompt = prompts[i / static_cast<std::size_t>(options.draws)];
        const auto noise = noise_of(options, latents.sizes().slice(1)).to(latents.device());
        const auto batch = static_cast<std::size_t>(model.rows_for(batch_flops, latents.size(2), latents.size(3), max_batch));
        for (std::size_t row = 0; row < rows.size(); row += batch) {
            throw_if_stopped(stop);
            const std::span<const Row> part(rows.data() + row, std::min(batch, rows.size() - row));
            const auto found = errors_of(model, part, latents, noise, levels, adapter);
            for (std::size_t i = 0; i < part.size(); ++i) losses[part[i].query] += found[i] / options.draws;
        }
    }
    return losses;
}

}  // namespace inference
