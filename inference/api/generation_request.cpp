// SPDX-License-Identifier: Apache-2.0
#include "inference/api/generation_request.h"

#include <cmath>
#include <utility>

namespace inference {
namespace {

/// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF, no NUL (the tokenizer's and SQLite's string end).
bool is_clean_utf8(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t extra = 0;
        std::uint32_t code = 0;
        if (lead == 0) return false;
        if (lead < 0x80) {
            ++i;
            continue;
        }
        if (lead >= 0xC2 && lead <= 0xDF) {
            extra = 1;
            code = lead & 0x1Fu;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            extra = 2;
            code = lead & 0x0Fu;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            extra = 3;
            code = lead & 0x07u;
        } else {
            return false;
        }
        if (i + extra >= text.size()) return false;
        for (std::size_t k = 1; k <= extra; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0u) != 0x80u) return false;
            code = (code << 6) | (next & 0x3Fu);
        }
        const bool overlong = (extra == 2 && code < 0x800) || (extra == 3 && code < 0x10000);
        if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
        i += extra + 1;
    }
    return true;
}

tl::unexpected<Error> invalid(std::string detail) { return failure(ErrorCode::invalid_request, std::move(detail)); }

Result<void> check_range(const char* field, int value, int low, int high) {
    if (value >= low && value <= high) return {};
    return invalid(std::string(field) + " is " + std::to_string(value) + "; it must be between " + std::to_string(low) + " and " +
                   std::to_string(high));
}

Result<void> check_text(const char* field, const std::string& text) {
    if (text.size() > RequestLimits::max_prompt_bytes) {
        return invalid(std::string(field) + " is " + std::to_string(text.size()) + " bytes long; at most " +
                       std::to_string(RequestLimits::max_prompt_bytes) + " are accepted");
    }
    if (!is_clean_utf8(text)) return invalid(std::string(field) + " is not valid UTF-8 text");
    return {};
}

Result<void> check_side(const char* field, int value, int multiple) {
    if (auto ok = check_range(field, value, multiple, RequestLimits::max_side); !ok) return ok;
    if (value % multiple == 0) return {};
    const int below = value / multiple * multiple, above = below + multiple;
    const auto nearest = above > RequestLimits::max_side ? "the nearest is " + std::to_string(below)
                                                         : "the nearest are " + std::to_string(below) + " and " + std::to_string(above);
    return invalid(std::string(field) + " is " + std::to_string(value) + "; this model draws multiples of " + std::to_string(multiple) + ", " +
                   nearest);
}

Result<void> check_adapters(const std::vector<AdapterUse>& adapters) {
    using Limits = RequestLimits;
    if (adapters.size() > static_cast<std::size_t>(Limits::max_adapters)) {
        return invalid("the request names " + std::to_string(adapters.size()) + " adapters; at most " + std::to_string(Limits::max_adapters) +
                       " can be combined");
    }
    for (const AdapterUse& adapter : adapters) {
        // An id becomes part of a path: it is a hash or it is refused.
        const bool is_hash = adapter.id.size() == 64 && adapter.id.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!is_hash) return invalid("adapters names \"" + adapter.id.substr(0, 80) + "\", which is not the SHA-256 of an adapter file");
        if (!std::isfinite(adapter.strength) || adapter.strength < 0 || adapter.strength > Limits::max_adapter_strength) {
            return invalid("the strength of adapter " + adapter.id.substr(0, 12) + " is " + std::to_string(adapter.strength) +
                           "; it must be a number between 0 and 2");
        }
    }
    return {};
}

}  // namespace

GenerationRequest with_defaults(GenerationRequest request, const ModelInfo& model) {
    const ImageSize native = model.native_sizes.empty() ? ImageSize{} : model.native_sizes.front();
    if (request.width == 0) request.width = native.width;
    if (request.height == 0) request.height = native.height;
    if (request.num_inference_steps == 0) request.num_inference_steps = model.default_steps;
    if (request.guidance_scale < 0) request.guidance_scale = model.default_guidance_scale;
    if (request.model_id.empty()) request.model_id = model.id;
    return request;
}

Result<GenerationRequest> validate(GenerationRequest request, const ModelInfo& model) {
    using Limits = RequestLimits;
    const auto checks = {
        check_text("prompt", request.prompt),
        check_text("negative_prompt", request.negative_prompt),
        check_text("instruction", request.instruction),
        check_side("width", request.width, model.size_multiple),
        check_side("height", request.height, model.size_multiple),
        check_range("num_inference_steps", request.num_inference_steps, 1, Limits::max_steps),
        check_range("num_images", request.num_images, 1, Limits::max_images),
        check_range("candidates", request.candidates, 1, Limits::max_candidates),
        check_range("batch_size", request.batch_size, 1, Limits::max_batch),
    };
    for (const auto& check : checks) {
        if (!check) return tl::unexpected<Error>(check.error());
    }
    if (!std::isfinite(request.guidance_scale) || request.guidance_scale < 0 || request.guidance_scale > Limits::max_guidance) {
        return invalid("guidance_scale is " + std::to_string(request.guidance_scale) + "; it must be a number between 0 and 100");
    }
    if (request.candidates > 1 && !request.initial_latents_path.empty()) {
        return invalid("candidates is " + std::to_string(request.candidates) + ", but initial latents are given: there is nothing to choose among");
    }
    if (auto adapters = check_adapters(request.adapters); !adapters) return tl::unexpected<Error>(adapters.error());
    if (request.sampler != Sampler::euler && request.sampler != Sampler::heun && request.sampler != Sampler::multistep2) {
        return invalid("sampler is " + std::to_string(static_cast<int>(request.sampler)) + "; it must be euler, heun or multistep2");
    }
    if (request.model_id != model.id) {
        return failure(ErrorCode::model_not_found,
                       "the request asks for model " + request.model_id + "; loaded is " + model.id + " (" + model.name + ")");
    }
    return request;
}

GenerationRequest request_for_image(const GenerationRequest& request, int index, int candidate) {
    GenerationRequest one = request;
    one.seed =
        request.seed + static_cast<std::uint64_t>(index) * static_cast<std::uint64_t>(request.candidates) + static_cast<std::uint64_t>(candidate);
    one.num_images = 1;
    one.candidates = 1;
    one.batch_size = 1;
    return one;
}

const char* to_string(Dtype dtype) noexcept {
    switch (dtype) {
    case Dtype::automatic: return "auto";
    case Dtype::float32: return "float32";
    case Dtype::bfloat16: return "bfloat16";
    }
    return "auto";
}

Result<Dtype> parse_dtype(const std::string& text) {
    for (const Dtype dtype : {Dtype::automatic, Dtype::float32, Dtype::bfloat16}) {
        if (text == to_string(dtype)) return dtype;
    }
    return invalid("dtype is \"" + text + "\"; it must be auto, float32 or bfloat16");
}

const char* to_string(Sampler sampler) noexcept {
    switch (sampler) {
    case Sampler::euler: return "euler";
    case Sampler::heun: return "heun";
    case Sampler::multistep2: return "multistep2";
    }
    return "euler";
}

Result<Sampler> parse_sampler(const std::string& text) {
    for (const Sampler sampler : {Sampler::euler, Sampler::heun, Sampler::multistep2}) {
        if (text == to_string(sampler)) return sampler;
    }
    return invalid("sampler is \"" + text + "\"; it must be euler, heun or multistep2");
}

}  // namespace inference
