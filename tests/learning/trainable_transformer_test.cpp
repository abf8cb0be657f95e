// SPDX-License-Identifier: Apache-2.0
// The transformer with derivatives: the same numbers as the one that draws, and gradients that finite differences agree with.
#include <cmath>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/engine/loaded_model.h"
#include "inference/learning/adapter.h"
#include "inference/learning/adapter_parameters.h"
#include "inference/learning/trainable_transformer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::LayerLowRank;
using inference::LowRank;
using inference::TrainableTransformer;
using inference::TrainingMemory;
using torch::Tensor;

constexpr std::int64_t hidden = 32, heads_width = 64, head_dim = 32, layers = 2, rank = 3;

/// A variant of the transformer.
struct Variant {
    const char* name;
    const char* attention = "self";
    const char* timestep = nullptr;  ///< null: none
    bool qk_norm = true, sandwich = true;
    const char* positions = "2d-rope";
};

void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.name; }

/// The tiny model turned into a variant, its missing weights drawn.
class VariantModel {
public:
    explicit VariantModel(const Variant& variant) {
        model_.transformer.update(
            {{"attention", variant.attention}, {"qk_norm", variant.qk_norm}, {"sandwich_norm", variant.sandwich}, {"pos_embed", variant.positions}});
        if (variant.timestep == nullptr) model_.transformer["timestep_conditioning"] = nullptr;
        else model_.transformer["timestep_conditioning"] = variant.timestep;
        if (std::string(variant.attention) == "cross") add_cross_attention();
        if (variant.timestep != nullptr) add_timesteps(variant.timestep);
    }
    void write(const std::string& folder) const { model_.write(folder); }

private:
    static std::string layer(std::int64_t i) { return "dit.layers." + std::to_string(i) + "."; }
    void add(const std::string& name, at::IntArrayRef shape, double size) {
        model_.transformer_weights[name] = torch::empty(shape).normal_(0, size, generator_);
    }
    void add_linear(const std::string& name, std::int64_t out, std::int64_t in) {
        add(name + ".weight", {out, in}, 0.15);
        add(name + ".bias", {out}, 0.1);
    }
    void add_cross_attention() {
        for (std::int64_t i = 0; i < layers; ++i) {
            add(layer(i) + "cross_attn.q_proj.weight", {heads_width, hidden}, 0.15);
            add(layer(i) + "cross_attn.o_proj.weight", {hidden, heads_width}, 0.15);
            add(layer(i) + "cross_attn.q_norm.weight", {head_dim}, 0.1);
            add(layer(i) + "post_cross_attention_layernorm.weight", {hidden}, 0.1);
        }
    }
    void add_timesteps(const std::string& kind) {
        add_linear("dit.timestep_embedder.0", hidden, 256);
        add_linear("dit.timestep_embedder.2", hidden, hidden);
        if (kind == "adaln-single") {
            add_linear("dit.t_block.1", 6 * hidden, hidden);
            add("dit.scale_shift_table", {2 * hidden}, 0.2);
            for (std::int64_t i = 0; i < layers; ++i) add(layer(i) + "scale_shift_table", {6 * hidden}, 0.2);
        }
        if (kind != "adaln-zero") return;
        auto& weights = model_.transformer_weights;
        for (std::int64_t i = 0; i < layers; ++i) {
            weights[layer(i) + "input_layernorm.norm.weight"] = weights.at(layer(i) + "input_layernorm.weight");
            add_linear(layer(i) + "input_layernorm.linear", 6 * hidden, hidden);
        }
        weights["dit.norm_out.norm.weight"] = weights.at("dit.norm_out.weight");
        add_linear("dit.norm_out.linear", 2 * hidden, hidden);
    }

    tests::TinyModel model_;
    at::Generator generator_ = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{9});
};

double dot(const LowRank& a, const LowRank& b) {
    const auto sum = [](const Tensor& x, const Tensor& y) { return (x.to(torch::kFloat64) * y.to(torch::kFloat64)).sum().item<double>(); };
    return sum(a.down(), b.down()) + sum(a.up(), b.up());
}

