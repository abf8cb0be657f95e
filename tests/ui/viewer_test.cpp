// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/image_loader.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/gallery/empty_notice.h"
#include "ui/gallery/item_drag.h"
#include "ui/rating/rating_widget.h"
#include "ui/theme/theme.h"
#include "ui/viewer/batch_board.h"
#include "ui/viewer/canvas_plates.h"
#include "ui/viewer/drawing_text.h"
#include "ui/viewer/image_view.h"
#include "ui/viewer/studio_canvas.h"
#include "ui/viewer/view_transform.h"

#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <QUrl>

using namespace Qt::StringLiterals;
using ui_test::HeldJob;
using ui_test::Studio;

namespace {

/// Every pixel a colour of its own, so that a shift by one shows.
inference::PixelBuffer patterned(int width, int height, int channels = 3, std::uint8_t alpha = 255) {
    inference::PixelBuffer pixels{width, height, channels, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const std::uint8_t colour[4] = {static_cast<std::uint8_t>(x * 7), static_cast<std::uint8_t>(y * 11),
                                            static_cast<std::uint8_t>((x * 31 + y * 17)), alpha};
            pixels.bytes.insert(pixels.bytes.end(), colour, colour + channels);
        }
    }
    return pixels;
}

struct Canvas {
    explicit Canvas(Studio& studio) : canvas(*studio, undo) {
        canvas.resize(800, 600);
        canvas.show();
        canvas.activateWindow();
        canvas.setFocus();
    }
    ui::ImageView& view() { return *canvas.findChild<ui::ImageView*>(); }
    ui::BatchBoard& board() { return *canvas.findChild<ui::BatchBoard*>(); }
    ui::RatingPlate& rating() { return *canvas.findChild<ui::RatingPlate*>(); }
    ui::ProgressPlate& progress() { return *canvas.findChild<ui::ProgressPlate*>(); }
    ui::ZoomPlate& zoom() { return *canvas.findChild<ui::ZoomPlate*>(); }
    ui::EmptyNotice& notice() { return *canvas.findChild<ui::EmptyNotice*>(); }
    bool shows(QSize size) {
        return QTest::qWaitFor([&] { return view().image().size() == size; });
    }
    QPointF pictureAt(QPointF point) {
        const QRectF area = view().pictureArea();
        return {(point.x() - area.left()) / area.width(), (point.y() - area.top()) / area.height()};
    }

    QUndoStack undo;
    ui::StudioCanvas canvas;
};

QToolButton* named(const QWidget& parent, const QString& name) {
    for (auto* button : parent.findChildren<QToolButton*>()) {
        if (button->accessibleName() == name) return button;
    }
    return nullptr;
}

}  // namespace

class ViewerTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { ui::applyTheme(*qApp, app::Theme::dark); }

    // Which picture.

    void aFinishedPictureAppears() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Canvas canvas(studio);
        QSignalSpy changed(&canvas.canvas, &ui::StudioCanvas::currentItemChanged);
        studio.submit(Studio::request(u"a red apple"_s, 3));
        QTRY_VERIFY(canvas.canvas.currentItem().has_value());
        QVERIFY(canvas.shows({16, 16}));
        QCOMPARE(canvas.view().image().pixelColor(0, 8), QColor(111, 0, 40));
        QCOMPARE(canvas.canvas.accessibleDescription(), u"a red apple"_s);
        QVERIFY(changed.count() >= 1);
        QTRY_VERIFY(canvas.rating().isVisible());
        QVERIFY(canvas.progress().isHidden());
    }

    void theLivePreviewReplacesThePictureAndThePictureThePreview() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId before = studio.add(u"before"_s, patterned(40, 40));
        Canvas canvas(studio);
        QCOMPARE(canvas.canvas.currentItem(), before);
        QVERIFY(canvas.shows({40, 40}));
        HeldJob job(studio, Studio::request(u"a red apple"_s, 3));
        QVERIFY(job.isHeld());
        QVERIFY(canvas.shows({16, 16}));
        QVERIFY(!canvas.canvas.currentItem().has_value());
        QVERIFY(canvas.progress().isVisible());
        QVERIFY(canvas.progress().text().contains(u"Step"_s));
        QVERIFY(canvas.progress().text().contains(u"2 of 4"_s));
        QVERIFY(canvas.rating().isHidden());
        ui_test::grab(canvas.canvas, u"viewer_drawing"_s);
        QVERIFY(job.finish());
        QTRY_VERIFY(canvas.canvas.currentItem().has_value());
        QVERIFY(*canvas.canvas.currentItem() != before);
        QVERIFY(canvas.progress().isHidden());
    }

    void aFinishedJobNeverStealsTheViewFromWhoWalkedAway() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId old = studio.add(u"old"_s, patterned(40, 40));
        studio.add(u"newer"_s);
        Canvas canvas(studio);
        canvas.canvas.setCurrentItem(old);
        QVERIFY(!canvas.canvas.followsNewest());
        QVERIFY(canvas.shows({40, 40}));
        QSignalSpy changed(&canvas.canvas, &ui::StudioCanvas::currentItemChanged);
        HeldJob job(studio, Studio::request(u"new"_s));
        QCOMPARE(canvas.canvas.currentItem(), old);
        QCOMPARE(canvas.view().image().size(), QSize(40, 40));
        QVERIFY(canvas.progress().isHidden());
        QVERIFY(job.finish());
        QCoreApplication::processEvents();
        QCOMPARE(canvas.canvas.currentItem(), old);
        QCOMPARE(canvas.view().image().size(), QSize(40, 40));
        QCOMPARE(changed.count(), 0);
    }

    void walkingAwayWhileItDrawsKeepsTheOldPicture() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId old = studio.add(u"old"_s, patterned(40, 40));
        studio.add(u"newer"_s, patterned(24, 24));
        Canvas canvas(studio);
        HeldJob job(studio, Studio::request(u"new"_s));
        QVERIFY(canvas.shows({16, 16}));
        canvas.canvas.setCurrentItem(old);
        QVERIFY(canvas.shows({40, 40}));
        QVERIFY(job.finish());
        QCoreApplication::processEvents();
        QCOMPARE(canvas.canvas.currentItem(), old);
        // Back to what is newest, and it follows again.
        canvas.canvas.setCurrentItem(std::nullopt);
        QTRY_COMPARE(canvas.canvas.currentItem(), std::optional(studio->library().items().front().id));
        QVERIFY(canvas.canvas.followsNewest());
    }

    void arrowsWalkThroughTheLibrary() {
        Studio studio;
        const app::ItemId oldest = studio.add(u"1"_s);
        const app::ItemId middle = studio.add(u"2"_s);
        const app::ItemId newest = studio.add(u"3"_s);
        Canvas canvas(studio);
        QCOMPARE(canvas.canvas.currentItem(), newest);
        QTest::keyClick(&canvas.canvas, Qt::Key_Right);
        QCOMPARE(canvas.canvas.currentItem(), middle);
        QTest::keyClick(&canvas.canvas, Qt::Key_Right);
        QTest::keyClick(&canvas.canvas, Qt::Key_Right);
        QCOMPARE(canvas.canvas.currentItem(), oldest);
        QTest::keyClick(&canvas.canvas, Qt::Key_Left);
        QCOMPARE(canvas.canvas.currentItem(), middle);
    }

    void aFailedFirstJobLeavesAnEmptyCanvas() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->error = inference::Error{inference::ErrorCode::out_of_memory, "too large"};
        Canvas canvas(studio);
        QSignalSpy empty(&canvas.canvas, &ui::StudioCanvas::emptyStateWanted);
        const app::JobId job = studio.submit(Studio::request(u"x"_s));
        QTRY_COMPARE(studio->queue().find(job)->state, app::JobState::failed);
        QTRY_VERIFY(empty.count() > 0 && empty.last().first().toBool());
        QVERIFY(canvas.view().image().isNull());
        QVERIFY(canvas.progress().isHidden());
    }

    void aCancelledDrawingGivesTheNewestPictureBack() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId before = studio.add(u"before"_s, patterned(40, 40));
        Canvas canvas(studio);
        HeldJob job(studio, Studio::request(u"x"_s));
        QVERIFY(canvas.shows({16, 16}));
        QTest::mouseClick(named(canvas.progress(), u"Cancel"_s), Qt::LeftButton);
        QTRY_COMPARE(studio->queue().find(job.id)->state, app::JobState::cancelled);
        QTRY_COMPARE(canvas.canvas.currentItem(), std::optional(before));
        QVERIFY(canvas.shows({40, 40}));
    }

    void anEmptyLibraryIsToldAndTheFirstJobEndsIt() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        QUndoStack undo;
        ui::StudioCanvas canvas(*studio, undo);
        QSignalSpy empty(&canvas, &ui::StudioCanvas::emptyStateWanted);
        canvas.show();
        QCOMPARE(empty.count(), 1);
        QVERIFY(empty.last().first().toBool());
        studio.submit(Studio::request(u"x"_s));
        QCOMPARE(empty.count(), 2);
        QVERIFY(!empty.last().first().toBool());
    }

    void aDeletedPictureGivesWayToItsNeighbourAndComesBack() {
        Studio studio;
        const app::ItemId oldest = studio.add(u"1"_s);
        const app::ItemId newest = studio.add(u"2"_s);
        Canvas canvas(studio);
        QTest::keyClick(&canvas.canvas, Qt::Key_Delete);
        QCOMPARE(canvas.canvas.currentItem(), oldest);
        QVERIFY(studio->library().find(newest) == nullptr);
        canvas.undo.undo();
        QCOMPARE(canvas.canvas.currentItem(), newest);
    }

    void starsOnThePlateAndDigitsRateThePicture() {
        Studio studio;
        const app::ItemId id = studio.add(u"1"_s);
        Canvas canvas(studio);
        QTest::keyClick(&canvas.canvas, Qt::Key_4);
        QCOMPARE(studio.ratingOf(id), 4);
        QCOMPARE(canvas.rating().stars().rating(), 4);
        auto& stars = canvas.rating().stars();
        QTest::mouseClick(&stars, Qt::LeftButton, {}, QPoint(stars.width() / 2, stars.height() / 2));
        QCOMPARE(studio.ratingOf(id), 3);
        canvas.undo.undo();
        QCOMPARE(canvas.rating().stars().rating(), 4);
    }

    // Alpha.

    void theCheckerboardShowsOnlyUnderRealAlpha() {
        Studio studio;
        const app::ItemId clear = studio.add(u"clear"_s, patterned(64, 64, 4, 0));
        const app::ItemId solid = studio.add(u"solid"_s, patterned(64, 64, 3));
        Canvas canvas(studio);
        canvas.canvas.setCurrentItem(solid);
        QVERIFY(canvas.shows({64, 64}));
        canvas.view().zoomActual();
        QCOMPARE(checkerPixels(canvas), 0);
        canvas.canvas.setCurrentItem(clear);
        QTRY_VERIFY(canvas.view().image().hasAlphaChannel());
        canvas.view().zoomActual();
        const QSize seen = (canvas.view().pictureArea().size() * canvas.canvas.devicePixelRatioF()).toSize();
        QCOMPARE(checkerPixels(canvas), seen.width() * seen.height());
    }

    // Zoom.

    void theWheelZoomsAroundTheCursor() {
        Studio studio;
        studio.add(u"large"_s, patterned(300, 200));
        Canvas canvas(studio);
        QVERIFY(canvas.shows({300, 200}));
        QVERIFY(canvas.view().fits());
        const QPoint cursor(300, 250);
        for (const int notches : {2, 3, -1}) {
            const QPointF before = canvas.pictureAt(cursor);
            const double zoom = canvas.view().zoom();
            ui_test::wheel(canvas.view(), cursor, notches);
            QVERIFY(notches > 0 ? canvas.view().zoom() > zoom : canvas.view().zoom() < zoom);
            const QPointF after = canvas.pictureAt(cursor);
            // The picture's middle holds where it has room; where it is larger than the view, the point under the
            // cursor does.
            if (canvas.view().pictureArea().width() > 800 && canvas.view().pictureArea().height() > 600 && notches != 2) {
                QVERIFY(std::abs(before.x() - after.x()) < 0.005);
                QVERIFY(std::abs(before.y() - after.y()) < 0.005);
            }
        }
        QVERIFY(!canvas.view().fits());
    }

    void aLargePictureIsPannedAndNeverLeavesAGap() {
        Studio studio;
        studio.add(u"large"_s, patterned(300, 200));
        Canvas canvas(studio);
        QVERIFY(canvas.shows({300, 200}));
        ui_test::wheel(canvas.view(), {400, 300}, 10);
        const QPointF before = canvas.view().pictureArea().topLeft();
        ui_test::drag(canvas.view(), {400, 300}, {440, 270});
        QCOMPARE((canvas.view().pictureArea().topLeft() - before).toPoint(), QPoint(40, -30));
        ui_test::drag(canvas.view(), {400, 300}, {9000, 9000});
        QVERIFY(canvas.view().pictureArea().left() <= 16.5);  // the margin around a fitted picture
        QVERIFY(canvas.view().pictureArea().top() <= 16.5);
        QVERIFY(canvas.view().pictureArea().right() >= 800 - 16.5);
    }

    void oneToOneIsOnePictureTilePixelForADevicePixel() {
        Studio studio;
        const auto pixels = patterned(60, 50);
        studio.add(u"exact"_s, pixels);
        Canvas canvas(studio);
        QVERIFY(canvas.shows({60, 50}));
        canvas.canvas.zoomActual();
        QCOMPARE(canvas.view().zoom(), 1.0);
        const double ratio = canvas.canvas.devicePixelRatioF();
        const QImage seen = canvas.view().grab().toImage();
        QCOMPARE(seen.devicePixelRatio(), ratio);
        const QPointF corner = canvas.view().pictureArea().topLeft() * ratio;
        QCOMPARE(corner, QPointF(corner.toPoint()));
        for (int y = 0; y < pixels.height; ++y) {
            for (int x = 0; x < pixels.width; ++x) {
                const auto at = static_cast<std::size_t>((y * pixels.width + x) * 3);
                const QColor wanted(pixels.bytes[at], pixels.bytes[at + 1], pixels.bytes[at + 2]);
                QCOMPARE(seen.pixelColor(corner.toPoint() + QPoint(x, y)), wanted);
            }
        }
    }

    void zoomHasLimitsAndAWayBack() {
        Studio studio;
        studio.add(u"x"_s, patterned(60, 50));
        Canvas canvas(studio);
        QVERIFY(canvas.shows({60, 50}));
        for (int i = 0; i < 40; ++i) canvas.canvas.zoomIn();
        QCOMPARE(canvas.view().zoom(), ui::ViewTransform::largest_zoom);
        for (int i = 0; i < 60; ++i) canvas.canvas.zoomOut();
        QCOMPARE(canvas.view().zoom(), ui::ViewTransform::smallest_zoom);
        QTest::mouseClick(named(canvas.zoom(), u"Fit to window"_s), Qt::LeftButton);
        QVERIFY(canvas.view().fits());
        QTest::mouseClick(named(canvas.zoom(), u"Actual pixels"_s), Qt::LeftButton);
        QCOMPARE(canvas.view().zoom(), 1.0);
        QTest::mouseDClick(&canvas.view(), Qt::LeftButton, {}, {400, 300});
        QVERIFY(canvas.view().fits());
        QTest::mouseDClick(&canvas.view(), Qt::LeftButton, {}, {400, 300});
        QCOMPARE(canvas.view().zoom(), 1.0);
    }

    void aFittedPictureStaysFittedWhenTheWindowChanges() {
        Studio studio;
        studio.add(u"x"_s, patterned(60, 50));
        Canvas canvas(studio);
        QVERIFY(canvas.shows({60, 50}));
        const double before = canvas.view().zoom();
        canvas.canvas.resize(500, 400);
        QVERIFY(canvas.view().fits());
        QVERIFY(canvas.view().zoom() < before);
        const QRectF area = canvas.view().pictureArea();
        QVERIFY(QRectF(canvas.view().rect()).contains(area));
    }

    void theTransformIsTheSameArithmeticAtEveryPixelRatio_data() {
        QTest::addColumn<double>("ratio");
        for (const double ratio : {1.0, 1.25, 1.5, 2.0, 3.0}) QTest::addRow("%g", ratio) << ratio;
    }
    void theTransformIsTheSameArithmeticAtEveryPixelRatio() {
        QFETCH(double, ratio);
        ui::ViewTransform transform;
        transform.setPicture({1000, 500});
        transform.setView({0, 0, 800, 600}, ratio);
        QVERIFY(transform.fits());
        QCOMPARE(transform.target().width(), 800.0);
        QCOMPARE(transform.zoom(), 0.8 * ratio);
        transform.setZoom(1.0, {400, 300});
        QCOMPARE(transform.target().width() * ratio, 1000.0);
        const QPointF corner = transform.target().topLeft() * ratio;
        QVERIFY(std::abs(corner.x() - std::round(corner.x())) < 1e-9);
        transform.setZoom(8.0, {100, 200});
        const QPointF fixed = transform.target().topLeft();
        const QPointF inside((100 - fixed.x()) / transform.target().width(), (200 - fixed.y()) / transform.target().height());
        transform.setZoom(12.0, {100, 200});
        const QRectF target = transform.target();
        QVERIFY(std::abs((100 - target.left()) / target.width() - inside.x()) < 1e-3);
        QVERIFY(std::abs((200 - target.top()) / target.height() - inside.y()) < 1e-3);
        transform.pan({1e6, 1e6});
        QVERIFY(transform.target().left() <= 0 && transform.target().top() <= 0);
        transform.setPicture({20, 20});
        QVERIFY(transform.fits());  // a picture of another size is fitted anew
    }

    // A batch.

    void aBatchOfFourFillsTheCanvasTwoByTwo() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Canvas canvas(studio);
        HeldJob job(studio, Studio::request(u"four"_s, 1, 4));
        QVERIFY(canvas.board().isVisible());
        QCOMPARE(canvas.board().count(), 4);
        QVERIFY(!canvas.board().cell(0).image.isNull());
        const QRect first = canvas.board().cellArea(0);
        QCOMPARE(canvas.board().cellArea(1).top(), first.top());
        QCOMPARE(canvas.board().cellArea(2).left(), first.left());
        QVERIFY(canvas.board().cellArea(1).left() > first.right());
        QVERIFY(canvas.board().cellArea(2).top() > first.bottom());
        QVERIFY(canvas.board().rect().contains(canvas.board().cellArea(3)));
        QVERIFY(job.finish());
        QTRY_COMPARE(canvas.board().finishedCells(), 4);
        QTRY_COMPARE(canvas.board().current(), 0);
        QTRY_COMPARE(canvas.canvas.currentItem(), canvas.board().cell(0).item);
        ui_test::grab(canvas.canvas, u"viewer_batch"_s);
    }

    void keysWalkTheBoardLookCloserAndRate() {
        Studio studio;
        Canvas canvas(studio);
        QVERIFY(drawFour(studio, canvas));
        QTest::keyClick(&canvas.canvas, Qt::Key_Right);
        QCOMPARE(canvas.board().current(), 1);
        QTest::keyClick(&canvas.canvas, Qt::Key_Right);
        QCOMPARE(canvas.board().current(), 1);  // no jump to the next line
        QTest::keyClick(&canvas.canvas, Qt::Key_Down);
        QCOMPARE(canvas.board().current(), 3);
        QTest::keyClick(&canvas.canvas, Qt::Key_5);
        QCOMPARE(studio.ratingOf(*canvas.board().cell(3).item), 5);
        QCOMPARE(canvas.board().cell(3).rating, 5);
        QTest::keyClick(&canvas.canvas, Qt::Key_Return);
        QVERIFY(!canvas.board().isVisible());
        QCOMPARE(canvas.canvas.currentItem(), canvas.board().cell(3).item);
        QTest::keyClick(&canvas.canvas, Qt::Key_Escape);
        QVERIFY(canvas.board().isVisible());
        QCOMPARE(canvas.board().current(), 3);
    }

    void aClickOnACellLooksCloserAndItsStarsRate() {
        Studio studio;
        Canvas canvas(studio);
        QVERIFY(drawFour(studio, canvas));
        const QRectF stars = canvas.board().stars(2).bounds();
        ui_test::hover(canvas.board(), stars.center().toPoint());
        QTest::mouseClick(&canvas.board(), Qt::LeftButton, {}, stars.center().toPoint());
        QCOMPARE(studio.ratingOf(*canvas.board().cell(2).item), 3);
        QVERIFY(canvas.board().isVisible());
        QTest::mouseClick(&canvas.board(), Qt::LeftButton, {}, canvas.board().cellArea(2).topLeft() + QPoint(10, 10));
        QVERIFY(!canvas.board().isVisible());
        QCOMPARE(canvas.canvas.currentItem(), canvas.board().cell(2).item);
        QTest::mouseClick(named(canvas.zoom(), u"All pictures of this batch"_s), Qt::LeftButton);
        QVERIFY(canvas.board().isVisible());
    }

    void deletingOnTheBoardClosesTheGap() {
        Studio studio;
        Canvas canvas(studio);
        QVERIFY(drawFour(studio, canvas));
        const auto gone = *canvas.board().cell(0).item;
        QTest::keyClick(&canvas.canvas, Qt::Key_Delete);
        QVERIFY(studio->library().find(gone) == nullptr);
        QCOMPARE(canvas.board().count(), 3);
        QVERIFY(canvas.board().isVisible());
        QVERIFY(canvas.canvas.currentItem().has_value());
        QTest::keyClick(&canvas.canvas, Qt::Key_Delete);
        QTest::keyClick(&canvas.canvas, Qt::Key_Delete);
        QVERIFY(!canvas.board().isVisible());  // one is left: it is shown large
        QCOMPARE(studio->library().items().size(), std::size_t{1});
        QCOMPARE(canvas.canvas.currentItem(), std::optional(studio->library().items().front().id));
    }

    void aBatchThatFailsHalfwayKeepsItsFinishedPictures() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->error = inference::Error{inference::ErrorCode::internal, "broken"};
        studio.script->images_before_error = 2;
        Canvas canvas(studio);
        const app::JobId job = studio.submit(Studio::request(u"four"_s, 1, 4));
        QTRY_COMPARE(studio->queue().find(job)->state, app::JobState::failed);
        QTRY_COMPARE(canvas.board().count(), 2);
        QCOMPARE(canvas.board().finishedCells(), 2);
        QVERIFY(canvas.board().isVisible());
        QTRY_VERIFY(canvas.canvas.currentItem().has_value());
    }

    // Candidates.

    void thePreviewOfAPictureWithCandidatesIsOneOfThem() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio->generation().setJudging({lastIsBest, false});
        Canvas canvas(studio);
        auto request = Studio::request(u"best"_s, 1);
        request.candidates = 4;
        HeldJob job(studio, request);
        QVERIFY(job.isHeld());
        QVERIFY(canvas.view().isVisible());
        QVERIFY(!canvas.view().image().isNull());
        QVERIFY(!canvas.board().isVisible());
        QVERIFY(job.finish());
        QTRY_VERIFY(canvas.canvas.currentItem().has_value());
        QCOMPARE(studio->library().request(*canvas.canvas.currentItem())->seed, std::uint64_t{4});
    }

    void aBatchWithCandidatesFillsTheBoardAndGivesThemUpInPlace() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio->generation().setJudging({lastIsBest, false});
        Canvas canvas(studio);
        auto request = Studio::request(u"best"_s, 1, 4);
        request.batch_size = 4;
        request.candidates = 4;
        HeldJob job(studio, request);
        QCOMPARE(canvas.board().count(), 4);
        std::vector<QImage> before;
        for (int cell = 0; cell < 4; ++cell) before.push_back(canvas.board().cell(cell).image);
        studio.script->allow(1);  // the shown ones were given up
        for (int cell = 0; cell < 4; ++cell) QTRY_VERIFY(canvas.board().cell(cell).image != before[static_cast<std::size_t>(cell)]);
        QVERIFY(job.finish());
        QTRY_COMPARE(canvas.board().finishedCells(), 4);
        for (int cell = 0; cell < 4; ++cell)
            QCOMPARE(studio->library().request(*canvas.board().cell(cell).item)->seed, static_cast<std::uint64_t>(4 * (cell + 1)));
    }

    void aCellWhosePreviewIsGoneIsEmptyAgain() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Canvas canvas(studio);
        auto request = Studio::request(u"four"_s, 1, 4);
        request.batch_size = 4;
        HeldJob job(studio, request);
        QVERIFY(!canvas.board().cell(3).image.isNull());
        studio.script->most_previews = 2;
        studio.script->allow(1);
        QTRY_VERIFY(canvas.board().cell(3).image.isNull());
        QVERIFY(canvas.board().cell(2).image.isNull());
        QVERIFY(!canvas.board().cell(1).image.isNull());
        QVERIFY(job.finish());
        QTRY_COMPARE(canvas.board().finishedCells(), 4);
    }

    // Trouble.

    void aDamagedPictureGivesASentence_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("missing") << QByteArray();
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("not a picture") << QByteArray("<html>");
        QTest::newRow("cut off") << QByteArray::fromHex("89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61");
    }
    void aDamagedPictureGivesASentence() {
        QFETCH(QByteArray, bytes);
        Studio studio;
        const app::ItemId whole = studio.add(u"whole"_s, patterned(40, 40));
        const app::ItemId broken = studio.addBroken(u"broken"_s, bytes);
        Canvas canvas(studio);
        QCOMPARE(canvas.canvas.currentItem(), broken);
        QTRY_VERIFY(canvas.notice().isVisible());
        QCOMPARE(canvas.notice().title(), u"This picture cannot be shown"_s);
        QVERIFY(canvas.notice().text().contains(u'.'));
        QVERIFY(canvas.notice().text().contains(studio.item(broken).path));
        QVERIFY(canvas.view().image().isNull());
        // It can still be deleted, and the others still be seen.
        canvas.canvas.setCurrentItem(whole);
        QVERIFY(canvas.shows({40, 40}));
        QVERIFY(!canvas.notice().isVisible());
    }

    // Away with it.

    void aDragAcrossAPictureTakesItAlong() {
        app::ImageLoader loader;
        ui::ImageView view(loader, 0);
        view.resize(300, 300);
        view.show();
        QImage image(100, 100, QImage::Format_RGB32);
        image.fill(Qt::red);
        QSignalSpy wanted(&view, &ui::ImageView::dragWanted);
        view.setImage(image, false, false);
        ui_test::drag(view, {150, 150}, {200, 200});
        QCOMPARE(wanted.count(), 0);  // a preview has no file
        view.setImage(image, false, true);
        ui_test::drag(view, {150, 150}, {151, 150});
        QCOMPARE(wanted.count(), 0);
        ui_test::drag(view, {150, 150}, {200, 200});
        QCOMPARE(wanted.count(), 1);
    }

    void whatIsDraggedIsTheFileAndThePicture() {
        QImage image(10, 10, QImage::Format_RGB32);
        image.fill(Qt::red);
        const std::unique_ptr<QMimeData> one(ui::pictureMimeData({u"/tmp/a b.png"_s}, image));
        QCOMPARE(one->urls(), QList<QUrl>{QUrl::fromLocalFile(u"/tmp/a b.png"_s)});
        QVERIFY(one->hasImage());
        QCOMPARE(one->imageData().value<QImage>().pixelColor(5, 5), QColor(Qt::red));
        const std::unique_ptr<QMimeData> two(ui::pictureMimeData({u"/tmp/a.png"_s, u"/tmp/b.png"_s}, image));
        QCOMPARE(two->urls().size(), 2);
        QVERIFY(!two->hasImage());
        QWidget source;
        QVERIFY(!ui::dragPixmap(image, 3, &source).isNull());
        QVERIFY(!ui::dragPixmap({}, 1, &source).isNull());
    }

    void theProgressIsSaidInWords() {
        app::Job job;
        job.request = Studio::request(u"x"_s, 1, 4);
        job.state = app::JobState::waiting;
        ui::DrawingState state{&job, nullptr, false, 0.4};
        QVERIFY(ui::drawingText(state).contains(u"Loading the model"_s));
        QVERIFY(ui::drawingText(state).contains(u"40"_s));
        job.state = app::JobState::running;
        job.fraction = 0.5;
        job.remaining_ms = 3000;
        const app::LivePreview live{job.id, 1, 12, 25, {}};
        state = {&job, &live, true, -1.0};
        const QString text = ui::drawingText(state);
        QVERIFY2(text.contains(u"12 of 25"_s), qPrintable(text));
        QVERIFY2(text.contains(u"2 of 4"_s), qPrintable(text));
        QVERIFY2(text.contains(u"3 s left"_s), qPrintable(text));
        QCOMPARE(ui::drawingFraction(state), 0.5);
        job.request.candidates = 4;
        const app::LivePreview choosing{job.id, 1, 12, 25, std::vector<QImage>(1)};
        state.live = &choosing;
        QCOMPARE(ui::drawingText(state), u"Picture 2 of 4 · Step 12 of 25 · best of 4 · about 3 s left"_s);
        job.request.num_images = 1;
        QCOMPARE(ui::drawingText(state), u"Step 12 of 25 · best of 4 · about 3 s left"_s);
    }

