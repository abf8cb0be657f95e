// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/picture_pool.h"
#include "app/feedback/preference_head.h"
#include "app/feedback/training_job.h"

#include <map>
#include <optional>

namespace app {

/// A trial has two rounds. The first tries every strength on a few pictures; the strength that looks best there owes some of that to luck, so what is
/// claimed for it is measured in the second, on more pictures that it was not chosen by.
enum class GateRound { tried, proved };

/// What a round draws with an adapter, or without one: some pictures of each gate prompt, all adapters with the same seeds.
std::vector<inference::GenerationRequest> gateRequests(const TrainingInputs& inputs, const std::string& adapter_id, GateRound round);

/// The trial of a candidate against the model as it came: both draw the gate's prompts with the same seeds, and a judge compares pictures of different ones. The judge is a
/// head on layers of the model that the labeller has not seen. In slices; pictures are kept in the pool.
class GateTrial final {
public:
    /// @param rated, drawn  as the judge sees them: their states are PictureFeatures::judge
    /// @param said  the user's signals; their pictures are `rated` in order, and get the judge's coordinates
    [[nodiscard]] static inference::Result<GateTrial> make(const TrainingInputs& inputs, const std::vector<PictureTraits>& rated,
                                                           const std::vector<PictureTraits>& drawn, PreferenceData said);

    /// The first round of one strength. @return the measures once all pictures are drawn and seen; prompt following is not among them
    [[nodiscard]] inference::Result<std::optional<GateMeasures>> tryOut(inference::Engine& engine, inference::LearningEngine& learning,
                                                                        PicturePool& pool, const QString& adapter_id, double strength,
                                                                        const std::stop_token& stop);
    /// The second round: also prompt following and the model's own loss.
    [[nodiscard]] inference::Result<std::optional<GateMeasures>> prove(inference::Engine& engine, inference::LearningEngine& learning,
                                                                       PicturePool& pool, const QString& adapter_id, double strength,
                                                                       const std::stop_token& stop);
    double shareProved(const QString& adapter_id) const;  ///< how far the second round is, 0 to 1
    /// The first pictures of each prompt, base and candidate side by side.
    [[nodiscard]] inference::Result<void> writeThumbs(PicturePool& pool, const QString& adapter_id, const QString& folder) const;

private:
    /// Pictures by one model, what has been seen of them so far, and their losses under right and wrong prompts.
    struct Side {
        std::vector<inference::GenerationRequest> requests;
        std::vector<double> scores;
        std::vector<std::vector<float>> features;
        std::vector<double> clipped;
        std::vector<PromptLosses> losses;
        std::optional<GateMeasures> compared;  ///< with the base, of the second round: the bootstrap is drawn once, not at every slice
    };

    struct Round {
        Side base;
        std::map<QString, Side> candidates;
    };

    GateTrial(FeatureBasis basis, PreferenceHead judge) : basis_(std::move(basis)), judge_(std::move(judge)) {}
    Side& sideOf(GateRound round, const QString& adapter_id);
    Round& of(GateRound round) { return round == GateRound::tried ? tried_ : proved_; }
    /// Draws and sees both sides. @return whether that is done
    inference::Result<bool> seeBoth(GateRound round, inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                    const QString& adapter_id, const std::stop_token& stop);
    GateMeasures compare(GateRound round, const QString& adapter_id, double strength);
    inference::Result<bool> see(Side& side, inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                const std::stop_token& stop) const;
    inference::Result<bool> weigh(Side& side, inference::LearningEngine& learning, PicturePool& pool, const std::stop_token& stop) const;

    FeatureBasis basis_;
    PreferenceHead judge_;
    TrainingInputs inputs_;  ///< without examples
    Round tried_, proved_;
};

}  // namespace app
