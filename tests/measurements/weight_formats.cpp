// SPDX-License-Identifier: Apache-2.0
// What a number format of the weights costs and saves: distance of the pictures from those of float32, and memory.
//     weight_formats PIPELINE TEXT_MODEL [PROMPT...]
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/engine/local_engine.h"
#include "inference/weights/safetensors.h"

namespace {

constexpr int images = 4;

struct Drawn {
    std::vector<torch::Tensor> latents;  ///< of each prompt, after one step and after all
    std::vector<std::vector<std::uint8_t>> pixels;
    std::int64_t weights_bytes = 0;
};

template <typename T> T value_of(inference::Result<T> result) {
    if (result) return *std::move(result);
    std::fprintf(stderr, "%s\n", result.error().detail.c_str());
    std::exit(1);
}

Drawn draw(const char* const* arguments, const std::vector<std::string>& prompts, inference::Dtype dtype, inference::WeightFormat weights) {
    inference::EngineConfig config;
    config.pipeline_path = arguments[1];
    config.text_model_path = arguments[2];
    config.dtype = dtype;
    config.weights = weights;
    const auto engine = value_of(inference::make_local_engine(config, {}, {}));
    const auto file = std::filesystem::temp_directory_path() / ("fuselight-formats-" + std::to_string(getpid()) + ".safetensors");
    Drawn drawn;
    drawn.weights_bytes = engine->model().weights_bytes;
    for (const auto& prompt : prompts) {
        for (const int steps : {1, 0}) {  // 0: the model's own number
            inference::GenerationRequest request;
            request.prompt = prompt;
            request.num_inference_steps = steps;
            request.num_images = request.batch_size = images;
            inference::GenerationCallbacks callbacks;
            callbacks.save_latents_path = file.string();
            callbacks.on_image = [&](inference::RenderedImage image) {
                if (steps == 0) drawn.pixels.push_back(std::move(image.pixels.bytes));
            };
            value_of(engine->generate(request, callbacks, {}));
            drawn.latents.push_back(inference::SafetensorsFile(file.string()).read("latents"));
        }
    }
    std::filesystem::remove(file);
    return drawn;
}

/// Mean relative distance of the latents after one step (`first` 0) or all (`first` 1).
double distance(const Drawn& drawn, const Drawn& exact, std::size_t first) {
    double total = 0;
    for (std::size_t i = first; i < exact.latents.size(); i += 2) {
        total += ((drawn.latents[i] - exact.latents[i]).norm() / exact.latents[i].norm()).item<double>();
    }
    return total / (static_cast<double>(exact.latents.size()) / 2);
}

double mean_difference(const Drawn& drawn, const Drawn& exact) {
    double total = 0, count = 0;
    for (std::size_t i = 0; i < exact.pixels.size(); ++i) {
        for (std::size_t b = 0; b < exact.pixels[i].size(); ++b) total += std::abs(int{drawn.pixels[i][b]} - int{exact.pixels[i][b]});
        count += static_cast<double>(exact.pixels[i].size());
    }
    return total / count;
}

}  // namespace

int main(int argc, char** argv) {
    using inference::Dtype, inference::WeightFormat;
    if (argc < 3) {
        std::fprintf(stderr, "usage: weight_formats PIPELINE TEXT_MODEL [PROMPT...]\n");
        return 2;
    }
    std::vector<std::string> prompts(argv + 3, argv + argc);
    if (prompts.empty()) prompts = {"three strawberries on a yellow background", "빨간 사과"};
    const auto exact = draw(argv, prompts, Dtype::float32, WeightFormat::as_computed);
    const struct {
        const char* name;
        Dtype dtype;
        WeightFormat weights;
    } formats[] = {{"float32", Dtype::float32, WeightFormat::as_computed},
                   {"float32, int8 weights", Dtype::float32, WeightFormat::int8},
                   {"bfloat16", Dtype::bfloat16, WeightFormat::as_computed},
                   {"bfloat16, int8 weights", Dtype::bfloat16, WeightFormat::int8}};
    std::printf("%-24s %12s %14s %14s %16s\n", "", "weights MB", "first velocity", "final latents", "pixels, 1/255");
    for (const auto& format : formats) {
        const auto drawn = draw(argv, prompts, format.dtype, format.weights);
        std::printf("%-24s %12.1f %14.5f %14.5f %16.2f\n", format.name, static_cast<double>(drawn.weights_bytes) / 1e6, distance(drawn, exact, 0),
                    distance(drawn, exact, 1), mean_difference(drawn, exact));
    }
    return 0;
}
