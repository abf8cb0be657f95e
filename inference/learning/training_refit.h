// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"

namespace inference {

/// Before a run goes on from its checkpoint: where the way it ran is beyond memory_limit(), the newest checkpoint is written again with the next way
/// that is not. Nothing that was learnt is lost; sums are added in another order from here on. Without a checkpoint nothing happens.
/// @param available  bytes. Throws out_of_memory with the number when no way fits, invalid_request (the folder of another job), io.
void refit_checkpoint(const FrozenModel& model, const TrainingJob& job, std::int64_t available);

}  // namespace inference
