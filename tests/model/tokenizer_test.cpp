// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/tokenizer/added_tokens.h"
#include "inference/tokenizer/clip_tokenizer.h"
#include "inference/tokenizer/unicode.h"
#include "tests/support/temporary_folder.h"

namespace {

using inference::AddedTokens;
using inference::ClipTokenizer;
using inference::ErrorCode;

std::vector<std::string> pieces(const AddedTokens& tokens, const std::string& text) {
    std::vector<std::string> result;
    for (const auto& piece : tokens.split(text)) {
        auto& written = result.emplace_back(piece.id >= 0 ? "#" : text.substr(piece.begin, piece.end - piece.begin));
        if (piece.id >= 0) written += std::to_string(piece.id);
    }
    return result;
}

TEST(AddedTokens, areCutOutWithTheBlanksAroundThemKept) {
    AddedTokens tokens;
    tokens.add("<bos>", 2);
    tokens.add("\n\n", 108);
    EXPECT_EQ(pieces(tokens, "a <bos> b\n\n\tc"), (std::vector<std::string>{"a ", "#2", " b", "#108", "\tc"}));
    EXPECT_EQ(pieces(tokens, "<bos><bos>"), (std::vector<std::string>{"#2", "#2"}));
    EXPECT_EQ(pieces(tokens, ""), std::vector<std::string>{});
    EXPECT_EQ(pieces(tokens, "<bos"), std::vector<std::string>{"<bos"});
}

TEST(AddedTokens, theLongestOfThoseThatStartAtAPlaceWins) {
    AddedTokens tokens;
    tokens.add("\n", 1);
    tokens.add("\n\n\n", 3);
    EXPECT_EQ(pieces(tokens, "\n\n\n\n\n"), (std::vector<std::string>{"#3", "#1", "#1"}));
}

TEST(AddedTokens, areReadFromTheConfigWithTheirStripping) {
    const tests::TemporaryFolder folder;
    const auto tokens = AddedTokens::open(folder.write("tokenizer_config.json", R"({"added_tokens_decoder": {
        "2": {"content": "<bos>", "special": true}, "7": {"content": "<mask>", "lstrip": true, "rstrip": true}}})"));
    ASSERT_TRUE(tokens);
    EXPECT_EQ(pieces(*tokens, "a <bos> b"), (std::vector<std::string>{"a ", "#2", " b"}));
    EXPECT_EQ(pieces(*tokens, "a  <mask> b"), (std::vector<std::string>{"a", "#7", "b"}));
}

TEST(AddedTokens, anAbsentConfigListsNoneAndADamagedOneIsRefused) {
    const tests::TemporaryFolder folder;
    EXPECT_TRUE(AddedTokens::open(folder.path() + "/tokenizer_config.json")->empty());
    for (const auto* text : {"[]", "{", R"({"added_tokens_decoder": []})", R"({"added_tokens_decoder": {"x": {"content": "a"}}})",
                             R"({"added_tokens_decoder": {"4": {}}})", R"({"added_tokens_decoder": {"4": "a"}})",
                             R"({"added_tokens_decoder": {"-4": {"content": "a"}}})"}) {
        const auto tokens = AddedTokens::open(folder.write("tokenizer_config.json", text));
        ASSERT_FALSE(tokens) << text;
        EXPECT_EQ(tokens.error().code, ErrorCode::corrupt_file);
        EXPECT_NE(tokens.error().detail.find("tokenizer_config.json"), std::string::npos);
    }
}

TEST(AddedTokens, areNoLongerThanAnyPublishedOne) {
    const tests::TemporaryFolder folder;
    std::string config = R"({"added_tokens_decoder": {"4": {"content": ")";
    config.append(257, 'x').append(R"("}}})");
    const auto tokens = AddedTokens::open(folder.write("tokenizer_config.json", config));
    ASSERT_FALSE(tokens);
    EXPECT_EQ(tokens.error().code, ErrorCode::corrupt_file);
}

TEST(Unicode, decodesWhatItEncodes) {
    const std::u32string text = U"aé가🐱";
    EXPECT_EQ(inference::unicode::decode(inference::unicode::encode(text)), text);
    EXPECT_EQ(inference::unicode::decode("a\xFF\xE2\x82z"), U"a\uFFFD\uFFFDz");
}

