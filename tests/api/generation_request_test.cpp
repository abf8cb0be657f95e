// SPDX-License-Identifier: Apache-2.0
#include "inference/api/generation_request.h"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace {

using inference::Dtype;
using inference::ErrorCode;
using inference::GenerationRequest;
using inference::ModelInfo;
using inference::RequestLimits;

ModelInfo model() {
    ModelInfo info;
    info.id = "the-model";
    info.name = "Test model";
    info.native_sizes = {{128, 96}, {64, 64}};
    info.size_multiple = 16;
    info.default_steps = 20;
    info.default_guidance_scale = 3.5;
    return info;
}

GenerationRequest filled() { return inference::with_defaults({}, model()); }

/// The detail of the refusal, or "" when the request is accepted.
std::string refusal(const std::function<void(GenerationRequest&)>& change) {
    auto request = filled();
    change(request);
    const auto result = inference::validate(request, model());
    if (result) return {};
    EXPECT_EQ(result.error().code, ErrorCode::invalid_request);
    return result.error().detail;
}

bool accepted(const std::function<void(GenerationRequest&)>& change) { return refusal(change).empty(); }

TEST(WithDefaults, fillsEveryFieldThatAsksForTheDefault) {
    const auto request = filled();
    EXPECT_EQ(request.width, 128);
    EXPECT_EQ(request.height, 96);
    EXPECT_EQ(request.num_inference_steps, 20);
    EXPECT_EQ(request.guidance_scale, 3.5);
    EXPECT_EQ(request.model_id, "the-model");
}

TEST(WithDefaults, leavesWhatWasChosen) {
    GenerationRequest request;
    request.prompt = "a cat";
    request.negative_prompt = "a dog";
    request.width = 32;
    request.height = 48;
    request.num_inference_steps = 7;
    request.guidance_scale = 0.0;
    request.seed = 3;
    request.num_images = 4;
    request.batch_size = 2;
    request.dtype = Dtype::bfloat16;
    request.model_id = "another";
    request.initial_latents_path = "/noise.safetensors";
    EXPECT_EQ(inference::with_defaults(request, model()), request);
}

TEST(WithDefaults, fillsOneSideAlone) {
    GenerationRequest request;
    request.width = 64;
    EXPECT_EQ(inference::with_defaults(request, model()).width, 64);
    EXPECT_EQ(inference::with_defaults(request, model()).height, 96);
}

TEST(WithDefaults, neverHidesANumberThatIsNone) {
    GenerationRequest request;
    request.guidance_scale = std::nan("");
    EXPECT_TRUE(std::isnan(inference::with_defaults(request, model()).guidance_scale));
}

TEST(WithDefaults, standsAModelWithoutSizes) {
    auto sizeless = model();
    sizeless.native_sizes.clear();
    const auto request = inference::with_defaults({}, sizeless);
    EXPECT_EQ(request.width, 0);
    EXPECT_FALSE(inference::validate(request, sizeless));
}

TEST(Validate, acceptsTheDefaultsAndGivesThemBack) {
    const auto result = inference::validate(filled(), model());
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, filled());
}

TEST(Validate, boundsBothSides) {
    for (const auto side : {&GenerationRequest::width, &GenerationRequest::height}) {
        for (const int value : {16, 32, 4096}) EXPECT_TRUE(accepted([&](auto& r) { r.*side = value; })) << value;
        for (const int value : {0, -16, 1, 15, 17, 4097, 4112, 100'000, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
            EXPECT_FALSE(accepted([&](auto& r) { r.*side = value; })) << value;
        }
    }
}

TEST(Validate, namesTheNearestSizesOfAnOddOne) {
    const auto detail = refusal([](auto& r) { r.width = 100; });
    EXPECT_NE(detail.find("width"), std::string::npos) << detail;
    EXPECT_NE(detail.find("100"), std::string::npos) << detail;
    EXPECT_NE(detail.find("96"), std::string::npos) << detail;
    EXPECT_NE(detail.find("112"), std::string::npos) << detail;
}

TEST(Validate, neverProposesASizeBeyondTheLimit) {
    auto coarse = model();
    coarse.size_multiple = 24;  // 4096 is no multiple of it
    auto request = filled();
    request.width = 4090;
    request.height = 96;
    const auto result = inference::validate(request, coarse);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().detail.find("4080"), std::string::npos) << result.error().detail;
    EXPECT_EQ(result.error().detail.find("4104"), std::string::npos) << result.error().detail;
}

