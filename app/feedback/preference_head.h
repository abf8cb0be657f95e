// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/preference_signals.h"
#include "inference/api/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace app {

/// What is chosen by evidence and may be kept from one fit to the next.
struct HeadShape {
    double component_scale = 0.5;  ///< prior deviation of a component's weight, that of a statistic's being 1
    double prompt_scale = 0.0;     ///< and of a product of prompt and statistic: taste that depends on what is drawn
    double penalty = 16.0;         ///< noise over prior variance
    double offset_ratio = 0.25;    ///< variance of a grid's offset over the noise

    bool operator==(const HeadShape&) const = default;
};

struct HeadOptions {
    double half_life = 300.0;        ///< signals after which one counts half
    int window = 1200;               ///< older signals (four half-lives) are left out: a refit's time is bounded
    std::optional<HeadShape> shape;  ///< kept; chosen anew when absent
    double threshold = 1.0;          ///< one of chanceSkill() of like data; 1: not known yet, the head is silent
};

/// Percentiles of the skill that a fit shows on shuffled answers: what skill from nothing looks like.
struct ChanceSkill {
    double p95 = 1.0, p99 = 1.0;
};

/// A guess at what the user would say.
struct Opinion {
    double stars = 0.0;      ///< expected stars; not cut to 1...5, so that the order of the best is kept
    double deviation = 0.0;  ///< of the expectation, in stars: what more ratings would take away
};

/// Why a picture is liked or not, in terms a person can see.
struct Reason {
    PixelStatistic statistic = PixelStatistic::brightness;
    double value = 0.0;   ///< the picture's, in deviations from the usual
    double effect = 0.0;  ///< on the stars
};

/// A Bayesian linear model of one user's taste: fitted in milliseconds after every word of theirs. Immutable, shared.
///
/// Stars alone: ridge regression, its penalty and shape chosen by leave-one-grid-out error. With picks or duels among them: the same shape, then
/// one likelihood for all kinds (probit) at its mode with Laplace's covariance.
class PreferenceHead {
public:
    /// Errors: invalid_request (nothing was said, or of a picture that is not in the data).
    [[nodiscard]] static inference::Result<PreferenceHead> fit(const PreferenceData& data, const HeadOptions& options = {});

    /// Not within a refit's time; it changes slowly, so a caller asks again when the number of signals has grown by a tenth.
    [[nodiscard]] static inference::Result<ChanceSkill> chanceSkill(const PreferenceData& data, const HeadOptions& options, int permutations,
                                                                    std::uint64_t seed);

    /// Both, for whoever fits once: with the 95th percentile of 200 permutations as threshold.
    [[nodiscard]] static inference::Result<PreferenceHead> fitAgainstChance(const PreferenceData& data, std::uint64_t seed);

    Opinion opinion(const Coordinates& picture) const;

    /// Variance of the difference of two utilities (stars squared): where a duel teaches most.
    double differenceVariance(const Coordinates& a, const Coordinates& b) const;
    double winProbability(const Coordinates& a, const Coordinates& b) const;  ///< that the user prefers a

    /// Stars under one draw of the weights from the posterior (Thompson sampling); the same draw for all pictures.
    std::vector<double> draw(const std::vector<Coordinates>& pictures, std::uint64_t seed) const;

    /// Indices, best first; equal ones stay in their order.
    std::vector<std::size_t> order(const std::vector<Coordinates>& pictures) const;

    std::vector<Reason> reasons(const Coordinates& picture, std::size_t most = 3) const;  ///< the largest effects first

    double skill() const;      ///< leave-one-grid-out R squared of what was said
    double threshold() const;  ///< HeadOptions::threshold
    double noise() const;      ///< deviation of what is said from what could be foretold, in stars
    int count() const;         ///< signals in the window
    const HeadShape& shape() const;

    /// Whether to show anything: skill above 0.05 and above the threshold, and at least 12 signals.
    bool speaks() const;

private:
    struct State;
    explicit PreferenceHead(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

}  // namespace app
