// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_exchange.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/evaluation_grid.h"
#include "app/feedback/shared_adapter.h"
#include "app/feedback/taste_service.h"
#include "app/feedback/training_forecast.h"
#include "tests/app/app_test.h"
#include "tests/app/fake_learning.h"
#include "tests/support/temporary_library.h"

using app::AdapterExchange;
using app::AdapterRow;
using inference::ErrorCode;
using tests::must;

class AdapterExchangeTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        script_ = std::make_shared<tests::FakeScript>();
        learning_ = std::make_shared<tests::LearningScript>();
        engine_ = std::make_unique<app::EngineThread>(tests::fakeLearningFactory(script_, learning_));
        exchange_ = std::make_unique<AdapterExchange>(*engine_, *home_->database, home_->paths);
        table_ = std::make_unique<app::AdapterTable>(*home_->database);
        file_ = home_->imagePath(QStringLiteral("warm.safetensors"));
        QFile file(file_);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("what the fake engine takes for an adapter");
    }
    void cleanup() {
        exchange_.reset();
        engine_.reset();
        home_.reset();
    }

    void anImportedFileIsAVersionThatIsNotUsedYet() {
        load();
        QSignalSpy imported(exchange_.get(), &AdapterExchange::imported);
        exchange_->importFile({}, file_);
        QTRY_COMPARE(imported.size(), 1);
        const QString id = imported[0][1].toString();
        QVERIFY(!imported[0][2].toBool());
        const auto row = must(table_->find(id));
        QVERIFY(row.has_value());
        QCOMPARE(row->verdict, app::AdapterVerdict::imported);
        QCOMPARE(must(app::originOf(*row)).file, QStringLiteral("warm.safetensors"));
        QFile copy(home_->paths.adaptersDir() + QLatin1Char('/') + id + QStringLiteral("/adapter.safetensors"));
        QVERIFY(copy.open(QIODevice::ReadOnly));
        QCOMPARE(app::SignalStore(*home_->database).profiles().value()[0].adapter_id, QString());
        exchange_->importFile({}, file_);
        QTRY_COMPARE(imported.size(), 2);
        QVERIFY2(imported[1][2].toBool(), "it was there");
    }

    void whatTheEngineRefusesChangesNothing() {
        learning_->refusal = inference::Error{ErrorCode::corrupt_file, "holds values that are not finite"};
        load();
        QSignalSpy failed(exchange_.get(), &AdapterExchange::failed);
        exchange_->importFile({}, file_);
        QTRY_COMPARE(failed.size(), 1);
        const auto error = failed[0][0].value<inference::Error>();
        QCOMPARE(error.code, ErrorCode::corrupt_file);
        QVERIFY2(error.detail.find("warm.safetensors") != std::string::npos, error.detail.c_str());
        QVERIFY(must(table_->load({})).empty());
        QVERIFY(!QDir(home_->paths.adaptersDir()).exists());
    }

    void withoutAModelItIsSaidAtOnce() {
        QSignalSpy failed(exchange_.get(), &AdapterExchange::failed);
        exchange_->importFile({}, file_);
        QCOMPARE(failed.size(), 1);
    }

    void anAdapterBelongsToOneTaste() {
        load();
        QSignalSpy imported(exchange_.get(), &AdapterExchange::imported);
        QSignalSpy failed(exchange_.get(), &AdapterExchange::failed);
        exchange_->importFile({}, file_);
        QTRY_COMPARE(imported.size(), 1);
        const auto other = must(app::SignalStore(*home_->database).addProfile(QStringLiteral("night")));
        exchange_->importFile(other, file_);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(QFile::exists(home_->paths.adaptersDir() + QLatin1Char('/') + imported[0][1].toString() + QStringLiteral("/adapter.safetensors")));
    }

    void aRemovedAdapterIsDrawnWithNoLonger() {
        load();
        QSignalSpy imported(exchange_.get(), &AdapterExchange::imported);
        exchange_->importFile({}, file_);
        QTRY_COMPARE(imported.size(), 1);
        const QString id = imported[0][1].toString();
        app::SignalStore signals(*home_->database);
        must(signals.setAdapter({}, QStringLiteral("first"), 1.0));
        must(signals.setSecond({}, id, 0.4));
        must(table_->remove(id));
        QVERIFY2(must(signals.profiles())[0].second_id.isEmpty(), "a deleted second one ends the mix");
        QCOMPARE(must(signals.profiles())[0].adapter_id, QStringLiteral("first"));
        must(table_->remove(QStringLiteral("first")));
        QVERIFY(must(signals.profiles())[0].adapter_id.isEmpty());
    }

    void aTasteDrawsWithTwoAndLeavesOutWhatIsAtZero() {
        app::TasteService taste(*engine_, *home_->library, *home_->database);
        must(taste.restore());
        QCOMPARE(taste.setSecond(QStringLiteral("two"), 0.5).error().code, ErrorCode::invalid_request);
        must(taste.setAdapter(QStringLiteral("one"), 1.5));
        QCOMPARE(taste.setSecond(QStringLiteral("one"), 0.5).error().code, ErrorCode::invalid_request);
        must(taste.setSecond(QStringLiteral("two"), 0.5));
        QCOMPARE(taste.adapters(), (std::vector<inference::AdapterUse>{{"one", 1.5}, {"two", 0.5}}));
        must(taste.setSecond(QStringLiteral("two"), 0.0));
        QCOMPARE(taste.adapters(), (std::vector<inference::AdapterUse>{{"one", 1.5}}));
        must(taste.setSecond(QStringLiteral("two"), 2.0));
        must(taste.setAdapter(QStringLiteral("one"), 0.0));
        QCOMPARE(taste.adapters(), (std::vector<inference::AdapterUse>{{"two", 2.0}}));
        must(taste.setAdapter({}, 1.0));
        QVERIFY2(taste.adapters().empty(), "the model as it came");
    }

    void theGridShowsWholePairsAndPassesOverTheOthers() {
        const QString folder = home_->paths.data_dir + QStringLiteral("/adapter");
        QVERIFY(QDir().mkpath(folder + QStringLiteral("/thumbs")));
        QVERIFY(app::readEvaluationGrid(folder, 96).isEmpty());
        const auto put = [&](const char* name, const char* prompt, std::uint64_t seed) {
            must(app::writeImage(folder + QStringLiteral("/thumbs/") + QLatin1String(name), tests::fakePixels(128, 64, 4, seed),
                                 tests::requestFor(prompt, seed), {}));
        };
        put("00-base.png", "a cup", 1);
        put("00-candidate.png", "a cup", 2);
        put("01-base.png", "a lamp", 3);
        put("02-base.png", "a door", 4);
        put("02-candidate.png", "a door", 5);
        QFile damaged(folder + QStringLiteral("/thumbs/02-candidate.png"));
        QVERIFY(damaged.resize(40));
        put("05-base.png", "a shoe", 6);
        put("05-candidate.png", "a shoe", 7);
        const auto pairs = app::readEvaluationGrid(folder, 96);
        QCOMPARE(pairs.size(), 2);
        QCOMPARE(pairs[0].prompt, QStringLiteral("a cup"));
        QCOMPARE(pairs[0].base.size(), QSize(96, 48));
        QCOMPARE(pairs[1].prompt, QStringLiteral("a shoe"));
    }

    void aJobIsForetoldBeforeItIsQueued() {
        load();
        app::TrainingForecaster forecaster(*engine_);
        std::optional<inference::Result<app::TrainingForecast>> told;
        inference::TrainingConfig config;
        config.steps = 150;  // a tenth of a second each
        connect(&forecaster, &app::TrainingForecaster::known, &forecaster, [&](const auto& forecast) { told = forecast; });
        forecaster.ask({60, 20, config, 10.0});
        QTRY_VERIFY(told.has_value());
        QVERIFY_OK(*told);
        QCOMPARE((*told)->memory_bytes, 1 << 20);
        QVERIFY2((*told)->minutes >= 0.25 && (*told)->minutes < 5.0, qPrintable(QString::number((*told)->minutes)));
        // Nothing fits: that is known now, with the engine's number.
        learning_->refusal = inference::Error{ErrorCode::out_of_memory, "training needs about 9 GB"};
        told.reset();
        forecaster.ask({60, 20, {}, 10.0});
        QTRY_VERIFY(told.has_value());
        QCOMPARE(told->error().detail, std::string("training needs about 9 GB"));
    }

private:
    void load() {
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }
    template <typename T> static T must(std::optional<T> value) {
        if (!value) qFatal("nothing is there");
        return *std::move(value);
    }
    template <typename T> static T must(inference::Result<T> value) { return tests::must(std::move(value)); }

    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::shared_ptr<tests::FakeScript> script_;
    std::shared_ptr<tests::LearningScript> learning_;
    std::unique_ptr<app::EngineThread> engine_;
    std::unique_ptr<AdapterExchange> exchange_;
    std::unique_ptr<app::AdapterTable> table_;
    QString file_;
};

APP_TEST(adapter_exchange, AdapterExchangeTest)
#include "adapter_exchange_test.moc"
