// SPDX-License-Identifier: Apache-2.0
// The sampler in a request: its spelling, its default, its check.
#include "inference/api/request_json.h"

#include <string>

#include <gtest/gtest.h>

namespace {

using inference::GenerationRequest;
using inference::Sampler;

TEST(RequestSampler, survivesBeingStored) {
    for (const auto sampler : {Sampler::euler, Sampler::heun, Sampler::multistep2}) {
        GenerationRequest request;
        request.sampler = sampler;
        const auto text = inference::to_json(request);
        EXPECT_NE(text.find(std::string("\"sampler\":\"") + inference::to_string(sampler) + "\""), std::string::npos) << text;
        const auto back = inference::request_from_json(text);
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, request);
    }
}

TEST(RequestSampler, pictureOfAnEarlierVersionWasDrawnWithEuler) {
    const auto request = inference::request_from_json(R"({"version": 1, "prompt": "a cat"})");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->sampler, Sampler::euler);
}

TEST(RequestSampler, unknownSamplerIsRefusedByName) {
    const auto request = inference::request_from_json(R"({"sampler": "dpm"})");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, inference::ErrorCode::corrupt_file);
    EXPECT_NE(request.error().detail.find("sampler is \"dpm\""), std::string::npos) << request.error().detail;
    EXPECT_FALSE(inference::request_from_json(R"({"sampler": 2})"));
}

TEST(RequestSampler, valueOutsideTheListIsInvalid) {
    inference::ModelInfo model;
    model.id = "m";
    GenerationRequest request;
    request.model_id = "m";
    request.width = request.height = 64;
    request.num_inference_steps = 4;
    request.guidance_scale = 1.0;
    EXPECT_TRUE(inference::validate(request, model));
    request.sampler = static_cast<Sampler>(7);
    const auto checked = inference::validate(request, model);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, inference::ErrorCode::invalid_request);
    EXPECT_NE(checked.error().detail.find("sampler is 7"), std::string::npos);
}

}  // namespace
