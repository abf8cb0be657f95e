// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/benchmark.h"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/engine/engine_core.h"
#include "inference/engine/guarded.h"
#include "inference/engine/stopwatch.h"
#include "inference/sampling/sampler.h"

namespace inference {
namespace {

constexpr int gemm_repeats = 30;

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Rate of the transformer's matrix products at `rows` rows, all layers in turn as in a step, in operations a second.
double measure_gemm_rate(const FusedTransformer& transformer, std::int64_t rows) {
    constexpr std::int64_t all_layers = 1 << 20;
    transformer.run_matrix_products(all_layers, rows);
    std::vector<double> rates;
    for (int i = 0; i < gemm_repeats; ++i) {
        const Stopwatch clock;
        const double done = transformer.run_matrix_products(all_layers, rows);
        rates.push_back(done / (clock.elapsed_ms() / 1e3));
    }
    return median(rates);
}

/// Operations of one run: prompt, all steps, decode of each image.
double run_flops(const EngineCore& engine, const GenerationRequest& request, int batch) {
    const auto& model = engine.model();
    const auto& config = model.config;
    const auto factor = config.autoencoder.factor(), height = request.height / factor, width = request.width / factor;
    const auto tokens = height * width / (config.transformer.patch_size * config.transformer.patch_size);
    std::vector<std::int64_t> prompts = {static_cast<std::int64_t>(engine.token_ids(request.prompt).size())};
    if (request.guidance_scale > 1.0) prompts.push_back(static_cast<std::int64_t>(engine.token_ids(request.negative_prompt).size()));
    std::int64_t keys = 0;
    for (const auto prompt : prompts) keys += batch * (tokens + prompt);
    const auto rows = batch * static_cast<std::int64_t>(prompts.size());
    return model.text->flops(prompts) +
        model_evaluations(request.sampler, request.num_inference_steps) * model.transformer->flops(rows, tokens, keys) +
        batch * model.autoencoder->decode_flops(height, width);
}

BatchTiming time_batch(EngineCore& engine, GenerationRequest request, int batch, int repeats, double& gemm_rate, const std::stop_token& stop) {
    request.num_images = request.batch_size = batch;
    std::vector<double> elapsed, encode, denoise, decode, preview;
    GenerationCallbacks callbacks;
    callbacks.on_step = [](const StepProgress&) {};  // previews are made as in the studio
    callbacks.on_image = [](RenderedImage) {};
    for (int i = -1; i < repeats; ++i) {
        engine.forget();
        const auto summary = engine.generate(request, callbacks, stop);
        if (i < 0) continue;
        elapsed.push_back(summary.elapsed_ms / 1e3);
        encode.push_back(summary.encode_ms / 1e3);
        denoise.push_back(summary.denoise_ms / 1e3);
        decode.push_back(summary.decode_ms / 1e3);
        preview.push_back(summary.preview_ms / 1e3);
    }
    const auto& config = engine.model().config;
    const auto factor = config.autoencoder.factor() * config.transformer.patch_size;
    const auto rows = batch * (request.width / factor) * (request.height / factor) * (request.guidance_scale > 1.0 ? 2 : 1);
    gemm_rate = measure_gemm_rate(*engine.model().transformer, rows);
    BatchTiming timing;
    timing.batch_size = batch;
    timing.seconds_per_image = median(elapsed) / batch;
    timing.encode_seconds = median(encode);
    timing.denoise_seconds = median(denoise);
    timing.decode_seconds = median(decode);
    timing.preview_seconds = median(preview);
    timing.floor_seconds_per_image = run_flops(engine, request, batch) / gemm_rate / batch;
    timing.floor_ratio = timing.seconds_per_image / timing.floor_seconds_per_image;
    return timing;
}

BenchmarkReport run(const EngineConfig& config, const BenchmarkOptions& options, const std::stop_token& stop) {
    const at::NoGradGuard no_grad;
    if (options.repeats < 1) fail(ErrorCode::invalid_request, "repeats must be 1 or more");
    BenchmarkReport report;
    const Stopwatch load;
    EngineCore engine(config, {}, stop);
    report.load_seconds = load.elapsed_ms() / 1e3;
    const auto request = with_defaults(options.request, engine.info());
    for (const int batch : options.batch_sizes) {
        double rate = 0.0;
        report.batches.push_back(time_batch(engine, request, batch, options.repeats, rate, stop));
        report.gemm_gflops = std::max(report.gemm_gflops, rate / 1e9);
    }
    report.device = engine.info().device;
    report.dtype = dtype_name(engine.model().placement.dtype);
    report.num_threads = at::get_num_threads();
    report.peak_memory_bytes = peak_memory_bytes();
    return report;
}

}  // namespace

Result<BenchmarkReport> run_benchmark(const EngineConfig& config, const BenchmarkOptions& options, std::stop_token stop) {
    return guarded([&] { return run(config, options, stop); });
}

}  // namespace inference
