// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inference/api/result.h"

namespace inference {

/// The tokens that a tokenizer_config.json lists in `added_tokens_decoder`: they are cut out of a text as they are written, before the
/// vocabulary sees the rest.
class AddedTokens {
public:
    /// A stretch of the text: an added token, or text between two.
    struct Piece {
        std::size_t begin = 0, end = 0;  ///< bytes
        int id = -1;                     ///< of the added token; -1: text
    };

    AddedTokens() = default;
    /// An absent file lists none. Errors: corrupt_file, io.
    static Result<AddedTokens> open(const std::string& tokenizer_config_path);

    void add(const std::string& content, int id) { insert(content, {id, false, false}); }
    bool empty() const noexcept { return tokens_.empty(); }

    /// Leftmost first, the longest of those that start there. Text pieces are never empty.
    std::vector<Piece> split(std::string_view text) const;

private:
    struct Token {
        int id = -1;
        bool strips_left = false, strips_right = false;  ///< takes the blanks beside it
    };

    void insert(const std::string& content, const Token& token);
    /// Bytes of the longest token at `at`; 0: none.
    std::size_t match(std::string_view text, std::size_t at) const;

    std::map<std::string, Token, std::less<>> tokens_;
    std::map<std::size_t, int, std::greater<>> lengths_;  ///< of the tokens, longest first
    std::array<bool, 256> starts_{};                      ///< bytes that a token can start with
};

}  // namespace inference
