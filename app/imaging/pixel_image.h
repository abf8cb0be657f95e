// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>

#include "inference/api/pixel_buffer.h"

namespace app {

/// Straight-alpha bytes to a QImage in sRGB: RGBA8888 or RGB888. Empty in, null out.
QImage toImage(const inference::PixelBuffer& pixels);

/// The inverse, for any QImage format.
inference::PixelBuffer toPixels(const QImage& image);

}  // namespace app
