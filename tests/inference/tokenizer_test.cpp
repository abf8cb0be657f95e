// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/prompt_tokenizer.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/inference/text_model_folder.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::ErrorCode;
using inference::SentencePieceTokenizer;

constexpr int unlimited = 1 << 20;
const std::vector<std::string> prompts = {"",
                                          " ",
                                          "a red apple",
                                          "three strawberries on a yellow background",
                                          "빨간 사과",
                                          "a 🐱 in a café, flat icon",
                                          "👩‍👩‍👧‍👦👍🏽",
                                          "\u202eتفاحة حمراء‏ abc",
                                          "\x01\x02\x1f\x7f\t\r\n",
                                          "  two  blanks  ",
                                          "e\u0301",
                                          "<bos> <eos>",
                                          "\U0010FFFF"};

std::unique_ptr<SentencePieceTokenizer> open(const std::string& path) {
    auto tokenizer = SentencePieceTokenizer::open(path);
    EXPECT_TRUE(tokenizer) << tokenizer.error().detail;
    return tokenizer ? *std::move(tokenizer) : nullptr;
}

bool is_character_border(const std::string& text, std::size_t at) {
    return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u;
}

/// What must hold for a vocabulary whatever it is.
void check_cuts(const SentencePieceTokenizer& tokenizer) {
    for (const auto& prompt : prompts) {
        SCOPED_TRACE(prompt);
        const auto whole = tokenizer.encode(prompt, unlimited);
        ASSERT_FALSE(whole.ids.empty());
        EXPECT_EQ(whole.ids.front(), 2) << "BOS";
        EXPECT_EQ(whole.uncut_count, static_cast<int>(whole.ids.size()));
        EXPECT_EQ(whole.cut_at_byte, prompt.size());
        std::size_t last_cut = 0;
        for (int limit = 1; limit <= whole.uncut_count; ++limit) {
            const auto cut = tokenizer.encode(prompt, limit);
            ASSERT_EQ(cut.ids.size(), static_cast<std::size_t>(limit));
            EXPECT_TRUE(std::equal(cut.ids.begin(), cut.ids.end(), whole.ids.begin())) << limit;
            EXPECT_EQ(cut.uncut_count, whole.uncut_count);
            ASSERT_LE(cut.cut_at_byte, prompt.size());
            EXPECT_TRUE(is_character_border(prompt, cut.cut_at_byte)) << "limit " << limit << " cuts at byte " << cut.cut_at_byte;
            EXPECT_GE(cut.cut_at_byte, last_cut);
            EXPECT_EQ(cut.cut_at_byte == prompt.size(), limit == whole.uncut_count) << limit;
            last_cut = cut.cut_at_byte;
            const auto measured = tokenizer.measure(prompt, limit);
            EXPECT_EQ(measured, (inference::PromptTokens{whole.uncut_count, limit, cut.cut_at_byte}));
        }
    }
}

TEST(Tokenizer, beginsWithBosAndCutsBetweenCharacters) { check_cuts(*open(tests::tiny_tokenizer_path())); }

TEST(Tokenizer, keepsOneTokenAtLeastWhateverTheLimit) {
    const auto tokenizer = open(tests::tiny_tokenizer_path());
    for (const int limit : {1, 0, -5}) {
        const auto encoded = tokenizer->encode("a red apple", limit);
        EXPECT_EQ(encoded.ids, (std::vector<int>{2})) << limit;
        EXPECT_EQ(encoded.cut_at_byte, 0u);
    }
}

TEST(Tokenizer, givesTheIdsOfItsVocabulary) {
    const auto tokenizer = open(tests::tiny_tokenizer_path());
    EXPECT_EQ(tokenizer->vocabulary_size(), 448);
    EXPECT_EQ(tokenizer->encode("a red apple", unlimited).ids, (std::vector<int>{2, 413, 299, 358}));
    EXPECT_EQ(tokenizer->encode("빨간 사과", unlimited).ids, (std::vector<int>{2, 380, 384}));
}

TEST(Tokenizer, spellsUnknownCharactersInBytes) {
    const auto tokenizer = open(tests::tiny_tokenizer_path());
    EXPECT_EQ(tokenizer->encode("🐱", unlimited).ids, (std::vector<int>{2, 4 + 0xF0, 4 + 0x9F, 4 + 0x90, 4 + 0xB1}));
    // A character that is cut in its middle is cut whole.
    for (int limit = 1; limit <= 4; ++limit) EXPECT_EQ(tokenizer->encode("🐱", limit).cut_at_byte, 0u) << limit;
    EXPECT_EQ(tokenizer->encode("🐱", 5).cut_at_byte, 4u);
}

