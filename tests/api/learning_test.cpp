// SPDX-License-Identifier: Apache-2.0
#include "inference/api/learning.h"

#include <gtest/gtest.h>

namespace {

using inference::ErrorCode;
using inference::TrainingObjective;

TEST(Learning, objectivesKeepTheirSpelling) {
    for (const auto objective : {TrainingObjective::guidance, TrainingObjective::signed_flow, TrainingObjective::dpo, TrainingObjective::kto,
                                 TrainingObjective::reward_weighted, TrainingObjective::supervised}) {
        EXPECT_EQ(inference::parse_training_objective(inference::to_string(objective)), objective);
    }
    EXPECT_STREQ(inference::to_string(TrainingObjective::signed_flow), "signed_flow");
}

TEST(Learning, anUnknownObjectiveIsNamedBesideThoseThatExist) {
    const auto refused = inference::parse_training_objective("wishes");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_request);
    for (const auto* word : {"wishes", "signed_flow", "supervised"}) EXPECT_NE(refused.error().detail.find(word), std::string::npos) << word;
}

}  // namespace
