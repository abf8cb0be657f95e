// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/training_job.h"
#include "inference/api/engine.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace app {

struct TrainingRunProgress {
    TrainingState state = TrainingState::preparing;
    int step = 0;  ///< optimiser steps
    int num_steps = 0;
    double fraction = 0.0;  ///< of the state
    double loss = 0.0;
    double drift = 0.0;
    double remaining_ms = 0.0;  ///< of the state; 0: unknown
};

struct TrainingOutcome {
    bool accepted = false;
    std::vector<GateReason> reasons;  ///< why not
    Learnability learnability;
    int missing = 0;                   ///< rated pictures whose files are gone
    int duplicates = 0;                ///< rated pictures that are the same to the last pixel
    QString adapter_id;                ///< folder and file are there when accepted
    GateMeasures measures;             ///< of the strength that was chosen, in the second round of its trial; of the last one tried when none was
    std::vector<GateMeasures> trials;  ///< every strength, in the first round
    inference::TrainingProgress training;
    double seconds = 0.0;  ///< of this run; not those of an earlier one that was interrupted
};

/// A training job from its frozen inputs to a verdict, in slices: reads and sees the rated pictures, draws others, labels them, trains, draws with the
/// candidate at several strengths, and judges. Everything that costs time is kept in the work folder, so the same inputs go on where they
/// were, however the program ended, and end in the same adapter.
///
/// The judge is a head of its own on other layers of the model than the labeller's; prompt following is measured by the frozen model.
/// An accepted adapter lies in `adapters_dir`/<id>/ as adapter.safetensors, manifest.json and thumbs/, its calibrated strength being 100 %.
class TrainingRun final {
public:
    struct Options {
        QString adapters_dir;
        QString work_dir;
        QString pictures_dir;                                         ///< where what is drawn is kept; empty: in work_dir
        std::function<void(const TrainingRunProgress&)> on_progress;  ///< on the engine's thread
    };

    TrainingRun(TrainingInputs inputs, Options options);
    ~TrainingRun();

    /// One slice, on the engine's thread. @return whether there is more to do
    bool advance(inference::Engine& engine, const std::stop_token& stop);
    void release();  ///< on the engine's thread: gives back what holds the model's memory; what is on disk stays
    bool ended() const;

    /// Once advance() has returned false. Errors: cancelled (stopped: what is on disk is gone on with), and those of the engine; io (a full disk:
    /// likewise).
    const inference::Result<TrainingOutcome>& outcome() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
