// SPDX-License-Identifier: Apache-2.0
// The parts of a training run that are numbers only: draws, plan, losses, optimiser.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/Parallel.h>

#include "inference/learning/adamw.h"
#include "inference/learning/draws.h"
#include "inference/learning/thread_probe.h"
#include "inference/learning/training_objective.h"
#include "inference/learning/training_plan.h"
#include "tests/inference/refusal.h"
#include "tests/learning/training_job.h"

namespace {

using inference::DrawErrors;
using inference::DrawPurpose;
using inference::Draws;
using inference::ErrorCode;
using inference::TrainingConfig;
using inference::TrainingJob;
using inference::TrainingObjective;
using inference::TrainingPlan;

TrainingJob job() {
    auto job = tests::tiny_job("model", "");
    tests::set_objective(job, TrainingObjective::signed_flow);  // whose steps also hold replay
    return job;
}

TEST(TrainingRules, drawsFollowFromTheirKeyAlone) {
    const auto first = Draws(1, DrawPurpose::noise, 2, 3).normal({50});
    EXPECT_TRUE(at::equal(Draws(1, DrawPurpose::noise, 2, 3).normal({50}), first));
    for (auto other : {Draws(2, DrawPurpose::noise, 2, 3), Draws(1, DrawPurpose::noise_level, 2, 3), Draws(1, DrawPurpose::noise, 3, 2),
                       Draws(1, DrawPurpose::noise, 2, 4)}) {
        EXPECT_FALSE(at::equal(other.normal({50}), first));
    }
}

TEST(TrainingRules, drawsAreStandardNormal) {
    const auto x = Draws(5, DrawPurpose::noise, 0, 0).normal({100'000});
    EXPECT_NEAR(x.mean().item<double>(), 0.0, 0.02);
    EXPECT_NEAR(x.square().mean().item<double>(), 1.0, 0.02);
    EXPECT_NEAR(x.pow(4).mean().item<double>(), 3.0, 0.1);
    EXPECT_NEAR((x.narrow(0, 0, 99'999) * x.narrow(0, 1, 99'999)).mean().item<double>(), 0.0, 0.02) << "neighbours are independent";
}

TEST(TrainingRules, permutationsHoldEachElementOnce) {
    auto order = Draws(1, DrawPurpose::group_order, 0, 0).permutation(20);
    EXPECT_NE(order, Draws(1, DrawPurpose::group_order, 1, 0).permutation(20));
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
}

TEST(TrainingRules, aPlanGoesThroughAllGroupsAndSharesTheirDraws) {
    const auto asked = job();
    const TrainingPlan plan(asked);
    std::map<int, int> seen;
    for (int step = 0; step < 6; ++step) {
        std::map<std::size_t, std::set<double>> levels;
        std::map<std::size_t, std::set<int>> groups;
        for (const auto& draw : plan.step(step)) {
            EXPECT_EQ(draw.replay, asked.pictures[draw.picture].replay);
            if (draw.replay) continue;
            levels[draw.slot].insert(draw.t);
            groups[draw.slot].insert(asked.pictures[draw.picture].group);
            if (levels[draw.slot].size() == 1) ++seen[asked.pictures[draw.picture].group];
        }
        EXPECT_EQ(levels.size(), 2u);
        for (const auto& [slot, found] : levels) EXPECT_EQ(found.size(), 1u) << "pictures of a group share their noise level";
        for (const auto& [slot, found] : groups) EXPECT_EQ(found.size(), 1u);
    }
    EXPECT_EQ(seen, (std::map<int, int>{{0, 16}, {1, 16}, {2, 16}})) << "12 groups in six steps, four pictures each";
}

TEST(TrainingRules, aPlanHoldsTheSharesThatWereAsked) {
    auto asked = job();
    asked.config.groups_per_step = 7;  // 28 pictures, 12 of replay
    asked.config.noise_shift = 1.0;
    const TrainingPlan plan(asked);
    int replay = 0, empty = 0, high = 0, judged = 0;
    for (int step = 0; step < 50; ++step) {
        for (const auto& draw : plan.step(step)) {
            EXPECT_GT(draw.t, 0.0);
            EXPECT_LT(draw.t, 1.0);
            judged += draw.replay ? 0 : 1;
            replay += draw.replay ? 1 : 0;
            empty += draw.empty_prompt ? 1 : 0;
            high += draw.replay && draw.t > 0.7 ? 1 : 0;
            EXPECT_TRUE(draw.replay || !draw.empty_prompt);
        }
    }
    EXPECT_EQ(judged, 50 * 28);
    EXPECT_EQ(replay, 50 * 12);
    EXPECT_EQ(empty, 50 * 4);
    EXPECT_GE(high, replay / 2);
    EXPECT_LE(high, replay * 7 / 10);
    EXPECT_NEAR(plan.draws_per_step(), 40.0, 1e-9);
}

TEST(TrainingRules, groupsThatSayNothingAreLeftOut) {
    auto asked = job();
    for (auto& picture : asked.pictures) picture.desirability = picture.group == 1 && !picture.replay ? picture.desirability : 0.0;
    EXPECT_EQ(TrainingPlan(asked).groups(), 1u);
    for (auto& picture : asked.pictures) picture.desirability = 0.0;
    tests::expect_refusal(
        ErrorCode::invalid_request, [&] { TrainingPlan{asked}; }, "no group");
    for (auto& picture : asked.pictures) picture.desirability = -0.5;
    asked.config.objective = TrainingObjective::dpo;
    tests::expect_refusal(ErrorCode::invalid_request, [&] { TrainingPlan{asked}; });
    asked.config.objective = TrainingObjective::supervised;
    tests::expect_refusal(ErrorCode::invalid_request, [&] { TrainingPlan{asked}; });
}

TEST(TrainingRules, settingsOutOfBoundsAreNamed) {
    const auto refused = [](const char* word, const std::function<void(TrainingJob&)>& change) {
        auto asked = job();
        change(asked);
        tests::expect_refusal(
            ErrorCode::invalid_request, [&] { TrainingPlan{asked}; }, word);
    };
    refused("rank", [](auto& j) { j.config.rank = 0; });
    refused("rank", [](auto& j) { j.config.rank = 100'000; });
    refused("steps", [](auto& j) { j.config.steps = 0; });
    refused("replay_share", [](auto& j) { j.config.replay_share = 1.0; });
    refused("learning_rate", [](auto& j) { j.config.learning_rate = std::numeric_limits<double>::quiet_NaN(); });
    refused("prompt_weight", [](auto& j) { j.config.prompt_weight = -0.1; });
    refused("inverse_strength", [](auto& j) { j.config.inverse_strength = 0.0; });
    refused("desirability", [](auto& j) { j.pictures.front().desirability = 1.5; });
    refused("pictures", [](auto& j) { j.pictures.clear(); });
    refused("replay", [](auto& j) { std::erase_if(j.pictures, [](const auto& picture) { return picture.replay; }); });
}

std::vector<DrawErrors> some_errors() {
    return {{0, false, 0.8, 0.3, 1.0, 0.6, 0.9}, {0, false, -0.8, 0.3, 1.1, 0.7, 1.2}, {1, false, 0.4, 0.8, 0.5, 0.4, 0.55},
            {1, false, 0.1, 0.8, 0.7, 0.5, 0.8}, {2, true, 0.0, 0.9, 0.9, 0.6, 0.9},   {3, true, 0.0, 0.2, 0.8, 0.6, 0.8}};
}

TEST(TrainingRules, signedFlowPullsTowardsWhatIsLikedAndAwayFromWhatIsNot) {
    auto config = inference::training_defaults(TrainingObjective::signed_flow);
    config.keep_weight = 2.0;
    const auto errors = some_errors();
    const auto found = inference::pulls(config, errors);
    EXPECT_DOUBLE_EQ(found[0].toward, 0.8 / config.inverse_strength);
    EXPECT_DOUBLE_EQ(found[1].toward, -0.8 / config.inverse_strength);
    double sum = 0.0;
    for (std::size_t i = 0; i < 4; ++i) sum += found[i].weight;
    EXPECT_NEAR(sum, 1.0, 1e-12);
    EXPECT_NEAR(found[2].weight / found[0].weight, (0.8 / 0.4) / (0.3 / 0.6), 1e-9) << "t^2 over the error in the clean picture, t times the gap";
    for (std::size_t i = 4; i < 6; ++i) {
        EXPECT_EQ(found[i].toward, 0.0);
        EXPECT_DOUBLE_EQ(found[i].weight, 1.0);  // keep_weight over two draws
    }
}

TEST(TrainingRules, guidanceWeighsNoiseLessAndLeavesWhatIsWantedToEachDraw) {
    const auto found = inference::pulls(TrainingConfig{}, some_errors());
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found[i].toward, 0.0);
    EXPECT_DOUBLE_EQ(found[0].weight, found[1].weight);
    EXPECT_NEAR(found[0].weight / found[2].weight, std::sqrt((0.7 / 0.3) / (0.2 / 0.8)), 1e-9);
}

TEST(TrainingRules, objectivesHaveDefaultsThatTheyCanRunWith) {
    EXPECT_EQ(inference::training_defaults(TrainingObjective::guidance), TrainingConfig{});
    for (const auto objective : {TrainingObjective::guidance, TrainingObjective::signed_flow, TrainingObjective::dpo, TrainingObjective::kto,
                                 TrainingObjective::reward_weighted, TrainingObjective::supervised}) {
        auto asked = job();
        asked.config = inference::training_defaults(objective);
        EXPECT_EQ(asked.config.objective, objective);
        EXPECT_GT(TrainingPlan(asked).step(0).size(), 0u);
    }
}

/// d(loss)/d(policy_loss) of each judged draw by finite differences must be the pull's weight.
void expect_gradient(const TrainingConfig& config) {
    const auto errors = some_errors();
    const auto found = inference::pulls(config, errors);
    for (std::size_t i = 0; i < 4; ++i) {
        auto more = errors, less = errors;
        more[i].policy_loss += 1e-5;
        less[i].policy_loss -= 1e-5;
        const double numeric = (inference::margin_loss(config, more) - inference::margin_loss(config, less)) / 2e-5;
        EXPECT_NEAR(found[i].weight, numeric, 1e-6) << i;
        EXPECT_EQ(found[i].toward, 1.0);
    }
}

TEST(TrainingRules, dpoPullsByTheGradientOfItsLoss) {
    TrainingConfig config;
    config.objective = TrainingObjective::dpo;
    config.inverse_strength = 3.0;
    expect_gradient(config);
    const auto found = inference::pulls(config, some_errors());
    EXPECT_GT(found[0].weight, 0.0);
    EXPECT_LT(found[1].weight, 0.0);
}

TEST(TrainingRules, ktoPullsByTheGradientOfItsLoss) {
    TrainingConfig config;
    config.objective = TrainingObjective::kto;
    config.inverse_strength = 3.0;
    expect_gradient(config);  // the mean gain of these draws is negative, so that it counts as 0 and has no gradient of its own
}

TEST(TrainingRules, rewardWeightedAndSupervisedNeverPushAway) {
    auto config = inference::training_defaults(TrainingObjective::reward_weighted);
    const auto weighted = inference::pulls(config, some_errors());
    EXPECT_NEAR(weighted[0].weight / weighted[1].weight, std::exp(1.6 / config.inverse_strength), 1e-9);
    config.objective = TrainingObjective::supervised;
    const auto liked = inference::pulls(config, some_errors());
    EXPECT_EQ(liked[1].weight, 0.0);
    EXPECT_EQ(liked[0].weight, liked[3].weight);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_GE(weighted[i].weight, 0.0);
        EXPECT_EQ(weighted[i].toward, 1.0);
    }
}

/// Work that takes so many milliseconds on so many threads.
int threads_chosen(const std::map<int, int>& milliseconds, int most) {
    return inference::fastest_threads(most, [&] { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds.at(at::get_num_threads()))); });
}

TEST(TrainingRules, theThreadsAreThoseThatAreFastestNow) {
    const int before = at::get_num_threads();
    EXPECT_EQ(threads_chosen({{4, 2}, {2, 4}, {1, 8}}, 4), 4);
    EXPECT_EQ(threads_chosen({{4, 20}, {2, 4}, {1, 8}}, 4), 2);
    EXPECT_EQ(threads_chosen({{4, 20}, {2, 12}, {1, 4}}, 4), 1);
    EXPECT_EQ(threads_chosen({{1, 1}}, 1), 1);
    EXPECT_EQ(at::get_num_threads(), before);
}

TEST(TrainingRules, theShiftMovesTheLevelsToWhereSamplingIs) {
    const auto median = [](double shift) {
        auto asked = job();
        asked.config.noise_shift = shift;
        const TrainingPlan plan(asked);
        std::vector<double> levels;
        for (int step = 0; step < 200; ++step) {
            for (const auto& draw : plan.step(step)) {
                if (!draw.replay) levels.push_back(draw.t);
            }
        }
        std::nth_element(levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2), levels.end());
        return levels[levels.size() / 2];
    };
    EXPECT_NEAR(median(1.0), 0.5, 0.05);
    EXPECT_NEAR(median(3.0), 0.75, 0.05);
}

