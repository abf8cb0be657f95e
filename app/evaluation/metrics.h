// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace app {

/// A mean with its 95 % interval.
struct Estimate {
    double mean = 0.0;
    double low = 0.0;
    double high = 0.0;

    bool operator==(const Estimate&) const = default;
};

/// Mean of one number a cluster, with a bootstrap over clusters: pictures of one prompt are not independent of each other, prompts are.
/// @param draws  resamples; @param seed  of them: the same data give the same interval.
Estimate bootstrapMean(std::span<const double> per_cluster, std::uint64_t seed = 0, int draws = 2000);

/// P(candidate > base) over all pairs, ties half: both drawn with seeds of their own, for one prompt. 0.5 when either is empty.
double winRate(std::span<const double> candidate, std::span<const double> base);

/// The same over pictures of the same seed, where less than `noticeable` is a tie. It flatters (a uniform tiny shift wins every pair) and is
/// never the headline.
double sameSeedWinRate(std::span<const double> candidate, std::span<const double> base, double noticeable);

/// Share of pairs whose order is predicted, over all pairs whose true difference is at least `noticeable`; equal predictions count half.
/// 0.5 when there is no such pair. @param pairs  of those it was measured on, if wanted.
double pairAccuracy(std::span<const double> predicted, std::span<const double> truth, double noticeable, int* pairs = nullptr);

/// Features of the pictures of one prompt, one row a picture.
using FeatureRows = std::vector<std::vector<float>>;

/// Mean Euclidean distance of two different pictures; 0 for fewer than two.
double meanPairwiseDistance(const FeatureRows& rows);

/// Mean distance of two different base pictures that are rated as two of the candidate's pictures are. Taste itself narrows what it prefers;
/// a candidate that is less diverse than this has lost something that nobody asked to lose.
/// @param base_scores, candidate_scores  standardised. @param bandwidth  how near a score counts as the same, in standard deviations.
/// NaN when the base has fewer than two pictures.
double ratingMatchedDistance(const FeatureRows& base, std::span<const double> base_scores, std::span<const double> candidate_scores,
                             double bandwidth = 0.3);

/// A picture under its own prompt and under others: mean denoising losses of the base (inference::LearningEngine::denoising_losses).
struct PromptLosses {
    double own = 0.0;
    std::vector<double> others;
};

/// How well pictures can be told to be of their prompts, by the base as a classifier.
struct Fidelity {
    double accuracy = 0.0;  ///< share of pictures that their own prompt explains best
    double margin = 0.0;    ///< mean of (others' mean - own) / others' mean

    bool operator==(const Fidelity&) const = default;
};
Fidelity fidelity(std::span<const PromptLosses> pictures);

}  // namespace app
