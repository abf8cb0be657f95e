// SPDX-License-Identifier: Apache-2.0
// The numbers of the reference's section 14: each variant of the model on weights and inputs that follow from formulas (see README.md).
#include <cmath>
#include <map>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>
#include <c10/util/accumulate.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "inference/model/context_encoder.h"
#include "inference/model/fused_transformer.h"
#include "inference/model/rotary.h"
#include "inference/model/text_model.h"
#include "inference/weights/safetensors.h"
#include "tests/support/temporary_folder.h"

namespace {

using torch::Tensor;
using Shapes = std::map<std::string, std::vector<std::int64_t>>;  // ordered as the formula wants it: by ASCII

constexpr std::int64_t width = 32, mlp_width = 48, heads = 4, kv_heads = 2, head_dim = 16, vocabulary = 50, patch_features = 64;
constexpr double element_tolerance = 2e-4, total_tolerance = 1e-3;
const std::vector<std::vector<int>> prompts = {{2, 5, 11, 7, 23}, {2, 31, 4}};  // the table's ids under mask 1

/// A row of the table.
struct Row {
    const char* name;
    const char* family;
    bool fused;
    const char* attention;
    const char* pos_embed;
    const char* timestep;  ///< null: none
    std::int64_t text_layers, initial_layers, clip_width;
    std::size_t parameters;
    double sum, norm;
    std::vector<float> first, last;

