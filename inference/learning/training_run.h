// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "inference/api/learning.h"
#include "inference/core/exception.h"
#include "inference/learning/adapter_parameters.h"
#include "inference/learning/guidance_field.h"
#include "inference/learning/training_checkpoint.h"
#include "inference/learning/training_material.h"
#include "inference/learning/training_objective.h"
#include "inference/learning/training_plan.h"

namespace inference {

inline constexpr double max_drift = 0.1;

/// Identity of a job: a hash of model, settings and pictures.
std::string job_identity(const TrainingJob& job);

/// A training run in slices. A step is: the frozen model on all its draws (their targets and weights), for some objectives the adapted one
/// too, then the adapted one forward and backward, then the optimiser. A slice that is cut off, by a stop or an error, is done again from its
/// beginning; a run that is gone is gone on with from its last checkpoint, and both come to the same numbers.
/// Reports by exceptions; the caller has switched gradients off.
class TrainingRun {
public:
    /// Goes on with what lies in the job's folder. Throws invalid_request, out_of_memory, io.
    TrainingRun(FrozenModel model, TrainingJob job, std::int64_t available_bytes);

    /// On how many of the threads that are set now the run is fastest; decided once, before its first slice, and kept by whoever goes on with it.
    void probe_threads(const std::stop_token& stop);

    /// One slice.
    TrainingProgress advance(const std::stop_token& stop);
    AdapterInfo write_adapter(const std::string& path, double scale, const std::map<std::string, std::string>& metadata) const;

    const TrainingSetup& setup() const noexcept { return setup_; }
    std::int64_t parameters() const { return parameters_.size(); }
    /// Seconds that all steps will take, from the time of one slice of each kind. Pictures and prompts are replaced by others of their sizes:
    /// a run that was measured is good for nothing else.
    double measure_seconds(const std::stop_token& stop);

private:
    enum class Phase { reference, policy, learning };

    /// Draws of a step that go through the transformer together.
    struct Batch {
        std::vector<std::size_t> draws;
        torch::Tensor clean, noise;  ///< (B, C, h, w)
        torch::Tensor reference;     ///< v_ref
        torch::Tensor shift;         ///< of the objective `guidance`: what is wanted beside v_ref
    };

    void slice(const std::stop_token& stop);
    void make_trainable();
    bool guided() const { return job_.config.objective == TrainingObjective::guidance; }
    void begin_step();
    void stack_parameters();
    void run_reference(Batch& batch, const std::stop_token& stop);
    void run_policy(Batch& batch);
    void learn(Batch& batch, const std::stop_token& stop);
    void next_batch();
    void end_step();
    void save();
    Batch make_batch(std::vector<std::size_t> draws) const;
    Conditioning prepare(const Batch& batch) const;
    torch::Tensor levels(const Batch& batch) const;
    torch::Tensor noisy(const Batch& batch) const;
    TrainingProgress progress() const;
    double fraction() const;

    FrozenModel model_;
    TrainingJob job_;
    TrainingPlan plan_;
    AdapterParameters parameters_;
    CheckpointFolder checkpoints_;
    TrainingSetup setup_;
    std::optional<TrainingMaterial> material_;
    std::optional<TrainableTransformer> trainable_;
    std::optional<GuidanceField> field_;

    OptimiserState state_;
    double loss_ = 0.0, keep_loss_ = 0.0;
    double drift_moved_ = 0.0, drift_error_ = 0.0;  ///< running means

    Phase phase_ = Phase::reference;
    std::size_t cursor_ = 0;  ///< within the phase
    std::vector<PlannedDraw> draws_;
    std::vector<DrawErrors> errors_;
    std::vector<Pull> pulls_;
    std::vector<Batch> batches_;
    std::vector<LayerLowRank> adapter_;  ///< the parameters of this step, stacked
    torch::Tensor gradient_;
    double step_loss_ = 0.0, step_keep_loss_ = 0.0, step_moved_ = 0.0, step_error_ = 0.0;

    bool resumed_ = false;  ///< goes on with a checkpoint
    bool unsaved_ = false;  ///< one is due
    std::optional<Error> failed_;
    double seconds_ = 0.0;            ///< in slices of steps
    double fraction_at_start_ = 0.0;  ///< of those seconds
};

}  // namespace inference
