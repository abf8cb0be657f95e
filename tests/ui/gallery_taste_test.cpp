// SPDX-License-Identifier: Apache-2.0
// What is said and foretold of pictures, where they are shown: picks, and stars that nobody gave yet.
#include "app/feedback/taste_service.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/learned_studio.h"
#include "tests/ui/ui_test.h"
#include "ui/gallery/gallery_model.h"
#include "ui/gallery/library_filter_row.h"
#include "ui/gallery/library_view.h"
#include "ui/gallery/tile_view.h"
#include "ui/inspector/inspector.h"
#include "ui/rating/rating_widget.h"
#include "ui/settings/language.h"
#include "ui/taste/statistic_text.h"
#include "ui/theme/theme.h"
#include "ui/viewer/studio_canvas.h"
#include "ui/window/main_window.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

using namespace Qt::StringLiterals;
using app::PickAnswer;
using ui_test::Learned;
using ui_test::Studio;

namespace {

struct Opened {
    explicit Opened(Studio& studio) : window(*studio) { active = ui_test::present(window); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, key, modifiers);
    }
    ui::StudioCanvas& canvas() { return *window.findChild<ui::StudioCanvas*>(); }
    ui::LibraryView& library() { return *window.findChild<ui::LibraryView*>(); }
    ui::TileView& tiles() { return *library().findChild<ui::TileView*>(); }

    ui::MainWindow window;
    bool active = false;
};

struct Grid {
    explicit Grid(Studio& studio) : view(*studio, undo) {
        view.resize(1000, 600);
        (void)ui_test::present(view);
    }
    ui::GalleryModel& model() { return *view.findChild<ui::GalleryModel*>(); }
    ui::LibraryFilterRow& row() { return *view.findChild<ui::LibraryFilterRow*>(); }
    QToolButton& order() { return *row().findChild<QToolButton*>(u"order"_s); }
    QAction& choice(const QString& text) {
        for (QAction* one : order().menu()->actions()) {
            if (one->text() == text) return *one;
        }
        qFatal("no choice %s", qPrintable(text));
    }
    /// What each row stands for: given stars, or predicted ones.
    QList<double> stars() {
        QList<double> all;
        for (int row = 0; row < model().rowCount(); ++row) {
            const auto index = model().index(row);
            const int given = index.data(ui::GalleryModel::rating_role).toInt();
            all.append(given > 0 ? given : index.data(ui::GalleryModel::predicted_role).toDouble());
        }
        return all;
    }

    QUndoStack undo;
    ui::LibraryView view;
};

}  // namespace

class GalleryTasteTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    // Picks.

    void oneKeyPicksThePictureThatIsLookedAtAndTakesItBack() {
        Studio studio;
        const app::ItemId id = studio.add(u"apple"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_K);
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::picked);
        auto* mark = opened.canvas().findChild<QLabel*>(u"pick"_s);
        QVERIFY(mark->isVisible());
        QCOMPARE(mark->accessibleName(), u"Picked"_s);
        opened.key(Qt::Key_X);
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::rejected);
        QCOMPARE(mark->accessibleName(), u"Rejected"_s);
        opened.key(Qt::Key_X);
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::taken_back);
        QVERIFY(!mark->isVisible());
        opened.window.undoStack().undo();
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::rejected);
        opened.window.undoStack().undo();
        opened.window.undoStack().undo();
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::taken_back);
    }

    void severalChosenPicturesArePickedAtOnceAndUndoGivesEachItsOwnBack() {
        Studio studio;
        QList<app::ItemId> ids;
        for (int i = 0; i < 3; ++i) ids.append(studio.add(QString::number(i)));
        QVERIFY(studio->taste().pick({ids[1]}, PickAnswer::rejected));
        Opened opened(studio);
        opened.key(Qt::Key_F3);
        opened.tiles().selectAll();
        opened.tiles().setFocus();
        opened.key(Qt::Key_K);
        for (const auto id : ids) QCOMPARE(studio->taste().pickOf(id), PickAnswer::picked);
        opened.window.undoStack().undo();
        QCOMPARE(studio->taste().pickOf(ids[0]), PickAnswer::taken_back);
        QCOMPARE(studio->taste().pickOf(ids[1]), PickAnswer::rejected);
        opened.window.undoStack().redo();
        opened.key(Qt::Key_K);  // all are: it is taken back
        for (const auto id : ids) QCOMPARE(studio->taste().pickOf(id), PickAnswer::taken_back);
    }

    void pickedPicturesCanBeShownAlone() {
        Studio studio;
        QList<app::ItemId> ids;
        for (int i = 0; i < 4; ++i) ids.append(studio.add(QString::number(i)));
        QVERIFY(studio->taste().pick({ids[1], ids[2]}, PickAnswer::picked));
        QVERIFY(studio->taste().pick({ids[3]}, PickAnswer::rejected));
        Grid grid(studio);
        const QAbstractItemModelTester tester(&grid.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(grid.model().index(grid.model().rowOf(ids[1])).data(Qt::AccessibleTextRole).toString(), u"1, Not rated, Picked"_s);
        ui_test::grab(grid.view, u"picks"_s);
        grid.choice(u"Picked only"_s).trigger();
        QCOMPARE(grid.model().rowCount(), 2);
        QCOMPARE(grid.order().text(), u"Newest first, picked"_s);
        QVERIFY(studio->taste().pick({ids[1]}, PickAnswer::taken_back));
        QCOMPARE(grid.model().rowCount(), 1);
        QVERIFY(studio->taste().pick({ids[0]}, PickAnswer::picked));
        QCOMPARE(grid.model().idAt(1), ids[0]);  // in its place among the others
        grid.row().clearFilter();
        QCOMPARE(grid.model().rowCount(), 4);
    }

    void anotherTasteHasPicksOfItsOwn() {
        Studio studio;
        const app::ItemId id = studio.add(u"apple"_s);
        Grid grid(studio);
        QVERIFY(studio->taste().pick({id}, PickAnswer::picked));
        QVERIFY(studio->taste().addProfile(u"Night"_s));
        QCOMPARE(static_cast<PickAnswer>(grid.model().index(0).data(ui::GalleryModel::pick_role).toInt()), PickAnswer::taken_back);
        QVERIFY(studio->taste().setActive({1}));
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::picked);
    }

    void aPickSurvivesTheEndOfTheProgram() {
        Studio studio;
        const app::ItemId id = studio.add(u"apple"_s);
        QVERIFY(studio->taste().pick({id}, PickAnswer::rejected));
        studio.reopen();
        QCOMPARE(studio->taste().pickOf(id), PickAnswer::rejected);
    }

    // Predicted stars.

    void nothingIsPredictedWhileTheHeadIsSilent() {
        Learned learned(8);
        Grid grid(learned.studio);
        QVERIFY(learned.studio.waitForModel());
        for (int row = 0; row < 8; ++row) QVERIFY(!grid.model().index(row).data(ui::GalleryModel::predicted_role).isValid());
        QVERIFY(!grid.choice(u"Predicted stars count, too"_s).isEnabled());
        grid.choice(u"Best first"_s).trigger();  // by given stars: nothing to wait for
        QCOMPARE(grid.order().text(), u"Best first"_s);
        QCOMPARE(grid.model().rowCount(), 8);
    }

    void picturesNobodyRatedSayWhatTheyWouldGet() {
        Learned learned;
        Grid grid(learned.studio);
        const QAbstractItemModelTester tester(&grid.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy reset(&grid.model(), &QAbstractItemModel::modelReset);
        QVERIFY(learned.teach());
        const auto unrated = grid.model().index(grid.model().rowOf(learned.pictures.back().first));
        QTRY_VERIFY(unrated.data(ui::GalleryModel::predicted_role).isValid());
        const QString tooltip = unrated.data(Qt::ToolTipRole).toString();
        QVERIFY2(tooltip.contains(QRegularExpression(u"\nPredicted [1-5]\\.\\d ± \\d\\.\\d stars"_s)), qPrintable(tooltip));
        QVERIFY(unrated.data(Qt::AccessibleTextRole).toString().contains(u"Not rated, Predicted "_s));
        const auto rated = grid.model().index(grid.model().rowOf(learned.pictures.front().first));
        QVERIFY2(!rated.data(ui::GalleryModel::predicted_role).isValid(), "what was given needs no guess");
        QCOMPARE(reset.count(), 0);
        for (const bool dark : {true, false}) {
            ui::applyTheme(*qApp, dark ? app::Theme::dark : app::Theme::light);
            QCoreApplication::processEvents();
            ui_test::grab(grid.view, dark ? u"predicted_dark"_s : u"predicted_light"_s);
        }
        QVERIFY(learned.studio->library().setRating(learned.pictures.back().first, 2));
        QVERIFY(!unrated.data(ui::GalleryModel::predicted_role).isValid());
    }

    void theInspectorSaysWhyInWords() {
        Learned learned;
        QUndoStack undo;
        ui::Inspector inspector(*learned.studio, undo);
        inspector.resize(280, 900);
        QVERIFY(ui_test::present(inspector));
        auto* reasons = inspector.findChild<QLabel*>(u"reasons"_s);
        const auto warmest =
            std::max_element(learned.pictures.begin() + 32, learned.pictures.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        inspector.setItem(warmest->first);
        QVERIFY2(!reasons->isVisible(), "nobody knows yet");
        QVERIFY(learned.teach());
        QTRY_VERIFY(reasons->isVisible());
        const auto all = learned.studio->taste().reasons(warmest->first);
        QVERIFY(!all.empty() && all.size() <= 3);
        for (const auto& reason : all) {
            const QString words = ui::statisticText(reason.statistic, reason.value > 0);
            if (std::abs(reason.effect) >= 0.05) QVERIFY2(reasons->text().contains(words), qPrintable(reasons->text()));
        }
        QVERIFY2(reasons->text().startsWith(u"For it: "_s), qPrintable(reasons->text()));
        for (const bool dark : {true, false}) {
            ui::applyTheme(*qApp, dark ? app::Theme::dark : app::Theme::light);
            QCoreApplication::processEvents();
            ui_test::grab(inspector, dark ? u"why_dark"_s : u"why_light"_s);
        }
    }

    void theBestComeFirstAndARatedPictureStaysUnderTheHand() {
        Learned learned;
        QVERIFY(learned.teach());
        Grid grid(learned.studio);
        const QAbstractItemModelTester tester(&grid.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        grid.choice(u"Best first (predicted)"_s).trigger();
        const auto stars = grid.stars();
        QVERIFY(std::is_sorted(stars.rbegin(), stars.rend()));
        // The strip of days makes no sense in this order.
        QVERIFY(!grid.model().index(0).data(ui::GalleryModel::starts_day_role).toBool());
        const app::ItemId first = grid.model().idAt(0);
        grid.view.setCurrentItem(first);
        QSignalSpy fitted(&learned.studio->taste(), &app::TasteService::knowledgeChanged);
        QVERIFY(learned.studio->library().setRating(first, 1));
        QTRY_VERIFY(fitted.count() >= 2);
        QCoreApplication::processEvents();
        QCOMPARE(grid.model().idAt(0), first);
        QSignalSpy reset(&grid.model(), &QAbstractItemModel::modelReset);
        grid.choice(u"Best first (predicted)"_s).trigger();  // asked for again, it is made anew
        QVERIFY(grid.model().rowOf(first) > 30);
        QCOMPARE(grid.view.selectedItems(), QList<app::ItemId>{first});
        QCOMPARE(reset.count(), 0);
        grid.choice(u"Newest first"_s).trigger();
        QCOMPARE(grid.model().idAt(0), learned.pictures.back().first);
    }

    void predictedStarsCountInTheFilterOnlyWhenAsked() {
        Learned learned;
        QVERIFY(learned.teach());
        Grid grid(learned.studio);
        const QAbstractItemModelTester tester(&grid.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto& least = *grid.row().findChild<ui::RatingWidget*>();
        least.setFocus();
        QTest::keyClick(&least, Qt::Key_4);
        for (const double stars : grid.stars()) QVERIFY(stars >= 4.0);
        const int given = grid.model().rowCount();
        QVERIFY(given > 0);
        grid.choice(u"Predicted stars count, too"_s).trigger();
        QTRY_VERIFY(grid.model().rowCount() > given);  // the head may still be learning from the last ratings
        for (const double stars : grid.stars()) QVERIFY(stars >= 4.0);
        // It follows what is learned, row by row.
        QSignalSpy reset(&grid.model(), &QAbstractItemModel::modelReset);
        for (int row = grid.model().rowCount() - 1; row >= 0; --row) {
            const app::ItemId id = grid.model().idAt(row);
            if (learned.studio.ratingOf(id) == 0) QVERIFY(learned.studio->library().setRating(id, 1));
        }
        QTRY_COMPARE(grid.model().rowCount(), given);
        QCOMPARE(reset.count(), 0);
    }
};

UI_TEST(gallery_taste, GalleryTasteTest);

#include "gallery_taste_test.moc"
