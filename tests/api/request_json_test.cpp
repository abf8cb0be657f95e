// SPDX-License-Identifier: Apache-2.0
#include "inference/api/request_json.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

using inference::Dtype;
using inference::ErrorCode;
using inference::GenerationRequest;
using inference::request_from_json;

GenerationRequest full() {
    GenerationRequest request;
    request.prompt = "a \"red\" 사과\n🍎\\";
    request.negative_prompt = "blurred\t";
    request.width = 128;
    request.height = 64;
    request.num_inference_steps = 25;
    request.guidance_scale = 0.1 + 0.2;
    request.seed = std::numeric_limits<std::uint64_t>::max();
    request.num_images = 3;
    request.batch_size = 2;
    request.dtype = Dtype::bfloat16;
    request.model_id = std::string(64, 'a');
    request.adapters = {{std::string(64, 'b'), 0.1 + 0.2}, {std::string(64, 'c'), 2.0}};
    request.initial_latents_path = "/a folder/noise.safetensors";
    return request;
}

/// The code of the refusal; internal when the text was read.
ErrorCode refusal(const std::string& text) {
    const auto result = request_from_json(text);
    if (result) return ErrorCode::internal;
    EXPECT_LT(result.error().detail.size(), 1000u) << "a sentence, not the file";
    return result.error().code;
}

std::string with(const char* field, const nlohmann::json& value) {
    auto json = nlohmann::json::parse(inference::to_json(full()));
    json[field] = value;
    return json.dump();
}

TEST(RequestJson, keepsEveryField) {
    const auto read = request_from_json(inference::to_json(full()));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, full());
}

TEST(RequestJson, keepsADefaultRequest) {
    const auto read = request_from_json(inference::to_json({}));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, GenerationRequest{});
}

TEST(RequestJson, writesAVersionAndOneLine) {
    const auto text = inference::to_json(full());
    EXPECT_EQ(nlohmann::json::parse(text).at("version"), 2);
    EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(RequestJson, writesTheFirstVersionWhereAnOlderProgramDrawsTheSamePicture) {
    auto request = full();
    request.adapters.clear();
    EXPECT_EQ(nlohmann::json::parse(inference::to_json(request)).at("version"), 1);
}

TEST(RequestJson, keepsCandidatesInAVersionThatOlderProgramsRefuse) {
    auto request = full();
    request.candidates = 4;
    const auto text = inference::to_json(request);
    EXPECT_EQ(nlohmann::json::parse(text).at("version"), 3);
    const auto read = request_from_json(text);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, request);
    EXPECT_EQ(refusal(with("candidates", "four")), ErrorCode::corrupt_file);
}

TEST(RequestJson, refusesAdaptersThatAreNotAShortListOfIds) {
    EXPECT_EQ(refusal(with("adapters", "abc")), ErrorCode::corrupt_file);
    EXPECT_EQ(refusal(with("adapters", {{{"strength", 1.0}}})), ErrorCode::corrupt_file);
    EXPECT_EQ(refusal(with("adapters", {{{"id", "abc"}, {"strength", "full"}}})), ErrorCode::corrupt_file);
    EXPECT_EQ(refusal(with("adapters", nlohmann::json::array_t(1000, {{"id", "abc"}}))), ErrorCode::corrupt_file);
}

