// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/feedback/gate.h"
#include "app/feedback/preference_signals.h"
#include "inference/api/engine.h"

namespace app {

/// A picture that was judged, as the run reads it.
struct RunPicture {
    QString path;
    std::string prompt;
    std::string instruction;

    bool operator==(const RunPicture&) const = default;
};

/// How much is drawn and tried; the defaults fit ten minutes on two cores with the embedded model.
struct RunSizes {
    int unrated_pictures = 200;  ///< in grids of four, for guessed labels and replay
    int check_prompts = 12;
    int check_seeds = 3;       ///< candidate's pictures a prompt, at each scale
    int check_base_seeds = 6;  ///< base's pictures a prompt
    int distractors = 5;       ///< prompts a picture could be of, beside its own
    int denoising_draws = 4;
    int permutations = 100;
    std::vector<double> scales{1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0};  ///< of the adapter, ascending
};

/// Frozen when the job is queued: the same inputs give the same adapter.
struct TrainingInputs {
    std::string model_id;
    std::vector<RunPicture> pictures;
    std::vector<PreferenceSignal> signals;   ///< of `pictures`, oldest first
    std::vector<std::string> prompts;        ///< to draw unrated grids of: the user's own
    std::vector<std::string> check_prompts;  ///< to judge the candidate on; those trained on are left out
    inference::GenerationRequest drawing;    ///< how pictures are drawn: size, steps, sampler, guidance
    inference::TrainingConfig config;
    RunSizes sizes;
    std::uint64_t seed = 0;
    QString folder;           ///< of this run: everything it can go on from
    QString pictures_folder;  ///< where it keeps what it draws; empty: inside `folder`
    QString adapters_path;    ///< EngineConfig::adapters_path
};

enum class RunStage { reading, drawing, fitting, training, checking, finished };

struct RunProgress {
    RunStage stage = RunStage::reading;
    double fraction = 0.0;       ///< of the whole run, 0 to 1
    double remaining_ms = 0.0;   ///< 0: not known yet
    std::optional<double> loss;  ///< of the last whole training step

    bool operator==(const RunProgress&) const = default;
};

struct TrainingOutcome {
    bool accepted = false;
    LearnabilityVerdict learnability_verdict = LearnabilityVerdict::too_few;
    Learnability learnability;
    std::vector<CandidateEvidence> tried;  ///< one a scale
    std::optional<std::size_t> chosen;     ///< index into `tried`; what the file's 100 % is
    std::vector<GateFailure> failures;     ///< of the scale that came nearest; empty when accepted
    QString adapter_file;                  ///< inside the run's folder; empty when nothing was trained
    inference::AdapterInfo adapter;
    double drift = 0.0;
    double seconds = 0.0;  ///< of work, interruptions not counted; of this start only
    struct Comparison {
        std::string prompt;
        QString before, after;  ///< files of the same seed
    };
    std::vector<Comparison> comparisons;  ///< for the evaluation grid
};

/// One training run, from what a user said to an adapter that is proven or refused. A stepper: each advance() is one slice of work with the
/// engine, some hundred milliseconds; between two slices anything else may use the engine. Made anew with the same inputs after an interruption
/// it finds what it did in its folder and goes on there.
class TrainingRun final {
public:
    explicit TrainingRun(TrainingInputs inputs);
    ~TrainingRun();

    /// @return whether there is more to do. Errors end the run; io and out_of_memory may be tried again with a new one.
    [[nodiscard]] inference::Result<bool> advance(inference::Engine& engine, const std::stop_token& stop);

    RunProgress progress() const;
    const TrainingOutcome& outcome() const;  ///< once advance() returned false

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