private:
    /// Of candidates with consecutive seeds the highest.
    static std::vector<double> lastIsBest(const std::vector<inference::Candidate>& candidates) {
        std::vector<double> scores;
        for (std::size_t i = 0; i < candidates.size(); ++i) scores.push_back(static_cast<double>(i));
        return scores;
    }

    static int checkerPixels(Canvas& canvas) {
        const auto& p = ui::theme::darkPalette();
        const double ratio = canvas.canvas.devicePixelRatioF();
        const QRectF area = canvas.view().pictureArea();
        const QRect device = QRectF(area.topLeft() * ratio, area.size() * ratio).toRect();
        const QImage seen = canvas.view().grab().toImage().copy(device);
        int count = 0;
        for (int y = 0; y < seen.height(); ++y) {
            for (int x = 0; x < seen.width(); ++x) {
                const QColor color = seen.pixelColor(x, y);
                count += color == p.checker_light || color == p.checker_dark;
            }
        }
        return count;
    }

    static bool drawFour(Studio& studio, Canvas& canvas) {
        if (!studio.waitForModel()) return false;
        studio.submit(Studio::request(u"four"_s, 1, 4));
        return QTest::qWaitFor(
            [&] { return canvas.board().finishedCells() == 4 && studio->queue().running() == nullptr && canvas.board().current() == 0; });
    }
};

UI_TEST(viewer, ViewerTest);

#include "viewer_test.moc"
