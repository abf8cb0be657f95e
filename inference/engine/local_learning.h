// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "inference/api/learning.h"
#include "inference/engine/engine_core.h"
#include "inference/learning/frozen_model.h"

namespace inference {

/// The feedback stage behind the facade: exceptions end here. The core must outlive it.
class LocalLearning final : public LearningEngine {
public:
    explicit LocalLearning(EngineCore& core);

    const std::string& feature_version() const noexcept override { return feature_version_; }
    Result<std::vector<PictureFeatures>> features(const std::vector<PictureQuery>& pictures, std::stop_token stop) override;
    Result<std::vector<double>> denoising_losses(const std::vector<PictureQuery>& queries, const DenoisingOptions& options,
                                                 std::stop_token stop) override;
    Result<TrainingEstimate> estimate_training(const TrainingJob& job, std::stop_token stop) override;
    Result<std::unique_ptr<TrainingSession>> start_training(const TrainingJob& job, std::stop_token stop) override;
    Result<AdapterInfo> inspect_adapter(const std::string& path, std::stop_token stop) override;

private:
    /// Of the weights that are loaded now; they live as long as it does.
    FrozenModel frozen() const;

    EngineCore& core_;
    std::string feature_version_;
};

}  // namespace inference
