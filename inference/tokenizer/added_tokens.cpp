// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/added_tokens.h"

#include <charconv>

#include "inference/tokenizer/json_file.h"

namespace inference {
namespace {

constexpr std::size_t max_tokens = 1'000'000;
constexpr std::size_t max_quote = 60;
constexpr std::size_t max_token_bytes = 256;  ///< each length costs a look-up at each place of the text

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool flag(const nlohmann::json& token, const char* name) {
    const auto found = token.find(name);
    return found != token.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

Result<AddedTokens> AddedTokens::open(const std::string& tokenizer_config_path) {
    AddedTokens tokens;
    const auto json = read_json_object_if_there(tokenizer_config_path);
    if (!json) return tl::unexpected<Error>(json.error());
    const auto listed = json->find("added_tokens_decoder");
    if (listed == json->end() || listed->is_null()) return tokens;
    const auto corrupt = [&](const std::string& what) {
        return failure(ErrorCode::corrupt_file, tokenizer_config_path + ": added_tokens_decoder " + what);
    };
    if (!listed->is_object() || listed->size() > max_tokens) return corrupt("must be an object of tokens");
    for (const auto& [key, token] : listed->items()) {
        int id = -1;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
        const bool number = error == std::errc() && end == key.data() + key.size() && id >= 0;
        const auto content = token.is_object() ? token.find("content") : token.end();
        if (!number || !token.is_object() || content == token.end() || !content->is_string()) {
            return corrupt("holds a malformed token \"" + key.substr(0, max_quote) + "\"");
        }
        const auto text = content->get<std::string>();
        if (text.size() > max_token_bytes) return corrupt("holds a token of " + std::to_string(text.size()) + " bytes");
        tokens.insert(text, {id, flag(token, "lstrip"), flag(token, "rstrip")});
    }
    return tokens;
}

void AddedTokens::insert(const std::string& content, const Token& token) {
    if (content.empty()) return;
    if (tokens_.insert_or_assign(content, token).second) ++lengths_[content.size()];
    starts_[static_cast<unsigned char>(content.front())] = true;
}

std::size_t AddedTokens::match(std::string_view text, std::size_t at) const {
    if (!starts_[static_cast<unsigned char>(text[at])]) return 0;
    for (const auto& [length, count] : lengths_) {
        if (length <= text.size() - at && tokens_.contains(text.substr(at, length))) return length;
    }
    return 0;
}

std::vector<AddedTokens::Piece> AddedTokens::split(std::string_view text) const {
    std::vector<Piece> pieces;
    const auto add_text = [&](std::size_t begin, std::size_t end) {
        if (begin < end) pieces.push_back({begin, end, -1});
    };
    std::size_t begin = 0, at = 0;
    while (at < text.size()) {
        const auto length = match(text, at);
        if (length == 0) {
            ++at;
            continue;
        }
        const auto& token = tokens_.find(text.substr(at, length))->second;
        auto end = at;
        while (token.strips_left && end > begin && is_blank(text[end - 1])) --end;
        add_text(begin, end);
        pieces.push_back({at, at + length, token.id});
        begin = at += length;
        while (token.strips_right && begin < text.size() && is_blank(text[begin])) begin = ++at;
    }
    add_text(begin, text.size());
    return pieces;
}

}  // namespace inference
