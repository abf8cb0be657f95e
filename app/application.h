// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "app/models/model_backend.h"
#include "app/paths/profile_paths.h"
#include "app/session/power_source.h"
#include "inference/api/engine.h"
#include "inference/api/prompt_tokenizer.h"
#include "inference/api/result.h"

namespace app {

class AdapterExchange;
class EngineThread;
class GenerationService;
class JobQueue;
class Library;
class ModelCatalogue;
class ModelSwitcher;
class OwnPictures;
class PowerWatch;
class SettingsStore;
class TasteService;
class ThumbnailLoader;
class TokenCounter;
class TrainingService;
class TrialService;

/// Composition root of the services: constructs them in order of dependency, connects them, and shuts them down in reverse.
class Application final {
public:
    struct Options {
        ProfilePaths paths;
        inference::EngineFactory engine;              ///< of the starter, where `models` makes none
        inference::PromptTokenizerFactory tokenizer;  ///< until a model is loaded
        ModelBackend models;                          ///< how models are looked into and loaded; empty: there is the starter alone
        ModelLocation starter;
        std::optional<ModelLocation> model;  ///< loaded first, and listed; otherwise the one that was used last
        bool start_paused = false;           ///< after a crash
        PowerSource power;
    };

    /// Opens database and library; the model loads in the background. Errors: io, corrupt_file (the database; it is left as it is).
    static inference::Result<std::unique_ptr<Application>> open(Options options);
    ~Application();

    SettingsStore& settings();
    Library& library();
    ThumbnailLoader& thumbnails();
    JobQueue& queue();
    EngineThread& engine();
    GenerationService& generation();
    TokenCounter& tokens();
    TasteService& taste();
    TrainingService& training();
    AdapterExchange& exchange();
    PowerWatch& power();
    OwnPictures& ownPictures();
    TrialService& trials();
    ModelCatalogue& models();
    ModelSwitcher& modelSwitcher();
    /// Whether training also goes on while the computer lives on its battery. Errors: io.
    [[nodiscard]] inference::Result<bool> trainsOnBattery() const;
    [[nodiscard]] inference::Result<void> setTrainsOnBattery(bool on);
    const ProfilePaths& paths() const;

private:
    struct Services;
    explicit Application(std::unique_ptr<Services> services);
    std::unique_ptr<Services> services_;
};

}  // namespace app
