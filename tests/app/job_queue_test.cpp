// SPDX-License-Identifier: Apache-2.0
#include "app/jobs/job_queue.h"
#include "tests/app/app_test.h"
#include "tests/support/temporary_library.h"

using app::Job;
using app::JobEvent;
using app::JobId;
using app::JobQueue;
using app::JobState;
using inference::ErrorCode;

namespace {

const std::vector<JobState> all_states = {JobState::waiting, JobState::running, JobState::done, JobState::failed, JobState::cancelled};
const std::vector<JobEvent> all_events = {JobEvent::start, JobEvent::succeed, JobEvent::fail, JobEvent::cancel, JobEvent::retry, JobEvent::interrupt};

inference::Result<void> error(ErrorCode code, const char* words) { return inference::failure(code, words); }

}  // namespace

class JobQueueTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        studio_ = std::make_unique<tests::TemporaryLibrary>();
        queue_ = std::make_unique<JobQueue>(*studio_->database);
        QVERIFY_OK(queue_->restore());
        watch();
    }
    void cleanup() {
        queue_.reset();
        studio_.reset();
    }

    void everyEventInEveryStateFollowsTheTable() {
        using S = JobState;
        const std::optional<S> no;
        //                                   start       succeed   fail         cancel          retry       interrupt
        const std::optional<S> table[5][6] = {{S::running, no, no, S::cancelled, no, no},              // waiting
                                              {no, S::done, S::failed, S::cancelled, no, S::waiting},  // running
                                              {no, no, no, no, no, no},                                // done
                                              {no, no, no, no, S::waiting, no},                        // failed
                                              {no, no, no, no, S::waiting, no}};                       // cancelled
        for (std::size_t s = 0; s < all_states.size(); ++s) {
            for (std::size_t e = 0; e < all_events.size(); ++e) {
                QVERIFY2(app::transition(all_states[s], all_events[e]) == table[s][e],
                         qPrintable(QStringLiteral("state %1, event %2").arg(s).arg(e)));
            }
        }
        for (const S state : all_states) {
            const bool finished = state == S::done || state == S::failed || state == S::cancelled;
            QCOMPARE(app::isFinished(state), finished);
        }
    }

    void jobsRunInTheOrderInWhichTheyCame() {
        const auto ids = enqueue(3);
        for (const JobId id : ids) {
            queue_->setReady(true);
            QTRY_COMPARE(started_.size(), 1);
            QCOMPARE(started_.takeFirst(), id);
            QCOMPARE(queue_->running()->id, id);
            QCOMPARE(queue_->jobs().front().id, id);
            queue_->reportFinished(id, {});
            QVERIFY(queue_->running() == nullptr);
            QCOMPARE(queue_->find(id)->state, JobState::done);
            QCOMPARE(queue_->find(id)->fraction, 1.0);
        }
        QCOMPARE(order(), (QList<JobId>{ids[2], ids[1], ids[0]}));  // finished ones: newest first
    }

    void nothingStartsBeforeItsNumberIsKnown() {
        queue_->setReady(true);
        const auto id = queue_->enqueue(tests::requestFor("p"));
        QVERIFY_OK(id);
        QCOMPARE(added_, (QList<JobId>{*id}));
        QVERIFY2(started_.isEmpty(), "started inside enqueue");
        QTRY_COMPARE(started_.size(), 1);
    }

    void onlyOneRunsAndOnlyWhenTheEngineIsReady() {
        const auto ids = enqueue(2);
        settle();
        QVERIFY(started_.isEmpty());
        queue_->setReady(true);
        settle();
        QCOMPARE(started_, (QList<JobId>{ids[0]}));
        queue_->setReady(true);  // ready again while the first one is still running
        settle();
        QCOMPARE(started_, (QList<JobId>{ids[0]}));
        queue_->reportFinished(ids[0], {});
        queue_->setReady(false);
        settle();
        QCOMPARE(started_, (QList<JobId>{ids[0]}));
    }

    void aPausedQueueStartsNothingNewAndLetsTheRunningJobEnd() {
        const auto ids = enqueue(2);
        run(ids[0]);
        QSignalSpy paused(queue_.get(), &JobQueue::pausedChanged);
        queue_->setPaused(true);
        queue_->setPaused(true);
        QCOMPARE(paused.size(), 1);
        QVERIFY(queue_->isPaused());
        queue_->reportFinished(ids[0], {});
        queue_->setReady(true);
        settle();
        QCOMPARE(queue_->find(ids[0])->state, JobState::done);
        QCOMPARE(queue_->find(ids[1])->state, JobState::waiting);
        queue_->setPaused(false);
        QTRY_COMPARE(queue_->find(ids[1])->state, JobState::running);
    }

    void whatIsDrawnNextIsKnownBeforeItStarts() {
        QVERIFY(queue_->runningOrNext() == nullptr);
        const auto ids = enqueue(2);
        QCOMPARE(queue_->runningOrNext()->id, ids[0]);
        queue_->setPaused(true);
        QVERIFY(queue_->runningOrNext() == nullptr);
        queue_->setPaused(false);
        run(ids[0]);
        queue_->setPaused(true);
        QCOMPARE(queue_->runningOrNext()->id, ids[0]);
        queue_->setPaused(false);
        queue_->reportFinished(ids[0], {});
        QCOMPARE(queue_->runningOrNext()->id, ids[1]);
        queue_->cancel(ids[1]);
        QVERIFY(queue_->runningOrNext() == nullptr);
    }

    void waitingJobsMove_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<int>("position");
        QTest::addColumn<QList<int>>("expected");
        QTest::addRow("to the front") << 3 << 0 << QList<int>{3, 0, 1, 2};
        QTest::addRow("to the end") << 0 << 3 << QList<int>{1, 2, 3, 0};
        QTest::addRow("up by one") << 2 << 1 << QList<int>{0, 2, 1, 3};
        QTest::addRow("down by one") << 1 << 2 << QList<int>{0, 2, 1, 3};
        QTest::addRow("nowhere") << 1 << 1 << QList<int>{0, 1, 2, 3};
        QTest::addRow("before the front") << 2 << -7 << QList<int>{2, 0, 1, 3};
        QTest::addRow("behind the end") << 1 << 99 << QList<int>{0, 2, 3, 1};
    }
    void waitingJobsMove() {
        QFETCH(int, which);
        QFETCH(int, position);
        QFETCH(QList<int>, expected);
        const JobId before = enqueue(1)[0];
        run(before);  // a running job stays in front of them
        const auto ids = enqueue(4);
        QList<JobId> wanted{before};
        for (const int i : expected) wanted.append(ids[i]);
        QSignalSpy moved(queue_.get(), &JobQueue::orderChanged);
        queue_->moveWaiting(ids[which], position);
        QCOMPARE(order(), wanted);
        QCOMPARE(moved.size(), which == 1 && position == 1 ? 0 : 1);
        const JobId later = enqueue(1)[0];
        wanted.append(later);
        QCOMPARE(order(), wanted);
        restart();
        QCOMPARE(order(), wanted);
    }

    void onlyWaitingJobsMove() {
        const auto ids = enqueue(3);
        run(ids[0]);
        queue_->cancel(ids[2]);
        const auto before = order();
        queue_->moveWaiting(ids[0], 1);
        queue_->moveWaiting(ids[2], 0);
        queue_->moveWaiting(JobId{999}, 0);
        QCOMPARE(order(), before);
    }

    void aWaitingJobIsCancelledAtOnce() {
        const auto ids = enqueue(3);
        QList<QByteArray> seen;
        connect(queue_.get(), &JobQueue::orderChanged, this, [&] { seen.append("order"); });
        connect(queue_.get(), &JobQueue::jobChanged, this, [&] { seen.append("changed"); });
        queue_->cancel(ids[1]);
        QCOMPARE(queue_->find(ids[1])->state, JobState::cancelled);
        QCOMPARE(queue_->waitingCount(), 2);
        QCOMPARE(order(), (QList<JobId>{ids[0], ids[2], ids[1]}));
        QCOMPARE(seen, (QList<QByteArray>{"order", "changed"}));
        queue_->cancel(ids[1]);
        queue_->cancel(JobId{999});
        QCOMPARE(seen.size(), 2);
    }

    void aRunningJobIsAskedToStop() {
        const JobId id = enqueue(1)[0];
        run(id);
        QVERIFY(!stop_.stop_requested());
        queue_->cancel(id);
        QVERIFY(stop_.stop_requested());
        QCOMPARE(queue_->find(id)->state, JobState::running);  // until its engine says so
        queue_->reportFinished(id, error(ErrorCode::cancelled, "stopped"));
        QCOMPARE(queue_->find(id)->state, JobState::cancelled);
        QVERIFY(queue_->find(id)->error.detail.empty());
    }

    void eachRunHasAStopOfItsOwn() {
        const auto ids = enqueue(2);
        run(ids[0]);
        queue_->cancel(ids[0]);
        queue_->reportFinished(ids[0], error(ErrorCode::cancelled, "stopped"));
        run(ids[1]);
        QVERIFY(!stop_.stop_requested());
    }

    void cancelAllEndsEverythingThatIsNotFinished() {
        const auto ids = enqueue(5);
        run(ids[0]);
        queue_->reportFinished(ids[0], {});
        run(ids[1]);
        queue_->cancelAll();
        QVERIFY(stop_.stop_requested());
        QCOMPARE(queue_->waitingCount(), 0);
        for (const int i : {2, 3, 4}) QCOMPARE(queue_->find(ids[i])->state, JobState::cancelled);
        QCOMPARE(queue_->find(ids[0])->state, JobState::done);
        QCOMPARE(queue_->running()->id, ids[1]);
    }

    void failedAndCancelledJobsWaitAgainAtTheEnd() {
        const auto ids = enqueue(3);
        run(ids[0]);
        queue_->reportImageStored(ids[0]);
        queue_->reportFinished(ids[0], error(ErrorCode::out_of_memory, "64 GB of 8"));
        QCOMPARE(queue_->find(ids[0])->state, JobState::failed);
        QCOMPARE(queue_->find(ids[0])->error, (inference::Error{ErrorCode::out_of_memory, "64 GB of 8"}));
        queue_->cancel(ids[1]);
        queue_->retry(ids[0]);
        queue_->retry(ids[1]);
        const QList<JobId> expected{ids[2], ids[0], ids[1]};
        QCOMPARE(order(), expected);
        QCOMPARE(queue_->waitingCount(), 3);
        QCOMPARE(queue_->find(ids[0])->error, inference::Error{});
        QCOMPARE(queue_->find(ids[0])->images_done, 1);  // goes on after its first picture
        restart();
        QCOMPARE(order(), expected);
        QCOMPARE(queue_->waitingCount(), 3);
    }

    void waitingRunningAndDoneJobsAreNotRetried() {
        const auto ids = enqueue(3);
        run(ids[0]);
        queue_->reportFinished(ids[0], {});
        run(ids[1]);
        const auto before = queue_->jobs();
        for (const JobId id : ids) queue_->retry(id);
        QVERIFY(queue_->jobs() == before);
    }

    void onlyFinishedJobsAreForgotten() {
        const auto ids = enqueue(4);
        run(ids[0]);
        queue_->cancel(ids[2]);
        queue_->cancel(ids[3]);
        QList<JobId> removed;
        connect(queue_.get(), &JobQueue::jobRemoved, this, [&](JobId id) {
            QVERIFY(queue_->find(id) == nullptr);
            removed.append(id);
        });
        queue_->forget(ids[0]);
        queue_->forget(ids[1]);
        QVERIFY(removed.isEmpty());
        queue_->forget(ids[2]);
        QCOMPARE(removed, (QList<JobId>{ids[2]}));
        queue_->forgetFinished();
        QCOMPARE(removed, (QList<JobId>{ids[2], ids[3]}));
        QCOMPARE(order(), (QList<JobId>{ids[0], ids[1]}));
        restart();
        QCOMPARE(order(), (QList<JobId>{ids[0], ids[1]}));
    }

    void progressBelongsToTheRunningJob() {
        const auto ids = enqueue(2);
        run(ids[0]);
        changed_.clear();
        queue_->reportProgress(ids[0], 0.25, 100.0, 300.0);
        QCOMPARE(queue_->running()->fraction, 0.25);
        QCOMPARE(queue_->running()->remaining_ms, 300.0);
        queue_->reportProgress(ids[0], 7.0, 100.0, 300.0);
        QCOMPARE(queue_->running()->fraction, 1.0);
        queue_->reportProgress(ids[1], 0.5, 1.0, 1.0);
        QCOMPARE(queue_->find(ids[1])->fraction, 0.0);
        QCOMPARE(changed_, (QList<JobId>{ids[0], ids[0]}));
        queue_->reportFinished(ids[0], {});
        QCOMPARE(queue_->find(ids[0])->remaining_ms, 0.0);
        QCOMPARE(queue_->find(ids[0])->elapsed_ms, 100.0);
    }

    void whatAnEngineSaysAboutAnotherJobChangesNothing() {
        const auto ids = enqueue(2);
        run(ids[0]);
        const auto before = queue_->jobs();
        queue_->reportFinished(ids[1], {});
        queue_->reportImageStored(ids[1]);
        queue_->reportFinished(JobId{999}, {});
        QVERIFY(queue_->jobs() == before);
    }

    void theQueueSurvivesACrash() {
        auto request = tests::requestFor("three strawberries", 0xFFFFFFFFFFFFFFFFull);
        request.num_images = 4;
        const auto ids = enqueue(3);
        const JobId big = *queue_->enqueue(request);
        const auto more = enqueue(1);
        run(ids[0]);
        queue_->reportFinished(ids[0], error(ErrorCode::corrupt_file, "a tensor \"x\" is missing"));
        run(ids[1]);
        queue_->reportFinished(ids[1], {});
        queue_->moveWaiting(big, 0);
        run(big);
        queue_->reportImageStored(big);
        queue_->reportImageStored(big);
        const QDateTime created = queue_->find(big)->created_at;

        restart();  // nothing was said to the queue about an end
        QCOMPARE(order(), (QList<JobId>{big, ids[2], more[0], ids[1], ids[0]}));
        QVERIFY(queue_->running() == nullptr);
        QCOMPARE(queue_->waitingCount(), 3);
        const Job resumed = *queue_->find(big);
        QCOMPARE(resumed.state, JobState::waiting);
        QCOMPARE(resumed.images_done, 2);
        QVERIFY(resumed.request == request);
        QCOMPARE(resumed.created_at.toMSecsSinceEpoch(), created.toMSecsSinceEpoch());
        QCOMPARE(queue_->find(ids[1])->state, JobState::done);
        QCOMPARE(queue_->find(ids[1])->fraction, 1.0);
        QCOMPARE(queue_->find(ids[0])->state, JobState::failed);
        QCOMPARE(queue_->find(ids[0])->error, (inference::Error{ErrorCode::corrupt_file, "a tensor \"x\" is missing"}));
        queue_->setReady(true);
        QTRY_COMPARE(started_, (QList<JobId>{big}));

        restart();  // and again: the interrupted one keeps its place in front
        QCOMPARE(order(), (QList<JobId>{big, ids[2], more[0], ids[1], ids[0]}));
        const JobId last = enqueue(1)[0];
        QCOMPARE(queue_->jobs()[3].id, last);
    }

    void everyErrorCodeSurvives() {
        QList<JobId> ids;
        for (int code = static_cast<int>(ErrorCode::invalid_request); code <= static_cast<int>(ErrorCode::internal); ++code) {
            ids.append(enqueue(1));
            run(ids.back());
            queue_->reportFinished(ids.back(), error(static_cast<ErrorCode>(code), "why"));
        }
        restart();
        for (int i = 0; i < ids.size(); ++i) {
            QCOMPARE(static_cast<int>(queue_->find(ids[i])->error.code), i + static_cast<int>(ErrorCode::invalid_request));
        }
    }

    void defaultsOfAModelAreFilledInLater() {
        const JobId id = enqueue(1)[0];
        auto request = tests::requestFor("0");
        request.num_inference_steps = 25;
        QVERIFY_OK(queue_->amend(id, request));
        restart();
        QVERIFY(queue_->find(id)->request == request);
        queue_->cancel(id);
        auto later = request;
        later.prompt = "rewritten";
        QVERIFY_OK(queue_->amend(id, later));
        QVERIFY2(queue_->find(id)->request == request, "a finished job tells what was drawn");
    }

    void aRequestThatCannotBeReadIsAFailedJob() {
        const auto ids = enqueue(2);
        QVERIFY_OK(studio_->database->execute(QStringLiteral("UPDATE jobs SET request = '{\"version\": 99}' WHERE id = ?"), {ids[0].value}));
        restart();
        QCOMPARE(queue_->find(ids[0])->state, JobState::failed);
        QCOMPARE(queue_->find(ids[0])->error.code, ErrorCode::corrupt_file);
        QCOMPARE(queue_->waitingCount(), 1);
        queue_->setReady(true);
        QTRY_COMPARE(started_, (QList<JobId>{ids[1]}));
    }

    void aDatabaseThatRefusesWritesChangesNothing() {
        const auto ids = enqueue(4);
        queue_->cancel(ids[3]);
        const auto before = queue_->jobs();
        QList<ErrorCode> failures;
        connect(queue_.get(), &JobQueue::storageFailed, this, [&](const inference::Error& failure) { failures.append(failure.code); });
        changed_.clear();
        added_.clear();
        refuseWrites(true);
        QCOMPARE(queue_->enqueue(tests::requestFor("more")).error().code, ErrorCode::io);
        QCOMPARE(queue_->amend(ids[0], tests::requestFor("other")).error().code, ErrorCode::io);
        queue_->cancel(ids[0]);
        queue_->cancelAll();
        queue_->moveWaiting(ids[2], 0);
        queue_->retry(ids[3]);
        queue_->forget(ids[3]);
        queue_->forgetFinished();
        QCOMPARE(failures, QList<ErrorCode>(6, ErrorCode::io));
        queue_->setReady(true);
        QTRY_COMPARE(failures.size(), 7);
        QVERIFY(started_.isEmpty());
        QVERIFY(added_.isEmpty());
        QVERIFY(changed_.isEmpty());
        QVERIFY(queue_->jobs() == before);
        refuseWrites(false);
        restart();
        QVERIFY(queue_->jobs() == before);
        run(ids[0]);
    }

    void whatIsOverIsOverEvenWhenItCannotBeWrittenDown() {
        const auto ids = enqueue(2);
        run(ids[0]);
        QSignalSpy failed(queue_.get(), &JobQueue::storageFailed);
        refuseWrites(true);
        queue_->reportImageStored(ids[0]);
        queue_->reportFinished(ids[0], {});
        refuseWrites(false);
        QCOMPARE(failed.size(), 2);
        QCOMPARE(queue_->find(ids[0])->state, JobState::done);
        QCOMPARE(queue_->find(ids[0])->images_done, 1);
        run(ids[1]);
    }

    void onlyTheNewestFinishedJobsAreKept() {
        const auto ids = enqueue(205);
        QSignalSpy removed(queue_.get(), &JobQueue::jobRemoved);
        for (const JobId id : ids) {
            run(id);
            queue_->reportFinished(id, {});
        }
        QCOMPARE(queue_->jobs().size(), std::size_t{200});
        QCOMPARE(removed.size(), 5);
        QCOMPARE(queue_->jobs().front().id, ids[204]);
        QCOMPARE(queue_->jobs().back().id, ids[5]);
        restart();
        QCOMPARE(queue_->jobs().size(), std::size_t{200});
    }

