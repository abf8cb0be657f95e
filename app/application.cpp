// SPDX-License-Identifier: Apache-2.0
#include "app/application.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/adapter_exchange.h"
#include "app/feedback/signal_store.h"
#include "app/feedback/taste_service.h"
#include "app/feedback/training_service.h"
#include "app/feedback/trial_service.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/library/database.h"
#include "app/library/library.h"
#include "app/library/own_pictures.h"
#include "app/library/thumbnail_loader.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "app/prompt/token_counter.h"
#include "app/session/power_watch.h"
#include "app/settings/settings_store.h"

#include <QDir>
#include <QObject>

#include <utility>

namespace app {

using inference::Error;
using inference::Result;

/// In order of dependency: destroyed in reverse, so that the database closes last but for the paths.
struct Application::Services {
    Services(Options options, std::unique_ptr<Database> opened) :
        paths(std::move(options.paths)), database(std::move(opened)), settings(paths.settings_file), library(*database, paths),
        thumbnails(paths.thumbnailsDir()), queue(*database), engine(std::move(options.engine)), generation(engine, queue, library, paths),
        tokens(std::move(options.tokenizer)), models(*database, options.models, options.starter),
        switcher(models, engine, queue, tokens, options.models), taste(engine, library, *database),
        trials(engine, taste, *database, paths.adaptersDir()), training(engine, library, *database, paths), exchange(engine, *database, paths),
        power(std::move(options.power)), own_pictures(library, *database, paths) {}

    ProfilePaths paths;
    std::unique_ptr<Database> database;
    SettingsStore settings;
    Library library;
    ThumbnailLoader thumbnails;
    JobQueue queue;
    EngineThread engine;
    GenerationService generation;
    TokenCounter tokens;
    ModelCatalogue models;
    ModelSwitcher switcher;
    TasteService taste;
    TrialService trials;
    TrainingService training;
    AdapterExchange exchange;
    PowerWatch power;
    OwnPictures own_pictures;

    void letTasteJudge() {
        Judging judging{{}, taste.knowledge().pending};
        if (auto judge = taste.judge()) judging.judge = *std::move(judge);
        generation.setJudging(std::move(judging));
    }
    void holdBackOnBattery() {
        const auto allowed = SignalStore(*database).trainsOnBattery();
        training.setHeldBack(power.onBattery() && !(allowed && *allowed));
    }
};

namespace {

Result<void> makeFolders(const ProfilePaths& paths) {
    // The trash, caches and state are made when they are first needed.
    for (const QString& folder : {paths.data_dir, paths.images_dir}) {
        if (!QDir().mkpath(folder)) {
            return inference::failure(inference::ErrorCode::io,
                                      "the folder " + folder.toStdString() + " cannot be made: check the permissions of the folder above");
        }
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Application>> Application::open(Options options) {
    if (auto made = makeFolders(options.paths); !made) return tl::unexpected<Error>(made.error());
    const bool start_paused = options.start_paused;
    const auto asked = options.model;
    auto database = Database::open(options.paths.databaseFile(), start_paused ? Database::Check::thorough : Database::Check::none);
    if (!database) return tl::unexpected<Error>(database.error());
    auto services = std::make_unique<Services>(std::move(options), *std::move(database));
    if (auto loaded = services->library.load(); !loaded) return tl::unexpected<Error>(loaded.error());
    if (auto restored = services->queue.restore(); !restored) return tl::unexpected<Error>(restored.error());
    if (auto listed = services->models.load(); !listed) return tl::unexpected<Error>(listed.error());
    if (auto restored = services->taste.restore(); !restored) return tl::unexpected<Error>(restored.error());
    if (auto restored = services->trials.restore(); !restored) return tl::unexpected<Error>(restored.error());
    if (auto restored = services->training.restore(); !restored) return tl::unexpected<Error>(restored.error());
    // After a crash nothing of the old queue starts by itself; a queue without jobs has nothing to hold back.
    services->queue.setPaused(start_paused && services->queue.waitingCount() > 0);

    QObject::connect(&services->generation, &GenerationService::pictureWritten, &services->thumbnails, &ThumbnailLoader::seed);
    QObject::connect(&services->engine, &EngineThread::modelLoaded, &services->tokens,
                     [tokens = &services->tokens](const inference::ModelInfo& model) { tokens->setLimit(model.max_prompt_tokens); });
    QObject::connect(&services->training, &TrainingService::adapterAccepted, &services->taste, &TasteService::reload);
    QObject::connect(&services->taste, &TasteService::knowledgeChanged, &services->generation, [all = services.get()] { all->letTasteJudge(); });
    services->letTasteJudge();
    services->generation.setAdapterFits([taste = &services->taste](const std::string& adapter_id, const std::string& model_id) {
        return !taste->isOfAnotherModel(QString::fromStdString(adapter_id), model_id);
    });
    QObject::connect(&services->power, &PowerWatch::changed, &services->training, [all = services.get()] { all->holdBackOnBattery(); });
    std::optional<ModelId> first;
    if (asked) {
        const auto listed = services->models.list(*asked);
        if (!listed) return tl::unexpected<Error>(listed.error());
        first = *listed;
    }
    services->switcher.start(first);
    return std::unique_ptr<Application>(new Application(std::move(services)));
}

Application::Application(std::unique_ptr<Services> services) : services_(std::move(services)) {}

Application::~Application() = default;

SettingsStore& Application::settings() { return services_->settings; }
Library& Application::library() { return services_->library; }
ThumbnailLoader& Application::thumbnails() { return services_->thumbnails; }
JobQueue& Application::queue() { return services_->queue; }
EngineThread& Application::engine() { return services_->engine; }
GenerationService& Application::generation() { return services_->generation; }
TokenCounter& Application::tokens() { return services_->tokens; }
TasteService& Application::taste() { return services_->taste; }
TrainingService& Application::training() { return services_->training; }
AdapterExchange& Application::exchange() { return services_->exchange; }
PowerWatch& Application::power() { return services_->power; }
Result<bool> Application::trainsOnBattery() const { return SignalStore(*services_->database).trainsOnBattery(); }
Result<void> Application::setTrainsOnBattery(bool on) {
    if (auto stored = SignalStore(*services_->database).setTrainsOnBattery(on); !stored) return stored;
    services_->holdBackOnBattery();
    return {};
}
OwnPictures& Application::ownPictures() { return services_->own_pictures; }
TrialService& Application::trials() { return services_->trials; }
ModelCatalogue& Application::models() { return services_->models; }
ModelSwitcher& Application::modelSwitcher() { return services_->switcher; }
const ProfilePaths& Application::paths() const { return services_->paths; }

}  // namespace app
