// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace tests {

/// What a FakeEngine does and saw. Shared by the test and the engine thread; change it at any time.
struct FakeScript {
    inference::ModelInfo model = [] {
        inference::ModelInfo info;
        info.id = "fake-model";
        info.name = "Fake";
        info.native_sizes = {{16, 16}, {32, 16}};
        info.size_multiple = 8;
        info.image_channels = 4;
        info.default_steps = 4;
        return info;
    }();
    std::optional<inference::Error> load_error;
    std::optional<inference::Error> error;  ///< what generate returns once `images_before_error` images are out
    int images_before_error = 0;
    std::chrono::milliseconds step_time{0};  ///< slept in every step
    bool previews = true;                    ///< one an image in every step
    std::atomic<int> most_previews{1024};    ///< of the batch's first images

    /// Steps wait while it is closed; a stop request gets through.
    void close() { allow(0); }
    void open() { allow(unlimited); }
    /// Lets that many steps through, then closes.
    void allow(int steps_to_come) {
        const std::lock_guard lock(mutex_);
        allowed_ = steps_to_come;
        changed_.notify_all();
    }
    void waitUntilOpen(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (changed_.wait(lock, stop, [this] { return allowed_ != 0; }) && allowed_ != unlimited) --allowed_;
    }
    /// The requests that reached the engine, oldest first.
    std::vector<inference::GenerationRequest> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    void note(const inference::GenerationRequest& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
    }
    std::atomic<int> steps{0};    ///< done since the start
    std::atomic<int> engines{0};  ///< alive

private:
    static constexpr int unlimited = -1;

    std::mutex mutex_;
    std::condition_variable_any changed_;
    int allowed_ = unlimited;
    std::vector<inference::GenerationRequest> requests_;
};

/// What FakeEngine draws for a seed: every seed has a colour of its own, the top row is half transparent.
inline inference::PixelBuffer fakePixels(int width, int height, int channels, std::uint64_t seed) {
    inference::PixelBuffer pixels{width, height, channels, {}};
    pixels.bytes.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels));
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const std::uint8_t colour[4] = {static_cast<std::uint8_t>(seed * 37), static_cast<std::uint8_t>(x * 5), static_cast<std::uint8_t>(y * 5),
                                            static_cast<std::uint8_t>(y == 0 ? 128 : 255)};
            pixels.bytes.insert(pixels.bytes.end(), colour, colour + channels);
        }
    }
    return pixels;
}

/// An engine without a model: it steps, previews, draws and fails as its script says.
class FakeEngine final : public inference::Engine {
public:
    explicit FakeEngine(std::shared_ptr<FakeScript> script) : script_(std::move(script)), model_(script_->model) { ++script_->engines; }
    ~FakeEngine() override { --script_->engines; }
    FakeEngine(const FakeEngine&) = delete;
    FakeEngine& operator=(const FakeEngine&) = delete;

    const inference::ModelInfo& model() const noexcept override { return model_; }

    inference::Result<inference::GenerationSummary> generate(const inference::GenerationRequest& request,
                                                             const inference::GenerationCallbacks& callbacks, std::stop_token stop) override {
        script_->note(request);
        if (request.candidates > 1) return generateBest(request, callbacks, stop);
        for (int first = 0; first < request.num_images; first += request.batch_size) {
            const int batch = std::min(request.batch_size, request.num_images - first);
            for (int step = 1; step <= request.num_inference_steps; ++step) {
                if (auto done = work(first, stop); !done) return tl::unexpected<inference::Error>(done.error());
                if (callbacks.on_step) callbacks.on_step(progress(request, first, batch, step));
            }
            for (int index = first; index < first + batch; ++index) {
                auto one = inference::request_for_image(request, index);
                auto pixels = fakePixels(one.width, one.height, model_.image_channels, one.seed);
                if (callbacks.on_image) callbacks.on_image({index, std::move(pixels), std::move(one), 1.0});
            }
        }
        return inference::GenerationSummary{request.num_images, 1.0, 0, 1.0, 0, 0, 0};
    }

private:
    inference::Result<void> work(int image, const std::stop_token& stop) {
        script_->waitUntilOpen(stop);
        if (stop.stop_requested()) return inference::failure(inference::ErrorCode::cancelled, "stopped");
        if (script_->error && image >= script_->images_before_error) return tl::unexpected<inference::Error>(*script_->error);
        std::this_thread::sleep_for(script_->step_time);
        ++script_->steps;
        return {};
    }

