// SPDX-License-Identifier: Apache-2.0
#include "inference/model/prompt_cache.h"

#include <gtest/gtest.h>

namespace {

using inference::PromptState;

constexpr std::int64_t state_bytes = 2 * 10 * 4;

PromptState state(std::int64_t values = 10) {
    PromptState result;
    result.tokens = 1;
    result.layers.push_back({torch::zeros({1, 1, 1, values}), torch::zeros({1, 1, 1, values})});
    return result;
}

TEST(PromptCache, givesBackWhatWasPutIn) {
    inference::PromptCache cache(10 * state_bytes);
    EXPECT_EQ(cache.find({2, 5}), nullptr);
    const auto put = cache.insert({2, 5}, state());
    EXPECT_EQ(cache.find({2, 5}), put);
    EXPECT_EQ(cache.find({2, 6}), nullptr);
    EXPECT_EQ(cache.find({2}), nullptr);
    EXPECT_EQ(cache.size(), 1u);
    EXPECT_EQ(cache.bytes(), state_bytes);
}

TEST(PromptCache, keepsTheFirstStateOfAPrompt) {
    inference::PromptCache cache(10 * state_bytes);
    const auto first = cache.insert({2}, state());
    EXPECT_EQ(cache.insert({2}, state()), first);
    EXPECT_EQ(cache.bytes(), state_bytes);
}

TEST(PromptCache, dropsTheLeastRecentlyUsed) {
    inference::PromptCache cache(3 * state_bytes);
    for (const int id : {1, 2, 3}) cache.insert({id}, state());
    ASSERT_NE(cache.find({1}), nullptr);  // now 2 is the oldest
    cache.insert({4}, state());
    EXPECT_EQ(cache.find({2}), nullptr);
    for (const int id : {1, 3, 4}) EXPECT_NE(cache.find({id}), nullptr) << id;
    EXPECT_EQ(cache.bytes(), 3 * state_bytes);
}

TEST(PromptCache, staysWithinItsBytes) {
    inference::PromptCache cache(5 * state_bytes);
    for (int id = 0; id < 100; ++id) {
        cache.insert({id}, state(10 * (1 + id % 3)));
        EXPECT_LE(cache.bytes(), 5 * state_bytes);
        EXPECT_NE(cache.find({id}), nullptr);
    }
}

TEST(PromptCache, handsBackAStateThatIsTooLargeForIt) {
    inference::PromptCache cache(2 * state_bytes);
    cache.insert({1}, state());
    const auto large = cache.insert({2}, state(1000));
    ASSERT_NE(large, nullptr);
    EXPECT_EQ(cache.find({2}), nullptr);
    EXPECT_NE(cache.find({1}), nullptr) << "and drops nothing for it";
}

TEST(PromptCache, leavesAStateToWhoeverUsesIt) {
    inference::PromptCache cache(state_bytes);
    const auto used = cache.insert({1}, state());
    cache.insert({2}, state());
    EXPECT_EQ(cache.find({1}), nullptr);
    EXPECT_EQ(used->layers.size(), 1u);
    cache.clear();
    EXPECT_EQ(cache.bytes(), 0);
    EXPECT_EQ(cache.size(), 0u);
    EXPECT_EQ(used->bytes(), state_bytes);
}

}  // namespace