TEST(TrainingRules, theRateWarmsUpAndFallsAtTheEnd) {
    TrainingConfig config;
    config.steps = 100;
    config.learning_rate = 3e-4;
    EXPECT_NEAR(inference::learning_rate(config, 0), 3e-5, 1e-12);
    EXPECT_NEAR(inference::learning_rate(config, 9), 3e-4, 1e-12);
    EXPECT_NEAR(inference::learning_rate(config, 69), 3e-4, 1e-12);
    EXPECT_NEAR(inference::learning_rate(config, 70), 9e-5, 1e-12);
}

TEST(TrainingRules, theFirstStepOfAdamGoesByTheSignOfTheGradient) {
    TrainingConfig config;
    config.learning_rate = 3e-4;
    config.warmup_steps = 0;
    config.weight_decay = 0.0;
    auto state = inference::OptimiserState::from(torch::tensor({1.0f, 2.0f, 3.0f}));
    inference::adamw_step(state, torch::tensor({0.3f, -0.001f, 0.0f}), config);
    EXPECT_TRUE(at::allclose(state.parameters, torch::tensor({1.0f - 3e-4f, 2.0f + 3e-4f, 3.0f}), 0, 1e-6));
    EXPECT_EQ(state.step, 1);
}

TEST(TrainingRules, aGradientIsClippedByItsNorm) {
    TrainingConfig config;
    auto state = inference::OptimiserState::from(torch::zeros({2}));
    inference::adamw_step(state, torch::tensor({30.0f, 40.0f}), config);
    EXPECT_TRUE(at::allclose(state.first_moment, torch::tensor({0.06f, 0.08f}), 1e-5));
}

}  // namespace
