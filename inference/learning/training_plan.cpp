// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "inference/core/exception.h"
#include "inference/learning/adapter_file.h"
#include "inference/learning/draws.h"

namespace inference {
namespace {

constexpr std::size_t max_pictures = 100'000;
constexpr double high_noise = 0.7;  ///< diversity is lost above it, so half of the replay looks there

[[noreturn]] void invalid(const std::string& what) { fail(ErrorCode::invalid_request, "the training job: " + what); }

void check_number(const char* name, double value, double least, double most) {
    if (std::isfinite(value) && value >= least && value <= most) return;
    invalid(std::string(name) + " is " + std::to_string(value) + "; it must be between " + std::to_string(least) + " and " + std::to_string(most));
}

/// Whether a group says anything under an objective.
bool teaches(TrainingObjective objective, const std::vector<double>& desirabilities) {
    const auto [least, most] = std::minmax_element(desirabilities.begin(), desirabilities.end());
    switch (objective) {
    case TrainingObjective::supervised: return *most > 0.0;
    case TrainingObjective::dpo: return *most > *least;
    default: return *most != 0.0 || *least != 0.0;
    }
}

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// Logit-normal with deviation 1, as the model was trained, and shifted; `above`: only levels beyond it.
double draw_level(Draws& draws, double shift, double above) {
    for (;;) {
        const double t = sigmoid(draws.normal() + std::log(shift));
        if (t > above) return t;
    }
}

/// The element at a place of an endless sequence that goes through `count` elements in a new order each time.
std::size_t shuffled(std::uint64_t seed, DrawPurpose purpose, std::size_t place, std::size_t count) {
    return Draws(seed, purpose, place / count, 0).permutation(count)[place % count];
}

}  // namespace

TrainingPlan::TrainingPlan(const TrainingJob& job) : config_(job.config) {
    check(job);
    std::map<int, std::vector<std::size_t>> by_group;
    for (std::size_t i = 0; i < job.pictures.size(); ++i) {
        if (job.pictures[i].replay) replay_.push_back(i);
        else by_group[job.pictures[i].group].push_back(i);
    }
    for (auto& [id, members] : by_group) {
        std::vector<double> desirabilities;
        for (const auto member : members) desirabilities.push_back(job.pictures[member].desirability);
        if (teaches(config_.objective, desirabilities)) groups_.push_back(std::move(members));
    }
    if (groups_.empty()) invalid("no group of pictures says what is wanted and what is not");
    if (config_.replay_share > 0 && replay_.empty()) invalid("replay_share is not 0, but no picture is there for replay");
}

void TrainingPlan::check(const TrainingJob& job) const {
    const auto& c = config_;
    check_number("rank", c.rank, 1, static_cast<double>(max_adapter_rank));
    check_number("alpha", c.alpha, 1e-3, 1e3);
    check_number("steps", c.steps, 1, 100'000);
    check_number("groups_per_step", c.groups_per_step, 1, 1024);
    check_number("replay_share", c.replay_share, 0, 0.9);
    check_number("empty_prompt_share", c.empty_prompt_share, 0, 1);
    check_number("inverse_strength", c.inverse_strength, 1e-3, 1e6);
    check_number("prompt_weight", c.prompt_weight, 0, 10);
    check_number("keep_weight", c.keep_weight, 0, 1e3);
    check_number("noise_shift", c.noise_shift, 0.01, 100);
    check_number("learning_rate", c.learning_rate, 0, 1);
    check_number("warmup_steps", c.warmup_steps, 0, 100'000);
    check_number("decay_share", c.decay_share, 0, 1);
    check_number("weight_decay", c.weight_decay, 0, 1);
    check_number("clip_norm", c.clip_norm, 1e-6, 1e6);
    check_number("ema_decay", c.ema_decay, 0, 0.99999);
    check_number("max_side", c.max_side, 1, RequestLimits::max_side);
    check_number("checkpoint_steps", c.checkpoint_steps, 1, 100'000);
    check_number("pictures", static_cast<double>(job.pictures.size()), 1, static_cast<double>(max_pictures));
    for (const auto& picture : job.pictures) check_number("a picture's desirability", picture.desirability, -1, 1);
}

std::size_t TrainingPlan::replay_count(std::size_t judged) const {
    return static_cast<std::size_t>(std::lround(static_cast<double>(judged) * config_.replay_share / (1.0 - config_.replay_share)));
}

double TrainingPlan::draws_per_step() const {
    std::size_t members = 0;
    for (const auto& group : groups_) members += group.size();
    const double judged = static_cast<double>(members) / static_cast<double>(groups_.size()) * config_.groups_per_step;
    return judged + static_cast<double>(replay_count(static_cast<std::size_t>(std::lround(judged))));
}

std::vector<PlannedDraw> TrainingPlan::step(int step) const {
    const auto number = static_cast<std::uint64_t>(step);
    const auto seed = config_.seed;
    std::vector<PlannedDraw> draws;
    const auto slots = static_cast<std::size_t>(config_.groups_per_step);
    for (std::size_t slot = 0; slot < slots; ++slot) {
        Draws levels(seed, DrawPurpose::noise_level, number, slot);
        const double t = draw_level(levels, config_.noise_shift, 0.0);
        const auto group = shuffled(seed, DrawPurpose::group_order, number * slots + slot, groups_.size());
        for (const auto picture : groups_[group]) draws.push_back({picture, slot, t, false, false});
    }
    // The place in the endless sequence of replay pictures must follow from the step alone: as many a step as the largest could need.
    const auto replay = replay_.empty() ? 0 : replay_count(draws.size());
    const auto stride = static_cast<std::uint64_t>(std::ceil(draws_per_step()));
    const auto empty = static_cast<std::size_t>(std::lround(static_cast<double>(replay) * config_.empty_prompt_share));
    for (std::size_t i = 0; i < replay; ++i) {
        const auto slot = slots + i;
        Draws levels(seed, DrawPurpose::noise_level, number, slot);
        const double t = draw_level(levels, config_.noise_shift, i % 2 == 0 ? high_noise : 0.0);
        const auto picture = replay_[shuffled(seed, DrawPurpose::replay_order, number * stride + i, replay_.size())];
        draws.push_back({picture, slot, t, true, i >= replay - empty});
    }
    return draws;
}

}  // namespace inference
