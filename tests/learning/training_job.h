// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "inference/api/learning.h"
#include "tests/learning/pictures.h"

namespace tests {

/// Another objective, with what suits it, at the size of the job.
inline void set_objective(inference::TrainingJob& job, inference::TrainingObjective objective) {
    const auto suited = inference::training_defaults(objective);
    job.config.objective = objective;
    job.config.replay_share = suited.replay_share;
    job.config.inverse_strength = suited.inverse_strength;
    job.config.prompt_weight = suited.prompt_weight;
}

/// A taste that is easy to learn: of each group's four pictures the red ones are liked. Small enough for the tiny model.
inline inference::TrainingJob tiny_job(const std::string& model_id, const std::string& checkpoint_path) {
    inference::TrainingJob job;
    job.model_id = model_id;
    job.checkpoint_path = checkpoint_path;
    job.config.rank = 4;
    job.config.alpha = 4.0;
    job.config.steps = 12;
    job.config.groups_per_step = 2;
    job.config.learning_rate = 5e-3;
    job.config.warmup_steps = 2;
    job.config.checkpoint_steps = 3;
    job.config.seed = 11;
    for (int group = 0; group < 3; ++group) {
        for (int i = 0; i < 4; ++i) {
            const bool red = i % 2 == 0;
            const auto pixels = coloured_picture(32, 32, 4, red ? 230 - 10 * i : 20, 20 * group, red ? 20 : 200 + 10 * i);
            job.pictures.push_back({pixels, "a boat " + std::to_string(group), "", group, red ? 0.8 : -0.8, false});
        }
    }
    for (int i = 0; i < 4; ++i) job.pictures.push_back({coloured_picture(32, 32, 4, 60 * i, 200, 90), "an apple", "", 0, 0.0, true});
    return job;
}

}  // namespace tests
