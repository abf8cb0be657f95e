// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "app/evaluation/counter_random.h"

namespace app {

namespace {

double meanOf(std::span<const double> values) {
    return values.empty() ? 0.0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    return std::sqrt(sum);
}

}  // namespace

Estimate bootstrapMean(std::span<const double> per_cluster, std::uint64_t seed, int draws) {
    const double mean = meanOf(per_cluster);
    if (per_cluster.size() < 2 || draws < 2) return {mean, mean, mean};
    const CounterRandom random(seed);
    std::vector<double> means;
    means.reserve(static_cast<size_t>(draws));
    std::uint64_t index = 0;
    for (int draw = 0; draw < draws; ++draw) {
        double sum = 0.0;
        for (size_t i = 0; i < per_cluster.size(); ++i) sum += per_cluster[random.below(per_cluster.size(), index++)];
        means.push_back(sum / static_cast<double>(per_cluster.size()));
    }
    std::sort(means.begin(), means.end());
    const auto at = [&](double share) { return means[static_cast<size_t>(std::lround(share * static_cast<double>(means.size() - 1)))]; };
    return {mean, at(0.025), at(0.975)};
}

double winRate(std::span<const double> candidate, std::span<const double> base) {
    if (candidate.empty() || base.empty()) return 0.5;
    double wins = 0.0;
    for (const double mine : candidate) {
        for (const double theirs : base) wins += mine > theirs ? 1.0 : mine == theirs ? 0.5 : 0.0;
    }
    return wins / (static_cast<double>(candidate.size()) * static_cast<double>(base.size()));
}

double sameSeedWinRate(std::span<const double> candidate, std::span<const double> base, double noticeable) {
    const size_t count = std::min(candidate.size(), base.size());
    if (count == 0) return 0.5;
    double wins = 0.0;
    for (size_t i = 0; i < count; ++i) {
        const double difference = candidate[i] - base[i];
        wins += std::abs(difference) < noticeable ? 0.5 : difference > 0.0 ? 1.0 : 0.0;
    }
    return wins / static_cast<double>(count);
}

double pairAccuracy(std::span<const double> predicted, std::span<const double> truth, double noticeable, int* pairs) {
    double right = 0.0;
    int count = 0;
    for (size_t i = 0; i < std::min(predicted.size(), truth.size()); ++i) {
        for (size_t j = i + 1; j < std::min(predicted.size(), truth.size()); ++j) {
            const double difference = truth[i] - truth[j];
            if (std::abs(difference) < noticeable || difference == 0.0) continue;
            const double guess = predicted[i] - predicted[j];
            right += guess == 0.0 ? 0.5 : (guess > 0.0) == (difference > 0.0) ? 1.0 : 0.0;
            ++count;
        }
    }
    if (pairs) *pairs = count;
    return count > 0 ? right / count : 0.5;
}

double meanPairwiseDistance(const FeatureRows& rows) {
    double sum = 0.0;
    int count = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
        for (size_t j = i + 1; j < rows.size(); ++j, ++count) sum += distance(rows[i], rows[j]);
    }
    return count > 0 ? sum / count : 0.0;
}

double ratingMatchedDistance(const FeatureRows& base, std::span<const double> base_scores, std::span<const double> candidate_scores,
                             double bandwidth) {
    const size_t count = std::min(base.size(), base_scores.size());
    if (count < 2 || candidate_scores.empty()) return std::numeric_limits<double>::quiet_NaN();
    // How much each base picture stands for each of the candidate's. A score far beyond all of the base's still has its nearest ones.
    std::vector<std::vector<double>> weights;
    for (const double score : candidate_scores) {
        double nearest = std::numeric_limits<double>::infinity();
        for (size_t j = 0; j < count; ++j) nearest = std::min(nearest, std::abs(base_scores[j] - score));
        std::vector<double> row(count);
        for (size_t j = 0; j < count; ++j) {
            const double away = (std::abs(base_scores[j] - score) - nearest) / bandwidth;
            row[j] = std::exp(-0.5 * away * away);
        }
        weights.push_back(std::move(row));
    }
    std::vector<double> distances(count * count, 0.0);
    for (size_t i = 0; i < count; ++i) {
        for (size_t j = i + 1; j < count; ++j) distances[i * count + j] = distances[j * count + i] = distance(base[i], base[j]);
    }
    double sum = 0.0;
    int pairs = 0;
    for (size_t a = 0; a < weights.size(); ++a) {
        for (size_t b = a + 1; b < weights.size(); ++b) {
            double weighted = 0.0, weight = 0.0;
            for (size_t i = 0; i < count; ++i) {
                for (size_t j = 0; j < count; ++j) {
                    if (i == j) continue;
                    weighted += weights[a][i] * weights[b][j] * distances[i * count + j];
                    weight += weights[a][i] * weights[b][j];
                }
            }
            if (weight <= 0.0) continue;
            sum += weighted / weight;
            ++pairs;
        }
    }
    return pairs > 0 ? sum / pairs : std::numeric_limits<double>::quiet_NaN();
}

Fidelity fidelity(std::span<const PromptLosses> pictures) {
    Fidelity result;
    if (pictures.empty()) return result;
    for (const PromptLosses& picture : pictures) {
        if (picture.others.empty()) continue;
        const double others = meanOf(picture.others);
        if (picture.own < *std::min_element(picture.others.begin(), picture.others.end())) result.accuracy += 1.0;
        if (others > 0.0) result.margin += (others - picture.own) / others;
    }
    result.accuracy /= static_cast<double>(pictures.size());
    result.margin /= static_cast<double>(pictures.size());
    return result;
}

}  // namespace app