    bool sandwich() const { return std::string(family) == "gemma2"; }
    bool cross() const { return std::string(attention) == "cross"; }
    std::int64_t layers() const { return text_layers - initial_layers; }
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const std::vector<Row> rows = {
    {"A",
     "gemma2",
     true,
     "self",
     "2d-rope",
     nullptr,
     3,
     0,
     0,
     79,
     -13.21659,
     12.46109,
     {-.01866f, .0026f, -.02004f, -.00229f},
     {.12634f, .0295f, .15816f, .00481f}},
    {"B",
     "gemma",
     true,
     "self",
     "ape",
     "adaln-zero",
     3,
     0,
     0,
     79,
     -20.40880,
     103.96595,
     {.91236f, 1.14064f, 1.00152f, 1.12809f},
     {-3.19337f, -3.12988f, -3.08228f, -3.05195f}},
    {"C",
     "gemma",
     true,
     "self",
     "m-rope",
     "adaln-single",
     3,
     0,
     0,
     77,
     -225.50660,
     95.22399,
     {.04122f, 1.70642f, .05799f, 1.72914f},
     {1.69608f, -.40423f, 1.35111f, -.26798f}},
    {"D",
     "gemma2",
     true,
     "self",
     "1d-rope",
     "addition",
     3,
     0,
     0,
     83,
     -37.24090,
     39.19173,
     {-1.30156f, -.09613f, -1.30371f, -.12541f},
     {.22001f, .61055f, .22635f, .60544f}},
    {"E",
     "gemma",
     true,
     "cross",
     "ape",
     "adaln-zero",
     3,
     0,
     0,
     88,
     -46.97774,
     43.10485,
     {.16256f, .43088f, .20876f, .46839f},
     {1.30049f, .40489f, 1.32216f, .41661f}},
    {"E2",
     "gemma2",
     true,
     "cross",
     "2d-rope",
     nullptr,
     3,
     0,
     0,
     91,
     -16.15316,
     10.13956,
     {.37877f, .22283f, .38934f, .2277f},
     {-.11093f, -.17906f, -.10884f, -.17967f}},
    {"F",
     "gemma",
     true,
     "self",
     "ape",
     "adaln-zero",
     5,
     2,
     0,
     97,
     -32.83119,
     59.48473,
     {.78355f, 1.02533f, .88208f, .99363f},
     {-1.42452f, -1.96743f, -1.35475f, -1.91655f}},
    {"G",
     "gemma",
     true,
     "self",
     "ape",
     "adaln-zero",
     3,
     0,
     12,
     84,
     129.02695,
     144.25396,
     {1.3919f, 1.20697f, 1.50868f, 1.19663f},
     {-4.39855f, -2.74463f, -4.26126f, -2.6802f}},
    {"Hself",
     "gemma",
     false,
     "self",
     "ape",
     "adaln-zero",
     3,
     0,
     0,
     59,
     -110.29496,
     69.98843,
     {.13561f, 1.37875f, .25114f, 1.48495f},
     {1.06771f, .06114f, 1.08511f, .09181f}},
    {"Hcross",
     "gemma",
     false,
     "cross",
     "ape",
     "adaln-zero",
     3,
     0,
     0,
     71,
     54.62730,
     39.60445,
     {-.43857f, -1.12128f, -.44263f, -1.04668f},
     {.68775f, .93675f, .66079f, .91903f}},
};

const Row& row_named(const std::string& name) {
    for (const auto& row : rows) {
        if (row.name == name) return row;
    }
    throw std::out_of_range(name);
}

void add_mlp(Shapes& shapes, const std::string& layer) {
    shapes[layer + "mlp.gate_proj.weight"] = shapes[layer + "mlp.up_proj.weight"] = {mlp_width, width};
    shapes[layer + "mlp.down_proj.weight"] = {width, mlp_width};
}

void add_projections(Shapes& shapes, const std::string& block) {
    shapes[block + "q_proj.weight"] = {heads * head_dim, width};
    shapes[block + "k_proj.weight"] = shapes[block + "v_proj.weight"] = {kv_heads * head_dim, width};
    shapes[block + "o_proj.weight"] = {width, heads * head_dim};
}

void add_linear(Shapes& shapes, const std::string& name, std::int64_t out, std::int64_t in) {
    shapes[name + ".weight"] = {out, in};
    shapes[name + ".bias"] = {out};
}

void add_text_model(Shapes& shapes, const Row& row) {
    shapes["llm.embed_tokens.weight"] = {vocabulary, width};
    shapes["llm.norm.weight"] = {width};
    for (std::int64_t i = 0; i < row.text_layers; ++i) {
        const auto layer = "llm.layers." + std::to_string(i) + ".";
        add_projections(shapes, layer + "self_attn.");
        add_mlp(shapes, layer);
        shapes[layer + "input_layernorm.weight"] = shapes[layer + "post_attention_layernorm.weight"] = {width};
        if (row.sandwich()) shapes[layer + "pre_feedforward_layernorm.weight"] = shapes[layer + "post_feedforward_layernorm.weight"] = {width};
    }
}

void add_modulated_norm(Shapes& shapes, const Row& row, const std::string& norm, std::int64_t parts) {
    const bool zero = row.timestep != nullptr && std::string(row.timestep) == "adaln-zero";
    shapes[norm + (zero ? ".norm.weight" : ".weight")] = {width};
    if (zero) add_linear(shapes, norm + ".linear", parts * width, width);
}

void add_image_layer(Shapes& shapes, const Row& row, const std::string& layer) {
    const auto own = layer + "self_attn.", across = layer + "cross_attn.", text = row.cross() ? across : own;
    const bool single = row.timestep != nullptr && std::string(row.timestep) == "adaln-single";
    add_modulated_norm(shapes, row, layer + "input_layernorm", 6);
    if (single) shapes[layer + "scale_shift_table"] = {6 * width};
    add_projections(shapes, own);
    shapes[own + "q_norm.weight"] = shapes[own + "k_norm.weight"] = {head_dim};
    add_mlp(shapes, layer);
    shapes[layer + "post_attention_layernorm.weight"] = {width};
    if (row.sandwich()) shapes[layer + "pre_feedforward_layernorm.weight"] = shapes[layer + "post_feedforward_layernorm.weight"] = {width};
    if (row.cross()) {
        shapes[across + "q_proj.weight"] = {heads * head_dim, width};
        shapes[across + "o_proj.weight"] = {width, heads * head_dim};
        shapes[across + "q_norm.weight"] = {head_dim};
        if (row.sandwich()) shapes[layer + "post_cross_attention_layernorm.weight"] = {width};
    }
    if (row.fused) return;
    shapes[text + "text_k_proj.weight"] = shapes[text + "text_v_proj.weight"] = {kv_heads * head_dim, width};
    shapes[text + "k_norm.weight"] = {head_dim};
}

/// Names and shapes of all parameters, by section 2.4.
Shapes parameter_shapes(const Row& row) {
    Shapes shapes;
    const std::string dit = row.fused ? "dit." : "";
    if (row.fused) add_text_model(shapes, row);
    shapes[dit + "patch_embed.proj.weight"] = {width, 16, 2, 2};
    shapes[dit + "patch_embed.proj.bias"] = {width};
    for (std::int64_t i = 0; i < row.layers(); ++i) add_image_layer(shapes, row, dit + "layers." + std::to_string(i) + ".");
    if (row.timestep != nullptr) {
        add_linear(shapes, dit + "timestep_embedder.0", width, 256);
        add_linear(shapes, dit + "timestep_embedder.2", width, width);
        if (std::string(row.timestep) == "adaln-single") {
            add_linear(shapes, dit + "t_block.1", 6 * width, width);
            shapes[dit + "scale_shift_table"] = {2 * width};
        }
    }
    if (row.clip_width > 0) {
        shapes[dit + "condition_embedder.0.weight"] = {row.clip_width};
        add_linear(shapes, dit + "condition_embedder.1", width, row.clip_width);
        add_linear(shapes, dit + "condition_embedder.3", width, width);
    }
    if (!row.fused) {
        shapes["context_embedder.0.weight"] = {width};
        add_linear(shapes, "context_embedder.1", width, width);
    }
    add_modulated_norm(shapes, row, dit + "norm_out", 2);
    add_linear(shapes, dit + "proj_out", patch_features, width);
    return shapes;
}

/// Parameter t holds A sin(0.37 (i + 1) + 1.3 t) at flat index i.
std::map<std::string, Tensor> sine_weights(const Shapes& shapes) {
    std::map<std::string, Tensor> weights;
    for (const auto& [name, shape] : shapes) {
        const auto t = static_cast<double>(weights.size());
        const auto count = c10::multiply_integers(shape);
        const auto i = at::arange(1, count + 1, torch::kFloat64);
        weights[name] = ((i * 0.37 + 1.3 * t).sin() * (shape.size() >= 2 ? 0.25 : 0.1)).to(torch::kFloat32).reshape(shape);
    }
    return weights;
}

nlohmann::json config_json(const Row& row) {
    nlohmann::json config = {
        {"model_type", row.fused ? "FuseDiT" : "DiT"},
        {"attention", row.attention},
        {"pos_embed", row.pos_embed},
        {"qk_norm", true},
        {"sandwich_norm", row.sandwich()},
        {"timestep_conditioning", row.timestep != nullptr ? nlohmann::json(row.timestep) : nlohmann::json()},
        {"dit_hidden_size", width},
        {"dit_num_hidden_layers", row.layers()},
        {"initial_layers", row.initial_layers},
        {"text_hidden_size", width},
        {"base_config",
         {{"model_type", row.family},
          {"hidden_size", width},
          {"intermediate_size", mlp_width},
          {"num_hidden_layers", row.text_layers},
          {"num_attention_heads", heads},
          {"num_key_value_heads", kv_heads},
          {"head_dim", head_dim},
          {"vocab_size", vocabulary}}},
    };
    if (row.initial_layers > 0) config["shared_attention_layers"] = {2, 3, 4};
    if (row.clip_width > 0) config["text_modulation_embeds_dim"] = row.clip_width;
    return config;
}

Tensor latents() { return (at::arange(2 * 16 * 8 * 12, torch::kFloat64) * 0.11).cos().to(torch::kFloat32).view({2, 16, 8, 12}); }
Tensor timesteps() { return torch::tensor({750.0f, 250.0f}); }

/// The model of a row with its prompts understood.
class Model {
public:
    explicit Model(const Row& row, torch::ScalarType stored = torch::kFloat32) : Model(row, stored_weights(row, stored)) {}

