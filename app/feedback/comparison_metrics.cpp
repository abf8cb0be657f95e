// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/comparison_metrics.h"

#include "app/feedback/raters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace app {
namespace {

double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

/// Weighted mean distance of pairs; nan where no pair has weight.
double spreadOf(const std::vector<std::vector<float>>& features, const std::vector<double>& weights) {
    double sum = 0.0;
    double mass = 0.0;
    for (std::size_t a = 0; a < features.size(); ++a) {
        for (std::size_t b = a + 1; b < features.size(); ++b) {
            sum += weights[a] * weights[b] * distance(features[a], features[b]);
            mass += weights[a] * weights[b];
        }
    }
    return mass > 0.0 ? sum / mass : std::numeric_limits<double>::quiet_NaN();
}

/// Mean over prompts of the candidate's spread over the mean of the base's.
template <typename WeightOf> double diversity(const std::vector<PromptComparison>& prompts, WeightOf weight_of) {
    double candidate = 0.0;
    double base = 0.0;
    for (const auto& prompt : prompts) {
        std::vector<double> weights;
        for (const double z : prompt.base) weights.push_back(weight_of(z));
        const double base_spread = spreadOf(prompt.base_features, weights);
        const double candidate_spread = spreadOf(prompt.candidate_features, std::vector<double>(prompt.candidate_features.size(), 1.0));
        if (!std::isfinite(base_spread) || !std::isfinite(candidate_spread)) continue;
        candidate += candidate_spread;
        base += base_spread;
    }
    return base > 0.0 ? candidate / base : 1.0;
}

double logDensity(const Standardisation& normal, double value) {
    const double z = normal.apply(value);
    return -0.5 * z * z - std::log(normal.deviation);
}

}  // namespace

double winShare(const std::vector<double>& candidate, const std::vector<double>& base, double tie) {
    if (candidate.empty() || base.empty()) return 0.5;
    double wins = 0.0;
    for (const double a : candidate) {
        for (const double b : base) wins += std::abs(a - b) <= tie ? 0.5 : a > b ? 1.0 : 0.0;
    }
    return wins / static_cast<double>(candidate.size() * base.size());
}

double winShareOfOthers(const std::vector<double>& candidate, const std::vector<double>& base) {
    double wins = 0.0;
    double pairs = 0.0;
    for (std::size_t a = 0; a < candidate.size(); ++a) {
        for (std::size_t b = 0; b < base.size(); ++b) {
            if (a == b) continue;
            wins += candidate[a] > base[b] ? 1.0 : candidate[a] == base[b] ? 0.5 : 0.0;
            pairs += 1.0;
        }
    }
    return pairs > 0.0 ? wins / pairs : 0.5;
}

double rawDiversity(const std::vector<PromptComparison>& prompts) {
    return diversity(prompts, [](double) { return 1.0; });
}

double matchedDiversity(const std::vector<PromptComparison>& prompts) {
    std::vector<double> candidate_scores;
    std::vector<double> base_scores;
    for (const auto& prompt : prompts) {
        candidate_scores.insert(candidate_scores.end(), prompt.candidate.begin(), prompt.candidate.end());
        base_scores.insert(base_scores.end(), prompt.base.begin(), prompt.base.end());
    }
    const auto candidate = Standardisation::of(candidate_scores);
    const auto base = Standardisation::of(base_scores);
    return diversity(prompts, [&](double z) { return std::clamp(std::exp(logDensity(candidate, z) - logDensity(base, z)), 0.05, 20.0); });
}

Fidelity fidelity(const std::vector<PromptLosses>& pictures) {
    Fidelity out;
    double count = 0.0;
    for (const auto& picture : pictures) {
        for (const double distractor : picture.distractors) {
            out.accuracy += picture.own < distractor ? 1.0 : 0.0;
            out.margin += distractor - picture.own;
            count += 1.0;
        }
    }
    if (count > 0.0) {
        out.accuracy /= count;
        out.margin /= count;
    }
    return out;
}

Estimate clusteredBootstrap(int count, const std::function<double(const std::vector<int>&)>& statistic, int samples, std::uint64_t seed) {
    std::vector<int> clusters(static_cast<std::size_t>(count));
    std::iota(clusters.begin(), clusters.end(), 0);
    Estimate out;
    out.value = out.low = out.high = statistic(clusters);
    if (count < 2 || samples < 2) return out;
    std::vector<double> values;
    for (int sample = 0; sample < samples; ++sample) {
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            const auto counter = static_cast<std::uint64_t>(sample) * clusters.size() + i;
            clusters[i] = std::min(count - 1, static_cast<int>(uniformFromCounter(seed, counter) * count));
        }
        values.push_back(statistic(clusters));
    }
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) { return values[static_cast<std::size_t>(std::lround(share * static_cast<double>(values.size() - 1)))]; };
    out.low = at(0.025);
    out.high = at(0.975);
    return out;
}

SequentialTest::SequentialTest(double p0, double p1, double error) :
    per_win_(std::log(p1 / p0)), per_loss_(std::log((1.0 - p1) / (1.0 - p0))), bound_(std::log((1.0 - error) / error)) {}

void SequentialTest::add(bool win) {
    if (verdict() != Verdict::undecided) return;
    log_ratio_ += win ? per_win_ : per_loss_;
    ++count_;
}

SequentialTest::Verdict SequentialTest::verdict() const {
    if (log_ratio_ >= bound_) return Verdict::better;
    return log_ratio_ <= -bound_ ? Verdict::not_better : Verdict::undecided;
}

}  // namespace app
