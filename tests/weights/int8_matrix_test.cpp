// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/int8_matrix.h"

#include <cstdio>

#include "tests/weights/weights_folder.h"

namespace {

using inference::Int8Matrix;

double relative_error(const torch::Tensor& actual, const torch::Tensor& expected) {
    return ((actual.to(torch::kFloat64) - expected.to(torch::kFloat64)).norm() / expected.to(torch::kFloat64).norm()).item<double>();
}

class Int8MatrixTest : public tests::WeightsFolder {};

TEST_F(Int8MatrixTest, eachWeightIsOffByHalfAStepOfItsRowAtMost) {
    const auto weight = torch::randn({64, 300}) * torch::rand({64, 1}) * 10;
    const auto error = (Int8Matrix(weight).dequantised() - weight).abs().amax(1);
    const auto step = weight.abs().amax(1) / 127;
    EXPECT_TRUE((error <= step * 0.5001).all().item<bool>());
}

TEST_F(Int8MatrixTest, productsOfNormalWeightsAreOffByLessThanAHundredth) {
    const auto weight = torch::randn({2000, 1500}) / 40, x = torch::randn({33, 1500});
    const auto expected = at::linear(x, weight);
    const Int8Matrix matrix(weight);
    const double in_float = relative_error(matrix(x), expected), in_bfloat = relative_error(matrix(x.to(torch::kBFloat16)), expected);
    std::printf("  int8 products: relative error %.4f in float32, %.4f in bfloat16 (bfloat16 weights alone: %.4f)\n", in_float, in_bfloat,
                relative_error(at::linear(x.to(torch::kBFloat16), weight.to(torch::kBFloat16)), expected));
    EXPECT_LT(in_float, 0.01);
    EXPECT_LT(in_bfloat, 0.012);
    EXPECT_EQ(matrix.bytes(), 2000 * 1500 + 4 * 2000);
}

TEST_F(Int8MatrixTest, productEqualsThatOfTheDequantisedMatrix) {
    const auto weight = torch::randn({70, 40}), x = torch::randn({5, 40});
    const Int8Matrix matrix(weight);
    EXPECT_LT(relative_error(matrix(x), at::linear(x, matrix.dequantised())), 1e-6);
}

TEST_F(Int8MatrixTest, rowsOfZerosStayZeros) {
    const Int8Matrix matrix(torch::zeros({3, 8}));
    EXPECT_EQ(matrix(torch::ones({2, 8})).abs().max().item<float>(), 0.0f);
}

TEST_F(Int8MatrixTest, loadingQuantisesAsTheWholeMatrixWouldBe) {
    const auto weight = torch::randn({3000, 1000}).to(torch::kBFloat16);  // more than one slab
    write("model.safetensors", {{"w", weight}});
    const inference::Checkpoint checkpoint(folder_, "model");
    const auto loaded = Int8Matrix::load(checkpoint, "w", {3000, 1000}, torch::kCPU);
    EXPECT_TRUE(at::equal(loaded.dequantised(), Int8Matrix(weight).dequantised()));
    tests::expect_refused([&] { Int8Matrix::load(checkpoint, "w", {1000, 3000}, torch::kCPU); }, inference::ErrorCode::corrupt_file, {"\"w\""});
}

}  // namespace