    Model(const Row& row, const std::map<std::string, Tensor>& weights) :
        config_(inference::read_transformer_config(folder_.write("config.json", config_json(row).dump()))), weights_(written(folder_, weights)),
        transformer_(config_, weights_, placement_) {
        if (row.fused) {
            text_ = std::make_unique<inference::TextModel>(config_, inference::TextWeights{weights_, "llm."}, placement_);
            states_ = understood(prompts);
        } else {
            const inference::ContextProjection project(config_, weights_, placement_);
            const auto features = (at::arange(2 * 8 * width, torch::kFloat64) * 0.05).sin().to(torch::kFloat32).view({2, 8, width});
            states_ = {std::make_shared<const inference::PromptState>(project(features[0].narrow(0, 0, 5))),
                       std::make_shared<const inference::PromptState>(project(features[1].narrow(0, 0, 3)))};
        }
        if (row.clip_width > 0) {
            const auto embeds = (at::arange(2 * row.clip_width, torch::kFloat64) * 0.2).sin().to(torch::kFloat32).view({2, row.clip_width});
            for (std::size_t b = 0; b < 2; ++b) {
                auto state = *states_[b];
                state.pooled = embeds[static_cast<std::int64_t>(b)];
                states_[b] = std::make_shared<const inference::PromptState>(std::move(state));
            }
        }
    }

