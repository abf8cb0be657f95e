// SPDX-License-Identifier: Apache-2.0
#include "inference/api/learning.h"

namespace inference {
namespace {

struct ObjectiveName {
    TrainingObjective objective;
    const char* name;
};
constexpr ObjectiveName objective_names[] = {{TrainingObjective::guidance, "guidance"},
                                             {TrainingObjective::signed_flow, "signed_flow"},
                                             {TrainingObjective::dpo, "dpo"},
                                             {TrainingObjective::kto, "kto"},
                                             {TrainingObjective::reward_weighted, "reward_weighted"},
                                             {TrainingObjective::supervised, "supervised"}};

}  // namespace

const char* to_string(TrainingObjective objective) noexcept {
    for (const auto& each : objective_names) {
        if (each.objective == objective) return each.name;
    }
    return "unknown";
}

Result<TrainingObjective> parse_training_objective(const std::string& text) {
    std::string known;
    for (const auto& each : objective_names) {
        if (text == each.name) return each.objective;
        known += (known.empty() ? "" : ", ") + std::string(each.name);
    }
    return failure(ErrorCode::invalid_request, "the training objective is \"" + text.substr(0, 80) + "\"; it must be one of " + known);
}

TrainingConfig training_defaults(TrainingObjective objective) {
    TrainingConfig config;
    config.objective = objective;
    if (objective == TrainingObjective::guidance) return config;
    config.groups_per_step = 4;
    config.replay_share = 0.3;
    config.inverse_strength = 0.5;
    config.prompt_weight = 0.0;
    return config;
}

}  // namespace inference
