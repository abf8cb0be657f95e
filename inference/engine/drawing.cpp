// SPDX-License-Identifier: Apache-2.0
// How EngineCore draws: noise, steps, previews, the choice among candidates, pixels.
#include <algorithm>
#include <functional>
#include <utility>

#include "inference/core/exception.h"
#include "inference/engine/batch_velocity.h"
#include "inference/engine/drawing_job.h"
#include "inference/engine/pixels.h"
#include "inference/sampling/noise.h"
#include "inference/sampling/sampler.h"

namespace inference {

void EngineCore::draw_batch(Job& job, int first, int count) {
    const auto& plan = job.plan;
    const Stopwatch batch_clock;
    Batch batch{first, count, {}, {}};
    for (int i = 0; i < count; ++i) {
        batch.shown.push_back(batch.rows());
        for (int c = 0; c < plan.candidates; ++c) batch.candidates.push_back(c);
    }
    throw_if_stopped(job.stop);
    SamplerState state{noise_of(job, batch).to(model_.placement.device)};
    BatchVelocity velocity(*model_.transformer,
                           {job.prompts, job.adapter, job.request.guidance_scale, job.request.upstream_cache_positions, job.max_rows, job.stop});
    const auto advance = [&](int end) {
        const Stopwatch clock;
        torch::Tensor clean;
        const auto on_step = [&](const SamplerStep& step) {
            if (step.step == plan.judged_after) clean = step.clean_estimate();
            report_step(job, batch, step);
        };
        state = integrator_of(job.request.sampler)(std::ref(velocity), std::move(state), end, job.schedule, on_step, job.stop);
        velocity.rest();
        job.summary.denoise_ms += clock.elapsed_ms();
        return clean;
    };
    if (plan.judged_after > 0) state = state.only(give_up_worse_half(job, batch, advance(plan.judged_after)));
    advance(plan.steps);
    for (int i = 0; i < count; ++i) {
        const auto rows = batch.rows_of_image(), from = i * rows;
        auto [best, pixels] = best_picture(job, state.latents.narrow(0, from, rows));
        const auto row = from + best;
        if (!job.callbacks.save_latents_path.empty()) job.final_latents.push_back(state.latents.narrow(0, row, 1).to(torch::kCPU));
        job.summary.images += 1;
        if (!job.callbacks.on_image) continue;
        job.callbacks.on_image({first + i, std::move(pixels),
                                request_for_image(job.request, first + i, batch.candidates[static_cast<std::size_t>(row)]),
                                batch_clock.elapsed_ms()});
    }
}

torch::Tensor EngineCore::noise_of(const Job& job, const Batch& batch) const {
    if (job.initial_latents.defined()) return job.initial_latents.narrow(0, batch.first, batch.count);
    std::vector<std::uint64_t> seeds;
    for (int i = 0; i < batch.count; ++i) {
        for (int c = 0; c < job.plan.candidates; ++c) seeds.push_back(request_for_image(job.request, batch.first + i, c).seed);
    }
    const auto factor = model_.config.autoencoder.factor();
    return draw_noise(seeds, info_.latent_channels, job.request.height / factor, job.request.width / factor);
}

PixelBuffer EngineCore::decode(Job& job, const torch::Tensor& latents) {
    throw_if_stopped(job.stop);
    const Stopwatch clock;
    auto pixels = to_pixels(model_.autoencoder->decode(latents, {max_decode_bytes(), job.stop})[0], model_.config.autoencoder.pixel_space);
    const double decode_ms = clock.elapsed_ms();
    decode_ms_per_pixel_ = decode_ms / (static_cast<double>(job.request.width) * job.request.height);
    job.summary.decode_ms += decode_ms;
    job.work_done += 1;
    return pixels;
}

std::vector<Candidate> EngineCore::look_at(Job& job, const torch::Tensor& latents) {
    std::vector<PictureQuery> pictures;
    for (const auto& one : latents.split(1)) pictures.push_back({decode(job, one), job.request.prompt, job.request.instruction});
    const Stopwatch clock;
    auto features = job.reader->read(pictures, job.stop);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < pictures.size(); ++i) candidates.push_back({std::move(pictures[i].pixels), std::move(features[i])});
    job.summary.judge_ms += clock.elapsed_ms();
    job.work_done += static_cast<double>(pictures.size()) * features_work;
    return candidates;
}

