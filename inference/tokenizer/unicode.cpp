// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/unicode.h"

namespace inference::unicode {
namespace {

constexpr char32_t replacement = 0xFFFD;

/// Bytes of the sequence that a lead byte announces; 0: it is none.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

}  // namespace

std::u32string decode(std::string_view utf8) {
    std::u32string text;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const auto length = sequence_length(lead);
        char32_t character = length == 1 ? lead : lead & (0xFFu >> (length + 1));
        std::size_t read = 1;
        while (read < length && i + read < utf8.size() && (static_cast<unsigned char>(utf8[i + read]) & 0xC0u) == 0x80u) {
            character = (character << 6) | (static_cast<unsigned char>(utf8[i + read]) & 0x3Fu);
            ++read;
        }
        const bool whole = length > 0 && read == length && character <= 0x10FFFF;
        text.push_back(whole ? character : replacement);
        i += read;
    }
    return text;
}

std::string encode(std::u32string_view text) {
    std::string utf8;
    for (const auto character : text) {
        const auto tail = [&](unsigned shift) { utf8.push_back(static_cast<char>(0x80u | ((character >> shift) & 0x3Fu))); };
        if (character < 0x80) {
            utf8.push_back(static_cast<char>(character));
        } else if (character < 0x800) {
            utf8.push_back(static_cast<char>(0xC0u | (character >> 6)));
            tail(0);
        } else if (character < 0x10000) {
            utf8.push_back(static_cast<char>(0xE0u | (character >> 12)));
            tail(6);
            tail(0);
        } else {
            utf8.push_back(static_cast<char>(0xF0u | (character >> 18)));
            tail(12);
            tail(6);
            tail(0);
        }
    }
    return utf8;
}

}  // namespace inference::unicode
