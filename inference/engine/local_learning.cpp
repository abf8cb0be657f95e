// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/local_learning.h"

#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/engine/guarded.h"
#include "inference/learning/adapter_file.h"
#include "inference/learning/denoising_judge.h"
#include "inference/learning/feature_reader.h"
#include "inference/learning/training_refit.h"
#include "inference/learning/training_run.h"
#include "inference/learning/training_shortage.h"

namespace inference {
namespace {

/// Left to other programs and to drawing.
constexpr std::int64_t reserve_bytes = 256 << 20;

std::int64_t available_bytes() { return std::max<std::int64_t>(0, available_memory_bytes() - reserve_bytes); }

/// A run keeps to the threads that it began with; the engine has its own number back afterwards.
class ThreadsOf {
public:
    explicit ThreadsOf(const TrainingSetup& setup) : before_(at::get_num_threads()) {
        if (setup.threads > 0 && setup.threads != before_) at::set_num_threads(setup.threads);
    }
    ~ThreadsOf() {
        if (at::get_num_threads() != before_) at::set_num_threads(before_);
    }
    ThreadsOf(const ThreadsOf&) = delete;
    ThreadsOf& operator=(const ThreadsOf&) = delete;

private:
    int before_;
};

class GuardedTraining final : public TrainingSession {
public:
    GuardedTraining(std::unique_ptr<TrainingRun> run, std::string folder) : run_(std::move(run)), folder_(std::move(folder)) {}
    ~GuardedTraining() override {
        run_.reset();
        malloc_trim(0);  // what a session took is the machine's again, not the allocator's
    }
    GuardedTraining(const GuardedTraining&) = delete;
    GuardedTraining& operator=(const GuardedTraining&) = delete;

    Result<TrainingProgress> advance(std::stop_token stop) override {
        auto progress = guarded([&] {
            const at::NoGradGuard no_grad;
            const ThreadsOf threads(run_->setup());
            return run_->advance(stop);
        });
        if (!progress && progress.error().code == ErrorCode::out_of_memory) {
            // Whoever starts this job again goes on from its checkpoint with less.
            if (const auto noted = guarded([&] { note_shortage(folder_, run_->setup().bytes); }); !noted) return tl::unexpected<Error>(noted.error());
        }
        return progress;
    }
    Result<AdapterInfo> write_adapter(const std::string& path, double scale, const std::map<std::string, std::string>& metadata) override {
        return guarded([&] { return run_->write_adapter(path, scale, metadata); });
    }

private:
    std::unique_ptr<TrainingRun> run_;
    std::string folder_;
};

}  // namespace

LocalLearning::LocalLearning(EngineCore& core) : core_(core), feature_version_(FeatureReader(frozen()).version()) {}

FrozenModel LocalLearning::frozen() const {
    const auto& model = core_.model();
    auto read_prompts = [core = &core_, model](const std::vector<PromptText>& texts, const std::stop_token& stop) {
        // The engine's cache belongs to the weights that it has loaded now, which may be others by the time a training session asks.
        PromptReader aside(0);
        auto& reader = core->model().text == model.text ? core->prompts() : aside;
        std::vector<PromptTokenIds> ids;
        for (const auto& text : texts) ids.push_back(reader.tokenize(model, text.instruction + text.prompt, text.instruction));
        return reader.understand(model, ids, stop);
    };
    return core_.frozen_model(std::move(read_prompts));
}

Result<std::vector<PictureFeatures>> LocalLearning::features(const std::vector<PictureQuery>& pictures, std::stop_token stop) {
    const auto run = [&] {
        const at::NoGradGuard no_grad;
        core_.use_dtype(Dtype::automatic, stop);
        return FeatureReader(frozen()).read(pictures, stop);
    };
    return guarded(run, [&] { core_.forget(); });
}

Result<std::vector<double>> LocalLearning::denoising_losses(const std::vector<PictureQuery>& queries, const DenoisingOptions& options,
                                                            std::stop_token stop) {
    const auto run = [&] {
        const at::NoGradGuard no_grad;
        core_.use_dtype(Dtype::automatic, stop);
        const auto model = frozen();
        const auto adapter = core_.adapters().stack(options.adapters, AdapterLayout(model.config->transformer), model.id, model.placement, stop);
        return inference::denoising_losses(model, queries, options, adapter, stop);
    };
    return guarded(run, [&] { core_.forget(); });
}

Result<TrainingEstimate> LocalLearning::estimate_training(const TrainingJob& job, std::stop_token stop) {
    const auto run = [&] {
        const at::NoGradGuard no_grad;
        core_.use_dtype(Dtype::automatic, stop);
        auto asked = job;
        asked.checkpoint_path.clear();  // what lies there is not looked at
        TrainingRun training(frozen(), std::move(asked), available_bytes());
        TrainingEstimate estimate;
        estimate.memory_bytes = training.setup().bytes;
        estimate.measures = training.setup().measures;
        estimate.adapter_parameters = training.parameters();
        estimate.seconds = training.measure_seconds(stop);
        return estimate;
    };
    return guarded(run, [&] { core_.forget(); });
}

Result<std::unique_ptr<TrainingSession>> LocalLearning::start_training(const TrainingJob& job, std::stop_token stop) {
    const auto run = [&]() -> std::unique_ptr<TrainingSession> {
        const at::NoGradGuard no_grad;
        core_.use_dtype(Dtype::automatic, stop);
        throw_if_stopped(stop);
        refit_checkpoint(frozen(), job, available_bytes());
        auto training = std::make_unique<TrainingRun>(frozen(), job, available_bytes());
        if (core_.may_choose_threads()) training->probe_threads(stop);
        return std::make_unique<GuardedTraining>(std::move(training), job.checkpoint_path);
    };
    return guarded(run, [&] { core_.forget(); });
}

Result<AdapterInfo> LocalLearning::inspect_adapter(const std::string& path, std::stop_token stop) {
    const auto run = [&] {
        std::error_code error;
        if (!std::filesystem::exists(path, error))
            fail(ErrorCode::io, path + ": " + (error ? error.message() : std::string("there is no such file")));
        const auto layout = AdapterLayout(core_.model().config.transformer);
        return read_adapter(path, layout, core_.info().id, stop).info;
    };
    return guarded(run);
}

}  // namespace inference
