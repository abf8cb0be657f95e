// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/prompt_tokenizer.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <sentencepiece_processor.h>

namespace inference {
namespace {

constexpr std::uintmax_t max_model_bytes = 256u << 20;

}  // namespace

Result<std::unique_ptr<SentencePieceTokenizer>> SentencePieceTokenizer::open(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) {
        return failure(ErrorCode::model_not_found, path + ": " + error.message());
    }
    if (error) return failure(ErrorCode::io, path + ": " + error.message());
    if (size == 0 || size > max_model_bytes) return failure(ErrorCode::corrupt_file, path + ": not a SentencePiece model");
    auto processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
    if (const auto status = processor->Load(path); !status.ok()) {
        return failure(ErrorCode::corrupt_file, path + ": " + status.ToString());
    }
    if (processor->bos_id() < 0) return failure(ErrorCode::corrupt_file, path + ": the vocabulary has no BOS piece");
    return std::unique_ptr<SentencePieceTokenizer>(new SentencePieceTokenizer(std::move(processor)));
}

SentencePieceTokenizer::SentencePieceTokenizer(std::unique_ptr<sentencepiece::SentencePieceProcessor> processor) : processor_(std::move(processor)) {}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

EncodedPrompt SentencePieceTokenizer::encode(const std::string& prompt, int limit) const {
    EncodedPrompt result;
    result.cut_at_byte = prompt.size();
    const auto keep = static_cast<std::size_t>(std::max(limit, 1));
    const auto text = processor_->EncodeAsImmutableProto(prompt);
    const auto pieces = static_cast<int>(text.pieces_size());
    result.uncut_count = pieces + 1;
    result.ids.reserve(std::min(keep, static_cast<std::size_t>(pieces) + 1));
    result.ids.push_back(processor_->bos_id());
    for (int i = 0; i < pieces; ++i) {
        const auto piece = text.pieces(i);
        if (result.ids.size() == keep) {
            // A character spelled in bytes is one span shared by its pieces: when some of them are cut, all of it is.
            result.cut_at_byte = std::min<std::size_t>(piece.begin(), prompt.size());
            break;
        }
        result.ids.push_back(static_cast<int>(piece.id()));
    }
    return result;
}

PromptTokens SentencePieceTokenizer::measure(const std::string& prompt, int limit) const {
    const auto encoded = encode(prompt, limit);
    return {encoded.uncut_count, limit, encoded.cut_at_byte};
}

int SentencePieceTokenizer::vocabulary_size() const { return processor_->GetPieceSize(); }

Result<std::unique_ptr<PromptTokenizer>> make_prompt_tokenizer(const std::string& tokenizer_model_path) {
    auto tokenizer = SentencePieceTokenizer::open(tokenizer_model_path);
    if (!tokenizer) return tl::unexpected<Error>(tokenizer.error());
    return std::unique_ptr<PromptTokenizer>(*std::move(tokenizer));
}

}  // namespace inference
