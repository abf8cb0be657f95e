// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/pixel_buffer.h"
#include "inference/api/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace app {

/// What the imaging module offers; Qt-free, so that only the module maps OpenImageIO. Stateless: any thread.
class ImageCodec {
public:
    /// A file in memory, sRGB, straight alpha. `format` is OpenImageIO's name: "png", "tiff" or "jpeg".
    struct Encoding {
        std::string format;
        int quality = 92;                       ///< JPEG
        std::string text;                       ///< ASCII for the metadata; empty: none
        std::vector<std::uint8_t> icc_profile;  ///< for formats without a word for sRGB; empty: none
    };
    struct Header {
        std::string text;  ///< what Encoding::text was; empty when the file carries none
    };

    virtual ~ImageCodec() = default;

    [[nodiscard]] virtual inference::Result<std::vector<std::uint8_t>> encode(const inference::PixelBuffer& pixels, const Encoding& encoding) = 0;
    /// Reads `path` as `format`. Errors: io, corrupt_file (also when it has over `max_pixels`).
    [[nodiscard]] virtual inference::Result<inference::PixelBuffer> decode(const std::string& path, const std::string& format,
                                                                           std::int64_t max_pixels) = 0;
    [[nodiscard]] virtual inference::Result<Header> readHeader(const std::string& path, const std::string& format) = 0;
};

/// The module's one exported function.
constexpr const char* image_codec_entry = "fuselight_image_codec";

}  // namespace app
