// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/evaluation/metrics.h"
#include "app/evaluation/rater.h"
#include "app/feedback/training_run.h"
#include "inference/api/engine.h"

namespace app {

/// One way to use what was learnt, measured on prompts and seeds that were never rated.
enum class TrialArm {
    base,
    best_of_four,         ///< the head chooses among the base's
    oracle_best_of_four,  ///< the rater itself chooses: what a perfect head would give
    adapter,              ///< a trained LoRA at its proven strength
    adapter_best_of_four,
    supervised,  ///< the same run with another objective ...
    reward_weighted,
    kto,
    dpo,
    shuffled,  ///< ... or with the ratings shuffled among the pictures
};

const char* to_string(TrialArm arm) noexcept;
std::optional<TrialArm> parseTrialArm(const QString& name);

struct ArmReport {
    TrialArm arm = TrialArm::base;
    Estimate win_rate;             ///< independent seeds against the base, interval over prompts
    double star_change = 0.0;      ///< mean standardised score less the base's
    double worst_prompt = 0.5;     ///< lowest win rate of a prompt
    double fidelity_change = 0.0;  ///< in points, negative is a loss
    double raw_diversity = 1.0;
    double matched_diversity = 1.0;
    bool accepted = true;  ///< arms that train: the gate let it through; where it did not, the base stays and the win rate is 0.5
    double seconds = 0.0;  ///< from the ratings to the verdict
};

struct TrialReport {
    QString rater;
    int ratings = 0;
    std::uint64_t seed = 0;
    double head_accuracy = 0.5;  ///< of pairs of one unseen prompt
    double head_skill = 0.0;     ///< leave-one-grid-out R^2
    double chance_95 = 0.0;
    bool speaks = false;
    std::optional<TrainingOutcome> outcome;  ///< of the adapter arm
    std::vector<ArmReport> arms;

    const ArmReport* find(TrialArm arm) const;
};

struct TrialOptions {
    int ratings = 60;  ///< a multiple of four: grids of four
    std::uint64_t seed = 0;
    std::vector<TrialArm> arms{TrialArm::base, TrialArm::best_of_four, TrialArm::oracle_best_of_four, TrialArm::adapter,
                               TrialArm::adapter_best_of_four};
    inference::GenerationRequest drawing;
    inference::TrainingConfig config;
    RunSizes sizes;
    QString folder;         ///< for pictures that are drawn once and for the runs
    QString adapters_path;  ///< EngineConfig::adapters_path of the engine
};

/// The protocol: base pictures are drawn once, a rater gives noisy stars to some of them, and each arm is measured on other prompts with other
/// seeds. Several trials share one set of base pictures.
class FeedbackTrials final {
public:
    using ProgressFn = std::function<void(const QString& what, double fraction)>;

    FeedbackTrials(inference::Engine& engine, TrialOptions options, ProgressFn on_progress);
    ~FeedbackTrials();

    /// Errors: those of the engine and of the rater; invalid_request (more ratings than there are pictures).
    [[nodiscard]] inference::Result<TrialReport> run(Rater& rater, const QString& name, int ratings, std::uint64_t seed, const std::stop_token& stop);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
