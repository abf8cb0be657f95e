// SPDX-License-Identifier: Apache-2.0
#include "inference/api/result.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

constexpr ErrorCode all_codes[] = {ErrorCode::cancelled,    ErrorCode::invalid_request, ErrorCode::model_not_found,    ErrorCode::unsupported_model,
                                   ErrorCode::corrupt_file, ErrorCode::out_of_memory,   ErrorCode::device_unavailable, ErrorCode::io,
                                   ErrorCode::internal};

TEST(ErrorCodeName, isDifferentForEachCode) {
    std::set<std::string> names;
    for (const auto code : all_codes) names.insert(inference::to_string(code));
    EXPECT_EQ(names.size(), std::size(all_codes));
    EXPECT_STREQ(inference::to_string(ErrorCode::out_of_memory), "out_of_memory");
}

TEST(ErrorCodeName, standsAValueFromElsewhere) { EXPECT_STREQ(inference::to_string(static_cast<ErrorCode>(1000)), "internal"); }

TEST(Failure, carriesCodeAndDetail) {
    const Result<int> result = inference::failure(ErrorCode::io, "disk full");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (Error{ErrorCode::io, "disk full"}));
    const Result<void> nothing = inference::failure(ErrorCode::cancelled, "");
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, ErrorCode::cancelled);
}

}  // namespace