    std::vector<std::shared_ptr<const inference::PromptState>> understood(const std::vector<std::vector<int>>& ids) const {
        std::vector<std::shared_ptr<const inference::PromptState>> states;
        for (auto& state : text_->encode(ids, {})) states.push_back(std::make_shared<const inference::PromptState>(std::move(state)));
        return states;
    }
    inference::Conditioning prepare() const { return transformer_.prepare(states_, 8, 12); }
    const inference::FusedTransformer& transformer() const { return transformer_; }
    const std::vector<std::shared_ptr<const inference::PromptState>>& states() const { return states_; }
    Tensor velocity() const {
        auto text = prepare();
        return transformer_.velocity(latents(), text, timesteps());
    }

private:
    static inference::Checkpoint written(const tests::TemporaryFolder& folder, const std::map<std::string, Tensor>& weights) {
        inference::write_safetensors(folder.file("model.safetensors"), weights);
        return {folder.path(), "model"};
    }
    static std::map<std::string, Tensor> stored_weights(const Row& row, torch::ScalarType dtype) {
        auto weights = sine_weights(parameter_shapes(row));
        for (auto& [name, weight] : weights) weight = weight.to(dtype);
        return weights;
    }

    const at::NoGradGuard no_grad_;
    inference::Placement placement_;
    tests::TemporaryFolder folder_;
    inference::TransformerConfig config_;
    inference::Checkpoint weights_;
    inference::FusedTransformer transformer_;
    std::unique_ptr<inference::TextModel> text_;
    std::vector<std::shared_ptr<const inference::PromptState>> states_;
};

void expect_numbers(const Tensor& velocity, double sum, double norm, const std::vector<float>& first, const std::vector<float>& last) {
    ASSERT_EQ(velocity.sizes(), at::IntArrayRef({2, 16, 8, 12}));
    EXPECT_NEAR(velocity.sum().item<double>(), sum, total_tolerance * std::abs(sum));
    EXPECT_NEAR(velocity.norm().item<double>(), norm, total_tolerance * norm);
    for (std::int64_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(velocity[0][0][0][i].item<float>(), first[static_cast<std::size_t>(i)], element_tolerance);
        EXPECT_NEAR(velocity[1][15][7][8 + i].item<float>(), last[static_cast<std::size_t>(i)], element_tolerance);
    }
}

double largest_difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

class ReferenceRow : public testing::TestWithParam<Row> {
    const at::NoGradGuard no_grad_;
};

TEST_P(ReferenceRow, velocityHasTheReferencesNumbers) {
    const auto& row = GetParam();
    EXPECT_EQ(parameter_shapes(row).size(), row.parameters);
    expect_numbers(Model(row).velocity(), row.sum, row.norm, row.first, row.last);
}

TEST_P(ReferenceRow, laterCallsOnTheSamePromptsGiveWhatTheFirstGave) {
    const Model model(GetParam());
    auto text = model.prepare();
    const auto first = model.transformer().velocity(latents(), text, timesteps());
    model.transformer().velocity(latents() * 0.5, text, timesteps() * 0.5);
    EXPECT_TRUE(at::equal(model.transformer().velocity(latents(), text, timesteps()), first));
}

TEST_P(ReferenceRow, aBatchGivesWhatItsRowsGiveAlone) {
    const Model model(GetParam());
    const auto together = model.velocity();
    for (std::int64_t b = 0; b < 2; ++b) {
        auto text = model.transformer().prepare({model.states()[static_cast<std::size_t>(b)]}, 8, 12);
        const auto alone = model.transformer().velocity(latents().narrow(0, b, 1), text, timesteps().narrow(0, b, 1));
        EXPECT_LT(largest_difference(together.narrow(0, b, 1), alone), 1e-5 * together.abs().max().item<double>());
    }
}

TEST_P(ReferenceRow, halfPrecisionFilesAreUpcast) {
    const auto& row = GetParam();
    for (const auto dtype : {torch::kBFloat16, torch::kFloat16}) {
        auto rounded = sine_weights(parameter_shapes(row));
        for (auto& [name, weight] : rounded) weight = weight.to(dtype).to(torch::kFloat32);
        EXPECT_TRUE(at::equal(Model(row, dtype).velocity(), Model(row, rounded).velocity())) << dtype;
    }
}

INSTANTIATE_TEST_SUITE_P(Section14, ReferenceRow, testing::ValuesIn(rows), [](const auto& instance) { return std::string(instance.param.name); });

class ReferenceNumbers : public testing::Test {
    const at::NoGradGuard no_grad_;
};

TEST_F(ReferenceNumbers, upstreamsCachedStepsForgetWhereTheImageStarts) {
    const Model model(row_named("A"));
    auto text = model.prepare();
    text.rotary = text.cached_rotary;
    expect_numbers(model.transformer().velocity(latents(), text), -14.32699, 12.64313, {-.01748f, -.00613f, -.01148f, -.0072f},
                   {.13353f, -.01145f, .14095f, .00011f});
}

TEST_F(ReferenceNumbers, upstreamsCachedStepsChangeNothingWherePositionsAreAdded) {
    const Model model(row_named("B"));
    auto text = model.prepare();
    const auto trained = model.transformer().velocity(latents(), text, timesteps());
    text.rotary = text.cached_rotary;
    EXPECT_TRUE(at::equal(model.transformer().velocity(latents(), text, timesteps()), trained));
}

TEST_F(ReferenceNumbers, aPromptIsUnderstoodTheSameBesideALongerOne) {
    for (const auto* name : {"A", "E", "F"}) {
        const Model model(row_named(name));
        const auto alone = model.understood({prompts[1]}), together = model.understood({prompts[0], prompts[1]});
        for (std::size_t i = 0; i < alone[0]->layers.size(); ++i) {
            EXPECT_LT(largest_difference(alone[0]->layers[i].keys, together[1]->layers[i].keys), 1e-5);
            EXPECT_LT(largest_difference(alone[0]->layers[i].values, together[1]->layers[i].values), 1e-5);
        }
    }
}

TEST_F(ReferenceNumbers, oneTimestepStandsForAllRows) {
    const Model model(row_named("C"));
    auto text = model.prepare();
    const auto shared = model.transformer().velocity(latents(), text, torch::tensor({750.0f}));
    EXPECT_LT(largest_difference(shared, model.transformer().velocity(latents(), text, torch::tensor({750.0f, 750.0f}))), 1e-5);
}

TEST_F(ReferenceNumbers, aStoredPositionTableIsTheOneThatIsAdded) {
    auto weights = sine_weights(parameter_shapes(row_named("B")));
    const auto analytic = inference::sin_cos_table(64, 16, width).view({1, 64 * 64, width});
    weights["dit.patch_embed.pos_embed"] = analytic;
    const auto same = Model(row_named("B"), weights).velocity();
    EXPECT_TRUE(at::equal(same, Model(row_named("B")).velocity()));
    weights["dit.patch_embed.pos_embed"] = analytic.to(torch::kBFloat16);
    EXPECT_GT(largest_difference(Model(row_named("B"), weights).velocity(), same), 1e-5);
}

TEST_F(ReferenceNumbers, aModelWhoseHeadIsZeroPredictsExactlyZero) {
    auto weights = sine_weights(parameter_shapes(row_named("C")));
    weights["dit.proj_out.weight"].zero_();
    weights["dit.proj_out.bias"].zero_();
    EXPECT_EQ(Model(row_named("C"), weights).velocity().abs().max().item<float>(), 0.0f);
}

TEST_F(ReferenceNumbers, sinusoidOfATimestep) {
    const auto features = inference::timestep_sinusoid(torch::tensor({750.0f}))[0];
    const std::pair<std::int64_t, float> expected[] = {{0, -.666983f},  {1, .879756f},   {2, -.670084f},  {127, .996754f},
                                                       {128, .745073f}, {129, .475425f}, {130, .742285f}, {255, .080508f}};
    for (const auto& [index, value] : expected) EXPECT_NEAR(features[index].item<float>(), value, element_tolerance) << index;
}

TEST_F(ReferenceNumbers, anglesOfTwoAxes) {
    constexpr std::int64_t offset[] = {9};
    const auto table = inference::image_rotary(offset, 8, 12, 256, 10000.0, torch::kCPU);
    constexpr double row = 5, column = 11;
    constexpr std::int64_t token = 5 * 12 + 11;
    const auto expect_angle = [&](std::int64_t plane, double angle) {
        EXPECT_NEAR(table.cosine[0][token][plane].item<double>(), std::cos(angle), 1e-5) << plane;
        EXPECT_NEAR(table.sine[0][token][plane].item<double>(), std::sin(angle), 1e-5) << plane;
    };
    expect_angle(0, 9 + row);
    expect_angle(63, (9 + row) * std::pow(10000.0, -63.0 / 64.0));
    expect_angle(64, 9 + column);
}

}  // namespace