private:
    void watch() {
        added_.clear();
        changed_.clear();
        started_.clear();
        connect(queue_.get(), &JobQueue::jobAdded, this, [this](JobId id) { added_.append(id); });
        connect(queue_.get(), &JobQueue::jobChanged, this, [this](JobId id) { changed_.append(id); });
        connect(queue_.get(), &JobQueue::startRequested, this, [this](JobId id, const std::stop_token& stop) {
            QCOMPARE(queue_->find(id)->state, JobState::running);
            started_.append(id);
            stop_ = stop;
        });
    }
    QList<JobId> enqueue(int count) {
        QList<JobId> ids;
        for (int i = 0; i < count; ++i) ids.append(tests::must(queue_->enqueue(tests::requestFor(std::to_string(i)))));
        return ids;
    }
    /// The next one to start is `id`.
    void run(JobId id) {
        started_.clear();
        queue_->setReady(true);
        QTRY_COMPARE(started_, (QList<JobId>{id}));
    }
    /// Everything that was posted has happened.
    void settle() { QCoreApplication::sendPostedEvents(queue_.get()); }
    void restart() {
        queue_.reset();
        studio_->reopen();
        queue_ = std::make_unique<JobQueue>(*studio_->database);
        QVERIFY_OK(queue_->restore());
        watch();
    }
    void refuseWrites(bool refuse) { QVERIFY_OK(studio_->database->execute(QStringLiteral("PRAGMA query_only = %1").arg(refuse ? 1 : 0))); }
    QList<JobId> order() const {
        QList<JobId> ids;
        for (const Job& job : queue_->jobs()) ids.append(job.id);
        return ids;
    }

    std::unique_ptr<tests::TemporaryLibrary> studio_;
    std::unique_ptr<JobQueue> queue_;
    QList<JobId> added_;
    QList<JobId> changed_;
    QList<JobId> started_;
    std::stop_token stop_;
};

APP_TEST(job_queue, JobQueueTest)
#include "job_queue_test.moc"
