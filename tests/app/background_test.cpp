// SPDX-License-Identifier: Apache-2.0
#include "app/engine/background_work.h"
#include "app/engine/engine_thread.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/requests.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>

using app::BackgroundId;
using app::BackgroundPriority;
using app::EngineThread;
using app::JobId;

namespace {

/// What happened on the engine's thread, in order; read after the thread has come to rest.
struct Trace {
    std::vector<std::string> slices;
    std::atomic<int> count{0};
    std::atomic<int> alive{0};
    std::atomic<bool> on_other_thread{false};
};

/// Counts its slices and may wait in one of them.
class CountedWork final : public app::BackgroundWork {
public:
    CountedWork(std::string name, int slices, Trace& trace, std::function<void(std::stop_token)> in_slice = {}) :
        name_(std::move(name)), left_(slices), trace_(trace), in_slice_(std::move(in_slice)), gui_thread_(QThread::currentThread()) {
        ++trace_.alive;
    }
    ~CountedWork() override {
        if (QThread::currentThread() == gui_thread_) trace_.on_other_thread = true;
        --trace_.alive;
    }
    bool advance(inference::Engine&, std::stop_token stop) override {
        if (QThread::currentThread() == gui_thread_) trace_.on_other_thread = true;
        trace_.slices.push_back(name_);
        ++trace_.count;
        if (in_slice_) in_slice_(std::move(stop));
        return --left_ > 0;
    }

private:
    std::string name_;
    int left_;
    Trace& trace_;
    std::function<void(std::stop_token)> in_slice_;
    QThread* gui_thread_;
};

}  // namespace

class BackgroundTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        script_ = std::make_shared<tests::FakeScript>();
        trace_ = std::make_unique<Trace>();
        engine_ = std::make_unique<EngineThread>(tests::fakeEngineFactory(script_));
    }
    void cleanup() {
        script_->open();
        engine_.reset();
        QCOMPARE(trace_->alive.load(), 0);
        QVERIFY2(!trace_->on_other_thread, "ran or was destroyed on the GUI thread");
    }

    void workThatIsGivenBeforeTheModelIsThereWaitsForIt() {
        QSignalSpy ended(engine_.get(), &EngineThread::backgroundEnded);
        const BackgroundId id = run("a", 3);
        QTest::qWait(20);
        QCOMPARE(trace_->count.load(), 0);
        engine_->load();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(ended.first().first().value<BackgroundId>() == id);
        QCOMPARE(trace_->count.load(), 3);
    }

    void aDrawingWaitsForOneSliceAtMost() {
        load();
        std::atomic<bool> in_slice{false};
        std::atomic<bool> release{false};
        run("work", 1000, BackgroundPriority::whenever, [&](std::stop_token) {
            in_slice = true;
            while (!release) QThread::msleep(1);
        });
        QTRY_VERIFY(in_slice.load());
        const int before = trace_->count;
        int at_end = -1;
        connect(engine_.get(), &EngineThread::finished, this, [&] { at_end = trace_->count; });
        engine_->generate(JobId{1}, tests::requestFor("a fish"), 0, {});
        release = true;
        QTRY_VERIFY(at_end >= 0);
        QCOMPARE(at_end, before);
        QTRY_VERIFY2(trace_->count > before + 2, "the work did not go on after the drawing");
        engine_.reset();  // the slices look at what lies on this stack
    }

    void nothingRunsBetweenTwoDrawingsThatFollowEachOther() {
        load();
        std::vector<int> counts;
        connect(engine_.get(), &EngineThread::finished, this, [&](JobId id) {
            counts.push_back(trace_->count);
            if (id.value < 5) engine_->generate(JobId{id.value + 1}, tests::requestFor("a fish"), 0, {});
        });
        script_->close();
        engine_->generate(JobId{1}, tests::requestFor("a fish"), 0, {});
        run("work", 1000);
        script_->open();
        QTRY_COMPARE(counts.size(), std::size_t{5});
        QCOMPARE(counts, std::vector<int>(5, 0));
    }

    void urgentWorkGoesFirstAndOlderBeforeNewer() {
        run("long", 2, BackgroundPriority::whenever);
        run("first", 2, BackgroundPriority::soon);
        run("second", 1, BackgroundPriority::soon);
        QSignalSpy ended(engine_.get(), &EngineThread::backgroundEnded);
        load();
        QTRY_COMPARE(ended.size(), 3);
        QCOMPARE(trace_->slices, (std::vector<std::string>{"first", "first", "second", "long", "long"}));
    }

    void pausedWorkKeepsItsPlaceAndLetsOthersWork() {
        load();
        const BackgroundId id = run("paused", 1000000);
        QTRY_VERIFY(trace_->count > 0);
        engine_->setBackgroundPaused(id, true);
        const int at_pause = trace_->count;
        QSignalSpy ended(engine_.get(), &EngineThread::backgroundEnded);
        run("other", 2);
        QTRY_COMPARE(ended.size(), 1);
        // The slice that was under way ends whenever the machine lets it; no other of the paused work may follow.
        const int at_rest = trace_->count;
        QVERIFY2(at_rest <= at_pause + 1 + 2, qPrintable(QStringLiteral("%1 slices after %2").arg(at_rest).arg(at_pause)));
        QCOMPARE(std::vector<std::string>(trace_->slices.end() - 2, trace_->slices.end()), (std::vector<std::string>{"other", "other"}));
        QTest::qWait(20);
        QCOMPARE(trace_->count.load(), at_rest);
        engine_->setBackgroundPaused(id, false);
        QTRY_VERIFY(trace_->count > at_rest + 2);
    }

    void stoppedWorkEndsEvenWhileItIsPaused() {
        load();
        const BackgroundId id = run("work", 1000000);
        engine_->setBackgroundPaused(id, true);
        QSignalSpy ended(engine_.get(), &EngineThread::backgroundEnded);
        engine_->stopBackground(id);
        QTRY_COMPARE(ended.size(), 1);
        QTRY_COMPARE(trace_->alive.load(), 0);
        engine_->stopBackground(id);
        QTest::qWait(10);
        QCOMPARE(ended.size(), 1);
    }

    void aSliceHearsThatItIsToStop() {
        load();
        std::atomic<bool> in_slice{false};
        const BackgroundId id = run("deaf", 10, BackgroundPriority::whenever, [&](std::stop_token stop) {
            in_slice = true;
            while (!stop.stop_requested()) QThread::msleep(1);
        });
        QTRY_VERIFY(in_slice.load());
        QSignalSpy ended(engine_.get(), &EngineThread::backgroundEnded);
        engine_->stopBackground(id);
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(trace_->count.load(), 1);
    }

    void theEndOfTheProgramDoesNotWaitForTheWork() {
        load();
        std::atomic<bool> in_slice{false};
        run("endless", 1000000, BackgroundPriority::whenever, [&](std::stop_token stop) {
            in_slice = true;
            while (!stop.stop_requested()) QThread::msleep(1);
        });
        QTRY_VERIFY(in_slice.load());
        engine_->stopAndWait();
        QTRY_COMPARE(trace_->alive.load(), 0);
    }

    void aThousandStartsPausesAndStopsLeaveNothingBehind() {
        load();
        QSignalSpy ended(engine_.get(), &EngineThread::backgroundEnded);
        for (int i = 0; i < 1000; ++i) {
            const BackgroundId id = run("work", 1000);
            if (i % 2) engine_->setBackgroundPaused(id, true);
            if (i % 3) QCoreApplication::processEvents();
            engine_->stopBackground(id);
        }
        // A thousand switches between threads; on a busy machine they take longer than the five seconds that one event gets.
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1000, 60000);
        QCOMPARE(trace_->alive.load(), 0);
    }

private:
    void load() {
        QSignalSpy loaded(engine_.get(), &EngineThread::modelLoaded);
        engine_->load();
        QTRY_COMPARE(loaded.size(), 1);
    }
    BackgroundId run(std::string name, int slices, BackgroundPriority priority = BackgroundPriority::whenever,
                     std::function<void(std::stop_token)> in_slice = {}) {
        return engine_->runInBackground(std::make_unique<CountedWork>(std::move(name), slices, *trace_, std::move(in_slice)), priority);
    }

    std::shared_ptr<tests::FakeScript> script_;
    std::unique_ptr<Trace> trace_;
    std::unique_ptr<EngineThread> engine_;
};

APP_TEST(background, BackgroundTest)
#include "background_test.moc"
