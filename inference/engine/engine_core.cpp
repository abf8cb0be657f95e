// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/engine_core.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/core/processor.h"
#include "inference/engine/drawing_job.h"
#include "inference/engine/thread_choice.h"
#include "inference/kernels/fused_ops.h"
#include "inference/weights/safetensors.h"

namespace inference {
namespace {

constexpr std::int64_t prompt_cache_bytes = 64 << 20;
constexpr double linear_preview_ms = 0.4;  ///< before one has been timed

/// As in the reference: a scale of 1 or less draws without guidance.
bool guided(const GenerationRequest& request) { return request.guidance_scale > 1.0; }

}  // namespace

EngineCore::EngineCore(const EngineConfig& config, const LoadProgressFn& on_progress, const std::stop_token& stop) :
    config_(config), prompts_(prompt_cache_bytes), adapters_(config.adapters_path) {
    const at::NoGradGuard no_grad;
    const Stopwatch clock;
    lower_thread_priority(config_.nice_level);
    const auto report = [&](double fraction) {
        throw_if_stopped(stop);
        if (on_progress) on_progress({fraction});
    };
    report(0.0);
    const auto placement = placement_of(config_.dtype);
    const auto pipeline = read_pipeline_config(config_.pipeline_path);
    at::set_num_threads(config_.num_threads > 0 ? config_.num_threads : Processor::current().physical_cores);
    const auto residency = choose_residency(pipeline, placement);
    model_ = load_model(
        pipeline, config_.text_model_path, placement, residency, [&](double fraction) { report(0.05 + 0.5 * fraction); }, stop);
    report(0.55);
    info_.id = model_identity(pipeline, config_.text_model_path, config_.cache_path, stop);
    report(0.8);
    choose_threads();
    num_threads_ = at::get_num_threads();
    report(0.9);
    preview_.emplace(*model_.autoencoder, pipeline.autoencoder, info_.id, config_.cache_path);

    info_.name = pipeline.name;
    info_.path = pipeline.path;
    info_.native_sizes = pipeline.native_sizes;
    info_.size_multiple = pipeline.size_multiple();
    info_.image_channels = static_cast<int>(pipeline.autoencoder.image_channels);
    info_.latent_channels = static_cast<int>(pipeline.transformer.in_channels);
    info_.default_steps = pipeline.default_steps;
    info_.default_guidance_scale = pipeline.default_guidance_scale;
    info_.max_prompt_tokens = max_prompt_tokens;
    info_.trained_prompt_tokens = std::min(pipeline.trained_prompt_tokens, max_prompt_tokens);
    info_.parameters = model_.parameters();
    info_.device = placement.device.str();
    info_.dtype = dtype_name(placement.dtype) + std::string(placement.int8_weights ? ", int8 weights" : "");
    count_weights(residency);
    info_.weights_bytes = resident_bytes_;
    report(1.0);
    log("loaded " + info_.name + " in " + std::to_string(static_cast<int>(clock.elapsed_ms())) + " ms: " + info_.device + ", " + info_.dtype + ", " +
        std::to_string(at::get_num_threads()) + " threads, kernels " + cpu_kernel_name());
}

void EngineCore::log(const std::string& line) const {
    if (config_.log) config_.log(line);
}

void EngineCore::choose_threads() {
    if (config_.num_threads > 0 || !model_.placement.on_cpu()) return;
    const auto& size = model_.config.native_sizes.front();
    const std::int64_t token_side = model_.config.size_multiple(), tokens = (size.width / token_side) * (size.height / token_side), guided_rows = 2;
    at::set_num_threads(choose_num_threads(Processor::current(), model_.transformer->flops(guided_rows, tokens, guided_rows * tokens)));
}

Placement EngineCore::placement_of(Dtype dtype) const {
    auto placement = choose_placement(config_.device, dtype);
    placement.int8_weights = config_.weights == WeightFormat::int8;
    return placement;
}

std::int64_t EngineCore::available_bytes() const {
    const auto machine = available_memory_bytes();
    return config_.memory_limit_bytes > 0 ? std::min(machine, config_.memory_limit_bytes - resident_bytes_) : machine;
}

std::int64_t EngineCore::max_decode_bytes() { return std::min(AutoencoderLimits{}.max_bytes, available_memory_bytes() / 2); }

std::int64_t EngineCore::bytes_to_load(const PipelineConfig& pipeline, const Placement& placement) const {
    return estimate_weights(pipeline, placement).total() + estimate_job_bytes(pipeline, placement, native_job(pipeline));
}

Residency EngineCore::choose_residency(const PipelineConfig& pipeline, const Placement& placement) const {
    auto residency = Residency{};
    if (config_.stream_layers) {
        residency = stream_every_layer();
    } else if (placement.on_cpu()) {  // what lies on another device is not this memory's
        residency = plan_residency(estimate_weights(pipeline, placement), estimate_job_bytes(pipeline, placement, native_job(pipeline)),
                                   config_.memory_limit_bytes > 0 ? available_bytes() : available_bytes() - load_reserve_bytes);
    }
    if (!residency.reason.empty()) log(residency.reason);
    return residency;
}

void EngineCore::count_weights(const Residency& residency) {
    weights_ = estimate_weights(model_.config, model_.placement);
    resident_bytes_ = resident_bytes(weights_, residency);
}

void EngineCore::release_text_layers(std::int64_t needed) {
    log("drawing needs " + format_bytes(needed) + " of memory and " + format_bytes(available_bytes()) + " are available: the text model (" +
        format_bytes(weights_.text_bytes()) + ") leaves memory and is read from disk for each new prompt");
    model_.text->release_layers();
    give_freed_memory_back();
    resident_bytes_ = resident_bytes(weights_, {0, model_.transformer->resident_layers(), {}});
}

void EngineCore::use_dtype(Dtype dtype, const std::stop_token& stop) {
    const auto placement = placement_of(dtype == Dtype::automatic ? config_.dtype : dtype);
    if (placement.dtype == model_.placement.dtype) return;
    log(std::string("loading the weights in ") + dtype_name(placement.dtype));
    // Until the new weights are whole the old ones can still draw; where both do not fit, from their files.
    if (placement.on_cpu() && bytes_to_load(model_.config, placement) > available_bytes()) {
        log("both do not fit into memory: those that were in use leave it");
        model_.text->release_layers();
        model_.transformer->keep_only(0);
        give_freed_memory_back();
        resident_bytes_ = weights_.rest;
    }
    const auto residency = choose_residency(model_.config, placement);
    auto loaded = load_model(model_.config, config_.text_model_path, placement, residency, {}, stop);
    forget();
    model_ = std::move(loaded);
    count_weights(residency);
}

FrozenModel EngineCore::frozen_model(FrozenModel::ReadPromptsFn read_prompts) const {
    return {info_.id,           std::make_shared<const PipelineConfig>(model_.config),
            model_.placement,   model_.transformer,
            model_.autoencoder, std::move(read_prompts)};
}

void EngineCore::forget() {
    prompts_.forget();
    adapters_.forget();
}

std::vector<int> EngineCore::token_ids(const std::string& prompt) const { return prompts_.tokenize(model_, prompt, {}).text; }

torch::Tensor EngineCore::initial_latents(const GenerationRequest& request) const {
    if (request.initial_latents_path.empty()) return {};
    const auto factor = model_.config.autoencoder.factor();
    const std::vector<std::int64_t> shape = {request.num_images, info_.latent_channels, request.height / factor, request.width / factor};
    std::error_code error;  // of a file that the user names; a missing one is no missing model
    if (!std::filesystem::exists(request.initial_latents_path, error)) {
        fail(ErrorCode::io, request.initial_latents_path + ": " + (error ? error.message() : std::string("there is no such file")));
    }
    const SafetensorsFile file(request.initial_latents_path);
    const auto latents = file.read("latents");
    if (latents.sizes() != at::IntArrayRef(shape)) {
        std::string wanted, got;
        for (const auto side : shape) wanted += (wanted.empty() ? "" : ", ") + std::to_string(side);
        for (const auto side : latents.sizes()) got += (got.empty() ? "" : ", ") + std::to_string(side);
        fail(ErrorCode::invalid_request, request.initial_latents_path + ": latents are (" + got + ") where the request asks for (" + wanted + ")");
    }
    auto result = latents.to(torch::kFloat32).clone();
    if (!result.isfinite().all().item<bool>()) fail(ErrorCode::corrupt_file, request.initial_latents_path + ": latents are not finite");
    return result;
}

JobSize EngineCore::job_size(Job& job, const std::vector<PromptTokenIds>& prompts) const {
    const auto& request = job.request;
    JobSize size{request.width,
                 request.height,
                 std::min(request.batch_size, request.num_images),
                 request.num_images,
                 0,
                 guided(request),
                 !job.callbacks.save_latents_path.empty() || !request.initial_latents_path.empty()};
    size.max_decode_bytes = max_decode_bytes();
    for (const auto& ids : prompts) size.prompt_tokens = std::max(size.prompt_tokens, static_cast<std::int64_t>(ids.text.size()));
    if (request.candidates < 2) return size;
    const auto seen_as = [&job](const std::vector<PromptText>& texts, const std::stop_token&) {
        return std::vector<std::shared_ptr<const PromptState>>(texts.size(), job.prompts.front());  // all are of the request's prompt
    };
    job.reader.emplace(frozen_model(seen_as));
    size.candidates = request.candidates;
    size.seen_together = std::min<std::int64_t>(request.candidates, job.reader->pictures_together(ImageSize{request.width, request.height}));
    size.rows_together = rows_that_fit(model_.config, model_.placement, size, available_bytes());
    return size;
}

GenerationSummary EngineCore::generate(const GenerationRequest& asked, const GenerationCallbacks& callbacks, const std::stop_token& stop) {
    const at::NoGradGuard no_grad;
    throw_if_stopped(stop);
    at::set_num_threads(num_threads_);
    auto checked = validate(with_defaults(asked, info_), info_);
    if (!checked) throw Exception(checked.error().code, checked.error().detail);
    const GenerationRequest request = *std::move(checked);
    if (request.candidates > 1 && !callbacks.judge) {
        fail(ErrorCode::invalid_request, "candidates is " + std::to_string(request.candidates) + ", but nobody was named who judges them");
    }
    Job job{request,
            callbacks,
            stop,
            make_flow_match_schedule(request.num_inference_steps, model_.config.scheduler_shift),
            CandidatePlan(request.candidates, request.num_inference_steps),
            PreviewBudget(callbacks.on_step ? callbacks.preview_interval_ms : 0.0),
            linear_preview_ms};
    use_dtype(request.dtype, stop);
    std::vector<PromptTokenIds> prompts = {prompts_.tokenize(model_, request.instruction + request.prompt, request.instruction)};
    if (guided(request)) prompts.push_back(prompts_.tokenize(model_, request.negative_prompt, request.instruction));

    const auto size = job_size(job, prompts);
    job.max_rows = rows_at_once(size);
    job.summary.memory_estimate_bytes = estimate_job_bytes(model_.config, model_.placement, size);
    const auto needed = job.summary.memory_estimate_bytes;
    const bool crowded = needed > available_bytes() && model_.text->resident_layers() > 0;
    require_memory(needed, available_bytes() + (crowded ? weights_.text_bytes() : 0), size);

    job.adapter = adapters_.stack(request.adapters, AdapterLayout(model_.config.transformer), info_.id, model_.placement, stop);
    job.initial_latents = initial_latents(request);
    job.prompts = prompts_.understand(model_, prompts, stop);
    if (crowded) release_text_layers(needed);
    job.work_started_ms = job.summary.encode_ms = job.clock.elapsed_ms();
    for (int first = 0; first < request.num_images; first += request.batch_size) {
        draw_batch(job, first, std::min(request.batch_size, request.num_images - first));
    }
    if (!callbacks.save_latents_path.empty()) write_safetensors(callbacks.save_latents_path, {{"latents", at::cat(job.final_latents)}});
    job.summary.preview_ms = job.previews.total_ms();
    job.summary.elapsed_ms = job.clock.elapsed_ms();
    return job.summary;
}

}  // namespace inference
