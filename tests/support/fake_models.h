// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/models/model_backend.h"
#include "tests/support/fake_engine.h"

#include <QString>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tests {

/// Models that exist in name only, by their folder: what a backend finds there, and the engine that it becomes. Shared by the test and the
/// pool threads; a folder that is not known has vanished.
class FakeModels {
public:
    struct Model {
        std::shared_ptr<FakeScript> script = std::make_shared<FakeScript>();
        inference::ModelDescription description;
        std::optional<inference::Error> refusal;  ///< of a look into the folder
        bool hashing_waits = false;               ///< until finishHashing()
    };

    /// A model called `name`, whose identity is "id of NAME".
    static Model model(const std::string& name) {
        Model made;
        auto& info = made.script->model;
        info.id = "id of " + name;
        info.name = name;
        auto& description = made.description;
        description.name = name;
        description.architecture = {"FuseDiTPipeline", "self", "2d-rope", "adaln-single", 12, 1024, "Gemma 3", 18, 640};
        description.parts = {{inference::ModelPart::Kind::text_model, 268'000'000, 540'000'000, {"BF16"}},
                             {inference::ModelPart::Kind::transformer, 120'000'000, 240'000'000, {"F16", "F32"}},
                             {inference::ModelPart::Kind::autoencoder, 4'000'000, 16'000'000, {"F32"}}};
        description.native_sizes = info.native_sizes;
        description.size_multiple = info.size_multiple;
        description.image_channels = info.image_channels;
        description.default_steps = info.default_steps;
        description.default_guidance_scale = info.default_guidance_scale;
        description.max_prompt_tokens = description.trained_prompt_tokens = info.max_prompt_tokens;
        description.device = "cpu";
        description.dtype = "float32";
        description.load_bytes = 500'000'000;
        description.picture_bytes = 100'000'000;
        description.available_bytes = 8'000'000'000;
        description.picture_flops = 2e12;
        return made;
    }

    void put(const QString& folder, Model model) {
        const std::lock_guard lock(mutex_);
        model.description.path = folder.toStdString();
        models_[folder] = std::move(model);
    }
    /// As when somebody deletes or unmounts it.
    void take(const QString& folder) {
        const std::lock_guard lock(mutex_);
        models_.erase(folder);
    }
    void finishHashing() {
        const std::lock_guard lock(mutex_);
        hashing_done_ = true;
        hashing_changed_.notify_all();
    }

    /// Refers to this object.
    app::ModelBackend backend() {
        app::ModelBackend backend;
        backend.engine = [this](const app::ModelLocation& location) -> inference::EngineFactory {
            return [this, location](const inference::LoadProgressFn& on_progress,
                                    std::stop_token stop) -> inference::Result<std::unique_ptr<inference::Engine>> {
                const auto found = find(location);
                if (!found) return tl::unexpected<inference::Error>(missing(location));
                on_progress({0.5});
                found->script->waitUntilOpen(stop);
                if (stop.stop_requested()) return inference::failure(inference::ErrorCode::cancelled, "stopped");
                return fakeEngineFactory(found->script)(on_progress, stop);
            };
        };
        backend.describe = [this](const app::ModelLocation& location, std::stop_token) -> inference::Result<inference::ModelDescription> {
            const auto found = find(location);
            if (!found) return tl::unexpected<inference::Error>(missing(location));
            if (found->refusal) return tl::unexpected<inference::Error>(*found->refusal);
            return found->description;
        };
        backend.identify = [this](const app::ModelLocation& location, const inference::LoadProgressFn& on_progress,
                                  std::stop_token stop) -> inference::Result<std::string> {
            const auto found = find(location);
            if (!found) return tl::unexpected<inference::Error>(missing(location));
            on_progress({0.25});
            std::unique_lock lock(mutex_);
            if (found->hashing_waits) hashing_changed_.wait(lock, stop, [this] { return hashing_done_; });
            if (stop.stop_requested()) return inference::failure(inference::ErrorCode::cancelled, "stopped");
            return found->script->model.id;
        };
        return backend;
    }

private:
    static inference::Error missing(const app::ModelLocation& location) {
        return {inference::ErrorCode::model_not_found, location.pipeline.toStdString() + "/model_index.json: there is no such file"};
    }
    std::optional<Model> find(const app::ModelLocation& location) {
        const std::lock_guard lock(mutex_);
        const auto found = models_.find(location.pipeline);
        return found == models_.end() ? std::nullopt : std::optional(found->second);
    }

    std::mutex mutex_;
    std::condition_variable_any hashing_changed_;
    bool hashing_done_ = false;
    std::map<QString, Model> models_;
};

}  // namespace tests
