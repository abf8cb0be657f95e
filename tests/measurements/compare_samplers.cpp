// SPDX-License-Identifier: Apache-2.0
// What each sampler is worth: its distance from 200 Euler steps at equal evaluations of the model.
//     compare_samplers PIPELINE TEXT_MODEL [PROMPT...]
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/engine/local_engine.h"
#include "inference/sampling/sampler.h"
#include "inference/weights/safetensors.h"

namespace {

using inference::Sampler;

constexpr int reference_steps = 200;
constexpr int images = 4;

/// Final latents of one prompt, seeds 0 to images - 1, float32.
torch::Tensor draw(inference::Engine& engine, const std::string& prompt, Sampler sampler, int steps) {
    inference::GenerationRequest request;
    request.prompt = prompt;
    request.sampler = sampler;
    request.num_inference_steps = steps;
    request.num_images = request.batch_size = images;
    request.dtype = inference::Dtype::float32;
    const auto file = std::filesystem::temp_directory_path() / ("fuselight-samplers-" + std::to_string(getpid()) + ".safetensors");
    inference::GenerationCallbacks callbacks;
    callbacks.save_latents_path = file.string();
    const auto done = engine.generate(request, callbacks, {});
    if (!done) {
        std::fprintf(stderr, "%s\n", done.error().detail.c_str());
        std::exit(1);
    }
    auto latents = inference::SafetensorsFile(file.string()).read("latents");
    std::filesystem::remove(file);
    return latents;
}

/// Steps that take at most this many evaluations.
int steps_for(Sampler sampler, int evaluations) {
    int steps = evaluations;
    while (inference::model_evaluations(sampler, steps) > evaluations) --steps;
    return steps;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: compare_samplers PIPELINE TEXT_MODEL [PROMPT...]\n");
        return 2;
    }
    inference::EngineConfig config;
    config.pipeline_path = argv[1];
    config.text_model_path = argv[2];
    config.dtype = inference::Dtype::float32;
    auto engine = inference::make_local_engine(config, {}, {});
    if (!engine) {
        std::fprintf(stderr, "%s\n", engine.error().detail.c_str());
        return 1;
    }
    std::vector<std::string> prompts(argv + 3, argv + argc);
    if (prompts.empty()) prompts = {"three strawberries on a yellow background", "빨간 사과", "a 🐱 in a café, flat icon"};
    std::vector<torch::Tensor> references;
    for (const auto& prompt : prompts) references.push_back(draw(**engine, prompt, Sampler::euler, reference_steps));
    std::printf("relative distance of the final latents from %d Euler steps, mean of %zu pictures\n", reference_steps, prompts.size() * images);
    std::printf("%12s %12s %12s %12s\n", "evaluations", "euler", "heun", "multistep2");
    for (const int evaluations : {9, 13, 17, 25, 51}) {
        std::printf("%12d", evaluations);
        for (const auto sampler : {Sampler::euler, Sampler::heun, Sampler::multistep2}) {
            double total = 0;
            for (std::size_t p = 0; p < prompts.size(); ++p) {
                const auto latents = draw(**engine, prompts[p], sampler, steps_for(sampler, evaluations));
                for (std::int64_t i = 0; i < images; ++i) {
                    total += ((latents[i] - references[p][i]).norm() / references[p][i].norm()).item<double>();
                }
            }
            std::printf(" %12.4f", total / static_cast<double>(prompts.size() * images));
        }
        std::printf("\n");
    }
    return 0;
}
