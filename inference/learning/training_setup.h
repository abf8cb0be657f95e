// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"
#include "inference/learning/trainable_transformer.h"

namespace inference {

/// How a job is fitted into the memory that there is.
struct TrainingSetup {
    std::int64_t micro_batch = 1;  ///< pictures that go through the transformer together: a slice
    TrainingMemory memory;
    int max_side = 0;        ///< pixels
    std::string measures;    ///< English; empty: nothing had to be done
    std::int64_t bytes = 0;  ///< at its peak, beyond what is resident
};

/// The first rung of the ladder that fits: as asked, one picture at a time, layers run again on the way back, weights unpacked at each use,
/// smaller pictures.
/// @param available  bytes. Throws out_of_memory naming both amounts when none fits.
TrainingSetup choose_setup(const FrozenModel& model, const TrainingJob& job, std::int64_t available);

/// Bytes that a run with this setup takes at its peak, beyond what is resident.
std::int64_t training_bytes(const FrozenModel& model, const TrainingJob& job, const TrainingSetup& setup);

}  // namespace inference
