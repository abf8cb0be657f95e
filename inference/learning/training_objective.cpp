// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_objective.h"

#include <algorithm>
#include <cmath>

namespace inference {
namespace {

constexpr double least_gap = 1e-3;
constexpr double least_noise = 0.02, most_noise = 0.98;

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
/// How much better the adapted model explains the picture than the base.
double gain(const DrawErrors& draw) { return draw.reference_loss - draw.policy_loss; }

std::size_t count(std::span<const DrawErrors> draws, bool replay) {
    return static_cast<std::size_t>(std::count_if(draws.begin(), draws.end(), [&](const auto& draw) { return draw.replay == replay; }));
}

/// Scales the weights of the judged draws to this sum.
void normalise(std::vector<Pull>& result, std::span<const DrawErrors> draws, double sum) {
    double found = 0.0;
    for (std::size_t i = 0; i < draws.size(); ++i) found += draws[i].replay ? 0.0 : result[i].weight;
    for (std::size_t i = 0; i < draws.size(); ++i) {
        if (!draws[i].replay && found > 0.0) result[i].weight *= sum / found;
    }
}

/// DiffusionNFT with a fixed reference (2025, arXiv:2509.16117), weighted by t^2 over the reference's error in the clean picture, t |v_ref - v|.
void signed_flow(const TrainingConfig& config, std::span<const DrawErrors> draws, std::vector<Pull>& result) {
    for (std::size_t i = 0; i < draws.size(); ++i) {
        if (draws[i].replay) continue;
        const double t = draws[i].t;
        result[i] = {t * t / std::max(t * draws[i].reference_gap, least_gap), draws[i].desirability / config.inverse_strength};
    }
    normalise(result, draws, 1.0);
}

/// Each pair of a slot of which one was liked more.
template <typename Fn> void for_each_pair(std::span<const DrawErrors> draws, const Fn& fn) {
    for (std::size_t i = 0; i < draws.size(); ++i) {
        for (std::size_t j = 0; j < draws.size(); ++j) {
            if (draws[i].replay || draws[j].replay || draws[i].slot != draws[j].slot) continue;
            if (draws[i].desirability > draws[j].desirability) fn(i, j);
        }
    }
}

std::size_t num_pairs(std::span<const DrawErrors> draws) {
    std::size_t pairs = 0;
    for_each_pair(draws, [&](std::size_t, std::size_t) { ++pairs; });
    return pairs;
}

/// Flow-DPO (2025, arXiv:2501.13918): -log sigmoid(b (gain of the liked - gain of the other)), mean over pairs.
void dpo(const TrainingConfig& config, std::span<const DrawErrors> draws, std::vector<Pull>& result) {
    const double b = config.inverse_strength, pairs = static_cast<double>(num_pairs(draws));
    for_each_pair(draws, [&](std::size_t liked, std::size_t other) {
        const double force = b * sigmoid(-b * (gain(draws[liked]) - gain(draws[other]))) / pairs;
        result[liked].weight += force;
        result[other].weight -= force;
    });
}

/// The mean gain, below which nothing counts as a gain.
double kto_baseline(std::span<const DrawErrors> draws) {
    double sum = 0.0;
    for (const auto& draw : draws) sum += draw.replay ? 0.0 : gain(draw);
    return std::max(0.0, sum / static_cast<double>(std::max<std::size_t>(1, count(draws, false))));
}

/// Diffusion-KTO (2024, arXiv:2404.04465): 1 - sigmoid(b sign(s) (gain - mean gain)), weighted by |s|; the mean is a constant.
void kto(const TrainingConfig& config, std::span<const DrawErrors> draws, std::vector<Pull>& result) {
    const double b = config.inverse_strength, baseline = kto_baseline(draws), judged = static_cast<double>(count(draws, false));
    for (std::size_t i = 0; i < draws.size(); ++i) {
        if (draws[i].replay) continue;
        const double s = draws[i].desirability, u = sigmoid(std::copysign(b, s) * (gain(draws[i]) - baseline));
        result[i].weight = s * b * u * (1.0 - u) / judged;
    }
}

void reward_weighted(const TrainingConfig& config, std::span<const DrawErrors> draws, std::vector<Pull>& result) {
    double best = -1.0;  // a constant factor, so that no exponential is out of range
    for (const auto& draw : draws) best = draw.replay ? best : std::max(best, draw.desirability);
    for (std::size_t i = 0; i < draws.size(); ++i) {
        if (!draws[i].replay) result[i].weight = std::exp((draws[i].desirability - best) / config.inverse_strength);
    }
    normalise(result, draws, 1.0);
}

/// What is wanted of each draw lies in its shift. That is the larger the more noise there is, t / (1 - t) times a slope: half-way weighted against
/// that, the levels where details are drawn are not lost among those where all is open.
void guidance(std::span<const DrawErrors> draws, std::vector<Pull>& result) {
    for (std::size_t i = 0; i < draws.size(); ++i) {
        if (draws[i].replay) continue;
        const double t = std::clamp(draws[i].t, least_noise, most_noise);
        result[i] = {std::sqrt((1.0 - t) / t) / static_cast<double>(count(draws, false)), 0.0};
    }
}

void supervised(std::span<const DrawErrors> draws, std::vector<Pull>& result) {
    for (std::size_t i = 0; i < draws.size(); ++i) {
        if (!draws[i].replay) result[i].weight = draws[i].desirability > 0.0 ? 1.0 : 0.0;
    }
    normalise(result, draws, 1.0);
}

}  // namespace

bool needs_policy_loss(TrainingObjective objective) { return objective == TrainingObjective::dpo || objective == TrainingObjective::kto; }

std::vector<Pull> pulls(const TrainingConfig& config, std::span<const DrawErrors> draws) {
    std::vector<Pull> result(draws.size());
    const double kept = static_cast<double>(count(draws, true));
    for (std::size_t i = 0; i < draws.size(); ++i) result[i] = draws[i].replay ? Pull{config.keep_weight / kept, 0.0} : Pull{0.0, 1.0};
    switch (config.objective) {
    case TrainingObjective::guidance: guidance(draws, result); break;
    case TrainingObjective::signed_flow: signed_flow(config, draws, result); break;
    case TrainingObjective::dpo: dpo(config, draws, result); break;
    case TrainingObjective::kto: kto(config, draws, result); break;
    case TrainingObjective::reward_weighted: reward_weighted(config, draws, result); break;
    case TrainingObjective::supervised: supervised(draws, result); break;
    }
    return result;
}

double margin_loss(const TrainingConfig& config, std::span<const DrawErrors> draws) {
    const double b = config.inverse_strength;
    double loss = 0.0;
    if (config.objective == TrainingObjective::dpo) {
        for_each_pair(draws, [&](std::size_t i, std::size_t j) { loss += std::log1p(std::exp(-b * (gain(draws[i]) - gain(draws[j])))); });
        return loss / static_cast<double>(std::max<std::size_t>(1, num_pairs(draws)));
    }
    const double baseline = kto_baseline(draws);
    for (const auto& draw : draws) {
        if (draw.replay) continue;
        loss += std::abs(draw.desirability) * (1.0 - sigmoid(std::copysign(b, draw.desirability) * (gain(draw) - baseline)));
    }
    return loss / static_cast<double>(std::max<std::size_t>(1, count(draws, false)));
}

}  // namespace inference
