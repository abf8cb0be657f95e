// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "inference/learning/adamw.h"
#include "inference/learning/training_setup.h"

namespace inference {

/// Everything from which a run goes on as if it had never stopped: the rest follows from job and step.
struct TrainingCheckpoint {
    OptimiserState state;
    TrainingSetup setup;  ///< how the first run was fitted into memory, which decides the order of sums
    double loss = 0.0, keep_loss = 0.0;
    double drift_moved = 0.0, drift_error = 0.0;
};

/// The checkpoints of one job in a folder of its own: the last two, each a file that appears as a whole or not at all.
class CheckpointFolder {
public:
    /// @param job  identity of the job. @param parameters  numbers of its adapter.
    CheckpointFolder(std::string path, std::string job, std::int64_t parameters);

    /// The newest that is intact; none when there is none. Throws invalid_request when the folder holds those of another job, io.
    std::optional<TrainingCheckpoint> read() const;
    /// Throws io: disk full, folder not writable. What was there stays.
    void write(const TrainingCheckpoint& checkpoint) const;

private:
    TrainingCheckpoint read_file(const std::string& file) const;

    std::string path_, job_;
    std::int64_t parameters_;
};

}  // namespace inference
