// SPDX-License-Identifier: Apache-2.0
// The imaging module: the only file that includes OpenImageIO.
#include "app/imaging/image_codec.h"

#include <OpenImageIO/filesystem.h>
#include <OpenImageIO/imageio.h>

#include <memory>
#include <utility>

namespace app {
namespace {

using inference::ErrorCode;
using inference::PixelBuffer;
using inference::Result;

/// The text chunk of a PNG; other formats have one place for words and it is the description.
constexpr const char* png_text_key = "fuselight";
constexpr const char* description_key = "ImageDescription";
/// A JPEG segment ends at 65,533 bytes; of a TIFF's words OpenImageIO 2.4 reads the first 65,536. A request cut in two is none.
constexpr std::size_t max_segment_text = 60000;

std::string wordsOf(const std::string& message, const char* otherwise) { return message.empty() ? otherwise : message; }

const char* textKey(const std::string& format) { return format == "png" ? png_text_key : description_key; }

class OpenImageIoCodec final : public ImageCodec {
public:
    // One thread: pictures are written and read on pools of our own, beside an engine that wants every core.
    OpenImageIoCodec() { OIIO::attribute("threads", 1); }

    Result<std::vector<std::uint8_t>> encode(const PixelBuffer& pixels, const Encoding& encoding) override {
        auto output = OIIO::ImageOutput::create(encoding.format);
        if (!output) return inference::failure(ErrorCode::io, wordsOf(OIIO::geterror(), "the image format cannot be written"));
        OIIO::ImageSpec spec(pixels.width, pixels.height, pixels.channels, OIIO::TypeDesc::UINT8);
        // In a TIFF this word becomes an Exif directory, which OpenImageIO 2.4 cannot write to memory: the file has no
        // readable directory then. The profile says it there.
        if (encoding.format != "tiff") spec.attribute("oiio:ColorSpace", "sRGB");
        spec.attribute("oiio:UnassociatedAlpha", 1);
        describe(spec, encoding);
        OIIO::Filesystem::IOVecOutput memory;
        if (!output->set_ioproxy(&memory) || !output->open("picture", spec) || !output->write_image(OIIO::TypeDesc::UINT8, pixels.bytes.data()) ||
            !output->close()) {
            return inference::failure(ErrorCode::io, wordsOf(output->geterror(), "the picture cannot be encoded"));
        }
        return std::move(memory.buffer());
    }

    Result<PixelBuffer> decode(const std::string& path, const std::string& format, std::int64_t max_pixels) override {
        auto input = OIIO::ImageInput::create(format);
        if (!input) return inference::failure(ErrorCode::io, wordsOf(OIIO::geterror(), "the image format cannot be read"));
        OIIO::ImageSpec wishes;
        wishes.attribute("oiio:UnassociatedAlpha", 1);
        OIIO::ImageSpec spec;
        if (!input->open(path, spec, wishes)) return broken(path, input->geterror());
        if (spec.width < 1 || spec.height < 1 || spec.depth > 1 || spec.nchannels < 1 || spec.nchannels > 64) {
            return broken(path, "not a flat picture");
        }
        if (static_cast<std::int64_t>(spec.width) * spec.height > max_pixels) {
            return broken(path,
                          "it has " + std::to_string(spec.width) + " x " + std::to_string(spec.height) + " pixels; at most " +
                              std::to_string(max_pixels) + " are read");
        }
        const bool has_colour = spec.nchannels >= 3;
        const bool has_alpha = spec.nchannels == 2 || spec.nchannels >= 4;
        const int stored = has_colour ? (has_alpha ? 4 : 3) : spec.nchannels;
        const auto count = static_cast<std::size_t>(spec.width) * static_cast<std::size_t>(spec.height);
        std::vector<std::uint8_t> bytes(count * static_cast<std::size_t>(stored));
        // A TIFF that ends too early is read as black, with a complaint.
        if (!input->read_image(0, 0, 0, stored, OIIO::TypeDesc::UINT8, bytes.data()) || input->has_error()) return broken(path, input->geterror());
        PixelBuffer pixels;
        pixels.width = spec.width;
        pixels.height = spec.height;
        pixels.channels = has_alpha ? 4 : 3;
        pixels.bytes = has_colour ? std::move(bytes) : fromGrey(bytes, count, has_alpha);
        return upright(std::move(pixels), spec.get_int_attribute("Orientation", 1));
    }

