// SPDX-License-Identifier: Apache-2.0
#include "inference/model/timestep_conditioning.h"

#include <cmath>
#include <utility>

#include "inference/model/parameter_reader.h"

namespace inference {
namespace {

constexpr std::int64_t sinusoid_width = 256;

/// (n, parts * D) -> parts tensors (n, D), each contiguous.
std::vector<torch::Tensor> split_parts(const torch::Tensor& m, std::int64_t parts) {
    return m.view({m.size(0), parts, -1}).transpose(0, 1).contiguous().unbind(0);
}

/// shift, scale and gate of attention, then of the MLP.
LayerModulation layer_modulation(const torch::Tensor& m) {
    const auto part = split_parts(m, 6);
    return {{part[0], part[1]}, part[2], {part[3], part[4]}, part[5]};
}

/// Two float32 layers with biases around a SiLU.
class Embedder {
public:
    Embedder(ParameterReader& read, const std::string& first, const std::string& second, std::int64_t in, std::int64_t out) :
        first_weight_(read.tensor(first + ".weight", {out, in}, torch::kFloat32)), first_bias_(read.tensor(first + ".bias", {out}, torch::kFloat32)),
        second_weight_(read.tensor(second + ".weight", {out, out}, torch::kFloat32)),
        second_bias_(read.tensor(second + ".bias", {out}, torch::kFloat32)) {}

    torch::Tensor operator()(const torch::Tensor& x) const {
        return at::linear(at::silu(at::linear(x, first_weight_, first_bias_)), second_weight_, second_bias_);
    }

private:
    torch::Tensor first_weight_, first_bias_, second_weight_, second_bias_;
};

/// The embedding e (n, D) of the timestep that every variant but `none` starts from.
class TimestepEmbedding {
public:
    TimestepEmbedding(const TransformerConfig& config, ParameterReader& read, torch::Device device) :
        device_(device),
        embedder_(read, config.prefix() + "timestep_embedder.0", config.prefix() + "timestep_embedder.2", sinusoid_width, config.hidden_size) {}
    virtual ~TimestepEmbedding() = default;

    virtual torch::Tensor operator()(const torch::Tensor& timesteps, const torch::Tensor&) const {
        TORCH_CHECK(timesteps.defined() && timesteps.dim() == 1, "this model needs the timestep");
        return embedder_(timestep_sinusoid(timesteps).to(device_));
    }

private:
    torch::Device device_;
    Embedder embedder_;
};

/// Timestep and CLIP embedding, added up.
class TimestepAndTextEmbedding final : public TimestepEmbedding {
public:
    TimestepAndTextEmbedding(const TransformerConfig& config, ParameterReader& read, torch::Device device) :
        TimestepEmbedding(config, read, device), eps_(config.base.rms_norm_eps),
        norm_(read.norm(config.prefix() + "condition_embedder.0.weight", config.text_modulation_embeds_dim)),
        embedder_(read, config.prefix() + "condition_embedder.1", config.prefix() + "condition_embedder.3", config.text_modulation_embeds_dim,
                  config.hidden_size) {}

    torch::Tensor operator()(const torch::Tensor& timesteps, const torch::Tensor& pooled) const override {
        TORCH_CHECK(pooled.defined(), "this model needs the prompt's CLIP embedding");
        return TimestepEmbedding::operator()(timesteps, pooled) + embedder_(rms_norm(pooled, norm_, eps_, torch::kFloat32));
    }

private:
    double eps_;
    torch::Tensor norm_;
    Embedder embedder_;
};

std::unique_ptr<TimestepEmbedding> make_embedding(const TransformerConfig& config, ParameterReader& read, torch::Device device) {
    if (config.uses_clip()) return std::make_unique<TimestepAndTextEmbedding>(config, read, device);
    return std::make_unique<TimestepEmbedding>(config, read, device);
}

StepModulation unmodulated(std::int64_t layers) { return {std::vector<LayerModulation>(static_cast<std::size_t>(layers)), {}}; }

class NoConditioning final : public TimestepConditioning {
public:
    explicit NoConditioning(const TransformerConfig& config) : layers_(config.num_hidden_layers) {}
    StepModulation begin(torch::Tensor&, const torch::Tensor&, const torch::Tensor&) const override { return unmodulated(layers_); }
    std::int64_t parameters() const noexcept override { return 0; }

private:
    std::int64_t layers_;
};

class EmbeddedConditioning : public TimestepConditioning {
public:
    std::int64_t parameters() const noexcept override { return parameters_; }

protected:
    EmbeddedConditioning(const TransformerConfig& config, ParameterReader& read, const Placement& placement) :
        placement_(placement), embedding_(make_embedding(config, read, placement.device)) {}

    torch::Tensor embed(const torch::Tensor& timesteps, const torch::Tensor& pooled) const { return (*embedding_)(timesteps, pooled); }
    /// Linear layer of silu(e), float32.
    torch::Tensor project(const Linear& linear, const torch::Tensor& activated) const {
        return linear(activated.to(placement_.dtype)).to(torch::kFloat32);
    }

