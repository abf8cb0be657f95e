// SPDX-License-Identifier: Apache-2.0
// Decodes one picture with an autoencoder of Stable Diffusion 3's size (random weights) within a memory limit, and says what it took.
//     decode_memory SIDE LIMIT_MB float32|bfloat16
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <torch/types.h>

#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/model/autoencoder.h"
#include "tests/support/peak_memory.h"

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: decode_memory SIDE LIMIT_MB float32|bfloat16\n");
        return 2;
    }
    const at::NoGradGuard no_grad;
    const std::int64_t side = std::atoll(argv[1]), limit = std::atoll(argv[2]) << 20;
    const inference::Placement placement{torch::kCPU, std::strcmp(argv[3], "bfloat16") == 0 ? torch::kBFloat16 : torch::kFloat32};
    inference::AutoencoderConfig config;
    config.latent_channels = 16;
    config.block_out_channels = {128, 256, 512, 512};
    config.layers_per_block = 2;
    config.norm_num_groups = 32;
    const inference::AutoencoderKl model(
        config,
        [&](const std::string&, at::IntArrayRef shape) {
            std::int64_t inputs = 1;
            for (std::size_t d = 1; d < shape.size(); ++d) inputs *= shape[d];
            return (shape.size() == 1 ? torch::ones(shape) : torch::randn(shape) / std::sqrt(static_cast<double>(inputs))).to(placement.dtype);
        },
        placement);
    try {
        const auto latents = torch::randn({1, 16, side / 8, side / 8});
        const tests::PeakMemory peak;
        const auto started = std::chrono::steady_clock::now();
        const auto pixels = model.decode(latents, {limit, {}});
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
        std::printf("%lld x %lld in %s within %lld MB: %.1f s, peak %.0f MB\n", static_cast<long long>(pixels.size(3)),
                    static_cast<long long>(pixels.size(2)), argv[3], static_cast<long long>(limit >> 20), elapsed.count(),
                    static_cast<double>(peak.bytes()) / 1048576.0);
    } catch (const inference::Exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
