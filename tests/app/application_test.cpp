// SPDX-License-Identifier: Apache-2.0
#include "app/application.h"
#include "app/generation/generation_service.h"
#include "app/library/thumbnail_loader.h"
#include "app/prompt/token_counter.h"
#include "app/settings/settings_store.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QTemporaryDir>

#include <algorithm>
#include <atomic>
#include <thread>

using app::Application;
using app::JobId;
using app::JobState;
using app::ProfilePaths;
using inference::ErrorCode;

namespace {

/// A token a byte.
class ByteTokenizer final : public inference::PromptTokenizer {
public:
    inference::PromptTokens measure(const std::string& prompt, int limit) const override {
        const auto count = static_cast<int>(prompt.size()) + 1;
        return {count, limit, std::min(prompt.size(), static_cast<std::size_t>(limit - 1))};
    }
};

inference::GenerationRequest batchOf(int images, std::uint64_t seed = 100) {
    auto request = tests::requestFor("three strawberries", seed);
    request.num_images = images;
    return request;
}

}  // namespace

class ApplicationTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        script_ = std::make_shared<tests::FakeScript>();
        script_->model.max_prompt_tokens = 33;
    }
    void cleanup() {
        studio_.reset();
        QCOMPARE(script_->engines.load(), 0);
    }

    void aFirstStartMakesItsFoldersAndDraws() {
        open();
        const ProfilePaths paths = ProfilePaths::inside(folder_->path());
        QCOMPARE(studio_->paths(), paths);
        QVERIFY(QFile::exists(paths.databaseFile()));
        QVERIFY(QDir(paths.images_dir).exists());
        QVERIFY(studio_->library().items().empty());
        QVERIFY(studio_->queue().jobs().empty());
        QVERIFY(!studio_->queue().isPaused());
        QTRY_VERIFY(studio_->engine().model().has_value());
        const JobId id = submit(batchOf(2));
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(studio_->library().items().size(), std::size_t{2});
        for (const auto& item : studio_->library().items()) {
            QVERIFY(QFile::exists(item.path));
            QVERIFY2(!studio_->thumbnails().thumbnail(item).isNull(), "a picture that was just drawn is decoded again");
        }
    }

    void theModelsLimitReachesTheTokenCounter() {
        open();
        QTRY_VERIFY(studio_->engine().model().has_value());
        app::TokenCount count;
        connect(&studio_->tokens(), &app::TokenCounter::counted, this,
                [&](app::TokenCounter::Channel, const QString&, const app::TokenCount& answer) { count = answer; });
        studio_->tokens().measure(app::TokenCounter::Channel::prompt, QString(40, QLatin1Char('x')));
        QTRY_COMPARE(count, (app::TokenCount{41, 33, 32}));
    }

    void everythingIsThereTheNextDay() {
        open();
        const JobId id = submit(batchOf(3));
        QTRY_COMPARE(stateOf(id), JobState::done);
        const auto rated = studio_->library().items().front().id;
        QVERIFY_OK(studio_->library().setRating(rated, 5));
        auto settings = studio_->settings().settings();
        settings.composer.request.prompt = "half written";
        settings.appearance.theme = app::Theme::dark;
        studio_->settings().update(settings);
        const auto before = studio_->library().items();
        open();
        QVERIFY(studio_->library().items() == before);
        QCOMPARE(studio_->library().find(rated)->rating, 5);
        QVERIFY(studio_->settings().settings() == settings);
        QCOMPARE(stateOf(id), JobState::done);
        QCOMPARE(studio_->queue().find(id)->images_done, 3);
    }

    void closingWhileDrawingLosesNothing() {
        open();
        script_->allow(2 * 4 + 1);
        const JobId id = submit(batchOf(4));
        const JobId waiting = submit(batchOf(1, 200));
        QTRY_COMPARE(studio_->queue().find(id)->images_done, 2);
        studio_.reset();
        QCOMPARE(script_->engines.load(), 0);
        script_->close();
        open();
        QCOMPARE(studio_->library().items().size(), std::size_t{2});
        QCOMPARE(studio_->queue().jobs().front().id, id);
        QCOMPARE(studio_->queue().waitingCount(), 2);
        script_->open();
        QTRY_COMPARE(stateOf(waiting), JobState::done);
        QCOMPARE(stateOf(id), JobState::done);
        QCOMPARE(studio_->library().items().size(), std::size_t{5});
    }

    void closingRightAfterTheLastStepKeepsThePicture() {
        for (int round = 0; round < 10; ++round) {
            open();
            script_->close();
            const int wanted = script_->steps + 4;
            const JobId id = submit(batchOf(2, 1000 + static_cast<std::uint64_t>(round) * 10));
            QTRY_COMPARE(stateOf(id), JobState::running);
            // No event is handled from here on: the picture is with the engine or in the mail when the end comes.
            script_->allow(4);
            while (script_->steps < wanted) std::this_thread::yield();
            studio_.reset();
            open(true);
            QCOMPARE(studio_->queue().find(id)->images_done, 1);
            const auto& newest = studio_->library().items().front();
            QCOMPARE(studio_->library().items().size(), static_cast<std::size_t>(round) + 1);
            QCOMPARE(studio_->library().request(newest.id)->seed, 1000 + static_cast<std::uint64_t>(round) * 10);
            QVERIFY(app::readImage(newest.path).has_value());
            studio_->queue().cancelAll();
        }
    }

    void closingWhileTheModelLoadsDoesNotWaitForIt() {
        std::atomic<bool> loading{false};
        script_->close();
        auto options = optionsFor(folder_->path());
        options.engine = [&](const inference::LoadProgressFn&, const std::stop_token& stop) -> inference::Result<std::unique_ptr<inference::Engine>> {
            loading = true;
            script_->waitUntilOpen(stop);
            return inference::failure(ErrorCode::cancelled, "stopped while loading");
        };
        auto opened = Application::open(std::move(options));
        QVERIFY_OK(opened);
        QTRY_VERIFY(loading.load());
        opened->reset();  // a load that is not asked to stop would never end
        QVERIFY(loading);
    }

    void afterACrashTheQueueWaitsToBeAsked() {
        open();
        script_->close();
        const JobId id = submit(batchOf(1));
        QTRY_COMPARE(stateOf(id), JobState::running);
        studio_.reset();
        script_->open();
        open(true);
        QVERIFY(studio_->queue().isPaused());
        QTRY_VERIFY(studio_->engine().model().has_value());
        QCoreApplication::processEvents();
        QCOMPARE(stateOf(id), JobState::waiting);
        QVERIFY(!studio_->generation().isBusy());
        studio_->queue().setPaused(false);
        QTRY_COMPARE(stateOf(id), JobState::done);
    }

    void afterACrashAnEmptyQueueIsNotPaused() {
        open(true);
        QVERIFY(!studio_->queue().isPaused());
        const JobId id = submit(batchOf(1));
        QTRY_COMPARE(stateOf(id), JobState::done);
        open(true);  // finished jobs hold nothing back either
        QVERIFY(!studio_->queue().isPaused());
    }

    void twoProfilesAreApart() {
        const QTemporaryDir other_folder;
        auto other = tests::must(Application::open(optionsFor(other_folder.path())));
        open();
        const JobId id = submit(batchOf(1));
        QTRY_COMPARE(stateOf(id), JobState::done);
        auto settings = studio_->settings().settings();
        settings.appearance.theme = app::Theme::dark;
        studio_->settings().update(settings);
        QVERIFY_OK(studio_->library().setRating(studio_->library().items().front().id, 4));
        QVERIFY(other->library().items().empty());
        QVERIFY(other->queue().jobs().empty());
        QCOMPARE(other->settings().settings().appearance.theme, app::Theme::system);
        QVERIFY(QDir(other->paths().images_dir).isEmpty());
        QVERIFY(studio_->library().items().front().path.startsWith(folder_->path()));
        other.reset();
        QVERIFY(!QFile::exists(ProfilePaths::inside(other_folder.path()).settings_file));
    }

    void aModelThatCannotBeLoadedLeavesTheLibraryInUse() {
        open();
        const JobId id = submit(batchOf(1));
        QTRY_COMPARE(stateOf(id), JobState::done);
        studio_.reset();
        script_->load_error = inference::Error{ErrorCode::model_not_found, "no transformer"};
        open();
        QSignalSpy failed(&studio_->engine(), &app::EngineThread::loadFailed);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY_OK(studio_->library().setRating(studio_->library().items().front().id, 3));
        const JobId later = submit(batchOf(1));
        QCoreApplication::processEvents();
        QCOMPARE(stateOf(later), JobState::waiting);
        script_->load_error.reset();
        studio_->engine().load();
        QTRY_COMPARE(stateOf(later), JobState::done);
    }

    void aDamagedDatabaseIsRefusedAndLeftAsItIs() {
        const ProfilePaths paths = ProfilePaths::inside(folder_->path());
        QVERIFY(QDir().mkpath(paths.data_dir));
        QFile file(paths.databaseFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QByteArray junk = QByteArray("not a database ").repeated(500);
        QCOMPARE(file.write(junk), junk.size());
        file.close();
        const auto opened = Application::open(optionsFor(folder_->path()));
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::corrupt_file);
        QVERIFY(opened.error().detail.find(paths.databaseFile().toStdString()) != std::string::npos);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), junk);
        QCOMPARE(script_->engines.load(), 0);
    }

    void aProfileThatCannotBeMadeIsNamed() {
        QFile obstacle(folder_->filePath(QStringLiteral("profile")));
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        const auto opened = Application::open(optionsFor(obstacle.fileName()));
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::io);
        QVERIFY2(opened.error().detail.find(obstacle.fileName().toStdString()) != std::string::npos, opened.error().detail.c_str());
    }

    void theStandardProfileFollowsTheDesktopsFolders() {
        const QByteArray home = qgetenv("HOME");
        const ProfilePaths paths = ProfilePaths::standard();
        for (const QString& path : {paths.data_dir, paths.images_dir, paths.trash_dir, paths.cache_dir, paths.settings_file, paths.state_dir,
                                    paths.databaseFile(), paths.thumbnailsDir()}) {
            QVERIFY2(path.startsWith(QString::fromLocal8Bit(home)), qPrintable(path));
            QVERIFY(path.contains(QStringLiteral("uselight")));
        }
        QVERIFY(paths.trash_dir.startsWith(paths.images_dir));  // moving there is a rename
        qputenv("XDG_STATE_HOME", "relative/is/to/be/ignored");
        QVERIFY(ProfilePaths::standard().state_dir.startsWith(QString::fromLocal8Bit(home)));
        qputenv("XDG_STATE_HOME", home);
        const QString inside = folder_->filePath(QStringLiteral("p"));
        QCOMPARE(ProfilePaths::inside(inside + QStringLiteral("/../p/")), ProfilePaths::inside(inside));
    }

private:
    Application::Options optionsFor(const QString& folder) {
        Application::Options options;
        options.paths = ProfilePaths::inside(folder);
        options.engine = tests::fakeEngineFactory(script_);
        options.tokenizer = []() -> inference::Result<std::unique_ptr<inference::PromptTokenizer>> { return std::make_unique<ByteTokenizer>(); };
        return options;
    }
    void open(bool after_a_crash = false) {
        studio_.reset();
        auto options = optionsFor(folder_->path());
        options.start_paused = after_a_crash;
        studio_ = tests::must(Application::open(std::move(options)));
    }
    JobId submit(const inference::GenerationRequest& request) { return tests::must(studio_->generation().submit(request)); }
    JobState stateOf(JobId id) { return studio_->queue().find(id)->state; }

    std::unique_ptr<QTemporaryDir> folder_;
    std::shared_ptr<tests::FakeScript> script_;
    std::unique_ptr<Application> studio_;
};

APP_TEST(application, ApplicationTest)
#include "application_test.moc"