TEST(Tokenizer, keepsBlanksAsTheyAre) {
    const auto tokenizer = open(tests::tiny_tokenizer_path());
    const auto count = [&](const std::string& text) { return tokenizer->measure(text, unlimited).count; };
    EXPECT_GT(count("a  b"), count("a b"));
    EXPECT_NE(tokenizer->encode(" a", unlimited).ids, tokenizer->encode("a", unlimited).ids);
    EXPECT_GT(count("a "), count("a"));
    EXPECT_EQ(count(""), 1);
}

TEST(Tokenizer, standsAHundredThousandCharacters) {
    const auto tokenizer = open(tests::tiny_tokenizer_path());
    for (const std::string& piece : {std::string("a"), std::string(" "), std::string("a red apple "), std::string("🐱"), std::string("\x01")}) {
        std::string text;
        while (text.size() < 100'000) text += piece;
        const auto encoded = tokenizer->encode(text, 256);
        EXPECT_EQ(encoded.ids.size(), 256u) << piece;
        EXPECT_GT(encoded.uncut_count, 256) << piece;
        EXPECT_TRUE(is_character_border(text, encoded.cut_at_byte)) << piece;
    }
}

TEST(Tokenizer, servesSeveralThreadsAtOnce) {
    const auto tokenizer = open(tests::tiny_tokenizer_path());
    const auto expected = tokenizer->measure(prompts[3], 5);
    std::vector<std::thread> threads;
    std::vector<int> wrong(4, 0);
    for (auto& count : wrong) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) count += tokenizer->measure(prompts[3], 5) == expected ? 0 : 1;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Tokenizer, saysThatItsFileIsMissing) {
    const tests::TemporaryFolder folder;
    for (const auto& path : {folder.file("none.model"), folder.write("plain", "x") + "/tokenizer.model"}) {
        const auto tokenizer = inference::make_prompt_tokenizer(path);
        ASSERT_FALSE(tokenizer);
        EXPECT_EQ(tokenizer.error().code, ErrorCode::model_not_found);
        EXPECT_NE(tokenizer.error().detail.find(path), std::string::npos);
    }
}

TEST(Tokenizer, refusesFilesThatAreNoVocabulary) {
    const tests::TemporaryFolder folder;
    std::ifstream in(tests::tiny_tokenizer_path(), std::ios::binary);
    const std::string intact((std::istreambuf_iterator<char>(in)), {});
    ASSERT_GT(intact.size(), 1000u);
    std::vector<std::string> broken = {"", "x", "not a model", std::string(1000, '\0'), std::string(1000, '\xff'), intact.substr(0, 100), "{}"};
    broken.push_back(intact.substr(0, intact.size() / 2));
    for (std::size_t i = 0; i < broken.size(); ++i) {
        const auto tokenizer = SentencePieceTokenizer::open(folder.write("broken.model", broken[i]));
        ASSERT_FALSE(tokenizer) << i;
        EXPECT_EQ(tokenizer.error().code, ErrorCode::corrupt_file) << i;
        EXPECT_NE(tokenizer.error().detail.find("broken.model"), std::string::npos) << tokenizer.error().detail;
    }
}

TEST(Tokenizer, refusesAFolder) {
    const tests::TemporaryFolder folder;
    EXPECT_FALSE(SentencePieceTokenizer::open(folder.path()));
}

TEST(Tokenizer, readsTheTextModelsVocabulary) {
    REQUIRE_TEXT_MODEL();
    const auto tokenizer = open(tests::text_model_folder() + "/tokenizer.model");
    ASSERT_NE(tokenizer, nullptr);
    EXPECT_EQ(tokenizer->vocabulary_size(), 262'144);
    EXPECT_EQ(tokenizer->encode("The capital of France is", 256).ids, (std::vector<int>{2, 818, 5279, 529, 7001, 563}));
    EXPECT_EQ(tokenizer->encode("", 256).ids, (std::vector<int>{2}));
    check_cuts(*tokenizer);
}

}  // namespace
