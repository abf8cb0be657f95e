// SPDX-License-Identifier: Apache-2.0
// Parity of the engine with the reference pipeline on the starter model, in float32 (see README.md).
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>
#include <torch/types.h>

#include "inference/engine/loaded_model.h"
#include "inference/sampling/guidance.h"
#include "inference/sampling/noise.h"
#include "inference/sampling/sampler.h"
#include "inference/sampling/schedule.h"
#include "inference/weights/file_hash.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/text_model_folder.h"

#include <fstream>

namespace {

using inference::LoadedModel;
using torch::Tensor;

constexpr double tolerance = 1e-3;
const std::vector<std::string> prompts = {"three strawberries on a yellow background", "빨간 사과", "", "a 🐱 in a café, flat icon"};
constexpr int fused_layers[] = {0, 5, 11};

/// Largest difference over the largest value.
double relative_error(const Tensor& actual, const Tensor& expected) {
    EXPECT_EQ(actual.sizes(), expected.sizes());
    return ((actual - expected).abs().max() / expected.abs().max()).item<double>();
}

class Golden : public testing::Test {
protected:
    static LoadedModel& model() {
        static LoadedModel loaded = [] {
            const at::NoGradGuard no_grad;
            return inference::load_model(inference::read_pipeline_config(FUSELIGHT_STARTER), tests::text_model_folder(),
                                         inference::Placement{torch::kCPU, torch::kFloat32}, {}, {}, {});
        }();
        return loaded;
    }
    static Tensor golden(const std::string& name) {
        static const inference::SafetensorsFile file(FUSELIGHT_GOLDEN "/starter.safetensors");
        return file.read(name);
    }
    static Tensor golden_ids(int p) {
        // int32 tensors are not weights, so the reader hands out their place only.
        static const inference::SafetensorsFile file(FUSELIGHT_GOLDEN "/starter.safetensors");
        const auto& entry = file.entries().at(std::to_string(p) + ".ids");
        EXPECT_EQ(entry.dtype, torch::kInt32);
        std::ifstream in(file.path(), std::ios::binary);
        auto ids = torch::empty(entry.shape, torch::kInt32);
        in.seekg(static_cast<std::streamoff>(entry.begin));
        in.read(static_cast<char*>(ids.mutable_data_ptr()), static_cast<std::streamsize>(entry.size));
        return ids;
    }
    static std::vector<int> ids(int p) { return model().tokenizer->encode(prompts[static_cast<std::size_t>(p)], 256).ids; }
    static std::shared_ptr<const inference::PromptState> state(int p) {
        return std::make_shared<const inference::PromptState>(model().text->encode({ids(p)}, {})[0]);
    }

    void report(const std::string& what, double error) {
        RecordProperty(what, std::to_string(error));
        std::printf("  %-22s %.2e\n", what.c_str(), error);
        EXPECT_LT(error, tolerance) << what;
    }

    const at::NoGradGuard no_grad_;
};

TEST_F(Golden, starterWeightsAreTheOnesTheGoldenTensorsWereMadeFrom) {
    std::ifstream hashes(FUSELIGHT_GOLDEN "/starter_hashes.txt");
    int files = 0;
    for (std::string hash, path; hashes >> hash >> path; ++files) {
        EXPECT_EQ(inference::sha256_of_file(std::string(FUSELIGHT_STARTER) + "/" + path, {}), hash)
            << path << " changed: make the golden tensors anew (README.md)";
    }
    EXPECT_EQ(files, 2);
}

TEST_F(Golden, promptsBecomeTheReferencesTokens) {
    REQUIRE_TEXT_MODEL();
    for (int p = 0; p < 4; ++p) {
        const auto expected = golden_ids(p);
        const auto actual = ids(p);
        EXPECT_TRUE(at::equal(torch::tensor(actual, torch::kInt32), expected)) << "prompt " << p;
    }
}

TEST_F(Golden, promptKeysAndValuesAgree) {
    REQUIRE_TEXT_MODEL();
    for (int p = 0; p < 4; ++p) {
        const auto prompt = state(p);
        for (const int layer : fused_layers) {
            const auto name = std::to_string(p) + ".layer" + std::to_string(layer);
            report(name + ".k", relative_error(prompt->layers[static_cast<std::size_t>(layer)].keys[0][0], golden(name + ".k")));
            report(name + ".v", relative_error(prompt->layers[static_cast<std::size_t>(layer)].values[0][0], golden(name + ".v")));
        }
    }
}

TEST_F(Golden, velocitiesAgree) {
    REQUIRE_TEXT_MODEL();
    for (int p = 0; p < 4; ++p) {
        const std::vector<std::uint64_t> seeds = {1000 + static_cast<std::uint64_t>(p)};
        auto conditioning = model().transformer->prepare({state(p)}, 16, 16);
        const auto velocity = model().transformer->velocity(inference::draw_noise(seeds, 8, 16, 16), conditioning);
        report(std::to_string(p) + ".velocity", relative_error(velocity[0], golden(std::to_string(p) + ".velocity")));
    }
}

TEST_F(Golden, wholeTrajectoryAgrees) {
    REQUIRE_TEXT_MODEL();
    const std::vector<std::uint64_t> seeds = {7, 8};
    const auto prompt = state(0), empty = state(2);
    auto conditioning = model().transformer->prepare({prompt, prompt, empty, empty}, 16, 16);
    const auto velocity = [&](const Tensor& z, float) {
        return inference::apply_guidance(model().transformer->velocity(at::cat({z, z}), conditioning), 3.0);
    };
    const auto schedule = inference::make_flow_match_schedule(8, model().config.scheduler_shift);
    const auto latents = inference::sample_euler(velocity, {inference::draw_noise(seeds, 8, 16, 16)}, schedule.steps(), schedule, {}, {}).latents;
    report("trajectory", relative_error(latents, golden("trajectory")));
}

TEST_F(Golden, decodeAndEncodeAgree) {
    REQUIRE_TEXT_MODEL();
    report("pixels", relative_error(model().autoencoder->decode(golden("trajectory")), golden("pixels")));
    report("encoded", relative_error(model().autoencoder->encode(golden("pixels")), golden("encoded")));
}

}  // namespace
