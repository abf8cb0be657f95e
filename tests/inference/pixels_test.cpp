// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/pixels.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace {

using inference::PixelSpace;
using Bytes = std::vector<std::uint8_t>;

/// One pixel of model values to bytes.
Bytes bytes_of(const std::vector<float>& values) {
    const auto channels = static_cast<std::int64_t>(values.size());
    return inference::to_pixels(torch::tensor(values).view({channels, 1, 1}), channels == 3 ? PixelSpace::rgb : PixelSpace::rgba_premultiplied).bytes;
}

TEST(Pixels, spreadMinusOneToOneOverTheBytes) {
    EXPECT_EQ(bytes_of({-1, 0, 1}), (Bytes{0, 128, 255}));  // 127.5 rounds to even
    EXPECT_EQ(bytes_of({-5, 5, 1.0001f}), (Bytes{0, 255, 255}));
}

TEST(Pixels, divideColourByAlpha) {
    EXPECT_EQ(bytes_of({1, 1, 1, 1}), (Bytes{255, 255, 255, 255}));
    EXPECT_EQ(bytes_of({0, -1, -0.5f, 0}), (Bytes{255, 0, 128, 128}));  // half covered: half red is full red
    EXPECT_EQ(bytes_of({1, 1, 1, 0}), (Bytes{255, 255, 255, 128}));     // more colour than alpha allows
    EXPECT_EQ(bytes_of({0.5f, 0.5f, 0.5f, -1}), (Bytes{0, 0, 0, 0}));   // nothing there
    EXPECT_EQ(bytes_of({-1, -1, -1, -1}), (Bytes{0, 0, 0, 0}));
    EXPECT_EQ(bytes_of({-1, -1, -1, -0.9999999f})[3], 0);
}

TEST(Pixels, standNumbersThatAreNone) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    EXPECT_EQ(bytes_of({nan, infinity, -infinity}), (Bytes{0, 255, 0}));
    EXPECT_EQ(bytes_of({1, 1, 1, nan}), (Bytes{0, 0, 0, 0}));
}

TEST(Pixels, lieInRowsOfInterleavedChannels) {
    const auto pixels = inference::to_pixels(torch::arange(12, torch::kFloat32).view({3, 2, 2}) / 127.5 - 1, PixelSpace::rgb);
    EXPECT_EQ(pixels.width, 2);
    EXPECT_EQ(pixels.height, 2);
    EXPECT_EQ(pixels.channels, 3);
    EXPECT_EQ(pixels.bytes, (Bytes{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
}

TEST(Pixels, comeFromAnyMemoryOrderAndFormat) {
    const auto values = at::rand({4, 3, 5}) * 2 - 1;
    const auto expected = inference::to_pixels(values, PixelSpace::rgba_premultiplied);
    EXPECT_EQ(inference::to_pixels(values.permute({1, 2, 0}).contiguous().permute({2, 0, 1}), PixelSpace::rgba_premultiplied), expected);
    EXPECT_EQ(inference::to_pixels(values.to(torch::kFloat64), PixelSpace::rgba_premultiplied), expected);
}

TEST(Pixels, refuseChannelsThatTheSpaceDoesNotHave) {
    EXPECT_THROW(inference::to_pixels(torch::zeros({4, 2, 2}), PixelSpace::rgb), c10::Error);
    EXPECT_THROW(inference::to_pixels(torch::zeros({3, 2, 2}), PixelSpace::rgba_premultiplied), c10::Error);
    EXPECT_THROW(inference::to_pixels(torch::zeros({1, 3, 2, 2}), PixelSpace::rgb), c10::Error);
}

}  // namespace
