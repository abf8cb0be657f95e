// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QString>
#include <optional>

#include "app/imaging/safe_file.h"
#include "inference/api/generation_request.h"
#include "inference/api/pixel_buffer.h"
#include "inference/api/result.h"

namespace app {

enum class ImageFormat { png, webp, tiff, jpeg };

/// From the file name's ending; nullopt for anything else.
std::optional<ImageFormat> imageFormatOf(const QString& path);
/// From the first bytes, whatever the file is called. Errors: io, corrupt_file (none of the four).
[[nodiscard]] inference::Result<ImageFormat> imageFormatInside(const QString& path);
bool keepsAlpha(ImageFormat format);

struct ExportOptions {
    ImageFormat format = ImageFormat::png;
    QColor matte = Qt::white;   ///< what shows through where the format has no alpha (JPEG)
    int quality = 92;           ///< 1 to 100, JPEG and WebP (100: lossless WebP)
    bool embed_request = true;  ///< the request as JSON in the metadata
    Durability durability = Durability::flushed;
};

/// Writes a picture: straight alpha, sRGB said in the file, written beside the target and renamed, so that a full disk or a
/// crash never leaves half a file. Any thread. Errors: io with the encoder's or the system's words.
[[nodiscard]] inference::Result<void> writeImage(const QString& path, const inference::PixelBuffer& pixels,
                                                 const inference::GenerationRequest& request, const ExportOptions& options);

/// Reads a picture as straight-alpha bytes; refuses over 64 megapixels before anything is allocated. Any thread.
[[nodiscard]] inference::Result<inference::PixelBuffer> readImage(const QString& path);

/// The request that a picture of ours carries. Errors: io, corrupt_file; invalid_request when the file is fine and carries none.
[[nodiscard]] inference::Result<inference::GenerationRequest> readEmbeddedRequest(const QString& path);

}  // namespace app
