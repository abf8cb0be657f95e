// SPDX-License-Identifier: Apache-2.0
#include "app/engine/background_work.h"
#include "app/engine/engine_thread.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/requests.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

using app::EngineThread;
using app::JobId;

namespace {

/// Counts to `slices`; each slice waits to be let through.
class Counting final : public app::BackgroundWork {
public:
    explicit Counting(int slices) : slices_(slices) {}

    bool advance(inference::Engine& engine, const std::stop_token& stop) override {
        std::unique_lock lock(mutex_);
        inside_ = true;
        changed_.notify_all();
        changed_.wait(lock, stop, [this] { return allowed_ != 0; });
        inside_ = false;
        if (stop.stop_requested()) return true;
        if (allowed_ > 0) --allowed_;
        model = engine.model().id;
        return ++done < slices_;
    }
    void allow(int slices) {
        const std::lock_guard lock(mutex_);
        allowed_ = slices;
        changed_.notify_all();
    }
    void waitUntilInside() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return inside_; });
    }

    std::atomic<int> done{0};
    std::string model;

private:
    int slices_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    int allowed_ = -1;
    bool inside_ = false;
};

}  // namespace

class BackgroundWorkTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        script_ = std::make_shared<tests::FakeScript>();
        engine_ = std::make_unique<EngineThread>(tests::fakeEngineFactory(script_));
        ended_.clear();
        drawn_ = 0;
        connect(engine_.get(), &EngineThread::backgroundEnded, this, [this](const auto& work) { ended_.push_back(work); });
        connect(engine_.get(), &EngineThread::finished, this, [this] { ++drawn_; });
    }
    void cleanup() { engine_.reset(); }

    void itRunsSliceBySliceToItsEnd() {
        auto work = std::make_shared<Counting>(50);
        engine_->load();
        engine_->runInBackground(work, {});
        QTRY_COMPARE(ended_.size(), std::size_t{1});
        QCOMPARE(work->done.load(), 50);
        QCOMPARE(work->model, script_->model.id);
    }

    void itWaitsForAModel() {
        auto work = std::make_shared<Counting>(3);
        engine_->runInBackground(work, {});
        engine_->load();
        QTRY_COMPARE(ended_.size(), std::size_t{1});
        QCOMPARE(work->done.load(), 3);
    }

    void aDrawingStartsAfterTheSliceUnderWayAndTheWorkGoesOnAfterIt() {
        engine_->load();
        auto work = std::make_shared<Counting>(1000);
        work->allow(0);
        engine_->runInBackground(work, {});
        work->waitUntilInside();
        script_->close();
        engine_->generate(JobId{1}, tests::requestFor("p"), 0, {});
        work->allow(1);  // the slice ends; nothing lets a second one through
        QTRY_COMPARE(script_->requests().size(), std::size_t{1});
        QCOMPARE(work->done.load(), 1);
        script_->open();
        QTRY_COMPARE(drawn_, 1);
        work->allow(-1);
        QTRY_COMPARE(ended_.size(), std::size_t{1});
        QCOMPARE(work->done.load(), 1000);
    }

    void severalDrawingsAllGoFirst() {
        engine_->load();
        auto work = std::make_shared<Counting>(5);
        work->allow(0);
        engine_->runInBackground(work, {});
        work->waitUntilInside();
        for (int i = 1; i <= 3; ++i) engine_->generate(JobId{i}, tests::requestFor("p"), 0, {});
        work->allow(1);
        QTRY_COMPARE(drawn_, 3);
        QCOMPARE(work->done.load(), 1);
        work->allow(-1);
        QTRY_COMPARE(ended_.size(), std::size_t{1});
    }

    void stoppingEndsItWithinTheSlice() {
        engine_->load();
        auto work = std::make_shared<Counting>(1000);
        work->allow(0);
        std::stop_source stop;
        engine_->runInBackground(work, stop.get_token());
        work->waitUntilInside();
        stop.request_stop();
        QTRY_COMPARE(ended_.size(), std::size_t{1});
        QCOMPARE(work->done.load(), 0);
        engine_->generate(JobId{1}, tests::requestFor("p"), 0, {});
        QTRY_COMPARE(drawn_, 1);
    }

    void theSecondWorkWaitsForTheFirst() {
        engine_->load();
        auto first = std::make_shared<Counting>(2);
        auto second = std::make_shared<Counting>(2);
        first->allow(0);
        engine_->runInBackground(first, {});
        engine_->runInBackground(second, {});
        first->waitUntilInside();
        QCOMPARE(second->done.load(), 0);
        first->allow(-1);
        QTRY_COMPARE(ended_.size(), std::size_t{2});
        QVERIFY(ended_[0] == first && ended_[1] == second);
    }

    void closingTheProgramDoesNotWaitForTheWork() {
        engine_->load();
        auto work = std::make_shared<Counting>(1000);
        work->allow(0);
        engine_->runInBackground(work, {});
        work->waitUntilInside();
        engine_.reset();  // hangs here if the stop does not get through
        QCOMPARE(work->done.load(), 0);
        QCOMPARE(work.use_count(), 1L);
    }

private:
    std::shared_ptr<tests::FakeScript> script_;
    std::unique_ptr<EngineThread> engine_;
    std::vector<std::shared_ptr<app::BackgroundWork>> ended_;
    int drawn_ = 0;
};

APP_TEST(background_work, BackgroundWorkTest)
#include "background_work_test.moc"