TEST(Unicode, knowsClassesAndLowerCase) {
    using inference::unicode::CharacterClass;
    using inference::unicode::class_of;
    EXPECT_EQ(class_of(U'a'), CharacterClass::letter);
    EXPECT_EQ(class_of(U'가'), CharacterClass::letter);
    EXPECT_EQ(class_of(U'7'), CharacterClass::number);
    EXPECT_EQ(class_of(U'½'), CharacterClass::number);
    EXPECT_EQ(class_of(U'!'), CharacterClass::mark);
    EXPECT_EQ(class_of(U'\u00A0'), CharacterClass::space);
    EXPECT_EQ(class_of(U'\u200D'), CharacterClass::other);
    EXPECT_EQ(class_of(U'\U0010FFFF'), CharacterClass::other);
    EXPECT_EQ(inference::unicode::lower(U'Ä'), U'ä');
    EXPECT_EQ(inference::unicode::lower(U'Я'), U'я');
    EXPECT_EQ(inference::unicode::lower(U'ä'), U'ä');
    for (const auto cased : {U'ä', U'Ä', U'я', U'Z'}) EXPECT_TRUE(inference::unicode::is_cased(cased)) << static_cast<std::uint32_t>(cased);
    for (const auto bare : {U'가', U'7', U'\''}) EXPECT_FALSE(inference::unicode::is_cased(bare)) << static_cast<std::uint32_t>(bare);
}

/// A vocabulary of a few letters with three merges.
class Clip : public testing::Test {
protected:
    void SetUp() override {
        folder_.write("vocab.json", R"({"a": 0, "b": 1, "c": 2, "a</w>": 3, "b</w>": 4, "c</w>": 5, "ab": 6, "ab</w>": 7, "abc</w>": 8,
            "Ï": 31, "ĥ</w>": 33, "Ĥ</w>": 34, "'": 9, "s</w>": 10, "1</w>": 11, "!</w>": 12, "!": 13, "ä": 14, "Ã</w>": 15, "Ã": 16, "¤</w>": 17, "<|startoftext|>": 20, "<|endoftext|>": 21})");
        folder_.write("merges.txt", "#version: 0.2\na b\na b</w>\nab c</w>\n");
    }
    std::vector<int> encode(const std::string& text, int length = 8) {
        const auto tokenizer = ClipTokenizer::open(folder_.path());
        EXPECT_TRUE(tokenizer) << tokenizer.error().detail;
        return (*tokenizer)->encode(text, length);
    }
    const tests::TemporaryFolder folder_;
};

TEST_F(Clip, mergesByRankAndPadsWithTheEndToken) {
    EXPECT_EQ(encode("ABC ab\tb"), (std::vector<int>{20, 8, 7, 4, 21, 21, 21, 21}));
    EXPECT_EQ(encode(""), (std::vector<int>{20, 21, 21, 21, 21, 21, 21, 21}));
}

TEST_F(Clip, cutsWordsAtDigitsMarksAndContractions) {
    EXPECT_EQ(encode("a11!!", 8), (std::vector<int>{20, 3, 11, 11, 13, 12, 21, 21}));
    EXPECT_EQ(encode("ab's", 6), (std::vector<int>{20, 7, 9, 10, 21, 21}));
}

TEST_F(Clip, bytesOutsideTheVocabularyBecomeTheUnknownToken) {
    EXPECT_EQ(encode("Ä", 4), (std::vector<int>{20, 16, 17, 21}));
    EXPECT_EQ(encode("z", 4), (std::vector<int>{20, 21, 21, 21}));
}

TEST_F(Clip, sigmaHasItsFinalFormAtTheEndOfAWord) {
    EXPECT_EQ(encode("Σ", 4), (std::vector<int>{20, 31, 33, 21}));  // alone it ends no word
    EXPECT_EQ(encode("aΣ", 5), (std::vector<int>{20, 0, 31, 34, 21}));
    EXPECT_EQ(encode("aΣ.b", 8), encode("aσ.b", 8));
}

TEST_F(Clip, keepsTheHeadOfALongTextAndTheEndToken) { EXPECT_EQ(encode("a b c a b c", 4), (std::vector<int>{20, 3, 4, 21})); }

TEST_F(Clip, aSpecialTokenInTheTextIsTheToken) { EXPECT_EQ(encode("a<|endoftext|>b", 6), (std::vector<int>{20, 3, 21, 4, 21, 21})); }

TEST_F(Clip, takesThePaddingTokenFromTheConfig) {
    folder_.write("special_tokens_map.json", R"({"pad_token": {"content": "!"}, "eos_token": "<|endoftext|>"})");
    EXPECT_EQ(encode("a", 5), (std::vector<int>{20, 3, 21, 13, 13}));
}

TEST_F(Clip, aDamagedFileIsNamed) {
    for (const auto* name : {"vocab.json", "merges.txt"}) {
        SetUp();
        folder_.write(name, "a b c\nthis is not a merge\n");
        const auto tokenizer = ClipTokenizer::open(folder_.path());
        ASSERT_FALSE(tokenizer) << name;
        EXPECT_EQ(tokenizer.error().code, ErrorCode::corrupt_file);
        EXPECT_NE(tokenizer.error().detail.find(name), std::string::npos);
    }
}

}  // namespace