    std::int64_t parameters_ = 0;

private:
    Placement placement_;
    std::unique_ptr<TimestepEmbedding> embedding_;
};

/// e is added to every image token.
class AdditionConditioning final : public EmbeddedConditioning {
public:
    AdditionConditioning(const TransformerConfig& config, ParameterReader& read, const Placement& placement) :
        EmbeddedConditioning(config, read, placement), layers_(config.num_hidden_layers) {
        parameters_ = read.parameters();
    }

    StepModulation begin(torch::Tensor& x, const torch::Tensor& timesteps, const torch::Tensor& pooled) const override {
        const auto e = embed(timesteps, pooled);
        x.view({e.size(0), -1, x.size(1)}).add_(e.unsqueeze(1));
        return unmodulated(layers_);
    }

private:
    std::int64_t layers_;
};

/// Each layer makes its modulation out of silu(e) itself; the head's is scale, then shift.
class AdalnZeroConditioning final : public EmbeddedConditioning {
public:
    AdalnZeroConditioning(const TransformerConfig& config, ParameterReader& read, const Placement& placement) :
        EmbeddedConditioning(config, read, placement) {
        const auto D = config.hidden_size;
        for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
            const auto name = config.prefix() + "layers." + std::to_string(i) + ".input_layernorm.linear.weight";
            layers_.push_back(read.linear({{name, 6 * D}}, D, Bias::present));
        }
        head_ = read.linear({{config.prefix() + "norm_out.linear.weight", 2 * D}}, D, Bias::present);
        parameters_ = read.parameters();
    }

    StepModulation begin(torch::Tensor&, const torch::Tensor& timesteps, const torch::Tensor& pooled) const override {
        const auto activated = at::silu(embed(timesteps, pooled));
        StepModulation step;
        for (const auto& layer : layers_) step.layers.push_back(layer_modulation(project(layer, activated)));
        const auto head = split_parts(project(head_, activated), 2);
        step.head = {head[1], head[0]};
        return step;
    }

private:
    std::vector<Linear> layers_;
    Linear head_;
};

/// One modulation for all layers, to which each adds a table of its own; the head's is a table plus e itself, shift, then scale.
class AdalnSingleConditioning final : public EmbeddedConditioning {
public:
    AdalnSingleConditioning(const TransformerConfig& config, ParameterReader& read, const Placement& placement) :
        EmbeddedConditioning(config, read, placement) {
        const auto D = config.hidden_size;
        shared_ = read.linear({{config.prefix() + "t_block.1.weight", 6 * D}}, D, Bias::present);
        for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
            tables_.push_back(read.tensor(config.prefix() + "layers." + std::to_string(i) + ".scale_shift_table", {6 * D}, torch::kFloat32));
        }
        head_table_ = read.tensor(config.prefix() + "scale_shift_table", {2 * D}, torch::kFloat32);
        parameters_ = read.parameters();
    }

    StepModulation begin(torch::Tensor&, const torch::Tensor& timesteps, const torch::Tensor& pooled) const override {
        const auto e = embed(timesteps, pooled);
        const auto shared = project(shared_, at::silu(e));
        StepModulation step;
        for (const auto& table : tables_) step.layers.push_back(layer_modulation(shared + table));
        const auto head = split_parts(head_table_ + at::cat({e, e}, 1), 2);
        step.head = {head[0], head[1]};
        return step;
    }

private:
    Linear shared_;
    std::vector<torch::Tensor> tables_;
    torch::Tensor head_table_;
};

}  // namespace

std::unique_ptr<TimestepConditioning> make_timestep_conditioning(const TransformerConfig& config, const Checkpoint& weights,
                                                                 const Placement& placement) {
    ParameterReader read(weights, placement);
    switch (config.timestep) {
    case TimestepKind::none: break;
    case TimestepKind::addition: return std::make_unique<AdditionConditioning>(config, read, placement);
    case TimestepKind::adaln_zero: return std::make_unique<AdalnZeroConditioning>(config, read, placement);
    case TimestepKind::adaln_single: return std::make_unique<AdalnSingleConditioning>(config, read, placement);
    }
    return std::make_unique<NoConditioning>(config);
}

std::string modulated_norm_name(const TransformerConfig& config, const std::string& norm) {
    return norm + (config.timestep == TimestepKind::adaln_zero ? ".norm.weight" : ".weight");
}

torch::Tensor timestep_sinusoid(const torch::Tensor& timesteps) {
    const auto half = sinusoid_width / 2;
    const auto frequency = (at::arange(half, torch::kFloat32) * (-std::log(10000.0) / static_cast<double>(half))).exp();
    const auto angle = timesteps.to(torch::kCPU, torch::kFloat32).unsqueeze(1) * frequency;
    return at::cat({angle.cos(), angle.sin()}, 1);
}

}  // namespace inference
