// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/picture_sight.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/signal_store.h"
#include "tests/app/app_test.h"
#include "tests/app/fake_learning.h"
#include "tests/support/temporary_library.h"

#include <QTimer>

using app::ItemId;
using app::PictureSight;
using tests::must;

class PictureSightTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        script_ = std::make_shared<tests::FakeScript>();
        learning_ = std::make_shared<tests::LearningScript>();
    }
    void cleanup() {
        close();
        home_.reset();
    }

    void aPictureIsLookedAtOnce() {
        for (int i = 0; i < 9; ++i) draw(i);
        open();
        sight_->look({});
        QTRY_COMPARE(sight_->traits().size(), std::size_t{9});
        QCOMPARE(learning_->looked_at.load(), 9);
        close();
        open();
        sight_->look({});
        QTRY_COMPARE(sight_->traits().size(), std::size_t{9});
        QCOMPARE(learning_->looked_at.load(), 9);
    }

    void whatWasJudgedIsSeenHoweverOldItIs() {
        const ItemId oldest = draw(0);
        for (int i = 1; i <= static_cast<int>(PictureSight::most_unrated); ++i) remember(i);
        open();
        sight_->look({oldest});
        QTRY_VERIFY(sight_->traits().contains(oldest));
    }

    void whatWasSeenEarlierIsReadAFewRowsAtATime() {
        constexpr std::size_t count = 100;
        for (int i = 0; i < static_cast<int>(count); ++i) remember(i);
        open();
        std::size_t before = 0, largest = 0;
        int turns = 0;
        QTimer turn;
        connect(&turn, &QTimer::timeout, this, [&] {
            const std::size_t now = sight_->traits().size();
            largest = std::max(largest, now - before);
            turns += sight_->isReading() ? 1 : 0;
            before = now;
        });
        turn.start(0);
        QSignalSpy seen(sight_.get(), &PictureSight::seen);
        sight_->look({});
        QTRY_COMPARE(sight_->traits().size(), count);
        // Timers without delay take turns: whatever waits for the event loop waits for one read.
        QVERIFY2(largest <= 32, qPrintable(QString::number(largest)));
        QVERIFY2(turns >= 3, qPrintable(QString::number(turns)));
        QCOMPARE(seen.size(), 1);
        QCOMPARE(learning_->looked_at.load(), 0);
    }

    void whatIsAskedForMeanwhileIsSeenToo() {
        for (int i = 0; i < 40; ++i) remember(i);
        open();
        ItemId late;
        inTheMidst([&] {
            late = draw(40);
            sight_->look({});
            QVERIFY(sight_->isReading());
        });
        QTRY_VERIFY(sight_->traits().contains(late));
        QCOMPARE(sight_->traits().size(), std::size_t{41});
        QCOMPARE(learning_->looked_at.load(), 1);
    }

    void forgettingInTheMidstOfItLeavesNothing() {
        for (int i = 0; i < 100; ++i) remember(i);
        open();
        inTheMidst([&] { sight_->forget(); });
        QVERIFY(!sight_->isReading());
        QTest::qWait(50);
        QVERIFY(sight_->traits().empty());
        sight_->look({});
        QTRY_COMPARE(sight_->traits().size(), std::size_t{100});
    }

    void aPictureWithoutItsFileIsPassedOver() {
        const ItemId gone = must(home_->library->add(home_->imagePath(QStringLiteral("gone.png")), request(1), {16, 16}, true, 1.0, 1));
        const ItemId there = draw(2);
        open();
        sight_->look({});
        QTRY_VERIFY(sight_->traits().contains(there));
        QVERIFY(!sight_->traits().contains(gone));
    }

private:
    /// Looks, and does something once while it reads what was seen earlier.
    void inTheMidst(const std::function<void()>& what) {
        bool done = false;
        QTimer turn;
        connect(&turn, &QTimer::timeout, this, [&] {
            if (!done && sight_->isReading()) {
                done = true;
                what();
            }
        });
        turn.start(0);
        sight_->look({});
        QTRY_VERIFY(done);
    }
    static inference::GenerationRequest request(int i) { return tests::requestFor("a teapot", static_cast<std::uint64_t>(i)); }
    /// A picture with its file, that nobody has looked at.
    ItemId draw(int i) { return home_->add(QStringLiteral("%1.png").arg(i), request(i), tests::fakePixels(16, 16, 4, request(i).seed)); }
    /// One that the model saw in an earlier run; its file is not needed for that.
    void remember(int i) {
        const ItemId item = must(home_->library->add(home_->imagePath(QStringLiteral("%1.png").arg(i)), request(i), {16, 16}, true, 1.0, 1));
        const std::vector<float> states(app::num_pixel_statistics, 0.5F);
        const inference::PictureFeatures features{"fake-features", states, states, {1.0F, 1.0F}};
        must(app::SignalStore(*home_->database).putFeatures(item, features, {}));
    }
    void open() {
        engine_ = std::make_unique<app::EngineThread>(tests::fakeLearningFactory(script_, learning_));
        store_ = std::make_unique<app::SignalStore>(*home_->database);
        sight_ = std::make_unique<PictureSight>(*engine_, *home_->library, *store_);
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }
    void close() {
        sight_.reset();
        store_.reset();
        engine_.reset();
    }

    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::shared_ptr<tests::FakeScript> script_;
    std::shared_ptr<tests::LearningScript> learning_;
    std::unique_ptr<app::EngineThread> engine_;
    std::unique_ptr<app::SignalStore> store_;
    std::unique_ptr<PictureSight> sight_;
};

APP_TEST(picture_sight, PictureSightTest)
#include "picture_sight_test.moc"
