// SPDX-License-Identifier: Apache-2.0
// What the feedback stage costs on a model: features, denoising losses, and training with the studio's settings on pictures that the model
// draws itself. The taste is brightness: of each prompt's four pictures the brighter ones are liked.
//     learning_speed PIPELINE TEXT_MODEL STEPS [GROUPS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "inference/engine/local_engine.h"
#include "tests/support/peak_memory.h"
#include "tests/support/temporary_folder.h"

namespace {

using Clock = std::chrono::steady_clock;

/// Time by the clock and on the processor: on a machine that does other things too only the latter says much.
struct Stopwatch {
    Clock::time_point started = Clock::now();
    std::clock_t processor_started = std::clock();

    double ms() const { return std::chrono::duration<double, std::milli>(Clock::now() - started).count(); }
    double processor_ms() const { return 1000.0 * static_cast<double>(std::clock() - processor_started) / CLOCKS_PER_SEC; }
};

double brightness(const inference::PixelBuffer& pixels) {
    double sum = 0.0;
    for (const auto byte : pixels.bytes) sum += byte;
    return sum / static_cast<double>(pixels.bytes.size());
}

int measure(int argc, char** argv) {
    const tests::TemporaryFolder folder;
    inference::EngineConfig config;
    config.pipeline_path = argv[1];
    config.text_model_path = argv[2];
    config.adapters_path = folder.file("adapters");
    const auto engine = inference::make_local_engine(config, {}, {});
    if (!engine) return std::fprintf(stderr, "%s\n", engine.error().detail.c_str()), 1;
    auto& learning = *(*engine)->learning();
    const int groups = argc > 4 ? std::atoi(argv[4]) : 15;
    const std::vector<std::string> prompts = {"a red apple", "a sailing boat", "two green leaves", "a yellow star", "a blue house"};

    inference::TrainingJob job;
    job.model_id = (*engine)->model().id;
    job.config.steps = std::atoi(argv[3]);
    std::vector<inference::PictureQuery> queries;
    for (int group = 0; group < 2 * groups; ++group) {  // those of the second half are for replay
        inference::GenerationRequest request;
        request.prompt = prompts[static_cast<std::size_t>(group) % prompts.size()];
        request.seed = 100 + static_cast<std::uint64_t>(group) * 4;
        request.num_images = request.batch_size = 4;
        std::vector<inference::PixelBuffer> drawn;
        inference::GenerationCallbacks callbacks;
        callbacks.on_image = [&](inference::RenderedImage image) { drawn.push_back(std::move(image.pixels)); };
        if (const auto done = (*engine)->generate(request, callbacks, {}); !done) return std::fprintf(stderr, "%s\n", done.error().detail.c_str()), 1;
        std::sort(drawn.begin(), drawn.end(), [](const auto& a, const auto& b) { return brightness(a) < brightness(b); });
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            constexpr double taste[] = {-0.8, -0.3, 0.3, 0.8};
            queries.push_back({drawn[i], request.prompt, ""});
            job.pictures.push_back({std::move(drawn[i]), request.prompt, "", group, group < groups ? taste[i] : 0.0, group >= groups});
        }
    }

    const auto count = static_cast<double>(queries.size());
    if (!learning.features({queries.front()}, {})) return 1;
    Stopwatch clock;
    const auto features = learning.features(queries, {});
    if (!features) return std::fprintf(stderr, "%s\n", features.error().detail.c_str()), 1;
    std::printf("features: %.1f ms a picture (processor %.1f), %zu + %zu + %zu numbers\n", clock.ms() / count, clock.processor_ms() / count,
                features->front().image.size(), features->front().judge.size(), features->front().prompt.size());
    clock = {};
    inference::DenoisingOptions options;
    options.draws = 4;
    const auto losses = learning.denoising_losses(queries, options, {});
    if (!losses) return std::fprintf(stderr, "%s\n", losses.error().detail.c_str()), 1;
    std::printf("denoising losses: %.1f ms (processor %.1f) for each of 4 draws, mean %.4f\n", clock.ms() / count / 4,
                clock.processor_ms() / count / 4, std::accumulate(losses->begin(), losses->end(), 0.0) / count);

    clock = {};
    const auto estimate = learning.estimate_training(job, {});
    if (!estimate) return std::fprintf(stderr, "%s\n", estimate.error().detail.c_str()), 1;
    std::printf("estimate, made in %.0f ms: %.0f s for %d steps, %.0f MB, %lld numbers\n", clock.ms(), estimate->seconds, job.config.steps,
                static_cast<double>(estimate->memory_bytes) / 1048576.0, static_cast<long long>(estimate->adapter_parameters));
    const tests::PeakMemory peak;
    clock = {};
    const auto session = learning.start_training(job, {});
    if (!session) return std::fprintf(stderr, "%s\n", session.error().detail.c_str()), 1;
    double longest = 0.0;
    int slices = 0;
    for (int step = -1;; ++slices) {
        const Stopwatch slice;
        const auto progress = (*session)->advance({});
        if (!progress) return std::fprintf(stderr, "%s\n", progress.error().detail.c_str()), 1;
        longest = std::max(longest, slice.ms());
        if (progress->step > step && progress->step % 10 == 0) {
            step = progress->step;
            std::printf("step %3d: loss %.4f, of replay %.5f, drift %.4f, %.0f s left\n", step, progress->loss, progress->keep_loss, progress->drift,
                        progress->remaining_ms / 1000);
        }
        if (progress->done) break;
    }
    std::printf("trained in %.1f s (processor %.1f), %d slices, the longest of %.0f ms, peak %.0f MB\n", clock.ms() / 1000,
                clock.processor_ms() / 1000, slices + 1, longest, static_cast<double>(peak.bytes()) / 1048576.0);
    const auto adapter = (*session)->write_adapter(folder.file("adapter.safetensors"), {});
    if (!adapter) return std::fprintf(stderr, "%s\n", adapter.error().detail.c_str()), 1;
    std::filesystem::create_directories(folder.file("adapters/" + adapter->id));
    std::filesystem::rename(folder.file("adapter.safetensors"), folder.file("adapters/" + adapter->id + "/adapter.safetensors"));
    for (const double strength : {0.0, 0.5, 1.0, 2.0}) {
        inference::GenerationRequest request;
        request.prompt = "a green bird";  // never rated
        request.seed = 9000;
        request.num_images = 16;
        request.batch_size = 4;
        request.adapters = {{adapter->id, strength}};
        double sum = 0.0;
        inference::GenerationCallbacks callbacks;
        callbacks.on_image = [&](const inference::RenderedImage& image) { sum += brightness(image.pixels); };
        if (const auto done = (*engine)->generate(request, callbacks, {}); !done) return std::fprintf(stderr, "%s\n", done.error().detail.c_str()), 1;
        std::printf("strength %.1f: mean brightness %.1f\n", strength, sum / 16);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: learning_speed PIPELINE TEXT_MODEL STEPS [GROUPS]\n");
        return 2;
    }
    return measure(argc, argv);
}
