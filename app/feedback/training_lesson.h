// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/adapter_gate.h"
#include "app/feedback/gate_trial.h"
#include "app/feedback/training_job.h"

#include <memory>
#include <vector>

namespace app {

/// A picture that was rated, and what the frozen model sees in it.
struct SeenExample {
    TrainingExample example;
    std::shared_ptr<const inference::PixelBuffer> pixels;
    inference::PictureFeatures features;
};

/// A picture that the run drew, which nobody rated.
struct SeenDrawing {
    inference::GenerationRequest request;
    std::shared_ptr<const inference::PixelBuffer> pixels;
    inference::PictureFeatures features;
};

/// What is to be learned.
struct TrainingLesson {
    Learnability learnability;
    std::vector<inference::TrainingPicture> pictures;  ///< with what is wanted of each; empty unless againstTraining(learnability) is
    std::unique_ptr<GateTrial> trial;                  ///< with a judge of its own; null then, too
};

/// A head learns the ratings and says how much of them can be foretold. Where that is enough, the rated pictures come with what was said of them and
/// the others with what the head says, or for replay. Errors: invalid_request.
[[nodiscard]] inference::Result<TrainingLesson> prepareLesson(const TrainingInputs& inputs, const std::vector<SeenExample>& rated,
                                                              const std::vector<SeenDrawing>& drawn);

}  // namespace app