TEST(Validate, boundsTheCounts) {
    const struct {
        int GenerationRequest::*field;
        const char* name;
        int low, high;
    } fields[] = {
        {&GenerationRequest::num_inference_steps, "num_inference_steps", 1, RequestLimits::max_steps},
        {&GenerationRequest::num_images, "num_images", 1, RequestLimits::max_images},
        {&GenerationRequest::batch_size, "batch_size", 1, RequestLimits::max_batch},
    };
    for (const auto& field : fields) {
        for (const int value : {field.low, field.high}) EXPECT_TRUE(accepted([&](auto& r) { r.*field.field = value; })) << field.name << value;
        for (const int value : {field.low - 1, field.high + 1, -1, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
            const auto detail = refusal([&](auto& r) { r.*field.field = value; });
            EXPECT_NE(detail.find(field.name), std::string::npos) << value << ": " << detail;
            EXPECT_NE(detail.find(std::to_string(value)), std::string::npos) << detail;
        }
    }
}

TEST(Validate, boundsGuidance) {
    for (const double value : {0.0, 1.0, 100.0}) EXPECT_TRUE(accepted([&](auto& r) { r.guidance_scale = value; })) << value;
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double value : {-0.001, -1.0, 100.001, 1e300, infinity, -infinity, std::nan("")}) {
        EXPECT_NE(refusal([&](auto& r) { r.guidance_scale = value; }).find("guidance_scale"), std::string::npos) << value;
    }
}

TEST(Validate, takesAdaptersByTheirHashOnly) {
    const std::string id(64, 'e');
    const auto with = [](const std::string& name, double strength) {
        return [name, strength](GenerationRequest& request) { request.adapters = {{name, strength}}; };
    };
    EXPECT_TRUE(accepted(with(id, 0.0)));
    EXPECT_TRUE(accepted(with(id, 2.0)));
    EXPECT_NE(refusal(with("../../etc", 1.0)).find("not the SHA-256"), std::string::npos);
    EXPECT_NE(refusal(with(std::string(64, 'E'), 1.0)).find("not the SHA-256"), std::string::npos);
    EXPECT_NE(refusal(with(id, 2.1)).find("between 0 and 2"), std::string::npos);
    EXPECT_NE(refusal(with(id, -0.1)).find("between 0 and 2"), std::string::npos);
    EXPECT_NE(refusal(with(id, std::nan(""))).find("between 0 and 2"), std::string::npos);
    EXPECT_NE(refusal([&](GenerationRequest& request) { request.adapters.assign(9, {id, 1.0}); }).find("at most 8"), std::string::npos);
}

TEST(Validate, takesEverySeed) {
    for (const std::uint64_t seed : {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()}) {
        EXPECT_TRUE(accepted([&](auto& r) {
            r.seed = seed;
            r.num_images = 3;
        }));
    }
}

TEST(Validate, takesTextOfAnyScript) {
    for (const std::string text :
         {"", " ", "빨간 사과", "🐱👩‍👩‍👧‍👦", "\u202eتفاحة حمراء", "\x01\x1f\x7f\t\r\n", "\U0010FFFF", "\uFEFF\uFFFF", "퟿"}) {
        EXPECT_TRUE(accepted([&](auto& r) { r.prompt = text; })) << text;
        EXPECT_TRUE(accepted([&](auto& r) { r.negative_prompt = text; })) << text;
    }
}

