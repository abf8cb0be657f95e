// SPDX-License-Identifier: Apache-2.0
// What guides the training: a critic of the model's states, and the shift of the velocity that raises its score.
#include <cmath>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/engine/loaded_model.h"
#include "inference/learning/draws.h"
#include "inference/learning/guidance_field.h"
#include "inference/learning/state_critic.h"
#include "inference/learning/state_reader.h"
#include "inference/learning/state_recipe.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::GuidanceField;
using inference::StateCritic;
using inference::TrainableTransformer;
using torch::Tensor;

/// States of pictures in groups of four, and what a planted direction and some noise say of them.
struct Planted {
    Tensor states, direction;
    std::vector<double> desirabilities;
    std::vector<int> groups;

    Planted(std::int64_t groups_of_four, double noise, double of_group = 3.0) {
        auto generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{5});
        const auto n = 4 * groups_of_four;
        states = at::empty({n, 24}).normal_(0, 1, generator);
        direction = at::empty({24}).normal_(0, 1, generator);
        const auto offsets = at::empty({groups_of_four}).normal_(0, of_group, generator);
        const auto wanted = states.mv(direction) / direction.norm() + at::empty({n}).normal_(0, noise, generator);
        for (std::int64_t i = 0; i < n; ++i) {
            groups.push_back(static_cast<int>(i / 4));
            desirabilities.push_back(wanted[i].item<double>() + offsets[i / 4].item<double>());
        }
    }
};

double cosine(const Tensor& a, const Tensor& b) { return (a.dot(b) / a.norm() / b.norm()).item<double>(); }

TEST(GuidanceCritic, findsADirectionWhateverEachGroupsOwnLevelIs) {
    const Planted planted(20, 0.3);
    const auto critic = StateCritic::fit(planted.states, planted.desirabilities, planted.groups);
    EXPECT_GT(cosine(critic.slope(), planted.direction), 0.95);
}

TEST(GuidanceCritic, leavesNoiseOutThatHidesADirection) {
    const Planted planted(60, 1.0);
    EXPECT_GT(cosine(StateCritic::fit(planted.states, planted.desirabilities, planted.groups).slope(), planted.direction), 0.85);
}

TEST(GuidanceCritic, comparesPicturesThatAreAloneWithEachOther) {
    Planted planted(20, 0.3, 0.0);
    for (std::size_t i = 0; i < planted.groups.size(); ++i) planted.groups[i] = static_cast<int>(i);
    EXPECT_GT(cosine(StateCritic::fit(planted.states, planted.desirabilities, planted.groups).slope(), planted.direction), 0.9);
}

TEST(GuidanceCritic, measuresInDeviationsOfItsScore) {
    const Planted planted(20, 0.3);
    const auto critic = StateCritic::fit(planted.states, planted.desirabilities, planted.groups);
    auto scores = planted.states.mv(critic.slope()).view({20, 4});
    scores = scores - scores.mean(1, true);
    EXPECT_NEAR(scores.square().mean().sqrt().item<double>(), 1.0, 1e-3);
}

TEST(GuidanceCritic, survivesStatesThatAreAllTheSame) {
    const auto critic = StateCritic::fit(at::ones({8, 5}), {1, -1, 1, -1, 1, -1, 1, -1}, {0, 0, 0, 0, 1, 1, 1, 1});
    EXPECT_TRUE(critic.slope().isfinite().all().item<bool>());
}

TEST(GuidanceStates, arePooledWithTheDerivativeThatAutogradFinds) {
    at::manual_seed(3);
    const auto stream = at::randn({2 * 6, 5}).requires_grad_(true), d_pooled = at::randn({2, 10});
    const auto pooled = inference::state_recipe::pool(stream, 2);
    (pooled * d_pooled).sum().backward();
    const at::NoGradGuard no_grad;
    EXPECT_TRUE(at::allclose(inference::state_recipe::pool_backward(stream, 2, d_pooled), stream.grad(), 1e-4, 1e-6));
}