class TrainableVariant : public testing::TestWithParam<Variant> {
protected:
    void load(torch::ScalarType dtype = torch::kFloat32) {
        at::set_num_threads(1);  // a second thread costs the tiny model more than it brings
        VariantModel(GetParam()).write(folder_.path());
        model_ = inference::load_model(inference::read_pipeline_config(folder_.file("pipeline")), folder_.file("text"),
                                       inference::Placement{torch::kCPU, dtype}, {}, {}, {});
        at::manual_seed(17);
        latents_ = at::randn({2, 4, 8, 8});
        direction_ = at::randn({2, 4, 8, 8});
        levels_ = torch::tensor({300.0f, 700.0f});
        const inference::AdapterLayout layout(model_.config.transformer);
        const inference::AdapterParameters parameters(layout, rank, 6.0);
        const auto weights = parameters.view(at::randn({parameters.size()}) * 0.2);
        adapter_ = inference::stack_adapters({{&weights, 1.0}}, layout, model_.placement);
    }
    /// Two prompts of unequal length.
    inference::Conditioning conditioning() const {
        std::vector<std::shared_ptr<const inference::PromptState>> prompts;
        for (auto& state : model_.text->encode({{2, 413, 299, 358}, {2, 5, 6, 7, 8, 9, 10, 11}}, {})) {
            prompts.push_back(std::make_shared<const inference::PromptState>(std::move(state)));
        }
        return model_.transformer->prepare(prompts, 8, 8);
    }
    Tensor drawn() const {
        auto text = conditioning();
        text.adapter = {adapter_, 2 * text.image_tokens()};
        return model_.transformer->velocity(latents_, text, levels_);
    }
    TrainableTransformer::Pass pass(const TrainableTransformer& trainable, const std::vector<LayerLowRank>& adapter) const {
        return trainable.forward(latents_, conditioning(), levels_, adapter, {});
    }
    TrainableTransformer trainable(TrainingMemory memory = {}) const { return {model_.transformer, memory}; }
    /// The gradients of <velocity, direction>.
    std::vector<LayerLowRank> gradients(TrainingMemory memory = {}) const {
        const auto of = trainable(memory);
        return pass(of, adapter_).backward(direction_, {});
    }

    const at::NoGradGuard no_grad_;
    tests::TemporaryFolder folder_;
    inference::LoadedModel model_;
    Tensor latents_, direction_, levels_;
    std::vector<LayerLowRank> adapter_;
};

constexpr LowRank LayerLowRank::*groups[] = {&LayerLowRank::qkv, &LayerLowRank::o_proj, &LayerLowRank::gate_up, &LayerLowRank::down_proj};

TEST_P(TrainableVariant, computesWhatTheOneThatDrawsComputes) {
    load();
    const auto of = trainable();
    const auto velocity = pass(of, adapter_).velocity(), expected = drawn();
    EXPECT_LT((velocity - expected).abs().max().item<double>(), 1e-4 * expected.abs().max().item<double>());
    EXPECT_FALSE(velocity.requires_grad());
}

TEST_P(TrainableVariant, hasTheGradientThatFiniteDifferencesFind) {
    load();
    const auto found = gradients();
    const auto of = trainable();
    const auto objective = [&](const std::vector<LayerLowRank>& adapter) {
        return (pass(of, adapter).velocity().to(torch::kFloat64) * direction_).sum().item<double>();
    };
    for (std::size_t layer = 0; layer < found.size(); ++layer) {
        for (const auto group : groups) {
            const auto& at = adapter_[layer].*group;
            const LowRank along(at::randn_like(at.down()), at::randn_like(at.up()));
            const double step = 1e-3;
            auto ahead = adapter_, behind = adapter_;
            ahead[layer].*group = LowRank(at.down() + along.down() * step, at.up() + along.up() * step);
            behind[layer].*group = LowRank(at.down() - along.down() * step, at.up() - along.up() * step);
            const double numeric = (objective(ahead) - objective(behind)) / (2 * step), analytic = dot(found[layer].*group, along);
            EXPECT_NEAR(analytic, numeric, 0.01 * std::abs(numeric) + 0.03) << "layer " << layer;
        }
    }
}

TEST_P(TrainableVariant, findsTheSameGradientWhenLayersAreRunAgain) {
    load();
    const auto kept = gradients(), again = gradients({false, true});
    for (std::size_t layer = 0; layer < kept.size(); ++layer) {
        for (const auto group : groups) {
            EXPECT_TRUE(at::equal((kept[layer].*group).down(), (again[layer].*group).down()));
            EXPECT_TRUE(at::equal((kept[layer].*group).up(), (again[layer].*group).up()));
        }
    }
}

TEST_P(TrainableVariant, hasTheSlopeInItsLatentsThatFiniteDifferencesFind) {
    load();
    const auto of = trainable();
    const auto on_stream = at::randn({2 * 16, hidden});
    const auto objective = [&](const Tensor& latents) {
        const auto look = of.look(latents, conditioning(), levels_, layers, {});
        return (look.velocity().to(torch::kFloat64) * direction_).sum().item<double>() +
            (look.stream(1).to(torch::kFloat64) * on_stream).sum().item<double>();
    };
    auto look = of.look(latents_, conditioning(), levels_, layers, {});
    const auto plain = [&] {
        auto text = conditioning();
        return model_.transformer->velocity(latents_, text, levels_);
    }();
    EXPECT_LT((look.velocity() - plain).abs().max().item<double>(), 1e-4 * plain.abs().max().item<double>());
    const auto slope = look.backward_to_latents(direction_, {{1, on_stream}}, {});
    EXPECT_FALSE(slope.requires_grad());
    for (int i = 0; i < 4; ++i) {
        const auto along = at::randn_like(latents_);
        const double step = 1e-3;
        const double numeric = (objective(latents_ + along * step) - objective(latents_ - along * step)) / (2 * step);
        EXPECT_NEAR((slope.to(torch::kFloat64) * along).sum().item<double>(), numeric, 0.01 * std::abs(numeric) + 0.05);
    }
}

