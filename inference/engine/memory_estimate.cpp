// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/memory_estimate.h"

#include <algorithm>
#include <string>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/engine/batch_velocity.h"
#include "inference/learning/picture_latents.h"

namespace inference {
namespace {

constexpr std::int64_t fixed_bytes = 48 << 20;  ///< oneDNN's primitives and scratch, allocator slack

/// @param batch  rows, with guidance two a picture
std::int64_t transformer_bytes(const TransformerConfig& config, std::int64_t element, std::int64_t batch, std::int64_t tokens,
                               std::int64_t prompt_tokens) {
    const auto& base = config.base;
    const auto rows = batch * tokens, keys = tokens + prompt_tokens + 32;
    const auto q = base.num_attention_heads * base.head_dim, kv = config.num_key_value_heads * base.head_dim;
    const auto stream = rows * config.hidden_size * (4 + 3 * element);
    const auto attention = rows * (q + 2 * kv + q + q) * element + 2 * batch * keys * kv * 4;  // packed keys and values are float32
    const auto feedforward = rows * 3 * config.intermediate_size * element;
    const auto key_values = 2 * config.num_hidden_layers * batch * keys * kv * element;
    const auto rotary = 4 * rows * base.head_dim * 4;
    return stream + std::max(attention, feedforward) + key_values + rotary;
}

std::int64_t decode_bytes(const AutoencoderConfig& config, std::int64_t element, const JobSize& job) {
    std::int64_t largest = 0;
    const auto levels = static_cast<std::int64_t>(config.block_out_channels.size());
    for (std::int64_t level = 0; level < levels; ++level) {
        const auto side = config.patch_size << level;
        const auto area = (job.width / side) * (job.height / side);
        const auto here = config.block_out_channels[static_cast<std::size_t>(level)];
        const auto above = config.block_out_channels[static_cast<std::size_t>(std::min(level + 1, levels - 1))];
        largest = std::max(largest, area * (3 * std::max(here, above) + 2 * here) * element);
    }
    return std::min(largest, job.max_decode_bytes) + job.width * job.height * config.image_channels * (element + 4 * 4);
}

/// Features are read at the native size: encoded, then noised twice and run through most of the transformer.
std::int64_t features_bytes(const PipelineConfig& config, std::int64_t element, const JobSize& job) {
    constexpr std::int64_t noises = 2;
    const auto native = native_size_for(ImageSize{static_cast<int>(job.width), static_cast<int>(job.height)}, config);
    auto picture = job;
    picture.width = native.width;
    picture.height = native.height;
    const auto token_side = config.size_multiple();
    const auto encode = std::min(job.seen_together * decode_bytes(config.autoencoder, element, picture), job.max_decode_bytes);
    const auto read = transformer_bytes(config.transformer, element, noises * job.seen_together,
                                        (native.width / token_side) * (native.height / token_side), job.prompt_tokens);
    const auto pixels = job.width * job.height * config.autoencoder.image_channels;
    return std::max(encode, read) + 2 * job.candidates * pixels;
}

}  // namespace

std::int64_t rows_at_once(const JobSize& job) { return job.rows_together > 0 ? job.rows_together : job.batch_size * job.candidates; }

std::int64_t estimate_job_bytes(const PipelineConfig& config, const Placement& placement, const JobSize& job) {
    const auto element = static_cast<std::int64_t>(c10::elementSize(placement.dtype));
    const auto factor = config.autoencoder.factor(), patch = config.transformer.patch_size;
    const auto latent_area = (job.width / factor) * (job.height / factor);
    const auto latents = latent_area * config.transformer.in_channels * 4;
    const auto rows = job.batch_size * job.candidates, tokens = latent_area / (patch * patch);
    const auto step = transformer_bytes(config.transformer, element, rows_at_once(job) * (job.guided ? 2 : 1), tokens, job.prompt_tokens);
    const auto decode = decode_bytes(config.autoencoder, element, job);
    const auto look = job.candidates > 1 ? std::max(decode, features_bytes(config, element, job)) + 2 * rows * latents : decode;
    const auto kept = job.keeps_latents ? 2 * job.num_images * latents : 0;
    return fixed_bytes + std::max(step + 10 * rows * latents, look + rows * latents) + kept;
}

std::int64_t rows_that_fit(const PipelineConfig& config, const Placement& placement, JobSize job, std::int64_t available) {
    const auto rows = job.batch_size * job.candidates;
    for (job.rows_together = equal_part(rows, RequestLimits::max_batch); job.rows_together > 1;
         job.rows_together = equal_part(rows, job.rows_together - 1)) {
        if (estimate_job_bytes(config, placement, job) <= available) break;
    }
    return job.rows_together;
}

JobSize native_job(const PipelineConfig& config) {
    JobSize job;
    job.width = config.native_sizes.front().width;
    job.height = config.native_sizes.front().height;
    job.prompt_tokens = config.trained_prompt_tokens;
    job.max_decode_bytes = 512 << 20;
    return job;
}

void require_memory(std::int64_t needed, std::int64_t available, const JobSize& job) {
    if (needed <= available) return;
    fail(ErrorCode::out_of_memory,
         "drawing " + std::to_string(job.width) + " x " + std::to_string(job.height) + " in batches of " + std::to_string(job.batch_size) +
             (job.candidates > 1 ? " with " + std::to_string(job.candidates) + " candidates each" : "") + " needs about " + format_bytes(needed) +
             " of memory; " + format_bytes(available) + " are available");
}

}  // namespace inference