TEST(Validate, refusesTextThatIsNotUtf8) {
    const std::string broken[] = {
        "\x80",              // a continuation on its own
        "\xc3",              // ends inside a character
        "a\xe2\x82",         // the same, three bytes
        "\xf0\x9f\x90",      // the same, four bytes
        "\xc0\xaf",          // overlong slash
        "\xe0\x80\xaf",      // overlong, three bytes
        "\xf0\x80\x80\xaf",  // overlong, four bytes
        "\xed\xa0\x80",      // a surrogate
        "\xf4\x90\x80\x80",  // above U+10FFFF
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3(",
        "\xe2(\xa1",
        std::string("a\0b", 3),  // NUL would end the text elsewhere
    };
    for (const auto& text : broken) {
        EXPECT_NE(refusal([&](auto& r) { r.prompt = text; }).find("prompt"), std::string::npos);
        EXPECT_NE(refusal([&](auto& r) { r.negative_prompt = text; }).find("negative_prompt"), std::string::npos);
    }
}

TEST(Validate, refusesAHundredThousandCharactersBySayingHowManyAreTaken) {
    const auto detail = refusal([](auto& r) { r.prompt = std::string(100'000, 'x'); });
    EXPECT_NE(detail.find("100000"), std::string::npos) << detail;
    EXPECT_NE(detail.find("65536"), std::string::npos) << detail;
    EXPECT_LT(detail.size(), 200u) << "the text itself does not belong into the sentence";
    EXPECT_TRUE(accepted([](auto& r) { r.prompt = std::string(RequestLimits::max_prompt_bytes, 'x'); }));
    EXPECT_FALSE(accepted([](auto& r) { r.negative_prompt = std::string(RequestLimits::max_prompt_bytes + 1, 'x'); }));
}

TEST(Validate, refusesARequestForAnotherModel) {
    auto request = filled();
    request.model_id = "some-other-model";
    const auto result = inference::validate(request, model());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::model_not_found);
    EXPECT_NE(result.error().detail.find("some-other-model"), std::string::npos);
}

TEST(RequestForImage, countsTheSeedAndIsOneImage) {
    auto request = filled();
    request.seed = 40;
    request.num_images = 8;
    request.batch_size = 4;
    auto expected = request;
    expected.seed = 42;
    expected.num_images = expected.batch_size = 1;
    EXPECT_EQ(inference::request_for_image(request, 2), expected);
}

TEST(RequestForImage, countsOnFromZeroAfterTheLargestSeed) {
    auto request = filled();
    request.seed = std::numeric_limits<std::uint64_t>::max();
    request.num_images = 3;
    EXPECT_EQ(inference::request_for_image(request, 0).seed, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(inference::request_for_image(request, 1).seed, 0u);
    EXPECT_EQ(inference::request_for_image(request, 2).seed, 1u);
}

TEST(RequestForImage, givesEachImageItsOwnCandidates) {
    auto request = filled();
    request.seed = 40;
    request.num_images = 3;
    request.candidates = 4;
    auto expected = request;
    expected.seed = 40 + 2 * 4 + 1;
    expected.num_images = expected.candidates = 1;
    EXPECT_EQ(inference::request_for_image(request, 2, 1), expected);
}

TEST(Validate, refusesCandidatesOutOfRangeAndOfLatentsThatAreGiven) {
    EXPECT_TRUE(accepted([](auto& request) { request.candidates = RequestLimits::max_candidates; }));
    EXPECT_NE(refusal([](auto& request) { request.candidates = 0; }).find("candidates"), std::string::npos);
    EXPECT_NE(refusal([](auto& request) { request.candidates = RequestLimits::max_candidates + 1; }).find("candidates"), std::string::npos);
    const auto both = refusal([](auto& request) {
        request.candidates = 2;
        request.initial_latents_path = "latents.safetensors";
    });
    EXPECT_NE(both.find("latents"), std::string::npos) << both;
}

TEST(DtypeName, readsWhatItWrites) {
    for (const Dtype dtype : {Dtype::automatic, Dtype::float32, Dtype::bfloat16}) {
        const auto parsed = inference::parse_dtype(inference::to_string(dtype));
        ASSERT_TRUE(parsed) << inference::to_string(dtype);
        EXPECT_EQ(*parsed, dtype);
    }
    EXPECT_STREQ(inference::to_string(Dtype::automatic), "auto");
}

TEST(DtypeName, refusesEverythingElse) {
    for (const std::string text : {"", "automatic", "float16", "FLOAT32", "bf16", " float32", "float32 "}) {
        const auto parsed = inference::parse_dtype(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::invalid_request);
        EXPECT_NE(parsed.error().detail.find("bfloat16"), std::string::npos) << "names what would be accepted";
    }
}

}  // namespace
