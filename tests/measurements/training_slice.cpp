// SPDX-License-Identifier: Apache-2.0
// Processor time of one slice of training, part by part, on a model's own weights.
//     training_slice PIPELINE TEXT_MODEL float32|bfloat16 PICTURES [REPEATS]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/engine/loaded_model.h"
#include "inference/learning/adapter_parameters.h"
#include "inference/learning/trainable_transformer.h"

namespace {

template <typename Fn> void report(const char* what, int repeats, const Fn& fn) {
    fn();
    const auto started = std::clock();
    for (int i = 0; i < repeats; ++i) fn();
    std::printf("%-28s %8.1f ms\n", what, 1000.0 * static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC / repeats);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fprintf(stderr, "usage: training_slice PIPELINE TEXT_MODEL float32|bfloat16 PICTURES [REPEATS]\n");
        return 2;
    }
    const at::NoGradGuard no_grad;
    at::set_num_threads(1);  // so that processor time is work
    const inference::Placement placement{torch::kCPU, std::strcmp(argv[3], "bfloat16") == 0 ? torch::kBFloat16 : torch::kFloat32};
    const auto model = inference::load_model(inference::read_pipeline_config(argv[1]), argv[2], placement, {}, {}, {});
    const std::int64_t pictures = std::atoll(argv[4]);
    const int repeats = argc > 5 ? std::atoi(argv[5]) : 10;
    const auto side = model.config.transformer.sample_size;
    const auto latents = torch::randn({pictures, model.config.transformer.in_channels, side, side}), t = torch::full({1}, 500.0, torch::kFloat32);
    const auto state = std::make_shared<const inference::PromptState>(model.text->encode({{2, 5, 6, 7, 8, 9}}, {})[0]);
    const std::vector<std::shared_ptr<const inference::PromptState>> prompts(static_cast<std::size_t>(pictures), state);
    const inference::AdapterParameters parameters(inference::AdapterLayout(model.config.transformer), 8, 8.0);
    const auto vector = torch::randn({parameters.size()}) * 0.05;
    const auto weights = parameters.view(vector);
    const auto adapter = inference::stack_adapters({{&weights, 1.0}}, parameters.layout(), placement);
    const inference::TrainableTransformer trainable(model.transformer, {});
    const auto patch = model.config.transformer.patch_size, tokens = (side / patch) * (side / patch);
    const auto gflop = model.transformer->flops(pictures, tokens, pictures * (tokens + 6)) * 1e-9;
    std::printf("%.1f GFLOP forward\n", gflop);

    auto text = model.transformer->prepare(prompts, side, side);
    report("prepare", repeats, [&] { model.transformer->prepare(prompts, side, side); });
    report("frozen forward", repeats, [&] { model.transformer->velocity(latents, text, t); });
    text.adapter = {adapter, pictures * text.image_tokens()};
    report("adapted forward", repeats, [&] { model.transformer->velocity(latents, text, t); });
    report("forward with graph", repeats, [&] { trainable.forward(latents, model.transformer->prepare(prompts, side, side), t, adapter, {}); });
    report("forward and backward", repeats,
           [&] { trainable.forward(latents, model.transformer->prepare(prompts, side, side), t, adapter, {}).backward(latents, {}); });
    report("stack the adapter", repeats, [&] { inference::stack_adapters({{&weights, 1.0}}, parameters.layout(), placement); });
    auto gradient = torch::zeros({parameters.size()});
    report("add gradients", repeats, [&] { parameters.add_gradients(adapter, gradient); });
    return 0;
}
