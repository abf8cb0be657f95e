// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/settings/about_window.h"
#include "ui/settings/language.h"
#include "ui/settings/settings_popover.h"
#include "ui/theme/segmented_control.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

using namespace Qt::StringLiterals;
using ui_test::Studio;

namespace {

QPushButton* named(const QWidget& parent, const QString& name) {
    for (auto* button : parent.findChildren<QPushButton*>()) {
        if (button->accessibleName() == name || button->text() == name) return button;
    }
    return nullptr;
}

bool inKorean(const QString& text) { return text.contains(QRegularExpression(u"[\\x{AC00}-\\x{D7A3}]"_s)); }

}  // namespace

class SettingsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    void aThemeIsChosenByClickAndKept() {
        Studio studio;
        {
            ui::SettingsPopover sheet(*studio);
            sheet.show();
            const auto segments = sheet.findChild<ui::SegmentedControl*>()->findChildren<QToolButton*>();
            QCOMPARE(segments.size(), 3);
            QVERIFY(segments.at(2)->isChecked());
            QTest::mouseClick(segments.at(1), Qt::LeftButton);
            QCOMPARE(studio->settings().settings().appearance.theme, app::Theme::light);
        }
        studio.reopen();
        QCOMPARE(studio->settings().settings().appearance.theme, app::Theme::light);
    }

    void aLanguageIsChosenByKeyAndKept() {
        Studio studio;
        {
            ui::SettingsPopover sheet(*studio);
            sheet.show();
            auto* box = sheet.findChild<QComboBox*>(u"language"_s);
            QCOMPARE(box->count(), 3);
            QCOMPARE(box->currentData().toString(), u"en"_s);
            QTest::keyClick(box, Qt::Key_Down);
            QCOMPARE(box->currentText(), u"한국어"_s);
            QCOMPARE(studio->settings().settings().appearance.language, u"ko"_s);
        }
        studio.reopen();
        QCOMPARE(studio->settings().settings().appearance.language, u"ko"_s);
    }

    void theSheetSpeaksTheNewLanguageAtOnce() {
        Studio studio;
        ui::SettingsPopover sheet(*studio);
        sheet.show();
        QVERIFY(named(sheet, u"About"_s) != nullptr);
        ui::applyLanguage(*qApp, u"ko"_s);
        QTRY_VERIFY(named(sheet, u"About"_s) == nullptr);  // windows hear of it from the event loop
        QVERIFY(inKorean(sheet.accessibleName()));
        for (const auto* button : sheet.findChildren<QPushButton*>()) QVERIFY2(inKorean(button->text()), qPrintable(button->text()));
        // The languages keep the names that their speakers look for.
        QCOMPARE(sheet.findChild<QComboBox*>(u"language"_s)->itemText(1), u"English"_s);
    }

    void everyLanguageResolvesToOneThatIsSpoken() {
        QCOMPARE(ui::resolvedLanguage(u"ko"_s), u"ko"_s);
        QCOMPARE(ui::resolvedLanguage(u"en"_s), u"en"_s);
        QVERIFY(ui::availableLanguages().contains(ui::resolvedLanguage({})));
        QVERIFY(ui::availableLanguages().contains(ui::resolvedLanguage(u"xx"_s)));
        QCOMPARE(ui::availableLanguages().first(), u"en"_s);
    }

    void theTrashIsCountedAndEmptiedOnlyWhenThereIsSomething() {
        Studio studio;
        const app::ItemId id = studio.add(u"x"_s);
        ui::SettingsPopover sheet(*studio);
        sheet.show();
        QVERIFY(!named(sheet, u"Empty the trash"_s)->isEnabled());
        sheet.hide();
        QVERIFY(studio->library().moveToTrash({id}).has_value());
        sheet.show();
        QVERIFY(named(sheet, u"Empty the trash"_s)->isEnabled());
        QStringList texts;
        for (const auto* label : sheet.findChildren<QLabel*>()) texts.append(label->text());
        QVERIFY2(texts.contains(u"1 picture"_s), qPrintable(texts.join(u'|')));
        QSignalSpy wanted(&sheet, &ui::SettingsPopover::emptyTrashRequested);
        QTest::mouseClick(named(sheet, u"Empty the trash"_s), Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
        QVERIFY(sheet.isHidden());                    // out of the way of the question
        QCOMPARE(studio->library().trashCount(), 1);  // which has not been answered
    }

    void itsDoorsLeadOn() {
        Studio studio;
        ui::SettingsPopover sheet(*studio);
        QSignalSpy about(&sheet, &ui::SettingsPopover::aboutRequested);
        QSignalSpy shortcuts(&sheet, &ui::SettingsPopover::shortcutsRequested);
        QSignalSpy folder(&sheet, &ui::SettingsPopover::imagesFolderRequested);
        QTest::mouseClick(named(sheet, u"About"_s), Qt::LeftButton);
        QTest::mouseClick(named(sheet, u"Shortcuts"_s), Qt::LeftButton);
        QTest::mouseClick(named(sheet, u"Open the picture folder"_s), Qt::LeftButton);
        QCOMPARE(about.count() + shortcuts.count() + folder.count(), 3);
    }

    void escapeClosesTheSheet() {
        Studio studio;
        QWidget window;
        QToolButton anchor(&window);
        window.show();
        ui::SettingsPopover sheet(*studio, &window);
        sheet.openBelow(&anchor);
        QVERIFY(sheet.isVisible());
        QTest::keyClick(&sheet, Qt::Key_Escape);
        QVERIFY(!sheet.isVisible());
    }

    void theAboutWindowNamesVersionLicenceAndWhoseWorkItStandsOn() {
        const QString version = QCoreApplication::applicationVersion();
        QCoreApplication::setApplicationVersion(u"1.2.3"_s);
        ui::AboutWindow about;
        QCoreApplication::setApplicationVersion(version);
        QVERIFY(!about.isModal());
        QStringList texts;
        for (const auto* label : about.findChildren<QLabel*>()) texts.append(label->text());
        QVERIFY(texts.join(u' ').contains(u"1.2.3"_s));
        const QString words = about.findChild<QTextBrowser*>()->toPlainText();
        for (const QString& name : {u"Apache License 2.0"_s, u"Qt 6"_s, u"LGPL"_s, u"PyTorch"_s, u"OpenImageIO"_s, u"SentencePiece"_s, u"Lucide"_s,
                                    u"Gemma Terms of Use"_s})
            QVERIFY2(words.contains(name), qPrintable(name));
        about.show();
        ui_test::grab(about, u"about_dark"_s);
        ui::applyLanguage(*qApp, u"ko"_s);
        QTRY_VERIFY(inKorean(about.findChild<QTextBrowser*>()->toPlainText()));
        QVERIFY(inKorean(about.windowTitle()));
    }

    void theSheetFitsItsWordsInEveryLanguage_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("dark");
        for (const bool dark : {true, false}) {
            for (const QString& language : ui::availableLanguages()) QTest::addRow("%s %d", qPrintable(language), dark) << language << dark;
        }
    }
    void theSheetFitsItsWordsInEveryLanguage() {
        QFETCH(QString, language);
        QFETCH(bool, dark);
        ui::applyLanguage(*qApp, language);
        ui::applyTheme(*qApp, dark ? app::Theme::dark : app::Theme::light);
        Studio studio;
        ui::SettingsPopover sheet(*studio);
        sheet.show();
        for (const auto* button : sheet.findChildren<QAbstractButton*>()) {
            if (button->text().isEmpty()) continue;
            QVERIFY2(button->width() >= button->fontMetrics().horizontalAdvance(button->text()) + 8, qPrintable(button->text()));
        }
        ui_test::grab(sheet, u"settings_%1_%2"_s.arg(language, dark ? u"dark"_s : u"light"_s));
    }
};

UI_TEST(settings, SettingsTest);

#include "settings_test.moc"
