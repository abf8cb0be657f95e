// SPDX-License-Identifier: Apache-2.0
// The day after an update brought a newer starter: pictures, waiting jobs and the taste are the earlier one's.
#include "app/feedback/adapter_table.h"
#include "app/feedback/taste_service.h"
#include "app/library/database.h"
#include "app/models/model_catalogue.h"
#include "app/paths/profile_paths.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/errors/message_strip.h"
#include "ui/inspector/fact_row.h"
#include "ui/inspector/inspector.h"
#include "ui/prompt/composer.h"
#include "ui/queue/queue_list.h"
#include "ui/queue/queue_model.h"
#include "ui/queue/queue_panel.h"
#include "ui/taste/mix_row.h"
#include "ui/taste/strength_dial.h"
#include "ui/taste/taste_page.h"
#include "ui/taste/training_card.h"
#include "ui/taste/version_row.h"
#include "ui/viewer/comparison.h"
#include "ui/window/main_window.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

using namespace Qt::StringLiterals;
using ui_test::Studio;

namespace {

const std::string earlier = "fake-model", newer = "newer-model";
const QString taste_id(64, u'c');

/// A studio whose starter drew a picture, left a job and learned a taste before an update replaced it.
class Updated final {
public:
    explicit Updated(bool with_taste = true) : studio(std::make_shared<tests::FakeModels>()) {
        must(studio.waitForModel());
        auto request = Studio::request(u"a fox"_s);
        request.model_id = earlier;
        picture = studio.add(u"a fox"_s);
        studio->queue().setPaused(true);
        job = studio.submit(request);
        if (with_taste) learn();
        studio.close();
        studio.script->model.id = newer;
        studio.open();
        must(studio.waitForModel());
        must(QTest::qWaitFor([this] { return studio->models().starter().identity == newer; }));
        window = std::make_unique<ui::MainWindow>(*studio);
        window->resize(1200, 800);
        window->show();
        window->activateWindow();
        static_cast<void>(QTest::qWaitForWindowActive(window.get()));
    }

    ui::Composer& composer() { return *window->findChild<ui::Composer*>(); }
    ui::StrengthDial& dial() { return *window->findChild<ui::StrengthDial*>(u"strength"_s); }
    QString message() { return window->findChild<ui::MessageStrip*>()->text(); }

    Studio studio;
    std::unique_ptr<ui::MainWindow> window;
    app::ItemId picture;
    app::JobId job;

private:
    static void must(bool true_now) {
        if (!true_now) qFatal("the studio is not as the test needs it");
    }
    /// A version in use; its file is the engine's business, and the fake one reads none.
    void learn() {
        auto database = tests::must(app::Database::open(studio->paths().databaseFile()));
        app::AdapterRow row;
        row.id = taste_id;
        row.model_id = earlier;
        row.manifest = "{}";
        row.created_at = QDateTime::currentDateTimeUtc();
        row.verdict = app::AdapterVerdict::accepted;
        tests::must(app::AdapterTable(*database).insert(row));
        database.reset();
        tests::must(studio->taste().setAdapter(taste_id, 1.0));
    }
};

}  // namespace

class ModelUpdateTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPictureOfTheEarlierStarterSaysSoAndAsksForNoFolder() {
        Updated updated;
        auto request = tests::requestFor("a fox");
        request.model_id = earlier;
        updated.composer().useAgain(request, ui::UseAgain::all);
        QCOMPARE(updated.message(), u"This picture was drawn by an earlier version of Starter. The version there is now draws another picture."_s);
        QUndoStack undo;
        ui::Inspector inspector(*updated.studio, undo);
        inspector.setItem(updated.picture);
        const auto rows = inspector.findChildren<ui::FactRow*>();
        QVERIFY(std::any_of(rows.begin(), rows.end(), [](const auto* row) { return row->value() == u"Starter, an earlier version"_s; }));
    }

    void aJobThatWaitedForTheEarlierStarterIsDrawnWithTheNewOneByOneKey() {
        Updated updated;
        updated.studio->queue().setPaused(false);
        ui::QueuePanel panel(*updated.studio);
        panel.resize(360, 300);
        QVERIFY(ui_test::present(panel));
        auto& list = *panel.findChild<ui::QueueList*>();
        auto& model = *panel.findChild<ui::QueueModel*>();
        QCOMPARE(model.statusAt(0), u"Was meant for an earlier version of Starter"_s);
        QCOMPARE(updated.studio->queue().find(updated.job)->state, app::JobState::waiting);
        list.setCurrentIndex(model.index(0));
        ui_test::grab(panel, u"queue-of-an-earlier-model"_s);
        QTest::keyClick(&list, Qt::Key_Return);
        QTRY_COMPARE(updated.studio->queue().find(updated.job)->state, app::JobState::done);
        QCOMPARE(updated.studio.script->requests().back().model_id, newer);
    }

    void drawingGoesOnWithoutTheTasteOfTheEarlierStarter() {
        Updated updated;
        QCOMPARE(updated.studio->taste().active().adapter_id, taste_id);
        updated.studio->queue().setPaused(false);
        updated.composer().setPrompt(u"a hen"_s);
        updated.composer().submit();
        QTRY_COMPARE(updated.studio.script->requests().size(), std::size_t{1});
        QVERIFY(updated.studio.script->requests().front().adapters.empty());
        QTRY_COMPARE(updated.studio->queue().jobs().back().state, app::JobState::done);
    }

    void thePlaceOfTheDialSaysThatTheTasteWaitsAndLeadsToLearning() {
        Updated updated;
        QVERIFY(updated.dial().isVisible());
        QVERIFY(!updated.dial().findChild<QSlider*>()->isVisible());
        QVERIFY(updated.dial().findChild<QLabel*>(u"taste_waits"_s)->isVisible());
        ui_test::grab(*updated.window, u"taste-of-an-earlier-model"_s);
        QTest::mouseClick(updated.dial().findChild<QToolButton*>(u"learn_again"_s), Qt::LeftButton);
        auto* page = updated.window->findChild<ui::TastePage*>();
        QVERIFY(page);
        QTRY_VERIFY(page->isVisible());
        QTRY_VERIFY(page->training().accessibleDescription().contains(u"Your taste was learned on another model"_s));
        const auto rows = page->findChildren<ui::VersionRow*>();
        QCOMPARE(rows.size(), qsizetype{2});
        QCOMPARE(rows.front()->version().made_for, u"an earlier version of Starter"_s);
        const auto* use = rows.front()->findChild<QPushButton*>(u"use_version"_s);
        QCOMPARE(use->text(), u"Waits"_s);
        QVERIFY(!use->isEnabled());
        QVERIFY(rows.back()->version().made_for.isEmpty());
        QVERIFY(rows.back()->findChild<QPushButton*>(u"use_version"_s)->isEnabled());
        QVERIFY(!page->findChild<ui::MixRow*>()->isVisible());
        ui_test::grab(*page, u"versions-of-an-earlier-model"_s);
    }

    void itsOwnModelBringsTheTasteBack() {
        Updated updated;
        updated.window.reset();
        updated.studio.close();
        updated.studio.script->model.id = earlier;
        updated.studio.open();
        QVERIFY(updated.studio.waitForModel());
        ui::MainWindow window(*updated.studio);
        QVERIFY(ui_test::present(window));
        const auto* dial = window.findChild<ui::StrengthDial*>(u"strength"_s);
        QTRY_VERIFY(dial->findChild<QSlider*>()->isVisible());
        QVERIFY(!dial->findChild<QLabel*>(u"taste_waits"_s)->isVisible());
    }

    void aPictureOfTheNewStarterIsNotComparedWithTheTasteOfTheEarlierOne() {
        Updated updated;
        auto request = Studio::request(u"a hen"_s);
        request.model_id = newer;
        const QString path = updated.studio->paths().images_dir + u"/hen.png"_s;
        tests::must(app::writeImage(path, tests::fakePixels(16, 16, 3, 1), request, {}));
        const app::ItemId hen = tests::must(updated.studio->library().add(path, request, {16, 16}, false, 1.0, 1));
        ui::Comparison comparison(*updated.studio);
        QSignalSpy said(&comparison, &ui::Comparison::said);
        comparison.toggle(hen);
        QVERIFY(comparison.state() == ui::Comparison::State::none);
        QCOMPARE(said.size(), 1);
        QCOMPARE(said.front().front().toString(), u"This picture was drawn by another model than the one your taste was learned with."_s);
    }

    void withoutATasteNothingIsSaidOfOne() {
        Updated updated(false);
        QVERIFY(!updated.dial().isVisible());
    }
};

UI_TEST(model_update, ModelUpdateTest);
#include "model_update_test.moc"
