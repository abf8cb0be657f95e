// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <functional>

#include "inference/api/engine_module.h"
#include "inference/engine/benchmark.h"
#include "inference/engine/describe_model.h"
#include "inference/engine/guarded.h"
#include "inference/engine/loaded_model.h"
#include "inference/engine/local_engine.h"
#include "inference/import/import_pipeline.h"
#include "inference/module/entry_point.h"
#include "inference/synthetic/random_pipeline.h"

namespace {

class LocalEngineModule final : public inference::EngineModule {
public:
    inference::Result<std::unique_ptr<inference::Engine>> create_engine(const inference::EngineConfig& config,
                                                                        const inference::LoadProgressFn& on_progress, std::stop_token stop) override {
        return inference::make_local_engine(config, on_progress, std::move(stop));
    }
    inference::Result<inference::ModelDescription> describe_model(const inference::EngineConfig& config, std::stop_token stop) override {
        return inference::guarded([&] { return inference::describe_model(config, stop); });
    }
    inference::Result<std::string> identify_model(const inference::EngineConfig& config, const inference::LoadProgressFn& on_progress,
                                                  std::stop_token stop) override {
        return inference::guarded([&] {
            const auto pipeline = inference::read_pipeline_config(config.pipeline_path);
            return inference::model_identity(pipeline, config.text_model_path, config.cache_path, stop, [&](double fraction) {
                if (on_progress) on_progress({fraction});
            });
        });
    }
    inference::Result<inference::BenchmarkReport> run_benchmark(const inference::EngineConfig& config, const inference::BenchmarkOptions& options,
                                                                std::stop_token stop) override {
        return inference::run_benchmark(config, options, std::move(stop));
    }
    inference::Result<inference::RandomPipelineSummary> make_random_pipeline(const inference::RandomPipelineOptions& options,
                                                                             const inference::LoadProgressFn& on_progress,
                                                                             std::stop_token stop) override {
        return inference::make_random_pipeline(options, fractions(on_progress), std::move(stop));
    }
    inference::Result<inference::CheckpointImportSummary>
    import_checkpoint(const inference::CheckpointImport& import, const inference::LoadProgressFn& on_progress, std::stop_token stop) override {
        return inference::import_checkpoint(import, fractions(on_progress), std::move(stop));
    }

private:
    static std::function<void(double)> fractions(const inference::LoadProgressFn& on_progress) {
        return [&on_progress](double fraction) {
            if (on_progress) on_progress({fraction});
        };
    }
};

}  // namespace

extern "C" __attribute__((visibility("default"))) inference::EngineModule* fuselight_engine_module(const char* caller_version) {
    static LocalEngineModule module;
    return std::strcmp(caller_version, inference::engine_module_version) == 0 ? &module : nullptr;
}
