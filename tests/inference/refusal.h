// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "inference/core/exception.h"

namespace tests {

/// The error that `run` ends in; none when it ends well. Any other exception fails the test by itself.
template <typename Run> std::optional<inference::Error> refusal(Run&& run) {
    try {
        run();
    } catch (const inference::Exception& exception) {
        EXPECT_LT(exception.error().detail.size(), 2000u) << "a sentence, not the file";
        return exception.error();
    }
    return std::nullopt;
}

/// Fails unless `run` ends in an error of this code whose detail holds all the words.
template <typename Run, typename... Words> void expect_refusal(inference::ErrorCode code, Run&& run, const Words&... words) {
    const auto error = refusal(std::forward<Run>(run));
    ASSERT_TRUE(error.has_value()) << "was accepted";
    EXPECT_STREQ(inference::to_string(error->code), inference::to_string(code)) << error->detail;
    for (const auto& word : std::vector<std::string>{std::string(words)...})
        EXPECT_NE(error->detail.find(word), std::string::npos) << word << " in: " << error->detail;
}

}  // namespace tests