class Guidance : public testing::Test {
protected:
    void SetUp() override {
        at::set_num_threads(1);
        tests::TinyModel().write(folder_.path());
        auto loaded = inference::load_model(inference::read_pipeline_config(folder_.file("pipeline")), folder_.file("text"),
                                            inference::Placement{torch::kCPU, torch::kFloat32}, {}, {}, {});
        for (auto& state : loaded.text->encode({{2, 413, 299, 358}, {2, 5, 6, 7, 8, 9, 10, 11}, {2}}, {})) {
            prompts_.push_back(std::make_shared<const inference::PromptState>(std::move(state)));
        }
        empty_ = prompts_.back();
        prompts_.pop_back();
        model_ = {"id", std::make_shared<const inference::PipelineConfig>(loaded.config), loaded.placement, loaded.transformer, loaded.autoencoder,
                  {}};
        transformer_ = std::make_unique<TrainableTransformer>(model_.transformer, inference::TrainingMemory{});
        at::manual_seed(21);
        noisy_ = at::randn({2, 4, 8, 8});
        // Anything the tiny model sees will do as a taste.
        const auto states = inference::StateReader(model_).image_states(at::randn({8, 4, 8, 8}), std::vector(8, prompts_.front()), {});
        critic_ = StateCritic::fit(states, {1, -1, 1, -1, 1, -1, 1, -1}, {0, 0, 0, 0, 1, 1, 1, 1});
        field_ = std::make_unique<GuidanceField>(model_, *transformer_, critic_);
    }
    inference::Conditioning conditioning() const { return model_.transformer->prepare(prompts_, 8, 8); }
    GuidanceField::Answer answer(double inverse_strength, double prompt_weight = 0.0) const {
        auto empty = model_.transformer->prepare({empty_, empty_}, 8, 8);
        inference::TrainingConfig config;
        config.seed = 4;
        config.inverse_strength = inverse_strength;
        config.prompt_weight = prompt_weight;
        return field_->at(noisy_, levels_, conditioning(), empty, {{0, 0}, {0, 1}}, config, {});
    }
    /// The score of predicted pictures as answer() looks at them.
    double score(const Tensor& noisy) const {
        auto text = conditioning();
        const auto t = levels_.view({2, 1, 1, 1});
        const auto clean = noisy - t * model_.transformer->velocity(noisy, text, inference::timesteps_of(levels_));
        const auto slope = critic_.slope().view({2, -1});
        const auto taps = inference::state_recipe::taps_of(model_.config->transformer.num_hidden_layers);
        double sum = 0.0;
        for (std::int64_t row = 0; row < 2; ++row) {
            const double level = inference::state_recipe::noise_levels[row];
            const auto noise = inference::Draws(4, inference::DrawPurpose::critic_noise, 0, static_cast<std::uint64_t>(row)).normal({4, 8, 8});
            auto own = model_.transformer->prepare({prompts_[static_cast<std::size_t>(row)]}, 8, 8);
            const auto x = (clean[row] + level * (noise - clean[row])).unsqueeze(0);
            const auto streams = model_.transformer->streams(x, own, inference::timesteps_of(torch::full({1}, level, torch::kFloat32)), taps.all);
            std::vector<Tensor> pooled;
            for (const auto tap : taps.image) pooled.push_back(inference::state_recipe::pool(streams[static_cast<std::size_t>(tap)], 1));
            sum += 2.0 * at::cat(pooled, 1)[0].dot(slope[row]).item<double>();
        }
        return sum;
    }

    const at::NoGradGuard no_grad_;
    tests::TemporaryFolder folder_;
    inference::FrozenModel model_;
    std::vector<std::shared_ptr<const inference::PromptState>> prompts_;
    std::shared_ptr<const inference::PromptState> empty_;
    std::unique_ptr<TrainableTransformer> transformer_;
    StateCritic critic_;
    std::unique_ptr<GuidanceField> field_;
    Tensor noisy_;
    Tensor levels_ = torch::tensor({0.3f, 0.6f});
};

TEST_F(Guidance, leavesTheModelsOwnVelocityAsItIs) {
    auto text = conditioning();
    const auto expected = model_.transformer->velocity(noisy_, text, inference::timesteps_of(levels_));
    EXPECT_TRUE(at::allclose(answer(1.0).velocity, expected, 1e-4, 1e-5));
}

TEST_F(Guidance, movesThePredictedPictureAlongTheScoresSlope) {
    // -(1 - t) / t times the shift is the slope of the score in the noisy latents.
    const auto t = levels_.view({2, 1, 1, 1});
    const auto slope = answer(1.0).shift * -(1.0 - t) / t;
    for (int i = 0; i < 4; ++i) {
        const auto along = at::randn_like(noisy_);
        const double step = 1e-3;
        const double numeric = (score(noisy_ + along * step) - score(noisy_ - along * step)) / (2 * step);
        EXPECT_NEAR((slope * along).sum().item<double>(), numeric, 0.02 * std::abs(numeric) + 0.02);
    }
}

TEST_F(Guidance, isTheWeakerTheLargerItsInverseStrength) { EXPECT_TRUE(at::allclose(answer(4.0).shift * 4.0, answer(1.0).shift, 1e-4, 1e-6)); }

TEST_F(Guidance, followsThePromptMoreThanTheModelDidWhereThatIsAsked) {
    auto empty = model_.transformer->prepare({empty_, empty_}, 8, 8);
    const auto plain = answer(1.0), prompted = answer(1.0, 0.5);
    const auto unconditional = model_.transformer->velocity(noisy_, empty, inference::timesteps_of(levels_));
    EXPECT_TRUE(at::allclose(prompted.shift - plain.shift, 0.5 * (plain.velocity - unconditional), 1e-3, 1e-5));
}

TEST_F(Guidance, followsThePromptNoMoreWhereAllIsNoise) {
    levels_ = torch::tensor({0.95f, 0.8f});
    const auto plain = answer(1.0), prompted = answer(1.0, 0.5), twice = answer(1.0, 1.0);
    EXPECT_TRUE(at::equal(prompted.shift[0], plain.shift[0]));
    EXPECT_FALSE(at::equal(prompted.shift[1], plain.shift[1]));
    EXPECT_TRUE(at::allclose(2.0 * (prompted.shift[1] - plain.shift[1]), twice.shift[1] - plain.shift[1], 1e-3, 1e-5));
}

TEST_F(Guidance, canBeCancelled) {
    std::stop_source stopped;
    stopped.request_stop();
    auto empty = model_.transformer->prepare({empty_, empty_}, 8, 8);
    EXPECT_THROW(field_->at(noisy_, levels_, conditioning(), empty, {{0, 0}, {0, 1}}, {}, stopped.get_token()), inference::Exception);
}

}  // namespace
