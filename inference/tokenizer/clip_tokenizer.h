// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "inference/api/result.h"
#include "inference/tokenizer/added_tokens.h"

namespace inference {

/// CLIP's byte-level BPE over lower-cased words, as transformers' CLIPTokenizer runs it without ftfy; text is taken to be in composed form.
class ClipTokenizer {
public:
    /// @param folder  with vocab.json and merges.txt; tokenizer_config.json and special_tokens_map.json may name the special tokens.
    /// Errors: model_not_found, corrupt_file, io, naming the file.
    static Result<std::unique_ptr<ClipTokenizer>> open(const std::string& folder);

    /// Start token, text, end token, padding: exactly `length` ids; the text's tail is cut where it does not fit.
    std::vector<int> encode(const std::string& text, int length) const;

private:
    ClipTokenizer() = default;
    void encode_words(std::string_view text, std::vector<int>& ids) const;
    void encode_word(const std::u32string& word, std::vector<int>& ids) const;

    std::unordered_map<std::string, int> vocabulary_;
    std::unordered_map<std::string, int> ranks_;  ///< "left right" -> order of the merge
    AddedTokens added_;
    int start_ = 0, end_ = 0, unknown_ = 0, padding_ = 0;
};

}  // namespace inference
