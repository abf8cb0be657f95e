// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace app {

/// A number with the interval that resampling whole clusters gives it.
struct Estimate {
    double value = 0.0;
    double low = 0.0;
    double high = 0.0;

    bool operator==(const Estimate&) const = default;
};

/// One prompt's pictures by two models: scores in deviations of the base (z), and features for distances. Pictures of one prompt are
/// not independent of each other; prompts are.
struct PromptComparison {
    std::vector<double> candidate;
    std::vector<double> base;
    std::vector<std::vector<float>> candidate_features;  ///< may be empty where no diversity is asked for
    std::vector<std::vector<float>> base_features;
};

/// P(a > b) over all pairs of one prompt, a difference up to `tie` counting half. The pictures must be of different seeds: with the same
/// ones, a shift that nobody would notice wins every pair.
double winShare(const std::vector<double>& candidate, const std::vector<double>& base, double tie = 0.0);

/// The same where both drew the same seeds in the same order: each picture is compared with all of the other side but its twin. Differences in spread
/// are then measured on twins, whose chance is shared, and wins are still those of different seeds.
double winShareOfOthers(const std::vector<double>& candidate, const std::vector<double>& base);

/// Mean distance of a prompt's pictures from each other, candidate over base.
double rawDiversity(const std::vector<PromptComparison>& prompts);

/// The same against base pictures weighted until their scores are distributed as the candidate's: taste itself narrows what it is
/// about, and only the rest of the narrowing is a loss. Weights are ratios of normal densities of the scores, cut at 1/20 and 20.
double matchedDiversity(const std::vector<PromptComparison>& prompts);

/// Losses of one picture under its own prompt and under others (a diffusion classifier, Li et al. 2023).
struct PromptLosses {
    double own = 0.0;
    std::vector<double> distractors;
};

struct Fidelity {
    double accuracy = 0.0;  ///< share of distractors that explain the picture worse than its prompt
    double margin = 0.0;    ///< mean of distractor - own: not over own, which grows with any change of taste
};
Fidelity fidelity(const std::vector<PromptLosses>& pictures);

/// Bootstrap over clusters 0 ... count - 1: `statistic` gets the drawn cluster numbers, repeats included.
/// @return the value over all clusters once, with the central 95 % of `samples` draws
Estimate clusteredBootstrap(int count, const std::function<double(const std::vector<int>&)>& statistic, int samples, std::uint64_t seed);

/// Wald's sequential test of a win rate: 0.5 against 0.7, both errors at most a tenth; skips do not count.
class SequentialTest {
public:
    enum class Verdict { undecided, better, not_better };

    SequentialTest(double p0 = 0.5, double p1 = 0.7, double error = 0.1);
    void add(bool win);
    Verdict verdict() const;
    double logRatio() const { return log_ratio_; }
    int count() const { return count_; }

private:
    double per_win_, per_loss_, bound_;
    double log_ratio_ = 0.0;
    int count_ = 0;
};

}  // namespace app
