// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/prompt_tokenizer.h"

#include <algorithm>
#include <exception>
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
    try {
        if (const auto status = processor->Load(path); !status.ok()) {
            return failure(ErrorCode::corrupt_file, path + ": " + status.ToString());
        }
    } catch (const std::exception& thrown) {  // its tries throw, at a piece without letters for one
        return failure(ErrorCode::corrupt_file, path + ": not a SentencePiece model (" + thrown.what() + ")");
    }
    if (processor->bos_id() < 0) return failure(ErrorCode::corrupt_file, path + ": the vocabulary has no BOS piece");
    auto added = AddedTokens::open((std::filesystem::path(path).parent_path() / "tokenizer_config.json").string());
    if (!added) return tl::unexpected<Error>(added.error());
    return std::unique_ptr<SentencePieceTokenizer>(new SentencePieceTokenizer(std::move(processor), *std::move(added)));
}

SentencePieceTokenizer::SentencePieceTokenizer(std::unique_ptr<sentencepiece::SentencePieceProcessor> processor, AddedTokens added) :
    processor_(std::move(processor)), added_(std::move(added)) {}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

EncodedPrompt SentencePieceTokenizer::encode(const std::string& prompt, int limit) const {
    EncodedPrompt result;
    result.cut_at_byte = prompt.size();
    result.uncut_count = 1;
    const auto keep = static_cast<std::size_t>(std::max(limit, 1));
    result.ids.push_back(processor_->bos_id());
    const auto take = [&](int id, std::size_t begin) {
        result.uncut_count += 1;
        if (result.ids.size() < keep) result.ids.push_back(id);
        // A character spelled in bytes is one span shared by its pieces: when some of them are cut, all of it is.
        else result.cut_at_byte = std::min(result.cut_at_byte, begin);
    };
    for (const auto& piece : added_.split(prompt)) {
        if (piece.id >= 0) {
            take(piece.id, piece.begin);
            continue;
        }
        const auto text = processor_->EncodeAsImmutableProto(std::string_view(prompt).substr(piece.begin, piece.end - piece.begin));
        for (int i = 0; i < static_cast<int>(text.pieces_size()); ++i) {
            const auto token = text.pieces(i);
            take(static_cast<int>(token.id()), piece.begin + token.begin());
        }
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
