// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/webp_metadata.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace app {
namespace {

using inference::ErrorCode;
using inference::Result;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t riff_header = 12;  // "RIFF" size "WEBP"
constexpr std::size_t chunk_header = 8;  // name, size
constexpr std::uint8_t flag_xmp = 0x04;
constexpr std::uint8_t flag_alpha = 0x10;
constexpr std::string_view packet_begin = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                                          "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:description><rdf:Alt>"
                                          "<rdf:li xml:lang=\"x-default\">";
constexpr std::string_view packet_end = "</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>";
constexpr std::array<std::pair<std::string_view, char>, 5> entities = {
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};

struct Chunk {
    std::string_view name;
    std::span<const std::uint8_t> data;
};

std::uint32_t littleEndian(std::span<const std::uint8_t> bytes, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = (value << 8) | bytes[i];
    return value;
}

void append(Bytes& bytes, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void appendChunk(Bytes& bytes, std::string_view name, std::span<const std::uint8_t> data) {
    bytes.insert(bytes.end(), name.begin(), name.end());
    append(bytes, static_cast<std::uint32_t>(data.size()), 4);
    bytes.insert(bytes.end(), data.begin(), data.end());
    if (data.size() % 2 == 1) bytes.push_back(0);
}

std::string_view nameAt(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), 4}; }

/// Every chunk, or nullopt when one reaches past the end.
std::optional<std::vector<Chunk>> chunksOf(std::span<const std::uint8_t> file) {
    if (file.size() < riff_header || nameAt(file) != "RIFF" || nameAt(file.subspan(8)) != "WEBP") return std::nullopt;
    const std::size_t declared = std::size_t{littleEndian(file.subspan(4), 4)} + 8;
    if (declared > file.size()) return std::nullopt;
    std::vector<Chunk> chunks;
    for (auto rest = file.subspan(riff_header, declared - riff_header); rest.size() >= chunk_header;) {
        const std::size_t size = littleEndian(rest.subspan(4), 4);
        if (size > rest.size() - chunk_header) return std::nullopt;
        chunks.push_back({nameAt(rest), rest.subspan(chunk_header, size)});
        rest = rest.subspan(std::min(rest.size(), chunk_header + size + size % 2));
    }
    return chunks;
}

struct Canvas {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool has_alpha = false;
};

/// From the bitstream itself: VP8 frame header (RFC 6386, 9.1) or VP8L header.
std::optional<Canvas> canvasOf(const std::vector<Chunk>& chunks) {
    Canvas canvas;
    for (const Chunk& chunk : chunks) {
        if (chunk.name == "VP8 " && chunk.data.size() >= 10) {
            canvas.width = littleEndian(chunk.data.subspan(6), 2) & 0x3fffu;
            canvas.height = littleEndian(chunk.data.subspan(8), 2) & 0x3fffu;
        } else if (chunk.name == "VP8L" && chunk.data.size() >= 5) {
            const std::uint32_t bits = littleEndian(chunk.data.subspan(1), 4);
            canvas.width = (bits & 0x3fffu) + 1;
            canvas.height = ((bits >> 14) & 0x3fffu) + 1;
            canvas.has_alpha = ((bits >> 28) & 1u) != 0;
        } else if (chunk.name == "ALPH") {
            canvas.has_alpha = true;
        }
    }
    if (canvas.width == 0 || canvas.height == 0) return std::nullopt;
    return canvas;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char character : text) {
        const auto entity = std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return e.second == character; });
        if (entity != entities.end()) {
            out += entity->first;
        } else {
            out += character;
        }
    }
    return out;
}

std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto entity = std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return text.starts_with(e.first); });
        out += entity != entities.end() ? entity->second : text.front();
        text.remove_prefix(entity != entities.end() ? entity->first.size() : 1);
    }
    return out;
}

}  // namespace

Result<Bytes> addWebpText(Bytes file, const std::string& text) {
    const auto chunks = chunksOf(file);
    const auto canvas = chunks ? canvasOf(*chunks) : std::nullopt;
    if (!canvas) return inference::failure(ErrorCode::internal, "the WebP encoder wrote a container that is not known");
    Bytes extended_header;
    append(extended_header, static_cast<std::uint32_t>(flag_xmp | (canvas->has_alpha ? flag_alpha : 0)), 4);
    append(extended_header, canvas->width - 1, 3);
    append(extended_header, canvas->height - 1, 3);
    const std::string packet = std::string(packet_begin) + escaped(text) + std::string(packet_end);
    Bytes out(file.begin(), file.begin() + riff_header);
    appendChunk(out, "VP8X", extended_header);
    for (const Chunk& chunk : *chunks) {
        if (chunk.name != "VP8X" && chunk.name != "XMP ") appendChunk(out, chunk.name, chunk.data);
    }
    appendChunk(out, "XMP ", {reinterpret_cast<const std::uint8_t*>(packet.data()), packet.size()});
    Bytes size;
    append(size, static_cast<std::uint32_t>(out.size() - 8), 4);
    std::copy(size.begin(), size.end(), out.begin() + 4);
    return out;
}

Result<std::string> readWebpText(std::span<const std::uint8_t> file) {
    const auto chunks = chunksOf(file);
    if (!chunks) return inference::failure(ErrorCode::corrupt_file, "the WebP container is damaged");
    for (const Chunk& chunk : *chunks) {
        if (chunk.name != "XMP ") continue;
        const std::string_view packet(reinterpret_cast<const char*>(chunk.data.data()), chunk.data.size());
        const std::size_t begin = packet.find(packet_begin);
        const std::size_t end = packet.find(packet_end);
        if (begin == std::string_view::npos || end == std::string_view::npos || end < begin + packet_begin.size()) continue;
        return unescaped(packet.substr(begin + packet_begin.size(), end - begin - packet_begin.size()));
    }
    return std::string();
}

}  // namespace app
