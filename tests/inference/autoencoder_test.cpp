// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder.h"
#include "inference/model/model_config.h"

#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::AutoencoderKl;
using torch::Tensor;

class Autoencoder : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        tests::TinyModel().write(folder_->path());
    }
    static void TearDownTestSuite() { folder_.reset(); }
    static AutoencoderKl open(torch::ScalarType dtype = torch::kFloat32) {
        const auto config = inference::read_pipeline_config(folder_->file("pipeline")).autoencoder;
        return AutoencoderKl(config, inference::Checkpoint(folder_->file("pipeline/vae"), "diffusion_pytorch_model"), {torch::kCPU, dtype});
    }
    void SetUp() override { at::manual_seed(5); }

    const at::NoGradGuard no_grad_;

private:
    static inline std::unique_ptr<tests::TemporaryFolder> folder_;
};

TEST_F(Autoencoder, decodesLatentsToPixelsAndBack) {
    const auto autoencoder = open();
    for (const auto& [height, width] : std::vector<std::pair<std::int64_t, std::int64_t>>{{8, 8}, {1, 1}, {2, 6}, {5, 3}}) {
        const auto pixels = autoencoder.decode(at::randn({2, 4, height, width}));
        EXPECT_EQ(pixels.sizes(), (std::vector<std::int64_t>{2, 4, 4 * height, 4 * width}));
        EXPECT_EQ(pixels.scalar_type(), torch::kFloat32);
        EXPECT_TRUE(pixels.isfinite().all().item<bool>());
        const auto latents = autoencoder.encode(pixels);
        EXPECT_EQ(latents.sizes(), (std::vector<std::int64_t>{2, 4, height, width}));
        EXPECT_EQ(latents.scalar_type(), torch::kFloat32);
    }
}

TEST_F(Autoencoder, givesTheSameEachTime) {
    const auto autoencoder = open(), again = open();
    const auto latents = at::randn({1, 4, 8, 8}), pixels = at::rand({1, 4, 32, 32}) * 2 - 1;
    EXPECT_TRUE(at::equal(autoencoder.decode(latents), autoencoder.decode(latents)));
    EXPECT_TRUE(at::equal(autoencoder.decode(latents), again.decode(latents)));
    EXPECT_TRUE(at::equal(autoencoder.encode(pixels), again.encode(pixels)));
}

TEST_F(Autoencoder, treatsABatchAsItsImagesAlone) {
    const auto autoencoder = open();
    const auto latents = at::randn({3, 4, 6, 6});
    const auto together = autoencoder.decode(latents);
    for (std::int64_t i = 0; i < 3; ++i) {
        EXPECT_LT((together.narrow(0, i, 1) - autoencoder.decode(latents.narrow(0, i, 1))).abs().max().item<float>(), 1e-4f);
    }
}

TEST_F(Autoencoder, readsItsInputInAnyMemoryOrder) {
    const auto autoencoder = open();
    const auto latents = at::randn({1, 4, 8, 6});
    const auto strided = latents.contiguous(at::MemoryFormat::ChannelsLast);
    EXPECT_LT((autoencoder.decode(latents) - autoencoder.decode(strided)).abs().max().item<float>(), 1e-5f);
}

TEST_F(Autoencoder, staysCloseInBfloat16) {
    const auto latents = at::randn({1, 4, 8, 8});
    const auto exact = open().decode(latents), rounded = open(torch::kBFloat16).decode(latents);
    EXPECT_LT(((exact - rounded).norm() / exact.norm()).item<float>(), 0.05f);
}

TEST_F(Autoencoder, countsItsParametersAndOperations) {
    const tests::TinyModel model;
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : model.autoencoder_weights) parameters += tensor.numel();
    EXPECT_EQ(open().parameters(), parameters);
    EXPECT_GT(open().decode_flops(16, 16), 3.9 * open().decode_flops(8, 8));
}

}  // namespace
