// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/local_engine.h"

#include <utility>

#include "inference/engine/engine_core.h"
#include "inference/engine/guarded.h"
#include "inference/engine/local_learning.h"

namespace inference {
namespace {

/// EngineCore behind the facade: exceptions end here.
class LocalEngine final : public Engine {
public:
    explicit LocalEngine(std::unique_ptr<EngineCore> core) : core_(std::move(core)), learning_(*core_) {}

    const ModelInfo& model() const noexcept override { return core_->info(); }

    Result<GenerationSummary> generate(const GenerationRequest& request, const GenerationCallbacks& callbacks, std::stop_token stop) override {
        return guarded([&] { return core_->generate(request, callbacks, stop); }, [&] { core_->forget(); });
    }

    LearningEngine* learning() noexcept override { return &learning_; }

private:
    std::unique_ptr<EngineCore> core_;
    LocalLearning learning_;
};

}  // namespace

Result<std::unique_ptr<Engine>> make_local_engine(const EngineConfig& config, const LoadProgressFn& on_progress, std::stop_token stop) {
    return guarded(
        [&]() -> std::unique_ptr<Engine> { return std::make_unique<LocalEngine>(std::make_unique<EngineCore>(config, on_progress, stop)); });
}

}  // namespace inference
