// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/ui_test.h"
#include "ui/rating/rating_text.h"
#include "ui/rating/rating_widget.h"
#include "ui/rating/star_row.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

/// Middle of a star of a widget of its size hint.
QPoint starOf(const ui::RatingWidget& widget, int star) {
    constexpr double side = ui::theme::icon_large;
    constexpr double gap = ui::theme::space_xs;
    const QSizeF row = ui::StarRow::size(side, gap);
    const QPointF left((widget.width() - row.width()) / 2, widget.height() / 2.0);
    return (left + QPointF((star - 1) * (side + gap) + side / 2, 0)).toPoint();
}

}  // namespace

class RatingTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { ui::applyLanguage(*qApp, u"en"_s); }

    void aClickGivesStars_data() {
        QTest::addColumn<int>("star");
        for (int star = 1; star <= 5; ++star) QTest::addRow("%d", star) << star;
    }
    void aClickGivesStars() {
        QFETCH(int, star);
        ui::RatingWidget widget;
        widget.resize(widget.sizeHint());
        widget.show();
        QSignalSpy chosen(&widget, &ui::RatingWidget::ratingChosen);
        QTest::mouseClick(&widget, Qt::LeftButton, {}, starOf(widget, star));
        QCOMPARE(widget.rating(), star);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toInt(), star);
    }

    void aSecondClickOnTheSameStarTakesTheRatingBack() {
        ui::RatingWidget widget;
        widget.resize(widget.sizeHint());
        widget.setRating(3);
        QTest::mouseClick(&widget, Qt::LeftButton, {}, starOf(widget, 3));
        QCOMPARE(widget.rating(), 0);
        QTest::mouseClick(&widget, Qt::LeftButton, {}, starOf(widget, 4));
        QTest::mouseClick(&widget, Qt::LeftButton, {}, starOf(widget, 2));
        QCOMPARE(widget.rating(), 2);
    }

    void aPressThatSlidesOffChangesNothing() {
        ui::RatingWidget widget;
        widget.resize(widget.sizeHint());
        widget.setRating(2);
        QSignalSpy chosen(&widget, &ui::RatingWidget::ratingChosen);
        ui_test::drag(widget, starOf(widget, 5), starOf(widget, 5) + QPoint(0, 200));
        QTest::mouseClick(&widget, Qt::RightButton, {}, starOf(widget, 5));
        QCOMPARE(widget.rating(), 2);
        QCOMPARE(chosen.count(), 0);
    }

    void digitsAndArrowsRate() {
        ui::RatingWidget widget;
        for (int stars = 5; stars >= 0; --stars) {
            QTest::keyClick(&widget, static_cast<Qt::Key>(Qt::Key_0 + stars));
            QCOMPARE(widget.rating(), stars);
        }
        QTest::keyClick(&widget, Qt::Key_Right);
        QTest::keyClick(&widget, Qt::Key_Up);
        QCOMPARE(widget.rating(), 2);
        QTest::keyClick(&widget, Qt::Key_Left);
        QCOMPARE(widget.rating(), 1);
        QTest::keyClick(&widget, Qt::Key_End);
        QCOMPARE(widget.rating(), 5);
        QTest::keyClick(&widget, Qt::Key_Right);
        QCOMPARE(widget.rating(), 5);
        QTest::keyClick(&widget, Qt::Key_Home);
        QTest::keyClick(&widget, Qt::Key_Down);
        QCOMPARE(widget.rating(), 0);
        QTest::keyClick(&widget, Qt::Key_6);
        QCOMPARE(widget.rating(), 0);
    }

    void keysWithModifiersBelongToTheWindow() {
        ui::RatingWidget widget;
        widget.setRating(3);
        QTest::keyClick(&widget, Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(widget.rating(), 3);
    }

    void arrowsFollowTheReadingDirection() {
        ui::RatingWidget widget;
        widget.setLayoutDirection(Qt::RightToLeft);
        QTest::keyClick(&widget, Qt::Key_Left);
        QCOMPARE(widget.rating(), 1);
    }

    void settingFromOutsideIsClampedAndNotAChoice() {
        ui::RatingWidget widget;
        QSignalSpy chosen(&widget, &ui::RatingWidget::ratingChosen);
        QSignalSpy shown(&widget, &ui::RatingWidget::ratingShown);
        widget.setRating(9);
        QCOMPARE(widget.rating(), 5);
        widget.setRating(-1);
        QCOMPARE(widget.rating(), 0);
        QCOMPARE(chosen.count(), 0);
        QCOMPARE(shown.count(), 2);
    }

    void thePointerPreviewsWhatAClickWouldGive() {
        ui::RatingWidget widget;
        widget.resize(widget.sizeHint());
        widget.show();
        const QImage before = widget.grab().toImage();
        ui_test::hover(widget, starOf(widget, 4));
        const QImage previewed = widget.grab().toImage();
        QVERIFY(previewed != before);
        QCOMPARE(widget.rating(), 0);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&widget, &leave);
        QCOMPARE(widget.grab().toImage(), before);
    }

    void aScreenReaderReadsAndSetsTheValue() {
        ui::RatingWidget widget;
        auto* seen = QAccessible::queryAccessibleInterface(&widget);
        QVERIFY(seen != nullptr);
        QCOMPARE(seen->role(), QAccessible::Slider);
        QCOMPARE(seen->text(QAccessible::Name), u"Rating"_s);
        QCOMPARE(seen->text(QAccessible::Value), u"Not rated"_s);
        auto* value = seen->valueInterface();
        QVERIFY(value != nullptr);
        QCOMPARE(value->minimumValue().toInt(), 0);
        QCOMPARE(value->maximumValue().toInt(), 5);
        QSignalSpy chosen(&widget, &ui::RatingWidget::ratingChosen);
        value->setCurrentValue(4);
        QCOMPARE(widget.rating(), 4);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(value->currentValue().toInt(), 4);
        QTest::keyClick(&widget, Qt::Key_1);
        QCOMPARE(value->currentValue().toInt(), 1);
        QCOMPARE(seen->text(QAccessible::Value), u"1 star"_s);
    }

    void wordsCountStarsInBothLanguages() {
        QCOMPARE(ui::ratingText(0), u"Not rated"_s);
        QCOMPARE(ui::ratingText(1), u"1 star"_s);
        QCOMPARE(ui::ratingText(5), u"5 stars"_s);
        ui::applyLanguage(*qApp, u"ko"_s);
        QVERIFY(ui::ratingText(5).contains(u'5'));
        QVERIFY(!ui::ratingText(5).contains(u"stars"_s));
    }

    void everyStarAndGapOfTheRowIsAStar() {
        const ui::StarRow row({10, 10}, 20, 4);
        QCOMPARE(row.starAt({9.0, 20.0}), 1);
        QCOMPARE(row.starAt({20.0, 20.0}), 1);
        QCOMPARE(row.starAt({10.0 + 24 * 4 + 10, 20.0}), 5);
        QCOMPARE(row.starAt({0.0, 20.0}), 0);
        QCOMPARE(row.starAt({20.0, 60.0}), 0);
        QCOMPARE(row.starAt({200.0, 20.0}), 0);
        for (double x = 10; x < 126; x += 1) QVERIFY(row.starAt({x, 20.0}) >= 1);
    }

    void starsAreWarmYellowInBothThemes() {
        for (const ui::theme::Palette* palette : {&ui::theme::darkPalette(), &ui::theme::lightPalette()}) {
            QImage image(200, 40, QImage::Format_ARGB32_Premultiplied);
            image.fill(palette->chrome);
            QPainter painter(&image);
            const ui::StarRow row({10, 10}, 20, 4);
            row.paint(painter, *palette, ui::StarRow::Surface::chrome, 2);
            painter.end();
            QCOMPARE(image.pixelColor(20, 21), palette->star);                  // a given star is filled
            QCOMPARE(image.pixelColor(10 + 24 * 3 + 10, 21), palette->chrome);  // one that is not is hollow
            QVERIFY(palette->star.hsvHue() > 30 && palette->star.hsvHue() < 60);
        }
    }
};

UI_TEST(rating, RatingTest);

#include "rating_test.moc"
