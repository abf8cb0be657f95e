// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/gallery/empty_notice.h"
#include "ui/inspector/fact_row.h"
#include "ui/inspector/inspector.h"
#include "ui/rating/rating_widget.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGraphicsOpacityEffect>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

using namespace Qt::StringLiterals;
using ui_test::Studio;

namespace {

struct Shown {
    explicit Shown(Studio& studio) : inspector(*studio, undo) {
        inspector.resize(280, 800);
        inspector.show();
        inspector.activateWindow();
    }
    QString fact(const QString& name) {
        for (const auto* row : inspector.findChildren<ui::FactRow*>()) {
            if (row->accessibleName() == name) return row->value();
        }
        return {};
    }
    QAbstractButton* button(const QString& name) {
        for (auto* one : inspector.findChildren<QAbstractButton*>()) {
            if (one->accessibleName() == name || one->text() == name) return one;
        }
        return nullptr;
    }
    ui::RatingWidget& stars() { return *inspector.findChild<ui::RatingWidget*>(); }
    bool says(const QString& text) {
        for (const auto* label : inspector.findChildren<QLabel*>()) {
            if (label->text() == text && label->isVisible()) return true;
        }
        return false;
    }

    QUndoStack undo;
    ui::Inspector inspector;
};

app::ItemId addApple(Studio& studio) {
    auto request = tests::requestFor("a red apple", 123456789012);
    request.negative_prompt = "blur";
    request.width = 64;
    request.height = 48;
    request.num_inference_steps = 25;
    request.guidance_scale = 3.5;
    request.sampler = inference::Sampler::multistep2;
    const QString path = studio->paths().images_dir + u"/apple.png"_s;
    tests::must(app::writeImage(path, tests::fakePixels(64, 48, 3, 1), request, {}));
    return tests::must(studio->library().add(path, request, {64, 48}, false, 1.0, 1));
}

}  // namespace

class InspectorTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    void nothingChosenIsSaid() {
        Studio studio;
        Shown shown(studio);
        QCOMPARE(shown.inspector.findChild<ui::EmptyNotice*>()->title(), u"No picture chosen"_s);
        QVERIFY(shown.inspector.findChild<ui::EmptyNotice*>()->isVisible());
        shown.inspector.setItem(app::ItemId{4711});
        QVERIFY(!shown.inspector.item().has_value());
    }

    void everyFactOfThePictureHasItsRow() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId id = addApple(studio);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QVERIFY(shown.says(u"a red apple"_s));
        QVERIFY(shown.says(u"blur"_s));
        QCOMPARE(shown.fact(u"Size"_s), u"64 × 48"_s);
        QCOMPARE(shown.fact(u"Steps"_s), u"25"_s);
        QCOMPARE(shown.fact(u"Guidance"_s), u"3.5"_s);
        QCOMPARE(shown.fact(u"Sampler"_s), u"Multistep"_s);
        QCOMPARE(shown.fact(u"Seed"_s), u"123456789012"_s);
        QCOMPARE(shown.fact(u"Model"_s), u"Fake"_s);
        QCOMPARE(shown.fact(u"Name"_s), u"apple.png"_s);
        QVERIFY(!shown.fact(u"Created"_s).isEmpty());
    }

    void anotherModelIsNamedByItsIdentity() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        auto request = tests::requestFor("x");
        request.model_id = "0123456789abcdef0123456789abcdef";
        const QString path = studio->paths().images_dir + u"/x.png"_s;
        tests::must(app::writeImage(path, tests::fakePixels(16, 16, 3, 1), request, {}));
        const app::ItemId id = tests::must(studio->library().add(path, request, {16, 16}, false, 1.0, 1));
        Shown shown(studio);
        shown.inspector.setItem(id);
        QCOMPARE(shown.fact(u"Model"_s), u"0123456789ab"_s);
    }

    void withoutANegativePromptItsPartIsNotThere() {
        Studio studio;
        const app::ItemId id = studio.add(u"x"_s);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QVERIFY(!shown.says(u"Negative prompt"_s));
    }

    void everyUseButtonAsksForItsPart_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("parts");
        QTest::newRow("all") << u"Use again"_s << static_cast<int>(ui::UseAgain::all);
        QTest::newRow("new seed") << u"Use again, new seed"_s << static_cast<int>(ui::UseAgain::all_but_seed);
        QTest::newRow("prompt") << u"Use this prompt"_s << static_cast<int>(ui::UseAgain::prompt);
        QTest::newRow("seed") << u"Use this seed"_s << static_cast<int>(ui::UseAgain::seed);
        QTest::newRow("size") << u"Use this size"_s << static_cast<int>(ui::UseAgain::size);
    }
    void everyUseButtonAsksForItsPart() {
        QFETCH(QString, name);
        QFETCH(int, parts);
        Studio studio;
        const app::ItemId id = addApple(studio);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QSignalSpy wanted(&shown.inspector, &ui::Inspector::useAgainRequested);
        QVERIFY(shown.button(name) != nullptr);
        QTest::mouseClick(shown.button(name), Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
        const auto request = wanted.first().at(0).value<inference::GenerationRequest>();
        QCOMPARE(request.prompt, std::string("a red apple"));
        QCOMPARE(request.seed, std::uint64_t{123456789012});
        QCOMPARE(static_cast<int>(wanted.first().at(1).value<ui::UseAgain>()), parts);
    }

    void promptSeedAndPathCanBeCopied() {
        Studio studio;
        const app::ItemId id = addApple(studio);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QTest::mouseClick(shown.button(u"Copy the prompt"_s), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), u"a red apple"_s);
        QTest::mouseClick(shown.button(u"Copy the seed"_s), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), u"123456789012"_s);
        QTest::mouseClick(shown.button(u"Copy the file's path"_s), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), studio.item(id).path);
    }

    void saveAsAsksForThisPicture() {
        Studio studio;
        const app::ItemId id = addApple(studio);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QSignalSpy wanted(&shown.inspector, &ui::Inspector::exportRequested);
        QTest::mouseClick(shown.button(u"Save as…"_s), Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().value<app::ItemId>(), id);
    }

    void itsStarsRateAndFollow() {
        Studio studio;
        const app::ItemId id = studio.add(u"x"_s);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QTest::keyClick(&shown.stars(), Qt::Key_4);
        QCOMPARE(studio.ratingOf(id), 4);
        QVERIFY(studio->library().setRating(id, 2).has_value());
        QCOMPARE(shown.stars().rating(), 2);
        shown.undo.undo();
        QCOMPARE(studio.ratingOf(id), 0);
        QCOMPARE(shown.stars().rating(), 0);
    }

    void aDeletedPictureLeavesTheInspectorEmpty() {
        Studio studio;
        const app::ItemId id = studio.add(u"x"_s);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QVERIFY(studio->library().moveToTrash({id}).has_value());
        QVERIFY(!shown.inspector.item().has_value());
        QVERIFY(shown.inspector.findChild<ui::EmptyNotice*>()->isVisible());
    }

    void buttonsOfARowComeUnderThePointerAndWithTheKeyboard() {
        QWidget window;
        ui::FactRow row(&window);
        row.setName(u"Seed"_s);
        row.setValue(u"42"_s);
        int copies = 0;
        auto* button = row.addButton("copy", [&copies] { ++copies; });
        row.setGeometry(0, 60, 280, row.height());  // away from where the pointer is at the start
        window.resize(300, 100);
        QVERIFY(ui_test::present(window));
        const auto opacity = [button] { return static_cast<QGraphicsOpacityEffect*>(button->graphicsEffect())->opacity(); };
        button->clearFocus();
        window.setFocus();
        QCOMPARE(opacity(), 0.0);
        button->setFocus(Qt::TabFocusReason);
        QCOMPARE(opacity(), 1.0);
        QTest::keyClick(button, Qt::Key_Space);
        QCOMPARE(copies, 1);
    }

    void aLongValueIsElidedAndWholeInItsTooltip() {
        QWidget window;
        ui::FactRow row(&window);
        row.setName(u"Name"_s);
        const QString name = u"20261124-153012-three-strawberries-on-a-yellow-background-s123.png"_s;
        row.resize(200, row.height());
        window.show();
        row.setValue(name);
        const auto labels = row.findChildren<QLabel*>();
        QVERIFY(labels.last()->text().contains(QChar(0x2026)));
        QCOMPARE(labels.last()->toolTip(), name);
        QCOMPARE(row.value(), name);
    }

    void namesAndCaptionsAreQuietFromTheStart() {
        Studio studio;
        const app::ItemId id = addApple(studio);
        for (const auto theme : {app::Theme::dark, app::Theme::light}) {
            ui::applyTheme(*qApp, theme);
            Shown shown(studio);
            shown.inspector.setItem(id);
            const QColor quiet = ui::colors(&shown.inspector).text_secondary;
            int names = 0;
            for (const auto* label : shown.inspector.findChildren<QLabel*>()) {
                if (label->text() != u"Seed"_s && label->text() != u"Drawn with"_s && label->text() != u"File"_s) continue;
                ++names;
                QVERIFY2(label->palette().color(label->foregroundRole()) == quiet, qPrintable(label->text()));
            }
            QCOMPARE(names, 3);
        }
    }

    void itFitsItsWidthInEveryLanguage_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("dark");
        for (const bool dark : {true, false}) {
            for (const QString& language : ui::availableLanguages()) QTest::addRow("%s %d", qPrintable(language), dark) << language << dark;
        }
    }
    void itFitsItsWidthInEveryLanguage() {
        QFETCH(QString, language);
        QFETCH(bool, dark);
        ui::applyLanguage(*qApp, language);
        ui::applyTheme(*qApp, dark ? app::Theme::dark : app::Theme::light);
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId id = addApple(studio);
        Shown shown(studio);
        shown.inspector.setItem(id);
        QCoreApplication::processEvents();
        for (const auto* button : shown.inspector.findChildren<QPushButton*>())
            QVERIFY2(button->width() >= button->fontMetrics().horizontalAdvance(button->text()) + 16, qPrintable(button->text()));
        for (const auto* row : shown.inspector.findChildren<ui::FactRow*>()) {
            const auto* name = row->findChild<QLabel*>();
            QVERIFY2(name->width() >= name->fontMetrics().horizontalAdvance(name->text()), qPrintable(name->text()));
        }
        ui_test::grab(shown.inspector, u"inspector_%1_%2"_s.arg(language, dark ? u"dark"_s : u"light"_s));
    }
};

UI_TEST(inspector, InspectorTest);

#include "inspector_test.moc"
