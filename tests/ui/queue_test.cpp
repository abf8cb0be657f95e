// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/queue/job_text.h"
#include "ui/queue/queue_button.h"
#include "ui/queue/queue_list.h"
#include "ui/queue/queue_model.h"
#include "ui/queue/queue_panel.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Qt::StringLiterals;
using ui_test::HeldJob;
using ui_test::Studio;

namespace {

struct Panel {
    explicit Panel(Studio& studio) : panel(*studio) {
        panel.resize(360, 480);
        panel.show();
        panel.activateWindow();
        list().setFocus();
    }
    ui::QueueList& list() { return *panel.findChild<ui::QueueList*>(); }
    ui::QueueModel& model() { return *panel.findChild<ui::QueueModel*>(); }
    QPushButton* button(const QString& text) {
        for (auto* one : panel.findChildren<QPushButton*>()) {
            if (one->text() == text) return one;
        }
        return nullptr;
    }
    QStringList titles() {
        QStringList all;
        for (int row = 0; row < model().rowCount(); ++row) all.append(model().index(row).data().toString());
        return all;
    }
    void select(app::JobId id) { list().setCurrentIndex(model().index(model().rowOf(id))); }
    /// Where a row's button for an action is drawn, found as the pointer finds it.
    QPoint buttonOf(app::JobId id, ui::QueueAction action) {
        const QRect row = list().visualRect(model().index(model().rowOf(id)));
        for (int y = row.top(); y < row.bottom(); y += 4) {
            for (int x = row.right(); x > row.left(); x -= 4) {
                ui_test::hover(*list().viewport(), {x, y});
                if (list().viewport()->toolTip() == ui::actionText(action)) return {x, y};
            }
        }
        return {-1, -1};
    }

    ui::QueuePanel panel;
};

/// Nothing starts, so that what waits keeps waiting.
std::vector<app::JobId> submitThree(Studio& studio) {
    studio->queue().setPaused(true);
    std::vector<app::JobId> ids;
    for (const QString& prompt : {u"one"_s, u"two"_s, u"three"_s}) ids.push_back(studio.submit(Studio::request(prompt)));
    return ids;
}

}  // namespace

class QueueTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    void theModelKeepsItsPromises() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        ui::QueueModel model(studio->queue());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const auto ids = submitThree(studio);
        QCOMPARE(model.rowCount(), 3);
        studio->queue().moveWaiting(ids[2], 0);
        QCOMPARE(model.rowOf(ids[2]), 0);
        studio->queue().cancel(ids[0]);
        QCOMPARE(model.waitingPosition(model.rowOf(ids[0])), -1);
        studio->queue().retry(ids[0]);
        QCOMPARE(model.waitingPosition(model.rowOf(ids[0])), 2);
        studio->queue().setPaused(false);
        QTRY_COMPARE(studio->library().items().size(), std::size_t{3});
        QTRY_COMPARE(model.jobAt(0).state, app::JobState::done);
        studio->queue().forgetFinished();
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(reset.count(), 0);
    }

    void whatRunsStandsBeforeWhatWaitsBeforeWhatIsFinished() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::JobId done = studio.submit(Studio::request(u"done"_s));
        QTRY_COMPARE(studio->queue().find(done)->state, app::JobState::done);
        HeldJob running(studio, Studio::request(u"running"_s));
        studio.submit(Studio::request(u"waiting"_s));
        Panel panel(studio);
        QCOMPARE(panel.titles(), (QStringList{u"running"_s, u"waiting"_s, u"done"_s}));
        for (int row = 0; row < 3; ++row) QVERIFY(panel.model().index(row).data(ui::QueueModel::starts_section_role).toBool());
        ui_test::grab(panel.panel, u"queue_dark"_s);
        QVERIFY(running.cancel());
    }

    void theRunningJobSaysHowFarAndHowLong() {
        app::Job job;
        job.request = Studio::request(u"x"_s, 1, 4);
        job.state = app::JobState::running;
        job.fraction = 0.489;
        job.remaining_ms = 3200;
        QCOMPARE(ui::jobStatus(job), u"48 % · 4 pictures · about 3 s left"_s);
        job.remaining_ms = 0;
        QCOMPARE(ui::jobStatus(job), u"48 % · 4 pictures"_s);
        job.remaining_ms = 130'000;
        QVERIFY(ui::jobStatus(job).endsWith(u"about 2 min left"_s));
        job.state = app::JobState::waiting;
        QCOMPARE(ui::jobStatus(job), u"Waiting · 4 pictures · 16 × 16"_s);
        job.state = app::JobState::done;
        job.images_done = 1;
        job.elapsed_ms = 4120;
        QCOMPARE(ui::jobStatus(job), u"1 picture in 4.1 s · 16 × 16"_s);
        job.elapsed_ms = 125'000;
        QVERIFY(ui::jobStatus(job).contains(u"2 min 5 s"_s));
        job.state = app::JobState::cancelled;
        job.images_done = 2;
        QCOMPARE(ui::jobStatus(job), u"Cancelled · 2 pictures kept"_s);
    }

    void aJobWithCandidatesSaysOfHowManyTheBestIsKept() {
        app::Job job;
        job.request = Studio::request(u"x"_s, 1, 2);
        job.request.candidates = 4;
        QCOMPARE(ui::jobStatus(job), u"Waiting · 2 pictures · best of 4 · 16 × 16"_s);
        job.state = app::JobState::running;
        job.fraction = 0.5;
        QCOMPARE(ui::jobStatus(job), u"50 % · 2 pictures · best of 4"_s);
        job.state = app::JobState::done;
        job.images_done = 2;
        job.elapsed_ms = 4120;
        QCOMPARE(ui::jobStatus(job), u"2 pictures in 4.1 s · best of 4 · 16 × 16"_s);
    }

    void aJobWhoseCandidatesNobodyCanChooseAmongSaysWhy() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio->generation().setJudging({{}, true});
        auto request = Studio::request(u"x"_s);
        request.candidates = 4;
        const app::JobId id = studio.submit(request);
        studio->generation().setJudging({});
        QTRY_COMPARE(studio->queue().find(id)->state, app::JobState::failed);
        const QString said = ui::jobStatus(*studio->queue().find(id));
        QVERIFY2(said.contains(u"does not know your taste yet"_s), qPrintable(said));
    }

    void anEmptyPromptHasATitle() {
        app::Job job;
        QCOMPARE(ui::jobTitle(job), u"Drawn without a prompt"_s);
        job.request.prompt = "two\nlines";
        QCOMPARE(ui::jobTitle(job), u"two lines"_s);
    }

    void progressChangesItsOwnRowOnly() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        HeldJob running(studio, Studio::request(u"running"_s));
        studio.submit(Studio::request(u"waiting"_s));
        ui::QueueModel model(studio->queue());
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        studio->queue().reportProgress(running.id, 0.5, 1000, 1000);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), 0);
        QCOMPARE(changed.first().at(1).toModelIndex().row(), 0);
        QVERIFY(running.cancel());
    }

    void aFailureSaysWhatAndWhatToDoAndIsTriedAgain() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->error = inference::Error{inference::ErrorCode::out_of_memory, "needs 48 GiB"};
        Panel panel(studio);
        const app::JobId id = studio.submit(Studio::request(u"huge"_s));
        QTRY_COMPARE(studio->queue().find(id)->state, app::JobState::failed);
        const QString status = ui::jobStatus(*studio->queue().find(id));
        QVERIFY(status.contains(u"48 GiB"_s));
        QVERIFY(status.contains(u"smaller size"_s));
        panel.select(id);
        QTest::keyClick(&panel.list(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), u"out_of_memory: needs 48 GiB"_s);
        // Room for the whole sentence.
        QVERIFY(panel.list().visualRect(panel.model().index(0)).height() > 70);
        ui_test::grab(panel.panel, u"queue_failed"_s);
        studio.script->error.reset();
        const QPoint retry = panel.buttonOf(id, ui::QueueAction::retry);
        QVERIFY(retry.x() >= 0);
        QTest::mouseClick(panel.list().viewport(), Qt::LeftButton, {}, retry);
        QTRY_COMPARE(studio->queue().find(id)->state, app::JobState::done);
    }

    void enterTriesAgain() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->error = inference::Error{inference::ErrorCode::internal, "x"};
        Panel panel(studio);
        const app::JobId id = studio.submit(Studio::request(u"x"_s));
        QTRY_COMPARE(studio->queue().find(id)->state, app::JobState::failed);
        studio.script->error.reset();
        panel.select(id);
        QTest::keyClick(&panel.list(), Qt::Key_Return);
        QTRY_COMPARE(studio->queue().find(id)->state, app::JobState::done);
    }

    void keysReorderWhatWaits() {
        Studio studio;
        const auto ids = submitThree(studio);
        Panel panel(studio);
        panel.select(ids[2]);
        QTest::keyClick(&panel.list(), Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(panel.titles(), (QStringList{u"one"_s, u"three"_s, u"two"_s}));
        QTest::keyClick(&panel.list(), Qt::Key_Up, Qt::ControlModifier);
        QTest::keyClick(&panel.list(), Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(panel.titles(), (QStringList{u"three"_s, u"one"_s, u"two"_s}));
        QCOMPARE(panel.list().currentIndex().row(), 0);  // the key stays on its job
        QTest::keyClick(&panel.list(), Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(panel.titles(), (QStringList{u"one"_s, u"three"_s, u"two"_s}));
    }

    void aDropReordersWhatWaits_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("onto");
        QTest::addColumn<bool>("below");
        QTest::addColumn<QStringList>("order");
        QTest::newRow("last to the front") << 2 << 0 << false << QStringList{u"three"_s, u"one"_s, u"two"_s};
        QTest::newRow("first to the end") << 0 << 2 << true << QStringList{u"two"_s, u"three"_s, u"one"_s};
        QTest::newRow("first below the second") << 0 << 1 << true << QStringList{u"two"_s, u"one"_s, u"three"_s};
        QTest::newRow("where it was") << 1 << 1 << false << QStringList{u"one"_s, u"two"_s, u"three"_s};
    }
    void aDropReordersWhatWaits() {
        QFETCH(int, from);
        QFETCH(int, onto);
        QFETCH(bool, below);
        QFETCH(QStringList, order);
        Studio studio;
        submitThree(studio);
        Panel panel(studio);
        QCoreApplication::processEvents();
        const std::unique_ptr<QMimeData> data(panel.model().mimeData({panel.model().index(from)}));
        const QRect row = panel.list().visualRect(panel.model().index(onto));
        const QPoint at(row.center().x(), below ? row.bottom() - 1 : row.top() + 1);
        QDragEnterEvent enter(at, Qt::MoveAction, data.get(), Qt::LeftButton, {});
        QApplication::sendEvent(panel.list().viewport(), &enter);
        QDragMoveEvent move(at, Qt::MoveAction, data.get(), Qt::LeftButton, {});
        QApplication::sendEvent(panel.list().viewport(), &move);
        QDropEvent drop(at, Qt::MoveAction, data.get(), Qt::LeftButton, {});
        QApplication::sendEvent(panel.list().viewport(), &drop);
        QTRY_COMPARE(panel.titles(), order);
        QCOMPARE(panel.model().rowCount(), 3);
    }

    void onlyWhatWaitsCanBeDragged() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        HeldJob running(studio, Studio::request(u"running"_s));
        studio.submit(Studio::request(u"waiting"_s));
        ui::QueueModel model(studio->queue());
        QVERIFY(!model.flags(model.index(0)).testFlag(Qt::ItemIsDragEnabled));
        QVERIFY(model.flags(model.index(1)).testFlag(Qt::ItemIsDragEnabled));
        const std::unique_ptr<QMimeData> data(model.mimeData({model.index(1)}));
        QVERIFY(!model.canDropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));  // not before what runs
        QVERIFY(model.canDropMimeData(data.get(), Qt::MoveAction, 1, 0, {}));
        QMimeData foreign;
        foreign.setText(u"x"_s);
        QVERIFY(!model.canDropMimeData(&foreign, Qt::MoveAction, 1, 0, {}));
        QVERIFY(running.cancel());
    }

    void oneJobIsCancelledByKeyAndByButton() {
        Studio studio;
        const auto ids = submitThree(studio);
        Panel panel(studio);
        panel.select(ids[1]);
        QTest::keyClick(&panel.list(), Qt::Key_Delete);
        QCOMPARE(studio->queue().find(ids[1])->state, app::JobState::cancelled);
        QCoreApplication::processEvents();
        const QPoint cancel = panel.buttonOf(ids[0], ui::QueueAction::cancel);
        QVERIFY(cancel.x() >= 0);
        QTest::mouseClick(panel.list().viewport(), Qt::LeftButton, {}, cancel);
        QCOMPARE(studio->queue().find(ids[0])->state, app::JobState::cancelled);
        QCOMPARE(studio->queue().find(ids[2])->state, app::JobState::waiting);
        panel.select(ids[1]);
        QTest::keyClick(&panel.list(), Qt::Key_Delete);  // finished: off the list
        QVERIFY(studio->queue().find(ids[1]) == nullptr);
    }

    void cancelAllStopsEverythingAndClearTidiesUp() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Panel panel(studio);
        QVERIFY(!panel.button(u"Cancel all"_s)->isEnabled());
        QVERIFY(!panel.button(u"Clear finished"_s)->isEnabled());
        HeldJob running(studio, Studio::request(u"running"_s));
        const app::JobId waiting = studio.submit(Studio::request(u"waiting"_s));
        QTest::mouseClick(panel.button(u"Cancel all"_s), Qt::LeftButton);
        QCOMPARE(studio->queue().find(waiting)->state, app::JobState::cancelled);
        QTRY_COMPARE(studio->queue().find(running.id)->state, app::JobState::cancelled);
        QVERIFY(!panel.button(u"Cancel all"_s)->isEnabled());
        QTest::mouseClick(panel.button(u"Clear finished"_s), Qt::LeftButton);
        QCOMPARE(panel.model().rowCount(), 0);
        ui_test::grab(panel.panel, u"queue_empty"_s);
    }

    void aPausedQueueSaysSoAndGoesOnWhenAsked() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const auto ids = submitThree(studio);
        Panel panel(studio);
        QVERIFY(panel.button(u"Resume"_s)->isVisible());
        QTest::mouseClick(panel.button(u"Resume"_s), Qt::LeftButton);
        QVERIFY(!panel.button(u"Resume"_s)->isVisible());
        QTRY_COMPARE(studio->queue().find(ids[2])->state, app::JobState::done);
        auto* pause = panel.panel.findChild<QToolButton*>();
        QCOMPARE(pause->accessibleName(), u"Pause after the running job"_s);
        QTest::mouseClick(pause, Qt::LeftButton);
        QVERIFY(studio->queue().isPaused());
        QCOMPARE(pause->accessibleName(), u"Resume the queue"_s);
    }

    void theButtonCountsAndSpeaks() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        ui::QueueButton button(*studio);
        button.show();
        QCOMPARE(button.accessibleName(), u"Queue, nothing to do"_s);
        const int narrow = button.sizeHint().width();
        HeldJob running(studio, Studio::request(u"running"_s));
        QCOMPARE(button.accessibleName(), u"Queue, 1 job"_s);
        studio.submit(Studio::request(u"waiting"_s));
        QCOMPARE(button.accessibleName(), u"Queue, 2 jobs"_s);
        QVERIFY(button.toolTip().contains(u"running"_s));
        QVERIFY(button.sizeHint().width() > narrow);
        studio->queue().setPaused(true);
        QCOMPARE(button.accessibleName(), u"Queue, paused"_s);
        QVERIFY(running.cancel());
    }

    void everythingSpeaksKoreanWhenTheLanguageChanges() {
        Studio studio;
        submitThree(studio);
        Panel panel(studio);
        ui::applyLanguage(*qApp, u"ko"_s);
        QTRY_VERIFY(panel.button(u"Cancel all"_s) == nullptr);  // windows hear of it from the event loop
        QVERIFY(panel.panel.accessibleName() != u"Queue"_s);
        QVERIFY2(panel.list().accessibleName() != u"Jobs"_s, "the list's name stayed English");
        ui::applyTheme(*qApp, app::Theme::light);
        QTRY_VERIFY(!ui::colors(&panel.panel).is_dark);
        for (const auto* button : panel.panel.findChildren<QPushButton*>())
            QVERIFY(button->width() >= button->fontMetrics().horizontalAdvance(button->text()) || !button->isVisible());
        ui_test::grab(panel.panel, u"queue_ko_light"_s);
    }
};

UI_TEST(queue, QueueTest);

#include "queue_test.moc"
