// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/webp_codec.h"

#include "app/imaging/pixel_image.h"

#include <QBuffer>
#include <QColorSpace>
#include <QImageReader>
#include <QImageWriter>

namespace app {

using inference::ErrorCode;
using inference::PixelBuffer;
using inference::Result;

namespace {

constexpr auto format = "webp";

std::string sentence(const QString& path, const QString& words) { return path.toStdString() + ": " + words.toStdString(); }

}  // namespace

Result<std::vector<std::uint8_t>> encodeWebp(const PixelBuffer& pixels, int quality) {
    QImage image = toImage(pixels);
    image.setColorSpace({});  // sRGB is what a WebP means without a profile
    QBuffer file;
    file.open(QIODevice::WriteOnly);
    QImageWriter writer(&file, format);
    writer.setQuality(quality);
    if (!writer.write(image)) return inference::failure(ErrorCode::io, writer.errorString().toStdString());
    return std::vector<std::uint8_t>(file.data().begin(), file.data().end());
}

Result<PixelBuffer> decodeWebp(const QString& path, std::int64_t max_pixels) {
    QImageReader reader(path, format);
    if (!QImageReader::supportedImageFormats().contains(format)) {
        return inference::failure(ErrorCode::io, sentence(path, QStringLiteral("Qt's WebP plugin is not installed")));
    }
    const QSize size = reader.size();
    if (size.isEmpty()) return inference::failure(ErrorCode::corrupt_file, sentence(path, QStringLiteral("no WebP picture")));
    if (static_cast<std::int64_t>(size.width()) * size.height() > max_pixels) {
        return inference::failure(
            ErrorCode::corrupt_file,
            sentence(path, QStringLiteral("it has %1 x %2 pixels; at most %3 are read").arg(size.width()).arg(size.height()).arg(max_pixels)));
    }
    const QImage image = reader.read();
    if (image.isNull()) return inference::failure(ErrorCode::corrupt_file, sentence(path, reader.errorString()));
    return toPixels(image);
}

}  // namespace app
