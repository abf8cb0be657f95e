// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "inference/api/generation_request.h"
#include "inference/api/learning.h"
#include "inference/api/model_info.h"
#include "inference/api/pixel_buffer.h"
#include "inference/api/progress.h"
#include "inference/api/result.h"

namespace inference {

/// One finished image. `request` draws exactly this image when it is run alone.
struct RenderedImage {
    int index = 0;  ///< within the request
    PixelBuffer pixels;
    GenerationRequest request;  ///< request_for_image(), defaults filled, model_id set
    double elapsed_ms = 0.0;    ///< of the batch it was part of

    bool operator==(const RenderedImage&) const = default;
};

/// One of the pictures among which an image is chosen, done or on its way.
struct Candidate {
    PixelBuffer pixels;        ///< of one that is on its way: the clean estimate, decoded
    PictureFeatures features;  ///< of those pixels

    bool operator==(const Candidate&) const = default;
};

/// How generate() reports. All functions run on the calling thread and may be empty.
struct GenerationCallbacks {
    std::function<void(const StepProgress&)> on_step;
    std::function<void(RenderedImage)> on_image;  ///< as soon as each image is decoded: a cancelled batch keeps what is done
    /// Which candidates of an image are better: a score each, the higher the better. Asked once in the midst of the drawing (unless there is but one
    /// step), after which the worse half is given up, and once at the end where more than one is left. Without it a request with candidates is
    /// refused; scores that are not one a candidate, or no numbers, are internal.
    std::function<std::vector<double>(const std::vector<Candidate>&)> judge;
    double preview_interval_ms = 250.0;  ///< at most one preview in this time; 0 or less: none
    std::string save_latents_path;       ///< write the final latents here as `latents` (num_images, C, h, w) float32
};

struct GenerationSummary {
    int images = 0;
    double elapsed_ms = 0.0;
    double encode_ms = 0.0;  ///< prompt understanding (0 when it was cached)
    double denoise_ms = 0.0;
    double decode_ms = 0.0;
    double preview_ms = 0.0;
    std::int64_t memory_estimate_bytes = 0;  ///< the estimate that was made before the start
    int candidates_given_up = 0;             ///< on the way: they were not drawn to their end
    double judge_ms = 0.0;                   ///< reading candidates' features and asking the judge

    bool operator==(const GenerationSummary&) const = default;
};

/// The narrow waist between the studio and the model. One thread owns an engine and everything it holds; `model()` may be
/// read from any thread once the engine exists. No exception leaves it.
class Engine {
public:
    virtual ~Engine() = default;

    virtual const ModelInfo& model() const noexcept = 0;

    /// Draws the request's images. Blocks; polls `stop` before every step and between decodes. Of an image with candidates only the best is given,
    /// with its own request.
    /// Errors: cancelled, invalid_request, out_of_memory (estimated before anything is allocated, or met), io, corrupt_file, internal.
    [[nodiscard]] virtual Result<GenerationSummary> generate(const GenerationRequest& request, const GenerationCallbacks& callbacks,
                                                             std::stop_token stop) = 0;

    /// The feedback stage of the same model, on the same thread; null where the engine only draws.
    virtual LearningEngine* learning() noexcept { return nullptr; }
};

/// How the matrices of transformer and text model lie in memory. `int8` is half of bfloat16 and about a hundredth less exact; other pictures.
enum class WeightFormat { as_computed, int8 };

const char* to_string(WeightFormat format) noexcept;
Result<WeightFormat> parse_weight_format(const std::string& text);

/// Where an engine gets its model and how it runs.
struct EngineConfig {
    std::string pipeline_path;    ///< pipeline directory (model_index.json, transformer/, vae/, scheduler/)
    std::string text_model_path;  ///< folder with config.json, model.safetensors, tokenizer.model
    std::string adapters_path;    ///< folder of adapters, <id>/adapter.safetensors each; empty: none can be used
    std::string cache_path;       ///< small derived files (model hashes); empty: none are kept
    Dtype dtype = Dtype::automatic;
    WeightFormat weights = WeightFormat::as_computed;
    std::int64_t memory_limit_bytes =
        0;                        ///< for weights and work; 0: what the machine leaves. Weights beyond it are read from disk as they are needed
    bool stream_layers = false;   ///< reads every layer from disk as it is needed, however much memory there is
    std::string device = "auto";  ///< "auto", "cpu", "cuda" or "cuda:N"
    int num_threads = 0;          ///< 0: the engine chooses by cores and model; changes the last bits of a picture
    int nice_level = 0;           ///< added to the priority of the calling thread and its workers, so that the window stays fluid
    std::function<void(const std::string&)> log;  ///< English lines for the log; may be empty
};

using LoadProgressFn = std::function<void(const LoadProgress&)>;

/// Makes an engine; called on the thread that will own it. Loading is a job like any other: it reports and can be stopped.
using EngineFactory = std::function<Result<std::unique_ptr<Engine>>(const LoadProgressFn&, std::stop_token)>;

}  // namespace inference
