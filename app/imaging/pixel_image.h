// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>

#include "inference/api/pixel_buffer.h"

namespace app {

/// Straight-alpha bytes to a QImage in sRGB: RGBA8888 or RGB888. Empty in, null out.
QImage toImage(const inference::PixelBuffer& pixels);
QImage toImage(inference::PixelBuffer&& pixels);  ///< takes the bytes over instead of copying them

/// In the format that painting needs no conversion for (ARGB32_Premultiplied or RGB32); make it off the GUI thread.
QImage toDisplayImage(const inference::PixelBuffer& pixels);

/// Whether some pixel is not opaque.
bool hasTransparency(const inference::PixelBuffer& pixels);

/// The inverse, for any QImage format.
inference::PixelBuffer toPixels(const QImage& image);

}  // namespace app
