// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/api/model_info.h"
#include "inference/api/result.h"

namespace inference {

/// Number format of weights and activations. `automatic`: bfloat16 where the processor computes in it, else float32.
enum class Dtype { automatic, float32, bfloat16 };

/// How the latents are carried from noise to image; each is a function in inference/sampling.
enum class Sampler { euler, heun, multistep2 };

/// An adapter (LoRA) on the transformer's matrices, in the conditional branch of guidance.
struct AdapterUse {
    std::string id;         ///< AdapterInfo::id; the engine looks for EngineConfig::adapters_path/<id>/adapter.safetensors
    double strength = 1.0;  ///< factor on what it adds, 0 to RequestLimits::max_adapter_strength; 0 draws the base's pixels to the bit

    bool operator==(const AdapterUse&) const = default;
};

/// Everything that influences an image, and nothing else. The same value is queued, sampled, stored with the picture,
/// shown in the inspector, run again and trained on. The same request on the same build and device gives the same pixels.
struct GenerationRequest {
    std::string prompt;           ///< UTF-8
    std::string negative_prompt;  ///< UTF-8; empty is the unconditional prompt the model was trained with
    std::string instruction;      ///< UTF-8; put before the prompt, not before the negative prompt, for models trained with one
    int width = 0;                ///< pixels; 0 asks for the model's first native width
    int height = 0;               ///< pixels; 0 asks for the model's first native height
    int num_inference_steps = 0;  ///< sampler steps; 0 asks for the model's default
    Sampler sampler = Sampler::euler;
    double guidance_scale = -1.0;  ///< classifier-free guidance; 1 or less switches it off; negative asks for the model's default
    std::uint64_t seed = 0;        ///< image i of the request is drawn from the generator seeded with seed + i (one candidate)
    int num_images = 1;            ///< images to draw, numbered from 0
    int candidates = 1;            ///< above 1: image i is the best of the seeds from seed + i * candidates on, by GenerationCallbacks::judge
    int batch_size = 1;            ///< images that run through the model together, each with all its candidates; changes speed and memory, not the
                                   ///< picture. Candidates that memory does not hold at once go in equal parts, at the least one by one
    Dtype dtype = Dtype::automatic;
    std::string model_id;                   ///< ModelInfo::id; empty asks for whatever model is loaded
    bool upstream_cache_positions = false;  ///< from the second step on, place the image as the reference's cached steps do
    std::vector<AdapterUse> adapters;       ///< what they add is summed
    std::string initial_latents_path;       ///< safetensors with `latents` (num_images, C, h, w) float32 instead of drawn noise; empty: none

    bool operator==(const GenerationRequest&) const = default;
};

/// Hard limits of a request, whatever the model; they keep a mistyped number from becoming an allocation.
struct RequestLimits {
    static constexpr int max_side = 4096;  ///< pixels
    static constexpr int max_steps = 1000;
    static constexpr int max_images = 1024;
    static constexpr int max_candidates = 16;
    static constexpr int max_batch = 64;
    static constexpr double max_guidance = 100.0;
    static constexpr int max_adapters = 8;
    static constexpr double max_adapter_strength = 2.0;
    static constexpr std::size_t max_prompt_bytes = 64 * 1024;
};

/// The request with every "ask for the default" field filled from the model.
GenerationRequest with_defaults(GenerationRequest request, const ModelInfo& model);

/// Checks a request after `with_defaults`: finite numbers within RequestLimits, sides that the model can make, valid UTF-8.
/// @return the request, or invalid_request whose detail names the field, the value and what would be accepted.
Result<GenerationRequest> validate(GenerationRequest request, const ModelInfo& model);

/// The request that draws image `index` of `request` alone: its own seed, one image. Of an image with candidates: the one that is numbered `candidate`.
GenerationRequest request_for_image(const GenerationRequest& request, int index, int candidate = 0);

const char* to_string(Dtype dtype) noexcept;
Result<Dtype> parse_dtype(const std::string& text);

const char* to_string(Sampler sampler) noexcept;
Result<Sampler> parse_sampler(const std::string& text);

}  // namespace inference
