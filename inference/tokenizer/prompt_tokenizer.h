// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "inference/api/prompt_tokenizer.h"
#include "inference/api/result.h"
#include "inference/tokenizer/added_tokens.h"

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace inference {

/// A prompt as the model reads it.
struct EncodedPrompt {
    std::vector<int> ids;         ///< BOS first, no EOS, at most `limit`
    int uncut_count = 0;          ///< tokens with BOS before the cut
    std::size_t cut_at_byte = 0;  ///< see PromptTokens
};

/// The text model's SentencePiece vocabulary (BPE with byte fallback), with the added tokens of the tokenizer_config.json beside it. Needs no
/// libtorch; the token counter and the engine share it.
class SentencePieceTokenizer final : public PromptTokenizer {
public:
    /// Errors: model_not_found (absent), corrupt_file (not a SentencePiece model, or one without BOS).
    static Result<std::unique_ptr<SentencePieceTokenizer>> open(const std::string& tokenizer_model_path);
    ~SentencePieceTokenizer() override;

    PromptTokens measure(const std::string& prompt, int limit) const override;
    EncodedPrompt encode(const std::string& prompt, int limit) const;
    int vocabulary_size() const;

private:
    SentencePieceTokenizer(std::unique_ptr<sentencepiece::SentencePieceProcessor> processor, AddedTokens added);

    std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
    AddedTokens added_;
};

/// For the front end. Errors: as SentencePieceTokenizer::open.
Result<std::unique_ptr<PromptTokenizer>> make_prompt_tokenizer(const std::string& tokenizer_model_path);

}  // namespace inference
