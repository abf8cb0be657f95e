// SPDX-License-Identifier: Apache-2.0
// How much memory loading takes beside what stays.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "inference/model/layer_stack.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/int8_matrix.h"
#include "tests/support/peak_memory.h"
#include "tests/weights/weights_folder.h"

namespace {

using inference::Checkpoint;
using inference::Placement;

constexpr int layers = 12;
constexpr std::int64_t side = 2048;  ///< of one matrix: 16 MB in float32

class LoadMemory : public tests::WeightsFolder {
protected:
    void SetUp() override { REQUIRE_MEASURABLE_MEMORY(); }
    static std::string name(int layer) { return "layers." + std::to_string(layer) + ".weight"; }

    /// Written tensor by tensor, so that the test's own peak is not in the way.
    void write_model(torch::ScalarType dtype) {
        std::vector<inference::SafetensorsWriter::Declaration> declarations;
        for (int i = 0; i < layers; ++i) declarations.push_back({name(i), dtype, {side, side}});
        inference::SafetensorsWriter writer(path("model.safetensors"), declarations);
        for (int i = 0; i < layers; ++i) writer.write(torch::full({side, side}, i + 1.0, torch::TensorOptions().dtype(dtype)));
        writer.finish();
    }
};

TEST_F(LoadMemory, peakIsWhatStaysAndAFewBuffersOfFixedSize) {
    for (const auto stored : {torch::kFloat32, torch::kBFloat16, torch::kFloat16}) {
        write_model(stored);
        const Checkpoint weights(folder_, "model");
        const tests::PeakMemory peak;
        std::vector<torch::Tensor> loaded;
        for (int i = 0; i < layers; ++i) loaded.push_back(weights.load(name(i), {side, side}, Placement{torch::kCPU, torch::kBFloat16}));
        const double resident = layers * side * side * 2.0;
        const double beyond = static_cast<double>(peak.bytes()) - resident;
        std::printf("  %s to bfloat16: peak %.1f MB above the resident weights\n", c10::toString(stored), beyond / (1 << 20));
        // The same for 12 and for 36 layers: a model of 400 MB or more peaks at most at 1.1 times its weights.
        EXPECT_LT(beyond, 40 << 20);
        EXPECT_EQ(loaded[3][5][7].item<float>(), 4.0f);
    }
}

TEST_F(LoadMemory, streamedLayersTakeOneLayerHoweverManyThereAre) {
    write_model(torch::kBFloat16);
    const Checkpoint weights(folder_, "model");
    const auto read = [&](std::int64_t i) { return weights.load(name(static_cast<int>(i)), {side, side}, Placement{torch::kCPU, torch::kBFloat16}); };
    const tests::PeakMemory peak;
    const inference::LayerStack<torch::Tensor> stack(
        layers, {0}, read, [&](std::int64_t i) { weights.will_need(name(static_cast<int>(i))); }, [](const torch::Tensor&) {});
    float sum = 0;
    for (int pass = 0; pass < 2; ++pass) {
        for (int i = 0; i < layers; ++i) sum += (*stack[i])[0][0].item<float>();
    }
    EXPECT_EQ(sum, 2.0f * layers * (layers + 1) / 2);
    EXPECT_LT(peak.bytes(), 4 * side * side * 2);  // of twelve
}

TEST_F(LoadMemory, eightBitWeightsPeakNearHalfOfBfloat16) {
    write_model(torch::kFloat32);
    const Checkpoint weights(folder_, "model");
    const tests::PeakMemory peak;
    std::vector<inference::Int8Matrix> loaded;
    std::int64_t resident = 0;
    for (int i = 0; i < layers; ++i) {
        loaded.push_back(inference::Int8Matrix::load(weights, name(i), {side, side}, torch::kCPU));
        resident += loaded.back().bytes();
    }
    EXPECT_LT(peak.bytes(), resident + 5 * (2 << 20) * 4);
}

}  // namespace