    /// All candidates of a batch go together, the worse half of each image's is given up after half of the steps. They have pixels and no features.
    inference::Result<inference::GenerationSummary> generateBest(const inference::GenerationRequest& request,
                                                                 const inference::GenerationCallbacks& callbacks, const std::stop_token& stop) {
        if (!callbacks.judge) return inference::failure(inference::ErrorCode::invalid_request, "candidates are asked for, but nobody judges them");
        for (int first = 0; first < request.num_images; first += request.batch_size) {
            std::vector<Choice> batch;
            for (int i = 0; i < std::min(request.batch_size, request.num_images - first); ++i) batch.push_back(choiceFor(request, first + i));
            for (int step = 1; step <= request.num_inference_steps; ++step) {
                if (auto done = work(first, stop); !done) return tl::unexpected<inference::Error>(done.error());
                inference::StepProgress told = progress(request, first, static_cast<int>(batch.size()), step);
                for (std::size_t i = 0; i < told.previews.size(); ++i) told.previews[i] = batch[i].pictures.front().pixels;
                if (callbacks.on_step) callbacks.on_step(told);
                if (step != request.num_inference_steps / 2) continue;
                for (Choice& image : batch) image.keep(image.pictures.size() - image.pictures.size() / 2, callbacks);
            }
            for (std::size_t i = 0; i < batch.size(); ++i) {
                batch[i].keep(1, callbacks);
                const int index = first + static_cast<int>(i);
                if (callbacks.on_image) callbacks.on_image({index, std::move(batch[i].pictures[0].pixels), std::move(batch[i].requests[0]), 1.0});
            }
        }
        return inference::GenerationSummary{request.num_images, 1.0, 0, 1.0, 0, 0, 0};
    }

    /// The candidates of one image that are left.
    struct Choice {
        std::vector<inference::Candidate> pictures;
        std::vector<inference::GenerationRequest> requests;

        /// The best `count`, in their order.
        void keep(std::size_t count, const inference::GenerationCallbacks& callbacks) {
            if (pictures.size() <= count) return;
            std::vector<double> scores = callbacks.judge(pictures);
            while (pictures.size() > count) {
                const auto worst = std::min_element(scores.rbegin(), scores.rend()).base() - 1 - scores.begin();  // of equals the last
                pictures.erase(pictures.begin() + worst);
                requests.erase(requests.begin() + worst);
                scores.erase(scores.begin() + worst);
            }
        }
    };
    Choice choiceFor(const inference::GenerationRequest& request, int index) const {
        Choice choice;
        for (int c = 0; c < request.candidates; ++c) {
            choice.requests.push_back(inference::request_for_image(request, index, c));
            choice.pictures.push_back({fakePixels(request.width, request.height, model_.image_channels, choice.requests.back().seed), {}});
        }
        return choice;
    }

    inference::StepProgress progress(const inference::GenerationRequest& request, int first, int batch, int step) const {
        inference::StepProgress progress;
        progress.first_image = first;
        progress.batch_size = batch;
        progress.step = step;
        progress.num_steps = request.num_inference_steps;
        progress.num_images = request.num_images;
        progress.fraction = (first + static_cast<double>(batch) * step / request.num_inference_steps) / request.num_images;
        for (int i = 0; script_->previews && i < std::min<int>(batch, script_->most_previews); ++i) {
            progress.previews.push_back(
                fakePixels(request.width, request.height, model_.image_channels, request.seed + static_cast<std::uint64_t>(first + i)));
        }
        return progress;
    }

    std::shared_ptr<FakeScript> script_;
    inference::ModelInfo model_;
};

inline inference::EngineFactory fakeEngineFactory(std::shared_ptr<FakeScript> script) {
    return [script = std::move(script)](const inference::LoadProgressFn& on_progress,
                                        std::stop_token) -> inference::Result<std::unique_ptr<inference::Engine>> {
        on_progress({0.5});
        if (script->load_error) return tl::unexpected<inference::Error>(*script->load_error);
        return std::make_unique<FakeEngine>(script);
    };
}

}  // namespace tests
