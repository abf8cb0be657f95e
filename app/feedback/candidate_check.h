// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/feedback/drawn_pictures.h"
#include "app/feedback/feature_basis.h"
#include "app/feedback/gate.h"
#include "app/feedback/preference_head.h"
#include "inference/api/engine.h"

namespace app {

/// Measures a candidate adapter at several strengths against the base, on prompts it was not trained on: pictures are drawn with seeds of their
/// own, judged by a head that sees other features than the one that labelled, and read by the base as a classifier. A stepper like TrainingRun.
class CandidateCheck final {
public:
    struct Inputs {
        std::string adapter_id;
        std::vector<double> strengths;
        std::vector<std::string> prompts;
        int seeds = 3;
        int base_seeds = 6;
        int distractors = 5;
        int draws = 4;
        std::uint64_t seed = 0;
    };
    struct Comparison {
        std::string prompt;
        QString before, after;  ///< files, drawn with the same seed
    };

    /// @param drawn  outlives this.
    CandidateCheck(Inputs inputs, const DrawnPictures& drawn, FeatureBasis judge_basis, PreferenceHead judge);

    [[nodiscard]] inference::Result<bool> advance(inference::Engine& engine, const std::stop_token& stop);
    double fraction() const;
    std::vector<CandidateEvidence> evidence() const;  ///< once advance() returned false, one a strength
    std::vector<Comparison> comparisons(std::size_t strength, const inference::ModelInfo& model) const;

private:
    /// A picture of one arm and what was measured of it.
    struct Measured {
        std::size_t prompt = 0;
        std::vector<float> features;
        double judged = 0.0;  ///< stars
        PromptLosses losses;
        double clipped = 0.0;  ///< share of pixels at an end of the range
    };
    struct Arm {
        std::optional<double> strength;  ///< nullopt: the base
        bool twin = false;               ///< the base on the candidate's seeds, to be looked at beside it; never compared
        std::vector<Measured> pictures;
    };

    std::size_t wanted(const Arm& arm) const;
    DrawnPictures::Wish wish(const Arm& arm, std::size_t index) const;
    [[nodiscard]] inference::Result<Measured> measure(inference::Engine& engine, const DrawnPictures::Wish& wish, std::size_t prompt,
                                                      const std::stop_token& stop) const;
    CandidateEvidence compare(const Arm& arm) const;

    Inputs inputs_;
    const DrawnPictures& drawn_;
    FeatureBasis basis_;
    PreferenceHead judge_;
    std::vector<Arm> arms_;
};

}  // namespace app
