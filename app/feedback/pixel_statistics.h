// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/pixel_buffer.h"

#include <array>
#include <cstddef>

namespace app {

/// What can be measured in a picture and said in a designer's words (ui/feedback names each).
enum class PixelStatistic {
    brightness,       ///< mean luminance
    contrast,         ///< standard deviation of luminance
    warmth,           ///< mean red minus mean blue
    tint,             ///< mean green minus the mean of red and blue: green against magenta
    colourfulness,    ///< Hasler and Suesstrunk 2003: sd(rg, yb) + 0.3 mean(rg, yb)
    saturation,       ///< mean of (max - min) / max
    detail,           ///< share of pixels on an edge
    fine_texture,     ///< share of the edges' strength that is gone at half the size
    upright_lines,    ///< share of the gradient that is horizontal: high where lines stand, low where they lie
    empty_space,      ///< share of an 8 x 8 raster whose cells hold no edge
    mirror_symmetry,  ///< minus the mean difference from the picture mirrored left to right
    flip_symmetry,    ///< minus the mean difference from the picture turned upside down
    spread,           ///< mean distance from the centre of what differs from white, in half diagonals
    coverage,         ///< mean opacity
    hue_red,          ///< shares of the saturated colour that lie within 22.5 degrees of 0, 45, 90 ... degrees
    hue_orange,
    hue_lime,
    hue_green,
    hue_cyan,
    hue_blue,
    hue_violet,
    hue_pink,
};

constexpr std::size_t num_pixel_statistics = 22;

/// Values in the order of PixelStatistic; colours as sRGB from 0 to 1.
using PixelStatistics = std::array<double, num_pixel_statistics>;

/// Measures a picture as it looks over white: that is how an RGBA picture most often ends up, on a page, and a colour that nobody sees
/// (under full transparency) must not count. Sides above 256 pixels are averaged down first, so the time is bounded: about a
/// millisecond. An empty picture measures zero throughout.
PixelStatistics pixelStatistics(const inference::PixelBuffer& pixels);

/// The picture over white: RGB of the same size. What raters and other programs are shown.
inference::PixelBuffer overWhite(const inference::PixelBuffer& pixels);

}  // namespace app
