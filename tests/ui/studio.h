// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_exporter.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/library/thumbnail_loader.h"
#include "app/prompt/token_counter.h"
#include "app/settings/settings_store.h"
#include "tests/app/fake_learning.h"
#include "tests/support/fake_engine.h"
#include "tests/support/fake_models.h"
#include "tests/support/requests.h"
#include "tests/ui/fake_tokenizer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace ui_test {

/// All services over a profile of their own and an engine without a model. `reopen` is a new start of the program.
class Studio final {
public:
    explicit Studio(const inference::PromptTokenizerFactory& tokenizer = wordTokenizerFactory()) : tokenizer_(tokenizer) { open(); }
    /// With more models than the starter, which is `script`'s and lies in starter_folder.
    explicit Studio(std::shared_ptr<tests::FakeModels> all_models) : models(std::move(all_models)), tokenizer_(wordTokenizerFactory()) {
        auto starter = tests::FakeModels::model("Starter");
        starter.script->model.id = "fake-model";
        script = starter.script;
        models->put(starter_folder, starter);
        open();
    }
    /// With an engine that looks at pictures and learns.
    explicit Studio(std::shared_ptr<tests::LearningScript> learning) : learning_(std::move(learning)), tokenizer_(wordTokenizerFactory()) { open(); }
    ~Studio() { script->open(); }

    app::Application& operator*() const { return *application_; }
    app::Application* operator->() const { return application_.get(); }

    void close() { application_.reset(); }
    void open() {
        app::Application::Options options;
        options.paths = app::ProfilePaths::inside(folder_.path());
        options.engine = learning_ ? tests::fakeLearningFactory(script, learning_) : tests::fakeEngineFactory(script);
        options.tokenizer = tokenizer_;
        options.starter = {starter_folder, QStringLiteral("/fake/text")};
        if (models) options.models = models->backend();
        application_ = tests::must(app::Application::open(std::move(options)));
        // Sentences are compared in English, whatever the desktop speaks.
        app::Settings settings = application_->settings().settings();
        if (settings.appearance.language.isEmpty()) settings.appearance.language = QStringLiteral("en");
        if (settings.appearance.theme == app::Theme::system) settings.appearance.theme = app::Theme::dark;
        application_->settings().update(settings);
    }
    void reopen() {
        close();
        open();
    }

    bool waitForModel() const {
        return QTest::qWaitFor([this] { return application_->engine().model().has_value(); });
    }

    /// A request of the fake model's first size.
    static inference::GenerationRequest request(const QString& prompt, std::uint64_t seed = 7, int images = 1) {
        auto request = tests::requestFor(prompt.toStdString(), seed);
        request.num_images = images;
        return request;
    }

    /// Queues it; the test ends when it is refused.
    app::JobId submit(const inference::GenerationRequest& request) const { return tests::must(application_->generation().submit(request)); }

    /// A picture in the library, with its file.
    app::ItemId add(const QString& prompt, const inference::PixelBuffer& pixels, std::uint64_t seed = 7) {
        auto request = tests::requestFor(prompt.toStdString(), seed);
        request.width = pixels.width;
        request.height = pixels.height;
        const QString path = newPath();
        tests::must(app::writeImage(path, pixels, request, {}));
        return tests::must(application_->library().add(path, request, {pixels.width, pixels.height}, pixels.channels == 4, 1.0, 1));
    }
    app::ItemId add(const QString& prompt, std::uint64_t seed = 7) { return add(prompt, tests::fakePixels(16, 16, 3, seed), seed); }

    /// A row whose file holds `bytes`, or has no file at all.
    app::ItemId addBroken(const QString& prompt, const QByteArray& bytes) {
        const QString path = newPath();
        if (!bytes.isNull()) {
            QFile file(path);
            if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write %s", qPrintable(path));
        }
        return tests::must(application_->library().add(path, tests::requestFor(prompt.toStdString()), {16, 16}, false, 1.0, 1));
    }

    const app::LibraryItem& item(app::ItemId id) const { return *application_->library().find(id); }
    int ratingOf(app::ItemId id) const { return item(id).rating; }
    QString folder() const { return folder_.path(); }

    std::shared_ptr<tests::FakeScript> script = std::make_shared<tests::FakeScript>();
    std::shared_ptr<tests::FakeModels> models;
    static inline const QString starter_folder = QStringLiteral("/fake/starter");

private:
    QString newPath() { return application_->paths().images_dir + QStringLiteral("/picture-%1.png").arg(++files_); }

    QTemporaryDir folder_;
    std::shared_ptr<tests::LearningScript> learning_;
    inference::PromptTokenizerFactory tokenizer_;
    int files_ = 0;
    std::unique_ptr<app::Application> application_;
};

/// A job that is drawing, has shown a preview, and goes no further until it is finished or cancelled.
class HeldJob final {
public:
    HeldJob(Studio& studio, const inference::GenerationRequest& request) : studio_(studio) {
        studio_.script->allow(2);
        id = studio_.submit(request);
        held_ = QTest::qWaitFor([this] { return studio_->generation().livePreview().job == id && studio_->generation().livePreview().step == 2; });
    }
    bool isHeld() const { return held_ && studio_->queue().running() && studio_->queue().running()->id == id; }
    bool finish() {
        studio_.script->open();
        return QTest::qWaitFor([this] { return studio_->queue().find(id)->state == app::JobState::done; });
    }
    bool cancel() {
        studio_->queue().cancel(id);
        studio_.script->open();
        return QTest::qWaitFor([this] { return studio_->queue().find(id)->state == app::JobState::cancelled; });
    }

    app::JobId id;

private:
    Studio& studio_;
    bool held_ = false;
};

}  // namespace ui_test
