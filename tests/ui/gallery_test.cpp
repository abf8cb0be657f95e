// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/gallery/day_text.h"
#include "ui/gallery/empty_notice.h"
#include "ui/gallery/filmstrip.h"
#include "ui/gallery/gallery_model.h"
#include "ui/gallery/job_tile.h"
#include "ui/gallery/library_filter_row.h"
#include "ui/gallery/library_view.h"
#include "ui/gallery/tile_grid.h"
#include "ui/gallery/tile_view.h"
#include "ui/rating/rating_widget.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <QUrl>

using namespace Qt::StringLiterals;
using ui_test::HeldJob;
using ui_test::Studio;

namespace {

QStringList prompts(const ui::GalleryModel& model) {
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row) all.append(model.index(row).data().toString());
    return all;
}

struct Grid {
    explicit Grid(Studio& studio) : view(*studio, undo) {
        view.resize(800, 600);
        view.show();
        view.activateWindow();
        (void)QTest::qWaitForWindowActive(&view);
        tiles().setFocus();
    }
    ui::TileView& tiles() { return *view.findChild<ui::TileView*>(); }
    ui::LibraryFilterRow& row() { return *view.findChild<ui::LibraryFilterRow*>(); }
    QLineEdit& search() { return *row().findChild<QLineEdit*>(); }
    ui::RatingWidget& leastStars() { return *row().findChild<ui::RatingWidget*>(); }
    ui::GalleryModel& model() { return *view.findChild<ui::GalleryModel*>(); }
    QRect cell(int row) { return tiles().visualRect(model().index(row)); }
    QPoint star(int row, int star) {
        const auto* delegate = tiles().findChild<ui::GalleryDelegate*>();
        const QRectF bounds = delegate->stars(cell(row)).bounds();
        return {static_cast<int>(bounds.left() + bounds.width() * (star - 0.5) / 5), static_cast<int>(bounds.center().y())};
    }

    QUndoStack undo;
    ui::LibraryView view;
};

struct Strip {
    explicit Strip(Studio& studio) : strip(*studio, undo) {
        strip.resize(900, ui::theme::filmstrip_height);
        strip.show();
        strip.activateWindow();
    }
    ui::TileView& tiles() { return *strip.findChild<ui::TileView*>(); }
    ui::LiveTile& live() { return *strip.findChild<ui::LiveTile*>(); }
    ui::FailedTile& failed() { return *strip.findChild<ui::FailedTile*>(); }

    QUndoStack undo;
    ui::Filmstrip strip;
};

}  // namespace

class GalleryTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    // The model.

    void theNewestPictureIsTheFirstRow() {
        Studio studio;
        studio.add(u"first"_s);
        studio.add(u"second"_s);
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(prompts(model), (QStringList{u"second"_s, u"first"_s}));
        studio.add(u"third"_s);
        QCOMPARE(prompts(model), (QStringList{u"third"_s, u"second"_s, u"first"_s}));
    }

    void theModelKeepsItsPromisesWhateverComesAndGoes() {
        Studio studio;
        QList<app::ItemId> ids;
        for (int i = 0; i < 12; ++i) ids.append(studio.add(u"picture %1"_s.arg(i)));
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const QStringList all = prompts(model);
        const QList<app::ItemId> gone{ids[0], ids[1], ids[5], ids[7], ids[11]};
        QVERIFY(studio->library().moveToTrash(gone).has_value());
        QCOMPARE(model.rowCount(), 7);
        studio.add(u"while some are away"_s);
        QCOMPARE(model.rowCount(), 8);
        QVERIFY(studio->library().restoreFromTrash(gone).has_value());
        QCOMPARE(prompts(model).mid(1), all);  // each is back in its place
        QCOMPARE(reset.count(), 0);            // rows moved, nothing was rebuilt: selection and scroll position stay
        model.setFilter({u"picture 1"_s, 0});
        QCOMPARE(prompts(model), (QStringList{u"picture 11"_s, u"picture 10"_s, u"picture 1"_s}));
        model.setFilter({});
        QCOMPARE(model.rowCount(), 13);
    }

    void aRatingMovesAPictureInAndOutOfTheFilter() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        studio.add(u"b"_s);
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFilter({{}, 3});
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(studio->library().setRating(a, 4).has_value());
        QCOMPARE(prompts(model), QStringList{u"a"_s});
        QVERIFY(studio->library().setRating(a, 5).has_value());
        QCOMPARE(model.index(0).data(ui::GalleryModel::rating_role).toInt(), 5);
        QVERIFY(studio->library().setRating(a, 2).has_value());
        QCOMPARE(model.rowCount(), 0);
    }

    void wordsAreFoundInAnyOrderAndCase() {
        app::LibraryItem item;
        item.prompt = u"Three red strawberries"_s;
        item.rating = 3;
        QVERIFY((ui::GalleryFilter{u"STRAW red"_s, 0}.matches(item)));
        QVERIFY((ui::GalleryFilter{u"  "_s, 3}.matches(item)));
        QVERIFY(!(ui::GalleryFilter{u"red blue"_s, 0}.matches(item)));
        QVERIFY(!(ui::GalleryFilter{u"red"_s, 4}.matches(item)));
        QVERIFY((ui::GalleryFilter{u"  "_s, 0}.isEmpty()));
    }

    void aScreenReaderHearsPromptAndRating() {
        Studio studio;
        const app::ItemId id = studio.add(u"a red apple"_s);
        studio.add(QString());
        QVERIFY(studio->library().setRating(id, 4).has_value());
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        QCOMPARE(model.index(1).data(Qt::AccessibleTextRole).toString(), u"a red apple, 4 stars"_s);
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(), u"Drawn without a prompt, Not rated"_s);
    }

    void thumbnailsAreMadeAwayFromTheWindow() {
        Studio studio;
        for (int i = 0; i < 3; ++i) studio.add(u"large"_s, tests::fakePixels(1500, 1500, 3, static_cast<std::uint64_t>(i)));
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        for (int row = 0; row < 3; ++row) QVERIFY(model.index(row).data(Qt::DecorationRole).value<QImage>().isNull());
        QCOMPARE(changed.count(), 0);
        QTRY_VERIFY(changed.count() >= 3);
        const QImage thumbnail = model.index(0).data(Qt::DecorationRole).value<QImage>();
        QCOMPARE(thumbnail.size(), QSize(256, 256));
    }

    void aDrawnPictureNeedsNoDecodingAtAll() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        bool there = false;
        connect(&model, &QAbstractItemModel::rowsInserted, this, [&] { there = !model.index(0).data(Qt::DecorationRole).value<QImage>().isNull(); });
        studio.submit(Studio::request(u"x"_s));
        QTRY_COMPARE(model.rowCount(), 1);
        QVERIFY(there);
    }

    void aPictureWhoseFileIsGoneIsMarkedAndAskedForOnce() {
        Studio studio;
        studio.addBroken(u"gone"_s, {});
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        QVERIFY(model.index(0).data(Qt::DecorationRole).value<QImage>().isNull());
        QTRY_VERIFY(model.index(0).data(ui::GalleryModel::missing_role).toBool());
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QVERIFY(model.index(0).data(Qt::DecorationRole).value<QImage>().isNull());
        QCoreApplication::processEvents();
        QCOMPARE(changed.count(), 0);
    }

    void aDragCarriesTheFileAndThePicture() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        const app::ItemId b = studio.add(u"b"_s);
        ui::GalleryModel model(studio->library(), studio->thumbnails(), studio->taste());
        (void)model.index(0).data(Qt::DecorationRole);
        QTRY_VERIFY(!model.index(0).data(Qt::DecorationRole).value<QImage>().isNull());
        QVERIFY(model.flags(model.index(0)).testFlag(Qt::ItemIsDragEnabled));
        const std::unique_ptr<QMimeData> one(model.mimeData({model.index(0)}));
        QCOMPARE(one->urls(), QList<QUrl>{QUrl::fromLocalFile(studio.item(b).path)});
        QVERIFY(one->hasImage());  // a picture this small is its own thumbnail
        QCOMPARE(one->imageData().value<QImage>().size(), QSize(16, 16));
        const std::unique_ptr<QMimeData> both(model.mimeData({model.index(0), model.index(1)}));
        QCOMPARE(both->urls().size(), 2);
        QCOMPARE(both->urls().at(1), QUrl::fromLocalFile(studio.item(a).path));
        QCOMPARE(model.supportedDragActions(), Qt::CopyAction);  // never moves the library's file away
    }

    void daysAreNamedAsOneSpeaks() {
        const QDate today(2026, 3, 12);
        QCOMPARE(ui::dayText(today, today), u"Today"_s);
        QCOMPARE(ui::dayText(today.addDays(-1), today), u"Yesterday"_s);
        QCOMPARE(ui::dayText(today.addDays(-3), today), u"Monday"_s);
        QCOMPARE(ui::dayText(QDate(2026, 1, 5), today), u"5 January"_s);
        QCOMPARE(ui::dayText(QDate(2025, 12, 31), today), u"31 December 2025"_s);
    }

    // Arithmetic of the tiles.

    void tenThousandTilesAreFoundByArithmetic() {
        const ui::TileGrid grid(ui::TileGrid::Flow::grid, {100, 120}, 8, 850, 10'000, false);
        QCOMPARE(grid.columns(), 8);
        for (const int index : {0, 1, 7, 8, 4321, 9999}) {
            QCOMPARE(grid.indexAt(grid.cell(index).center()), index);
            const auto range = grid.touching(grid.cell(index));
            QVERIFY(range.first <= index && index <= range.last);
            QVERIFY(range.last - range.first < 3 * grid.columns());
        }
        QCOMPARE(grid.indexAt({-5, -5}), -1);
        QCOMPARE(grid.contentSize().height(), 2 * 8 + 1250 * 120);
        const ui::TileGrid mirrored(ui::TileGrid::Flow::grid, {100, 120}, 8, 850, 10, true);
        QVERIFY(mirrored.cell(0).left() > mirrored.cell(1).left());
    }

    // The grid.

    void bareDigitsRateTheSelectedPictures() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        const app::ItemId b = studio.add(u"b"_s);
        Grid grid(studio);
        grid.view.setCurrentItem(b);
        for (int stars = 5; stars >= 0; --stars) {
            QTest::keyClick(&grid.tiles(), static_cast<Qt::Key>(Qt::Key_0 + stars));
            QCOMPARE(studio.ratingOf(b), stars);
        }
        QCOMPARE(studio.ratingOf(a), 0);
        grid.tiles().selectAll();
        QTest::keyClick(&grid.tiles(), Qt::Key_2);
        QCOMPARE(studio.ratingOf(a), 2);
        QCOMPARE(studio.ratingOf(b), 2);
        grid.undo.undo();  // one step for all of them
        QCOMPARE(studio.ratingOf(a), 0);
        QCOMPARE(studio.ratingOf(b), 0);
    }

    void starsUnderThePointerRateWithoutSelecting() {
        Studio studio;
        studio.add(u"a"_s);
        const app::ItemId b = studio.add(u"b"_s);
        const app::ItemId c = studio.add(u"c"_s);
        Grid grid(studio);
        grid.view.setCurrentItem(c);
        ui_test::hover(*grid.tiles().viewport(), grid.star(1, 4));
        QTest::mouseClick(grid.tiles().viewport(), Qt::LeftButton, {}, grid.star(1, 4));
        QCOMPARE(studio.ratingOf(b), 4);
        QCOMPARE(grid.view.selectedItems(), QList<app::ItemId>{c});
        QTest::mouseClick(grid.tiles().viewport(), Qt::LeftButton, {}, grid.star(1, 4));
        QCOMPARE(studio.ratingOf(b), 0);
    }

    void deleteMovesToTheTrashAndUndoBringsBack() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        const QString file = studio.item(a).path;
        Grid grid(studio);
        grid.view.setCurrentItem(a);
        QTest::keyClick(&grid.tiles(), Qt::Key_Delete);
        QVERIFY(studio->library().items().empty());
        QVERIFY(!QFile::exists(file));
        QCOMPARE(studio->library().trashCount(), 1);
        grid.undo.undo();
        QCOMPARE(studio->library().items().size(), std::size_t{1});
        QVERIFY(QFile::exists(file));
        grid.undo.redo();
        QVERIFY(studio->library().items().empty());
    }

    void enterAndDoubleClickOpen() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        const app::ItemId b = studio.add(u"b"_s);
        Grid grid(studio);
        QSignalSpy opened(&grid.view, &ui::LibraryView::itemActivated);
        grid.view.setCurrentItem(a);
        QTest::keyClick(&grid.tiles(), Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.last().first().value<app::ItemId>(), a);
        const QPoint middle = grid.cell(0).center() - QPoint(0, 20);
        QTest::mouseClick(grid.tiles().viewport(), Qt::LeftButton, {}, middle);
        QTest::mouseDClick(grid.tiles().viewport(), Qt::LeftButton, {}, middle);
        QVERIFY(opened.count() >= 2);
        QCOMPARE(opened.last().first().value<app::ItemId>(), b);
    }

    void arrowsWalkTheGrid() {
        Studio studio;
        for (int i = 0; i < 12; ++i) studio.add(QString::number(i));
        Grid grid(studio);
        grid.tiles().selectItem(grid.model().idAt(0));
        const int columns = [&] {
            int count = 1;
            while (grid.cell(count).top() == grid.cell(0).top()) ++count;
            return count;
        }();
        QVERIFY(columns > 1 && columns < 12);
        const auto current = [&] { return grid.model().rowOf(grid.tiles().currentItem()); };
        QTest::keyClick(&grid.tiles(), Qt::Key_Right);
        QCOMPARE(current(), 1);
        QTest::keyClick(&grid.tiles(), Qt::Key_Down);
        QCOMPARE(current(), 1 + columns);
        QTest::keyClick(&grid.tiles(), Qt::Key_Up);
        QTest::keyClick(&grid.tiles(), Qt::Key_Left);
        QCOMPARE(current(), 0);
        QTest::keyClick(&grid.tiles(), Qt::Key_Left);
        QCOMPARE(current(), 0);
        QTest::keyClick(&grid.tiles(), Qt::Key_End);
        QCOMPARE(current(), 11);
        QTest::keyClick(&grid.tiles(), Qt::Key_Home);
        QCOMPARE(current(), 0);
    }

    void lettersAndSpaceBelongToTheWindow() {
        Studio studio;
        studio.add(u"apple"_s);
        studio.add(u"banana"_s);
        Grid grid(studio);
        grid.tiles().selectItem(grid.model().idAt(0));
        QTest::keyClicks(&grid.tiles(), u"a "_s);
        QCOMPARE(grid.model().rowOf(grid.tiles().currentItem()), 0);
        QCOMPARE(grid.view.selectedItems().size(), 1);
    }

    void searchingNarrowsTheGridAndEnterReturnsToThePictures() {
        Studio studio;
        studio.add(u"a red apple"_s);
        studio.add(u"a blue car"_s);
        Grid grid(studio);
        grid.view.focusSearch();
        QVERIFY(grid.search().hasFocus());
        QTest::keyClicks(&grid.search(), u"blue"_s);
        QTRY_COMPARE(grid.model().rowCount(), 1);
        QVERIFY(countText(grid).contains(u"1 of 2"_s));
        QTest::keyClicks(&grid.search(), u" dog"_s);
        QTest::keyClick(&grid.search(), Qt::Key_Return);
        QCOMPARE(grid.model().rowCount(), 0);
        QVERIFY(grid.tiles().isHidden() || !grid.tiles().isVisible());
        auto notices = grid.view.findChildren<ui::EmptyNotice*>();
        const auto shown = std::find_if(notices.begin(), notices.end(), [](const auto* notice) { return notice->isVisible(); });
        QVERIFY(shown != notices.end());
        QCOMPARE((*shown)->title(), u"No picture matches"_s);
        QTest::mouseClick((*shown)->findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(grid.model().rowCount(), 2);
        QVERIFY(grid.tiles().isVisible());
    }

    void starsNarrowTheGrid() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        studio.add(u"b"_s);
        QVERIFY(studio->library().setRating(a, 4).has_value());
        Grid grid(studio);
        QTest::keyClick(&grid.leastStars(), Qt::Key_3);
        QCOMPARE(prompts(grid.model()), QStringList{u"a"_s});
        QTest::keyClick(&grid.leastStars(), Qt::Key_0);
        QCOMPARE(grid.model().rowCount(), 2);
    }

    void theSamePictureStaysCurrentUnderANewFilter() {
        Studio studio;
        const app::ItemId apple = studio.add(u"apple"_s);
        studio.add(u"banana"_s);
        studio.add(u"apple pie"_s);
        Grid grid(studio);
        grid.view.setCurrentItem(apple);
        QTest::keyClicks(&grid.search(), u"apple"_s);
        QTRY_COMPARE(grid.model().rowCount(), 2);
        QCOMPARE(grid.tiles().currentItem(), apple);
    }

    void cullingGoesOnToTheNextPicture() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        const app::ItemId b = studio.add(u"b"_s);
        Grid grid(studio);
        grid.view.setCurrentItem(b);
        QTest::keyClick(&grid.tiles(), Qt::Key_3);
        QCOMPARE(grid.tiles().currentItem(), b);
        auto* advance = grid.row().findChild<QToolButton*>();
        for (auto* button : grid.row().findChildren<QToolButton*>()) {
            if (button->accessibleName() == u"Next after rating"_s) advance = button;
        }
        QTest::mouseClick(advance, Qt::LeftButton);
        QTest::keyClick(&grid.tiles(), Qt::Key_4);
        QCOMPARE(studio.ratingOf(b), 4);
        QCOMPARE(grid.tiles().currentItem(), a);
    }

    void anEmptyLibrarySaysHowPicturesGetThere() {
        Studio studio;
        Grid grid(studio);
        auto notices = grid.view.findChildren<ui::EmptyNotice*>();
        const auto shown = std::find_if(notices.begin(), notices.end(), [](const auto* notice) { return notice->isVisible(); });
        QVERIFY(shown != notices.end());
        QCOMPARE((*shown)->title(), u"No pictures yet"_s);
        QVERIFY((*shown)->text().contains(u"Generate"_s));
        studio.add(u"a"_s);
        QVERIFY(grid.tiles().isVisible());
    }

    void aFailedWriteIsToldAndNothingIsOnTheUndoStack() {
        Studio studio;
        const app::ItemId a = studio.add(u"a"_s);
        // The trash cannot be made: a file is where its folder would be.
        QFile blocked(studio->paths().trash_dir);
        QVERIFY(blocked.open(QIODevice::WriteOnly));
        Grid grid(studio);
        QSignalSpy failed(&grid.view, &ui::LibraryView::storageFailed);
        grid.view.setCurrentItem(a);
        QTest::keyClick(&grid.tiles(), Qt::Key_Delete);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<inference::Error>().code, inference::ErrorCode::io);
        QCOMPARE(studio->library().items().size(), std::size_t{1});
        QCOMPARE(grid.undo.count(), 0);
    }

    void thePicturesSizeCanBeChosen() {
        Studio studio;
        studio.add(u"a"_s);
        Grid grid(studio);
        QSignalSpy changed(&grid.view, &ui::LibraryView::thumbnailSideChanged);
        const QSize before = grid.cell(0).size();
        grid.view.setThumbnailSide(240);
        QVERIFY(grid.cell(0).height() > before.height());
        QVERIFY(changed.count() >= 1);
    }

    // The strip.

    void theRunningJobIsTheFirstTileAndShowsItsProgress() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.add(u"old"_s);
        Strip strip(studio);
        QVERIFY(strip.live().isHidden());
        HeldJob job(studio, Studio::request(u"a red apple"_s, 3));
        studio.submit(Studio::request(u"next"_s));
        QVERIFY(strip.live().isVisible());
        QVERIFY(strip.live().mapTo(&strip.strip, QPoint()).x() < strip.tiles().x());
        QCOMPARE(strip.live().accessibleName(), u"Drawing: a red apple"_s);
        QVERIFY(strip.live().accessibleDescription().contains(u'%'));
        QSignalSpy activated(&strip.strip, &ui::Filmstrip::liveTileActivated);
        QTest::mouseClick(&strip.live(), Qt::LeftButton);
        QCOMPARE(activated.count(), 1);
        ui_test::grab(strip.strip, u"filmstrip_drawing"_s);
        QVERIFY(job.finish());
        QTRY_VERIFY(strip.live().isHidden());
    }

    void aFailedJobIsATileWithASentenceAndAWayOut() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->error = inference::Error{inference::ErrorCode::out_of_memory, "needs 48 GiB"};
        Strip strip(studio);
        QVERIFY(strip.failed().isHidden());
        const app::JobId job = studio.submit(Studio::request(u"huge"_s));
        QTRY_VERIFY(strip.failed().isVisible());
        QStringList texts;
        bool has_icon = false;
        for (const auto* label : strip.failed().findChildren<QLabel*>()) {
            texts.append(label->text());
            has_icon = has_icon || !label->pixmap(Qt::ReturnByValue).isNull();
        }
        QVERIFY(texts.join(u' ').contains(u"more memory"_s));
        QVERIFY(has_icon);
        ui_test::grab(strip.strip, u"filmstrip_failed"_s);
        studio.script->error.reset();
        for (auto* button : strip.failed().findChildren<QToolButton*>()) {
            if (button->text() == u"Try again"_s) QTest::mouseClick(button, Qt::LeftButton);
        }
        QTRY_COMPARE(studio->queue().find(job)->state, app::JobState::done);
        QVERIFY(strip.failed().isHidden());
    }

    void aClickOnATileMakesItTheCurrentPicture() {
        Studio studio;
        const app::ItemId old = studio.add(u"old"_s);
        studio.add(u"new"_s);
        Strip strip(studio);
        QSignalSpy current(&strip.strip, &ui::Filmstrip::currentItemChanged);
        const auto* model = strip.strip.findChild<ui::GalleryModel*>();
        const QRect cell = strip.tiles().visualRect(model->index(1));
        QTest::mouseClick(strip.tiles().viewport(), Qt::LeftButton, {}, cell.center() - QPoint(0, 10));
        QCOMPARE(current.count(), 1);
        QCOMPARE(current.first().first().value<app::ItemId>(), old);
        strip.strip.setCurrentItem(studio->library().items().front().id);
        QCOMPARE(current.count(), 1);  // quiet when someone else says so
    }

    void whoScrolledAwayKeepsLookingAtTheSamePictures() {
        Studio studio;
        for (int i = 0; i < 60; ++i) studio.add(QString::number(i));
        Strip strip(studio);
        const auto* model = strip.strip.findChild<ui::GalleryModel*>();
        auto* bar = strip.tiles().horizontalScrollBar();
        QVERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum() / 2);
        const QPoint somewhere(200, 60);
        const app::ItemId seen = model->idAt(strip.tiles().indexAt(somewhere).row());
        studio.add(u"new"_s);
        QCOMPARE(model->idAt(strip.tiles().indexAt(somewhere).row()), seen);
        bar->setValue(0);
        studio.add(u"newest"_s);
        QCOMPARE(bar->value(), 0);  // who looks at the newest sees the newest
    }

    void anOrdinaryWheelTurnsTheStrip() {
        Studio studio;
        for (int i = 0; i < 60; ++i) studio.add(QString::number(i));
        Strip strip(studio);
        ui_test::wheel(*strip.tiles().viewport(), {200, 60}, -2);
        QVERIFY(strip.tiles().horizontalScrollBar()->value() > 0);
    }

    void theGridInBothThemes_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("dark");
        for (const bool dark : {true, false}) {
            for (const QString& language : ui::availableLanguages()) QTest::addRow("%s %d", qPrintable(language), dark) << language << dark;
        }
    }
    void theGridInBothThemes() {
        QFETCH(QString, language);
        QFETCH(bool, dark);
        ui::applyLanguage(*qApp, language);
        ui::applyTheme(*qApp, dark ? app::Theme::dark : app::Theme::light);
        Studio studio;
        for (std::uint64_t i = 0; i < 20; ++i) {
            const app::ItemId id = studio.add(u"picture"_s, tests::fakePixels(128, 128, i % 3 == 0 ? 4 : 3, i), i);
            QVERIFY(studio->library().setRating(id, static_cast<int>(i % 6)).has_value());
        }
        studio.addBroken(u"gone"_s, {});
        Grid grid(studio);
        grid.view.setCurrentItem(grid.model().idAt(2));
        grid.view.grab();
        QTRY_VERIFY(!grid.model().index(0).data(ui::GalleryModel::missing_role).isNull() &&
                    grid.model().index(0).data(ui::GalleryModel::missing_role).toBool());
        for (int row = 1; row < 12; ++row) QTRY_VERIFY(!grid.model().index(row).data(Qt::DecorationRole).value<QImage>().isNull());
        // Behind the pictures is the canvas and nothing else.
        const QImage seen = grid.tiles().viewport()->grab().toImage();
        QCOMPARE(seen.pixelColor(2, 2), ui::colors(&grid.view).canvas);
        ui_test::grab(grid.view, u"library_%1_%2"_s.arg(language, dark ? u"dark"_s : u"light"_s));
    }

private:
    static QString countText(Grid& grid) {
        QStringList texts;
        for (const auto* label : grid.row().findChildren<QLabel*>()) texts.append(label->text());
        return texts.join(u'|');
    }
};

UI_TEST(gallery, GalleryTest);

#include "gallery_test.moc"
