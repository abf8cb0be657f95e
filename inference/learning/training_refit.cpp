// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_refit.h"

#include "inference/learning/adapter_layout.h"
#include "inference/learning/training_checkpoint.h"
#include "inference/learning/training_run.h"
#include "inference/learning/training_setup.h"

namespace inference {

void refit_checkpoint(const FrozenModel& model, const TrainingJob& job, std::int64_t available) {
    if (job.checkpoint_path.empty()) return;
    const CheckpointFolder folder(job.checkpoint_path, job_identity(job), AdapterLayout(model.config->transformer).parameters(job.config.rank));
    auto checkpoint = folder.read();
    if (!checkpoint) return;
    if (training_bytes(model, job, checkpoint->setup) <= memory_limit(job, available)) return;
    auto setup = choose_setup(model, job, available);
    setup.threads = checkpoint->setup.threads;
    checkpoint->setup = setup;
    folder.write(*checkpoint);
}

}  // namespace inference