    Result<Header> readHeader(const std::string& path, const std::string& format) override {
        auto input = OIIO::ImageInput::create(format);
        OIIO::ImageSpec spec;
        if (!input || !input->open(path, spec)) return broken(path, input ? input->geterror() : OIIO::geterror());
        return Header{std::string(spec.get_string_attribute(textKey(format)))};
    }

private:
    static void describe(OIIO::ImageSpec& spec, const Encoding& encoding) {
        const std::string quality = std::to_string(encoding.quality);
        if (encoding.format == "jpeg") {
            spec.attribute("Compression", "jpeg:" + quality);
            // Half-resolution colour smears the edges of flat, saturated drawings.
            if (encoding.quality >= 90) spec.attribute("jpeg:subsampling", "4:4:4");
        } else if (encoding.format == "tiff") {
            spec.attribute("Compression", "zip");
        }
        if (!encoding.icc_profile.empty()) {
            spec.attribute("ICCProfile", OIIO::TypeDesc(OIIO::TypeDesc::UINT8, static_cast<int>(encoding.icc_profile.size())),
                           encoding.icc_profile.data());
        }
        const bool bounded = encoding.format == "jpeg" || encoding.format == "tiff";
        if (encoding.text.empty() || (bounded && encoding.text.size() > max_segment_text)) return;
        spec.attribute(textKey(encoding.format), encoding.text);
    }

    static tl::unexpected<inference::Error> broken(const std::string& path, const std::string& words) {
        return inference::failure(ErrorCode::corrupt_file, path + ": " + wordsOf(words, "the picture is damaged"));
    }

    /// As a camera was held. `orientation` is Exif's: 2 to 4 mirror and turn in place, 5 to 8 swap the sides.
    static PixelBuffer upright(PixelBuffer pixels, int orientation) {
        if (orientation < 2 || orientation > 8) return pixels;
        const bool swaps = orientation >= 5;
        const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        const bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        const auto channels = static_cast<std::size_t>(pixels.channels);
        PixelBuffer turned{swaps ? pixels.height : pixels.width, swaps ? pixels.width : pixels.height, pixels.channels, {}};
        turned.bytes.reserve(pixels.bytes.size());
        for (int y = 0; y < turned.height; ++y) {
            for (int x = 0; x < turned.width; ++x) {
                const int along = swaps ? y : x, down = swaps ? x : y;
                const auto column = static_cast<std::size_t>(from_right ? pixels.width - 1 - along : along);
                const auto row = static_cast<std::size_t>(from_below ? pixels.height - 1 - down : down);
                const auto at =
                    pixels.bytes.begin() + static_cast<std::ptrdiff_t>((row * static_cast<std::size_t>(pixels.width) + column) * channels);
                turned.bytes.insert(turned.bytes.end(), at, at + pixels.channels);
            }
        }
        return turned;
    }

    static std::vector<std::uint8_t> fromGrey(const std::vector<std::uint8_t>& grey, std::size_t count, bool has_alpha) {
        std::vector<std::uint8_t> colour;
        colour.reserve(count * (has_alpha ? 4 : 3));
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint8_t value = grey[has_alpha ? i * 2 : i];
            colour.insert(colour.end(), 3, value);
            if (has_alpha) colour.push_back(grey[i * 2 + 1]);
        }
        return colour;
    }
};

}  // namespace
}  // namespace app

extern "C" __attribute__((visibility("default"))) app::ImageCodec* fuselight_image_codec() {
    static app::OpenImageIoCodec codec;
    return &codec;
}