std::vector<double> EngineCore::judge(Job& job, const std::vector<Candidate>& candidates) {
    const Stopwatch clock;
    auto scores = ask_judge(job.callbacks, candidates);
    job.summary.judge_ms += clock.elapsed_ms();
    return scores;
}

torch::Tensor EngineCore::give_up_worse_half(Job& job, Batch& batch, const torch::Tensor& clean) {
    std::vector<std::int64_t> rows, shown;
    std::vector<int> candidates;
    for (std::int64_t i = 0, of_image = batch.rows_of_image(); i < batch.count; ++i) {
        const auto scores = judge(job, look_at(job, clean.narrow(0, i * of_image, of_image)));
        for (const auto kept : better_half(scores)) {
            if (kept == best_of(scores)) shown.push_back(static_cast<std::int64_t>(rows.size()));
            rows.push_back(i * of_image + static_cast<std::int64_t>(kept));
            candidates.push_back(batch.candidates[static_cast<std::size_t>(rows.back())]);
        }
    }
    job.summary.candidates_given_up += static_cast<int>(batch.rows()) - static_cast<int>(rows.size());
    batch.candidates = std::move(candidates);
    batch.shown = std::move(shown);
    return torch::tensor(rows, torch::kInt64);
}

std::pair<std::int64_t, PixelBuffer> EngineCore::best_picture(Job& job, const torch::Tensor& latents) {
    if (latents.size(0) == 1) return {0, decode(job, latents)};
    auto candidates = look_at(job, latents);
    const auto best = best_of(judge(job, candidates));
    return {static_cast<std::int64_t>(best), std::move(candidates[best].pixels)};
}

std::vector<PixelBuffer> EngineCore::preview(Job& job, const Batch& batch, const SamplerStep& step) {
    const double now = job.clock.elapsed_ms();
    const double decode_ms = decode_ms_per_pixel_ * job.request.width * job.request.height * batch.count;
    const bool sharp = decode_ms > 0 && job.previews.allows(now, decode_ms);
    if (!sharp && !job.previews.allows(now, job.linear_preview_ms)) return {};
    auto clean = step.clean_estimate();
    if (batch.rows() > batch.count) clean = clean.index_select(0, torch::tensor(batch.shown, torch::kInt64).to(clean.device()));
    const auto pixels = sharp ? model_.autoencoder->decode(clean, {max_decode_bytes(), job.stop}) : preview_->decode(clean);
    std::vector<PixelBuffer> images;
    for (std::int64_t i = 0; i < pixels.size(0); ++i) images.push_back(to_pixels(pixels[i], model_.config.autoencoder.pixel_space));
    const double cost = job.clock.elapsed_ms() - now;
    if (!sharp) job.linear_preview_ms = cost;
    job.previews.spent(now, cost);
    return images;
}

void EngineCore::report_step(Job& job, const Batch& batch, const SamplerStep& step) {
    job.work_done += static_cast<double>(batch.rows());
    if (!job.callbacks.on_step) return;
    StepProgress progress;
    progress.first_image = batch.first;
    progress.batch_size = batch.count;
    progress.step = step.step;
    progress.num_steps = job.request.num_inference_steps;
    progress.num_images = job.request.num_images;
    if (step.step < progress.num_steps) progress.previews = preview(job, batch, step);  // after the last step the picture itself comes
    progress.fraction = job.work_done / job.total_work();
    progress.elapsed_ms = job.clock.elapsed_ms();
    progress.remaining_ms = (progress.elapsed_ms - job.work_started_ms) / job.work_done * (job.total_work() - job.work_done);
    job.callbacks.on_step(progress);
}

}  // namespace inference
