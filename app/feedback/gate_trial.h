// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/picture_pool.h"
#include "app/feedback/preference_head.h"
#include "app/feedback/training_job.h"

#include <map>
#include <optional>

namespace app {

/// What a trial draws with an adapter, or without one: grids of four of each gate prompt, all adapters with the same seeds.
std::vector<inference::GenerationRequest> gateRequests(const TrainingInputs& inputs, const std::string& adapter_id);

/// The trial of a candidate against the model as it came: both draw the gate's prompts with the same seeds, and a judge compares pictures of different ones. The judge is a
/// head on layers of the model that the labeller has not seen. In slices; pictures are kept in the pool.
class GateTrial final {
public:
    /// @param said  the user's signals; their pictures are `rated_features` in order, whose judge part replaces their coordinates
    [[nodiscard]] static inference::Result<GateTrial> make(const TrainingInputs& inputs,
                                                           const std::vector<inference::PictureFeatures>& rated_features,
                                                           const std::vector<inference::PictureFeatures>& pool_features,
                                                           const std::vector<PictureTraits>& pool_traits, const PreferenceData& said,
                                                           const std::vector<PixelStatistics>& rated_statistics);

    /// @return whether it is done
    [[nodiscard]] inference::Result<bool> seeBase(inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                                  const std::stop_token& stop);
    /// @return the measures once all pictures are drawn and seen; prompt following is not among them yet
    [[nodiscard]] inference::Result<std::optional<GateMeasures>> seeCandidate(inference::Engine& engine, inference::LearningEngine& learning,
                                                                              PicturePool& pool, const QString& adapter_id, double strength,
                                                                              const std::stop_token& stop);
    /// Prompt following and the model's own loss, added to `measures`. Slow, so only of the strength that is wanted.
    [[nodiscard]] inference::Result<std::optional<GateMeasures>> measureFidelity(inference::LearningEngine& learning, PicturePool& pool,
                                                                                 const QString& adapter_id, GateMeasures measures,
                                                                                 const std::stop_token& stop);
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
    };

    GateTrial(FeatureBasis basis, PreferenceHead judge) : basis_(std::move(basis)), judge_(std::move(judge)) {}
    inference::Result<bool> see(Side& side, inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                const std::stop_token& stop) const;
    inference::Result<bool> weigh(Side& side, inference::LearningEngine& learning, PicturePool& pool, const std::stop_token& stop) const;

    FeatureBasis basis_;
    PreferenceHead judge_;
    TrainingInputs inputs_;  ///< without examples
    Side base_;
    std::map<QString, Side> candidates_;
};

}  // namespace app
