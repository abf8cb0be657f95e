// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/image_exporter.h"

#include "app/imaging/codec_library.h"
#include "app/imaging/safe_file.h"
#include "app/imaging/webp_codec.h"
#include "app/imaging/webp_metadata.h"
#include "inference/api/request_json.h"

#include <QColorSpace>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::PixelBuffer;
using inference::Result;

constexpr std::int64_t max_pixels = 64 * 1024 * 1024;
constexpr qint64 max_webp_bytes = 256 * 1024 * 1024;

const char* codecName(ImageFormat format) {
    switch (format) {
    case ImageFormat::png: return "png";
    case ImageFormat::webp: return "webp";
    case ImageFormat::tiff: return "tiff";
    case ImageFormat::jpeg: return "jpeg";
    }
    return "png";
}

/// From the first bytes: what a file is called says nothing about what it is, and only these four readers meet it.
std::optional<ImageFormat> sniff(const QByteArray& head) {
    if (head.startsWith("\x89PNG\r\n\x1a\n")) return ImageFormat::png;
    if (head.startsWith("\xff\xd8\xff")) return ImageFormat::jpeg;
    if (head.startsWith("RIFF") && head.mid(8, 4) == "WEBP") return ImageFormat::webp;
    if (head.startsWith(QByteArray("II*\0", 4)) || head.startsWith(QByteArray("MM\0*", 4))) return ImageFormat::tiff;
    return std::nullopt;
}

/// Any character of the JSON outside of ASCII stands inside a string, where \u says the same in every kind of text
/// chunk.
std::string asciiJson(const inference::GenerationRequest& request) {
    std::string ascii;
    for (const QChar unit : QString::fromStdString(inference::to_json(request))) {
        if (unit.unicode() < 0x7f) {
            ascii += static_cast<char>(unit.unicode());
        } else {
            ascii += QStringLiteral("\\u%1").arg(static_cast<uint>(unit.unicode()), 4, 16, QLatin1Char('0')).toStdString();
        }
    }
    return ascii;
}

/// Blended in sRGB values, as browsers and layout tools do: the JPEG looks as the PNG does on a page of that colour.
PixelBuffer onMatte(const PixelBuffer& pixels, const QColor& matte) {
    const std::array<int, 3> behind = {matte.red(), matte.green(), matte.blue()};
    PixelBuffer flat{pixels.width, pixels.height, 3, {}};
    flat.bytes.reserve(pixels.bytes.size() / 4 * 3);
    for (std::size_t i = 0; i + 3 < pixels.bytes.size(); i += 4) {
        const int alpha = pixels.bytes[i + 3];
        for (std::size_t c = 0; c < 3; ++c) {
            flat.bytes.push_back(static_cast<std::uint8_t>((pixels.bytes[i + c] * alpha + behind[c] * (255 - alpha) + 127) / 255));
        }
    }
    return flat;
}

std::vector<std::uint8_t> srgbProfile() {
    const QByteArray profile = QColorSpace(QColorSpace::SRgb).iccProfile();
    return {profile.begin(), profile.end()};
}

bool isWellFormed(const PixelBuffer& pixels) {
    return pixels.width > 0 && pixels.height > 0 && (pixels.channels == 3 || pixels.channels == 4) &&
        pixels.bytes.size() ==
        static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) * static_cast<std::size_t>(pixels.channels);
}

int qualityOf(const ExportOptions& options) { return std::clamp(options.quality, 1, 100); }

Result<std::vector<std::uint8_t>> webpFile(const PixelBuffer& pixels, const std::string& json, const ExportOptions& options) {
    auto bytes = encodeWebp(pixels, qualityOf(options));
    return bytes && !json.empty() ? addWebpText(*std::move(bytes), json) : bytes;
}

Result<std::vector<std::uint8_t>> otherFile(const PixelBuffer& pixels, const std::string& json, const ExportOptions& options) {
    const auto codec = imageCodec();
    if (!codec) return tl::unexpected<Error>(codec.error());
    ImageCodec::Encoding encoding;
    encoding.format = codecName(options.format);
    encoding.quality = qualityOf(options);
    encoding.text = json;
    // PNG says sRGB in a chunk of its own.
    if (options.format != ImageFormat::png) encoding.icc_profile = srgbProfile();
    const bool flatten = pixels.channels == 4 && !keepsAlpha(options.format);
    return flatten ? (*codec)->encode(onMatte(pixels, options.matte), encoding) : (*codec)->encode(pixels, encoding);
}

}  // namespace

std::optional<ImageFormat> imageFormatOf(const QString& path) {
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QStringLiteral("png")) return ImageFormat::png;
    if (ending == QStringLiteral("webp")) return ImageFormat::webp;
    if (ending == QStringLiteral("tif") || ending == QStringLiteral("tiff")) return ImageFormat::tiff;
    if (ending == QStringLiteral("jpg") || ending == QStringLiteral("jpeg")) return ImageFormat::jpeg;
    return std::nullopt;
}

Result<ImageFormat> imageFormatInside(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return inference::failure(ErrorCode::io, QString(path + QStringLiteral(": ") + file.errorString()).toStdString());
    const auto format = sniff(file.read(16));
    if (!format) return inference::failure(ErrorCode::corrupt_file, path.toStdString() + " is not a PNG, WebP, TIFF or JPEG file");
    return *format;
}

bool keepsAlpha(ImageFormat format) { return format != ImageFormat::jpeg; }

Result<void> writeImage(const QString& path, const PixelBuffer& pixels, const inference::GenerationRequest& request, const ExportOptions& options) {
    if (!isWellFormed(pixels)) return inference::failure(ErrorCode::internal, "the picture's size contradicts its bytes");
    const std::string json = options.embed_request ? asciiJson(request) : std::string();
    const auto bytes = options.format == ImageFormat::webp ? webpFile(pixels, json, options) : otherFile(pixels, json, options);
    if (!bytes) return inference::failure(bytes.error().code, path.toStdString() + ": " + bytes.error().detail);
    return writeFileSafely(path, *bytes, options.durability);
}

Result<PixelBuffer> readImage(const QString& path) {
    const auto format = imageFormatInside(path);
    if (!format) return tl::unexpected<Error>(format.error());
    if (*format == ImageFormat::webp) return decodeWebp(path, max_pixels);
    const auto codec = imageCodec();
    if (!codec) return tl::unexpected<Error>(codec.error());
    return (*codec)->decode(QFile::encodeName(path).toStdString(), codecName(*format), max_pixels);
}

Result<inference::GenerationRequest> readEmbeddedRequest(const QString& path) {
    const auto format = imageFormatInside(path);
    if (!format) return tl::unexpected<Error>(format.error());
    std::string text;
    if (*format == ImageFormat::webp) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) return inference::failure(ErrorCode::io, file.errorString().toStdString());
        const QByteArray bytes = file.read(max_webp_bytes);
        auto found = readWebpText({reinterpret_cast<const std::uint8_t*>(bytes.constData()), static_cast<std::size_t>(bytes.size())});
        if (!found) return tl::unexpected<Error>(found.error());
        text = *std::move(found);
    } else {
        const auto codec = imageCodec();
        if (!codec) return tl::unexpected<Error>(codec.error());
        auto header = (*codec)->readHeader(QFile::encodeName(path).toStdString(), codecName(*format));
        if (!header) return tl::unexpected<Error>(header.error());
        text = std::move(header->text);
    }
    if (text.empty() || text.front() != '{') {
        return inference::failure(ErrorCode::invalid_request, path.toStdString() + " carries no request of Fuselight");
    }
    return inference::request_from_json(text);
}

}  // namespace app
