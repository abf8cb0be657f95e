// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_setup.h"

#include <algorithm>
#include <set>

#include <ATen/Parallel.h>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/learning/adapter_layout.h"
#include "inference/learning/picture_latents.h"
#include "inference/learning/training_shortage.h"

namespace inference {
namespace {

// A slice runs one pass forward and the products of another backward; a reduced format is about four times as fast.
constexpr double slice_flops = 2.0e10, slice_flops_reduced = 4.0e10;
constexpr std::int64_t max_micro_batch = 16;
constexpr int optimiser_vectors = 8;  ///< parameters, two moments, average, gradient, its slice and two temporaries
constexpr std::int64_t prompt_tokens = 64;
constexpr std::int64_t fixed_bytes = 48 << 20;  ///< oneDNN's primitives and scratch, allocator slack
constexpr double margin = 1.15;

/// The largest picture of a job at a setting.
ImageSize largest_size(const FrozenModel& model, const TrainingJob& job, int max_side) {
    ImageSize largest;
    for (const auto& picture : job.pictures) {
        const auto size = training_size_for(picture.pixels, *model.config, max_side);
        if (size.width * size.height > largest.width * largest.height) largest = size;
    }
    return largest;
}

std::int64_t packed_bytes(const FrozenModel& model) {
    const auto& c = model.config->transformer;
    if (model.placement.dtype != torch::kBFloat16 || !model.placement.on_cpu()) return 0;
    std::int64_t layer = 0;
    const AdapterLayout layout(c);
    for (std::size_t m = 0; m < num_adapted_matrices; ++m) {
        const auto [out, in] = layout.shape(static_cast<AdaptedMatrix>(m));
        layer += out * in;
    }
    if (c.attention == AttentionKind::cross) layer += 2 * c.hidden_size * c.base.num_attention_heads * c.base.head_dim;
    return 2 * layer * c.num_hidden_layers;
}

}  // namespace

std::int64_t training_bytes(const FrozenModel& model, const TrainingJob& job, const TrainingSetup& setup) {
    const auto& c = model.config->transformer;
    const auto size = largest_size(model, job, setup.max_side);
    const auto factor = model.config->autoencoder.factor();
    const auto latents = (size.width / factor) * (size.height / factor) * c.in_channels * 4;
    const auto tokens = (size.width / factor / c.patch_size) * (size.height / factor / c.patch_size);
    const auto adapter = AdapterLayout(c).parameters(job.config.rank) * 4 * optimiser_vectors;
    const auto weights =
        setup.memory.keep_transposed_weights ? packed_bytes(model) : packed_bytes(model) / std::max<std::int64_t>(1, c.num_hidden_layers);
    std::set<PromptText> prompts = {{}};
    for (const auto& picture : job.pictures) prompts.insert({picture.prompt, picture.instruction});
    const auto key_values = static_cast<std::int64_t>(prompts.size()) * 2 * c.num_hidden_layers * prompt_tokens * c.num_key_value_heads *
        c.base.head_dim * static_cast<std::int64_t>(c10::elementSize(model.placement.dtype));
    // Latents of all pictures, and of a step's draws the noise and the reference's answer.
    const auto stored = static_cast<std::int64_t>(job.pictures.size()) * latents + 4 * job.config.groups_per_step * 8 * latents;
    const std::int64_t passes = job.config.objective == TrainingObjective::guidance ? 2 : 1;  // the critic looks within the model's own look
    const auto pass = passes * TrainableTransformer::pass_bytes(c, model.placement, setup.memory, setup.micro_batch, tokens, prompt_tokens);
    return fixed_bytes + static_cast<std::int64_t>(margin * static_cast<double>(adapter + weights + key_values + stored + pass));
}

std::vector<TrainingSetup> setup_ladder(const FrozenModel& model, const TrainingJob& job) {
    const auto size = largest_size(model, job, job.config.max_side);
    const auto factor = model.config->autoencoder.factor();
    const double flops = model.placement.dtype == torch::kFloat32 ? slice_flops : slice_flops_reduced;
    TrainingSetup setup;
    setup.threads = at::get_num_threads();
    setup.max_side = job.config.max_side;
    setup.micro_batch = model.rows_for(flops / 2, size.height / factor, size.width / factor, max_micro_batch);
    std::vector<TrainingSetup> ladder = {setup};
    const auto add = [&](const char* measure, auto change) {
        auto next = ladder.back();
        change(next);
        next.measures += (next.measures.empty() ? "" : ", ") + std::string(measure);
        ladder.push_back(next);
    };
    if (setup.micro_batch > 1) add("one picture at a time", [](auto& s) { s.micro_batch = 1; });
    add("activations computed twice", [](auto& s) { s.memory.keep_activations = false; });
    if (packed_bytes(model) > 0) add("weights unpacked at each use", [](auto& s) { s.memory.keep_transposed_weights = false; });
    const int side = std::max(size.width, size.height);
    if (side / 2 >= model.config->size_multiple()) add("pictures at half their size", [&](auto& s) { s.max_side = side / 2; });
    for (auto& rung : ladder) rung.bytes = training_bytes(model, job, rung);
    return ladder;
}

TrainingSetup choose_setup(const FrozenModel& model, const TrainingJob& job, std::int64_t available) {
    const auto ladder = setup_ladder(model, job);
    const auto limit = memory_limit(job, available);
    for (const auto& rung : ladder) {
        if (rung.bytes <= limit) return rung;
    }
    const auto& last = ladder.back();
    const auto needs = "training needs about " + format_bytes(last.bytes) + " of memory even with " + last.measures + "; ";
    if (limit < available) fail(ErrorCode::out_of_memory, needs + "it ran out of memory when it took " + format_bytes(limit));
    fail(ErrorCode::out_of_memory, needs + format_bytes(available) + " are available");
}

std::int64_t memory_limit(const TrainingJob& job, std::int64_t available) { return std::min(available, shortage_in(job.checkpoint_path) - 1); }

}  // namespace inference
