// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/pixel_image.h"

#include <QColorSpace>

#include <cstring>
#include <utility>
#include <vector>

namespace app {
namespace {

QImage::Format formatOf(const inference::PixelBuffer& pixels) { return pixels.channels == 4 ? QImage::Format_RGBA8888 : QImage::Format_RGB888; }

bool isWellFormed(const inference::PixelBuffer& pixels) {
    const auto expected =
        static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) * static_cast<std::size_t>(pixels.channels);
    return pixels.width > 0 && pixels.height > 0 && (pixels.channels == 3 || pixels.channels == 4) && pixels.bytes.size() == expected;
}

}  // namespace

QImage toImage(const inference::PixelBuffer& pixels) {
    if (!isWellFormed(pixels)) return {};
    // A view would dangle: the rows are copied into an image of its own.
    const QImage view(pixels.bytes.data(), pixels.width, pixels.height, static_cast<qsizetype>(pixels.width) * pixels.channels, formatOf(pixels));
    QImage image = view.copy();
    image.setColorSpace(QColorSpace(QColorSpace::SRgb));
    return image;
}

QImage toImage(inference::PixelBuffer&& pixels) {
    if (!isWellFormed(pixels)) return {};
    auto* owned = new std::vector<std::uint8_t>(std::move(pixels.bytes));
    const auto release = [](void* bytes) { delete static_cast<std::vector<std::uint8_t>*>(bytes); };
    QImage image(owned->data(), pixels.width, pixels.height, static_cast<qsizetype>(pixels.width) * pixels.channels, formatOf(pixels), release,
                 owned);
    image.setColorSpace(QColorSpace(QColorSpace::SRgb));
    return image;
}

QImage toDisplayImage(const inference::PixelBuffer& pixels) {
    return toImage(pixels).convertToFormat(pixels.channels == 4 ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
}

bool hasTransparency(const inference::PixelBuffer& pixels) {
    if (pixels.channels != 4) return false;
    for (std::size_t alpha = 3; alpha < pixels.bytes.size(); alpha += 4) {
        if (pixels.bytes[alpha] != 255) return true;
    }
    return false;
}

inference::PixelBuffer toPixels(const QImage& image) {
    if (image.isNull()) return {};
    const bool has_alpha = image.hasAlphaChannel();
    const QImage source = image.convertToFormat(has_alpha ? QImage::Format_RGBA8888 : QImage::Format_RGB888);
    inference::PixelBuffer pixels;
    pixels.width = source.width();
    pixels.height = source.height();
    pixels.channels = has_alpha ? 4 : 3;
    const auto row_bytes = static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.channels);
    pixels.bytes.resize(row_bytes * static_cast<std::size_t>(pixels.height));
    for (int y = 0; y < pixels.height; ++y) {
        std::memcpy(pixels.bytes.data() + row_bytes * static_cast<std::size_t>(y), source.constScanLine(y), row_bytes);
    }
    return pixels;
}

}  // namespace app
