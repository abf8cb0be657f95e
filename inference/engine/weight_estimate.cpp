// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/weight_estimate.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>

#include "inference/model/autoencoder_program.h"
#include "inference/model/tensor_list.h"

namespace inference {
namespace {

std::int64_t elements(at::IntArrayRef shape) {
    std::int64_t count = 1;
    for (const auto side : shape) count *= side;
    return count;
}

std::int64_t sum(const std::vector<std::int64_t>& bytes) { return std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0}); }

/// What of a tensor stays in memory.
std::int64_t tensor_bytes(const TensorSpec& tensor, const Placement& placement) {
    if (tensor.role == TensorRole::embedding) return 0;
    const auto count = elements(tensor.shape);
    const bool matrix = tensor.shape.size() == 2 && (tensor.role == TensorRole::projection || tensor.role == TensorRole::modulation);
    if (!matrix) return 4 * count;
    if (placement.int8_weights) return count + 4 * tensor.shape.front();
    return count * static_cast<std::int64_t>(c10::elementSize(placement.dtype));
}

/// The number in "PREFIXlayers.NUMBER.rest".
std::optional<std::size_t> layer_of(const std::string& name, const std::string& prefix) {
    const auto start = prefix + "layers.";
    if (!name.starts_with(start)) return std::nullopt;
    return std::stoul(name.substr(start.size()));
}

void add(const std::vector<TensorSpec>& tensors, const std::string& prefix, const Placement& placement, std::vector<std::int64_t>& layers,
         std::int64_t& rest) {
    for (const auto& tensor : tensors) {
        if (!tensor.used && tensor.role != TensorRole::position_table) continue;
        const auto layer = layer_of(tensor.name, prefix);
        if (layer && layers.size() <= *layer) layers.resize(*layer + 1);
        (layer ? layers[*layer] : rest) += tensor_bytes(tensor, placement);
    }
}

std::int64_t autoencoder_parameters(const AutoencoderConfig& config) {
    std::int64_t count = 0;
    const autoencoder::TensorSource listing = [&](const std::string&, at::IntArrayRef shape) {
        count += elements(shape);
        return torch::empty(shape, torch::TensorOptions(torch::kMeta));
    };
    autoencoder::build_encoder(config, listing);
    autoencoder::build_decoder(config, listing);
    return count;
}

std::int64_t clip_parameters(const ClipTextConfig& config) {
    const auto W = config.hidden_size, I = config.intermediate_size;
    return (config.vocab_size + config.max_position_embeddings + config.projection_dim) * W + config.num_hidden_layers * (4 * W * W + 2 * W * I);
}

}  // namespace

std::int64_t WeightEstimate::text_bytes() const { return sum(text_layers); }
std::int64_t WeightEstimate::transformer_bytes() const { return sum(transformer_layers); }

WeightEstimate estimate_weights(const PipelineConfig& config, const Placement& placement) {
    WeightEstimate estimate;
    auto image = config.transformer;
    image.external_text_model = true;  // the image stream alone
    add(transformer_tensors(image), config.transformer.prefix(), placement, estimate.transformer_layers, estimate.rest);
    if (config.text_model) {
        const auto layers = config.text_model->num_hidden_layers, index = config.transformer.text_hidden_states_index;
        add(text_tensors(*config.text_model, "", index < 0 ? index + layers + 1 : index, false), "", placement, estimate.text_layers, estimate.rest);
    } else {
        add(text_tensors(config.transformer.base, "", config.transformer.base.num_hidden_layers, true), "", placement, estimate.text_layers,
            estimate.rest);
    }
    const auto element = static_cast<std::int64_t>(c10::elementSize(placement.dtype));
    estimate.rest += autoencoder_parameters(config.autoencoder) * element;
    if (config.clip) estimate.rest += clip_parameters(*config.clip) * element;
    return estimate;
}

}  // namespace inference
