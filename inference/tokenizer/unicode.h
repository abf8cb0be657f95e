// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace inference::unicode {

/// Unicode's general categories as far as the CLIP tokenizer tells them apart.
enum class CharacterClass {
    other,   ///< C: control, format, private use, not assigned; but not tab, newline and carriage return
    space,   ///< Zs, tab, newline, carriage return
    letter,  ///< L
    number,  ///< N
    mark     ///< everything else: punctuation, symbols, combining marks, line separators
};

CharacterClass class_of(char32_t character);

/// One character to one character; those that become two are left alone.
char32_t lower(char32_t character);

/// Whether the character has a case, as far as lower() knows: one that it changes or changes into.
bool is_cased(char32_t character);

/// A broken sequence becomes U+FFFD.
std::u32string decode(std::string_view utf8);
std::string encode(std::u32string_view text);

}  // namespace inference::unicode