TEST_P(TrainableVariant, looksAtAStreamWithoutRunningTheLayersAfterIt) {
    load();
    const auto of = trainable(), frugal = trainable({false, true});
    const auto on_stream = at::randn({2 * 16, hidden});
    const auto slope = [&](const TrainableTransformer& transformer) {
        auto look = transformer.look(latents_, conditioning(), levels_, 1, {});
        EXPECT_FALSE(look.velocity().defined());
        return look.backward_to_latents({}, {{1, on_stream}}, {});
    };
    const auto found = slope(of);
    EXPECT_GT(found.abs().max().item<double>(), 0.0);
    EXPECT_TRUE(at::equal(found, slope(frugal))) << "layers that are run again find another slope";
}

TEST_P(TrainableVariant, learnsInBfloat16WhatItLearnsInFloat32) {
    load();
    const auto exact = gradients();
    load(torch::kBFloat16);
    const auto of = trainable();
    const auto velocity = pass(of, adapter_).velocity(), expected = drawn();
    EXPECT_LT((velocity - expected).norm().item<double>(), 0.03 * expected.norm().item<double>());
    for (const TrainingMemory memory : {TrainingMemory{true, true}, TrainingMemory{true, false}}) {
        const auto rounded = gradients(memory);
        double both = 0.0, of_exact = 0.0, of_rounded = 0.0;
        for (std::size_t layer = 0; layer < exact.size(); ++layer) {
            for (const auto group : groups) {
                both += dot(exact[layer].*group, rounded[layer].*group);
                of_exact += dot(exact[layer].*group, exact[layer].*group);
                of_rounded += dot(rounded[layer].*group, rounded[layer].*group);
            }
        }
        EXPECT_GT(both / std::sqrt(of_exact * of_rounded), 0.99);
        EXPECT_NEAR(of_rounded / of_exact, 1.0, 0.25);
    }
}

INSTANTIATE_TEST_SUITE_P(All, TrainableVariant,
                         testing::Values(Variant{"self"}, Variant{"bare", "self", nullptr, false, false, "1d-rope"},
                                         Variant{"m_rope", "self", "addition", true, true, "m-rope"},
                                         Variant{"adaln_zero", "self", "adaln-zero", true, false, "ape"},
                                         Variant{"adaln_single", "self", "adaln-single", false, true}, Variant{"cross", "cross"},
                                         Variant{"cross_bare", "cross", "adaln-zero", false, false, "ape"},
                                         Variant{"cross_single", "cross", "adaln-single", true, true, "m-rope"}),
                         [](const auto& instance) { return std::string(instance.param.name); });

/// Things that are the same in each variant.
class Trainable : public TrainableVariant {};

TEST_P(Trainable, countsTheMemoryOfItsSecondLayoutOnlyWhereThereIsOne) {
    load();
    EXPECT_EQ(trainable().weight_bytes(), 0);
    load(torch::kBFloat16);
    const auto bytes = trainable().weight_bytes();
    const bool packed = model_.transformer->layer(0)->gate_up.packed();
    EXPECT_EQ(bytes, packed ? layers * 2 * (128 * 32 + 32 * 64 + 128 * 32 + 32 * 64) : 0);
    EXPECT_EQ(trainable({true, false}).weight_bytes(), 0);
}

TEST_P(Trainable, stopsBetweenLayers) {
    load();
    std::stop_source source;
    const auto of = trainable();
    auto begun = of.forward(latents_, conditioning(), levels_, adapter_, source.get_token());
    source.request_stop();
    EXPECT_THROW(begun.backward(direction_, source.get_token()), inference::Exception);
    EXPECT_THROW(of.forward(latents_, conditioning(), levels_, adapter_, source.get_token()), inference::Exception);
}

TEST_P(Trainable, leavesNoGraphBehindInTheEnginesWeights) {
    load();
    const auto before = drawn();
    gradients();
    EXPECT_TRUE(at::equal(drawn(), before));
    EXPECT_FALSE(model_.transformer->norm_out().requires_grad());
}

INSTANTIATE_TEST_SUITE_P(All, Trainable, testing::Values(Variant{"self"}), [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
