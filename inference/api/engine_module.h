// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "inference/api/benchmark.h"
#include "inference/api/checkpoint_import.h"
#include "inference/api/engine.h"
#include "inference/api/model_description.h"
#include "inference/api/random_pipeline.h"
#include "inference/api/result.h"

namespace inference {

/// What the engine's shared library offers. The program does not link libtorch: it opens this module on the engine thread, so
/// that the window is up long before libtorch's half gigabyte is mapped.
class EngineModule {
public:
    virtual ~EngineModule() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<Engine>> create_engine(const EngineConfig& config, const LoadProgressFn& on_progress,
                                                                        std::stop_token stop) = 0;
    /// What a pipeline is and what it would take, without reading its weights (inference/engine/describe_model.h). Any thread.
    /// Errors: model_not_found, corrupt_file, unsupported_model, io: each names the file, and the field or tensor; cancelled.
    [[nodiscard]] virtual Result<ModelDescription> describe_model(const EngineConfig& config, std::stop_token stop) = 0;
    /// What ModelInfo::id will be once it is loaded: reads every byte of it, unless `config.cache_path` remembers. Any thread.
    /// Errors: as describe_model.
    [[nodiscard]] virtual Result<std::string> identify_model(const EngineConfig& config, const LoadProgressFn& on_progress, std::stop_token stop) = 0;
    /// Times the engine's stages and the processor's own limits (`fuselight bench`).
    [[nodiscard]] virtual Result<BenchmarkReport> run_benchmark(const EngineConfig& config, const BenchmarkOptions& options,
                                                                std::stop_token stop) = 0;
    /// Writes a pipeline directory with random weights (inference/synthetic/random_pipeline.h).
    [[nodiscard]] virtual Result<RandomPipelineSummary> make_random_pipeline(const RandomPipelineOptions& options, const LoadProgressFn& on_progress,
                                                                             std::stop_token stop) = 0;
    /// Makes a pipeline directory out of a trainer's checkpoint (inference/import/import_pipeline.h).
    [[nodiscard]] virtual Result<CheckpointImportSummary> import_checkpoint(const CheckpointImport& import, const LoadProgressFn& on_progress,
                                                                            std::stop_token stop) = 0;
};

/// Opens the engine module (inference/module). The module stays open until the process ends: libtorch cannot be unloaded.
/// Errors: model_not_found is never used here; io when the library is missing or cannot be loaded, naming what it needs.
Result<EngineModule*> open_engine_module(const std::string& library_path);

}  // namespace inference
