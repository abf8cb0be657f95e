// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/clip_tokenizer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "inference/tokenizer/json_file.h"
#include "inference/tokenizer/unicode.h"

namespace inference {
namespace {

using unicode::CharacterClass;

constexpr std::size_t max_merges = 49152 - 256 - 2;  ///< the library reads no more
constexpr std::size_t max_word_symbols = 4096;       ///< bytes of one word; merging is quadratic
constexpr std::size_t max_quote = 60;                ///< of a damaged file in a sentence
constexpr const char* word_end = "</w>";

/// GPT-2's way to write any byte as a printable character: those that are printable in Latin-1 stand for themselves.
std::array<std::string, 256> byte_symbols() {
    std::array<std::string, 256> symbols;
    char32_t next = 256;
    for (char32_t byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
        symbols[byte] = unicode::encode(std::u32string(1, printable ? byte : next++));
    }
    return symbols;
}

bool is_chinese(char32_t c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2CEAF) ||
        (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

/// What Python's str.split() splits at, beside the class `space`.
bool is_separator(char32_t c) { return unicode::class_of(c) == CharacterClass::space || c == 0x2028 || c == 0x2029; }

/// Marks that Unicode's rule for the final sigma looks through.
bool is_case_ignorable(char32_t c) {
    constexpr std::u32string_view marks = U"'.:^`\u00A8\u00AD\u00AF\u00B4\u00B7\u00B8\u2018\u2019\u2024\u2027";
    return marks.find(c) != std::u32string_view::npos || (c >= 0x300 && c <= 0x36F);
}

/// Greek sigma at the end of a word has a form of its own: a letter with a case stands before it and none after.
bool ends_word(const std::u32string& word, std::size_t i) {
    auto before = i;
    while (before > 0 && is_case_ignorable(word[before - 1])) --before;
    auto after = i + 1;
    while (after < word.size() && is_case_ignorable(word[after])) ++after;
    return before > 0 && unicode::is_cased(word[before - 1]) && !(after < word.size() && unicode::is_cased(word[after]));
}

std::u32string lowered(const std::u32string& word) {
    std::u32string result;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == U'\u0130') result += U"i\u0307";
        else if (word[i] == U'\u03A3') result += ends_word(word, i) ? U'\u03C2' : U'\u03C3';
        else result += unicode::lower(word[i]);
    }
    return result;
}

/// Lower-case words: without control characters, split at blanks and around Chinese characters.
std::vector<std::u32string> clean_words(std::string_view text) {
    std::vector<std::u32string> words;
    std::u32string word;
    const auto finish = [&] {
        if (!word.empty()) words.push_back(lowered(word));
        word.clear();
    };
    for (const auto c : unicode::decode(text)) {
        if (c == 0xFFFD || unicode::class_of(c) == CharacterClass::other) continue;
        if (is_separator(c)) {
            finish();
        } else if (is_chinese(c)) {
            finish();
            word.push_back(c);
            finish();
        } else {
            word.push_back(c);
        }
    }
    finish();
    return words;
}

/// An apostrophe with the letters that English puts after it, at `at`; 0: none.
std::size_t contraction(const std::u32string& word, std::size_t at) {
    if (word[at] != U'\'') return 0;
    for (const std::u32string_view ending : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
        if (word.compare(at, ending.size(), ending) == 0) return ending.size();
    }
    return 0;
}

/// Cuts a word where letters, single digits and the rest meet.
std::vector<std::u32string> cut(const std::u32string& word) {
    std::vector<std::u32string> parts;
    for (std::size_t at = 0; at < word.size();) {
        auto length = contraction(word, at);
        if (length == 0) {
            const auto kind = unicode::class_of(word[at]);
            const auto same = [&](char32_t c) {
                const auto other = unicode::class_of(c);
                return kind == CharacterClass::letter ? other == kind : other != CharacterClass::letter && other != CharacterClass::number;
            };
            length = 1;
            while (kind != CharacterClass::number && at + length < word.size() && same(word[at + length])) ++length;
        }
        parts.push_back(word.substr(at, length));
        at += length;
    }
    return parts;
}

/// The text of a special token in a config: plain, or an object with `content`.
std::string token_text(const nlohmann::json& config, const char* name) {
    const auto found = config.find(name);
    if (found == config.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    if (!found->is_object()) return {};
    const auto content = found->find("content");
    return content != found->end() && content->is_string() ? content->get<std::string>() : std::string();
}

Result<std::unordered_map<std::string, int>> read_vocabulary(const std::string& path) {
    const auto json = read_json_object(path);
    if (!json) return tl::unexpected<Error>(json.error());
    std::unordered_map<std::string, int> vocabulary;
    for (const auto& [token, id] : json->items()) {
        const bool number = id.is_number_integer() && id.get<std::int64_t>() >= 0 && id.get<std::int64_t>() <= std::numeric_limits<int>::max();
        if (!number) return failure(ErrorCode::corrupt_file, path + ": token \"" + token.substr(0, max_quote) + "\" has no id");
        vocabulary.emplace(token, id.get<int>());
    }
    return vocabulary;
}

/// One merge a line, "left right", after a line that says the version.
Result<std::unordered_map<std::string, int>> read_merges(const std::string& path) {
    const auto text = read_tokenizer_file(path);
    if (!text) return tl::unexpected<Error>(text.error());
    std::unordered_map<std::string, int> ranks;
    auto begin = text->find('\n');
    while (begin != std::string::npos && begin + 1 < text->size() && ranks.size() < max_merges) {
        const auto end = text->find('\n', begin + 1);
        auto line = text->substr(begin + 1, end == std::string::npos ? end : end - begin - 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        begin = end;
        if (line.empty()) continue;
        if (std::count(line.begin(), line.end(), ' ') != 1)
            return failure(ErrorCode::corrupt_file, path + ": \"" + line.substr(0, max_quote) + "\" is not a merge");
        ranks.emplace(std::move(line), static_cast<int>(ranks.size()));
    }
    return ranks;
}

}  // namespace

Result<std::unique_ptr<ClipTokenizer>> ClipTokenizer::open(const std::string& folder) {
    std::unique_ptr<ClipTokenizer> tokenizer(new ClipTokenizer);
    auto vocabulary = read_vocabulary(folder + "/vocab.json");
    if (!vocabulary) return tl::unexpected<Error>(vocabulary.error());
    auto ranks = read_merges(folder + "/merges.txt");
    if (!ranks) return tl::unexpected<Error>(ranks.error());
    const auto config = read_json_object_if_there(folder + "/tokenizer_config.json"),
               map = read_json_object_if_there(folder + "/special_tokens_map.json");
    for (const auto* json : {&config, &map}) {
        if (!*json) return tl::unexpected<Error>(json->error());
    }
    auto added = AddedTokens::open(folder + "/tokenizer_config.json");
    if (!added) return tl::unexpected<Error>(added.error());
    tokenizer->vocabulary_ = *std::move(vocabulary);
    tokenizer->ranks_ = *std::move(ranks);
    tokenizer->added_ = *std::move(added);
    const struct {
        const char* name;
        const char* usual;
        int& id;
    } specials[] = {{"bos_token", "<|startoftext|>", tokenizer->start_},
                    {"eos_token", "<|endoftext|>", tokenizer->end_},
                    {"unk_token", "<|endoftext|>", tokenizer->unknown_},
                    {"pad_token", "<|endoftext|>", tokenizer->padding_}};
    for (const auto& special : specials) {
        auto text = token_text(*map, special.name);
        if (text.empty()) text = token_text(*config, special.name);
        if (text.empty()) text = special.usual;
        const auto found = tokenizer->vocabulary_.find(text);
        if (found == tokenizer->vocabulary_.end())
            return failure(ErrorCode::corrupt_file, folder + "/vocab.json: has no " + special.name + " \"" + text.substr(0, max_quote) + "\"");
        special.id = found->second;
        tokenizer->added_.add(text, found->second);
    }
    return tokenizer;
}

std::vector<int> ClipTokenizer::encode(const std::string& text, int length) const {
    std::vector<int> ids = {start_};
    for (const auto& piece : added_.split(text)) {
        if (piece.id >= 0) ids.push_back(piece.id);
        else encode_words(std::string_view(text).substr(piece.begin, piece.end - piece.begin), ids);
    }
    const auto wanted = static_cast<std::size_t>(std::max(length, 2));
    if (ids.size() > wanted - 1) ids.resize(wanted - 1);
    ids.push_back(end_);
    ids.resize(wanted, padding_);
    return ids;
}

void ClipTokenizer::encode_words(std::string_view text, std::vector<int>& ids) const {
    for (const auto& word : clean_words(text)) {
        for (const auto& part : cut(word)) encode_word(part, ids);
    }
}

void ClipTokenizer::encode_word(const std::u32string& word, std::vector<int>& ids) const {
    static const auto symbols_of_bytes = byte_symbols();
    std::vector<std::string> symbols;
    for (const auto byte : unicode::encode(word)) {
        if (symbols.size() < max_word_symbols) symbols.push_back(symbols_of_bytes[static_cast<unsigned char>(byte)]);
    }
    symbols.back() += word_end;
    while (symbols.size() > 1) {
        int best = std::numeric_limits<int>::max();
        std::size_t at = 0;
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
            const auto found = ranks_.find(symbols[i] + " " + symbols[i + 1]);
            if (found == ranks_.end() || found->second >= best) continue;
            best = found->second;
            at = i;
        }
        if (best == std::numeric_limits<int>::max()) break;
        // Everywhere in the word at once, left to right.
        const std::string left = symbols[at], right = symbols[at + 1];
        std::vector<std::string> merged;
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            const bool pair = i + 1 < symbols.size() && symbols[i] == left && symbols[i + 1] == right;
            merged.push_back(pair ? left + right : symbols[i]);
            if (pair) ++i;
        }
        symbols = std::move(merged);
    }
    for (const auto& symbol : symbols) {
        const auto found = vocabulary_.find(symbol);
        ids.push_back(found == vocabulary_.end() ? unknown_ : found->second);
    }
}

}  // namespace inference