TEST(RequestJson, keepsSeedsThatADoubleCannotHold) {
    for (const std::uint64_t seed :
         {std::uint64_t{0}, (std::uint64_t{1} << 53) + 1, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
        GenerationRequest request;
        request.seed = seed;
        EXPECT_EQ(request_from_json(inference::to_json(request))->seed, seed);
    }
}

TEST(RequestJson, ignoresUnknownKeys) { EXPECT_EQ(*request_from_json(with("of_the_future", {{"a", {1, 2, nullptr}}})), full()); }

TEST(RequestJson, givesAbsentKeysTheirDefaults) {
    EXPECT_EQ(*request_from_json("{}"), GenerationRequest{});
    GenerationRequest expected;
    expected.prompt = "a cat";
    EXPECT_EQ(*request_from_json(R"({"prompt": "a cat"})"), expected);
}

TEST(RequestJson, takesAWholeNumberForGuidance) { EXPECT_EQ(request_from_json(R"({"guidance_scale": 3})")->guidance_scale, 3.0); }

TEST(RequestJson, refusesWrongTypes) {
    for (const char* field : {"prompt", "negative_prompt", "model_id", "initial_latents_path", "dtype"}) {
        for (const nlohmann::json& value : {nlohmann::json(1), nlohmann::json(nullptr), nlohmann::json(true), nlohmann::json::array({"a"})}) {
            EXPECT_EQ(refusal(with(field, value)), ErrorCode::corrupt_file) << field << " " << value;
        }
    }
    for (const char* field : {"width", "height", "num_inference_steps", "num_images", "batch_size", "seed", "version", "guidance_scale"}) {
        for (const nlohmann::json& value : {nlohmann::json("1"), nlohmann::json(nullptr), nlohmann::json(true), nlohmann::json::object()}) {
            EXPECT_EQ(refusal(with(field, value)), ErrorCode::corrupt_file) << field << " " << value;
        }
    }
    EXPECT_EQ(refusal(with("dtype", "float64")), ErrorCode::corrupt_file);
}

TEST(RequestJson, refusesNumbersThatItsFieldsCannotHold) {
    for (const char* field : {"width", "height", "num_inference_steps", "num_images", "batch_size", "version"}) {
        for (const nlohmann::json& value :
             {nlohmann::json(1.5), nlohmann::json(1e300), nlohmann::json(4'294'967'297), nlohmann::json(-4'294'967'295)}) {
            EXPECT_EQ(refusal(with(field, value)), ErrorCode::corrupt_file) << field << " " << value;
        }
    }
    for (const nlohmann::json& value : {nlohmann::json(-1), nlohmann::json(1.5), nlohmann::json(1e30)}) {
        EXPECT_EQ(refusal(with("seed", value)), ErrorCode::corrupt_file) << value;
    }
    EXPECT_EQ(refusal(R"({"seed": 18446744073709551616})"), ErrorCode::corrupt_file);
}

TEST(RequestJson, refusesANewerVersionByName) {
    const auto result = request_from_json(with("version", 4));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::corrupt_file);
    EXPECT_NE(result.error().detail.find("newer"), std::string::npos);
    EXPECT_EQ(refusal(with("version", 0)), ErrorCode::corrupt_file);
}

TEST(RequestJson, refusesWhatIsNoObject) {
    for (const std::string text :
         {"", " ", "null", "1", "\"text\"", "[]", "[{}]", "{", "{}}", "{\"prompt\": }", "\x89PNG\r\n", "{\"prompt\": \"\xff\"}"}) {
        EXPECT_EQ(refusal(text), ErrorCode::corrupt_file) << text;
    }
}

TEST(RequestJson, refusesMoreThanAMebibyte) {
    std::string text = "{}";
    text.resize(1 << 20, ' ');
    EXPECT_TRUE(request_from_json(text));
    text += ' ';
    EXPECT_EQ(refusal(text), ErrorCode::corrupt_file);
}

TEST(RequestJson, standsDeepNesting) {
    constexpr std::size_t depth = 250'000;
    const auto nest = [](const std::string& open, const std::string& inner, char close) {
        std::string text;
        for (std::size_t i = 0; i < depth / open.size(); ++i) text += open;
        return text + inner + std::string(depth / open.size(), close);
    };
    EXPECT_EQ(refusal(nest("[", "", ']')), ErrorCode::corrupt_file);
    EXPECT_EQ(refusal(std::string(depth, '[')), ErrorCode::corrupt_file);
    EXPECT_EQ(refusal(nest(R"({"a":)", "1", '}') + "x"), ErrorCode::corrupt_file);
    EXPECT_EQ(*request_from_json(R"({"unknown": )" + nest("[", "", ']') + "}"), GenerationRequest{});
}

TEST(RequestJson, namesAHugeBrokenTextInASentence) {
    const std::string text(500'000, 'x');
    EXPECT_EQ(refusal("{\"prompt\": \"" + text), ErrorCode::corrupt_file);
    EXPECT_EQ(refusal(with("dtype", text)), ErrorCode::corrupt_file);
}

TEST(RequestJson, replacesBytesThatAreNoUtf8RatherThanFailing) {
    GenerationRequest request;
    request.prompt = "a\xff";
    const auto read = request_from_json(inference::to_json(request));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->prompt, "a\uFFFD");
}

}  // namespace
