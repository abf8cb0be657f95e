// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"
#include "inference/learning/trainable_transformer.h"

namespace inference {

/// How a job is fitted into the memory that there is.
struct TrainingSetup {
    std::int64_t micro_batch = 1;  ///< pictures that go through the transformer together: a slice
    TrainingMemory memory;
    int max_side = 0;        ///< pixels
    int threads = 0;         ///< of the run, whoever goes on with it: they decide the order of sums; 0: not known
    std::string measures;    ///< English; empty: nothing had to be done
    std::int64_t bytes = 0;  ///< at its peak, beyond what is resident
};

/// All ways to run a job, from the fastest to the smallest: as asked, one picture at a time, layers run again on the way back, weights unpacked at
/// each use, smaller pictures. On as many threads as are set now.
std::vector<TrainingSetup> setup_ladder(const FrozenModel& model, const TrainingJob& job);

/// The first rung of the ladder within memory_limit(). Throws out_of_memory naming the amounts when none is.
TrainingSetup choose_setup(const FrozenModel& model, const TrainingJob& job, std::int64_t available);

/// What a run may take: the bytes that are available, and less than what a run of this job met its end in memory with.
std::int64_t memory_limit(const TrainingJob& job, std::int64_t available);

/// Bytes that a run with this setup takes at its peak, beyond what is resident.
std::int64_t training_bytes(const FrozenModel& model, const TrainingJob& job, const TrainingSetup& setup);

}  // namespace inference
