// SPDX-License-Identifier: Apache-2.0
#include "app/engine/candidate_judge.h"
#include "tests/ui/grabs.h"
#include "tests/ui/ui_test.h"
#include "ui/errors/error_text.h"
#include "ui/errors/message_strip.h"
#include "ui/settings/language.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Qt::StringLiterals;
using inference::ErrorCode;

class ErrorsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { ui::applyLanguage(*qApp, u"en"_s); }

    void everyCodeHasASentenceAndANextStep_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("language");
        for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
            for (const QString& language : ui::availableLanguages())
                QTest::addRow("%s, %s", inference::to_string(static_cast<ErrorCode>(code)), qPrintable(language)) << code << language;
        }
    }
    void everyCodeHasASentenceAndANextStep() {
        QFETCH(int, code);
        QFETCH(QString, language);
        ui::applyLanguage(*qApp, language);
        const inference::Error error{static_cast<ErrorCode>(code), "the file /x/y.png"};
        const ui::ErrorText words = ui::errorText(error);
        QVERIFY(!words.sentence.isEmpty());
        QVERIFY2(words.sentence.endsWith(u'.'), qPrintable(words.sentence));
        // A stop that one asked for needs no advice.
        if (error.code == ErrorCode::cancelled) QVERIFY(words.next_step.isEmpty());
        else QVERIFY2(words.next_step.endsWith(u'.'), qPrintable(words.next_step));
        const bool hangul = ui::errorLine(error).contains(QRegularExpression(u"[\\x{AC00}-\\x{D7A3}]"_s));
        QCOMPARE(hangul, language == u"ko"_s);
        QVERIFY(!words.sentence.contains(QLatin1String(inference::to_string(error.code))) || error.code == ErrorCode::cancelled);
    }

    void everyCodeSaysSomethingElse() {
        for (const QString& language : ui::availableLanguages()) {
            ui::applyLanguage(*qApp, language);
            QSet<QString> sentences;
            for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
                sentences.insert(ui::errorText({static_cast<ErrorCode>(code), ""}).sentence);
            QCOMPARE(sentences.size(), static_cast<int>(ErrorCode::internal) + 1);
        }
    }

    void theWrongValueIsNamedWhereOneCanChangeIt() {
        QVERIFY(ui::errorText({ErrorCode::invalid_request, "width is 0; 8 to 4096"}).sentence.contains(u"width is 0; 8 to 4096"_s));
        QVERIFY(!ui::errorLine(app::nobodyJudges()).contains(u"candidates to 1"_s));
        QVERIFY(ui::errorText({ErrorCode::out_of_memory, "12 GiB needed"}).sentence.contains(u"12 GiB needed"_s));
        QVERIFY(!ui::errorText({ErrorCode::internal, "tensor shape mismatch"}).sentence.contains(u"tensor"_s));
    }

    void aLongDetailIsCutToASentence() {
        const std::string detail = std::string(5000, 'x') + "\nsecond line";
        const QString sentence = ui::errorText({ErrorCode::invalid_request, detail}).sentence;
        QVERIFY(sentence.size() < 260);
        QVERIFY(!sentence.contains(u'\n'));
        QVERIFY(sentence.contains(QChar(0x2026)));
    }

    void aMessageIsShownUntilItIsClosed() {
        ui::MessageStrip strip;
        QVERIFY(strip.isHidden());
        QCOMPARE(strip.text(), QString());
        QSignalSpy dismissed(&strip, &ui::MessageStrip::dismissed);
        strip.showMessage(ui::MessageStrip::Kind::note, u"Saved."_s, u"Look."_s);
        QCOMPARE(strip.text(), u"Saved. Look."_s);
        QCOMPARE(strip.accessibleName(), u"Saved. Look."_s);
        QVERIFY(strip.findChild<QPushButton*>()->isHidden());
        QTest::mouseClick(buttonNamed(strip, u"Close this message"_s), Qt::LeftButton);
        QVERIFY(strip.isHidden());
        QCOMPARE(dismissed.count(), 1);
    }

    void itsButtonActsOnceAndMayShowTheNextMessage() {
        ui::MessageStrip strip;
        int tries = 0;
        strip.showError({ErrorCode::io, "disk full"}, u"Try again"_s, [&] {
            ++tries;
            strip.showMessage(ui::MessageStrip::Kind::note, u"Trying."_s);
        });
        QCOMPARE(strip.kind(), ui::MessageStrip::Kind::failure);
        QTest::mouseClick(strip.findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(tries, 1);
        QCOMPARE(strip.text(), u"Trying."_s);
        QVERIFY(strip.findChild<QPushButton*>()->isHidden());
    }

    void theDetailOfAFailureCanBeCopied() {
        ui::MessageStrip strip;
        strip.showError({ErrorCode::io, "no space left on device"});
        QTest::mouseClick(buttonNamed(strip, u"Copy details"_s), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), u"io: no space left on device"_s);
        strip.showMessage(ui::MessageStrip::Kind::note, u"Saved."_s);
        QVERIFY(buttonNamed(strip, u"Copy details"_s)->isHidden());
    }

    void wordsFromOutsideAreNeverMarkup() {
        ui::MessageStrip strip;
        strip.showError({ErrorCode::invalid_request, "<b>bold</b><img src=x>"});
        for (const auto* label : strip.findChildren<QLabel*>()) {
            if (!label->text().isEmpty()) QCOMPARE(label->textFormat(), Qt::PlainText);
        }
        QVERIFY(strip.text().contains(u"<b>bold</b>"_s));
    }

    void aLongMessageWrapsInANarrowWindow() {
        QWidget window;
        ui::MessageStrip strip(&window);
        strip.showError({ErrorCode::out_of_memory, "a picture of 4096 x 4096 needs 48 GiB, 3 GiB are free"}, u"Try again"_s, [] {});
        strip.resize(500, strip.heightForWidth(500));
        QVERIFY(strip.heightForWidth(500) > strip.heightForWidth(1400));
        ui_test::grab(strip, u"message_failure"_s);
    }

private:
    static QToolButton* buttonNamed(const QWidget& parent, const QString& name) {
        for (auto* button : parent.findChildren<QToolButton*>()) {
            if (button->accessibleName() == name) return button;
        }
        return nullptr;
    }
};

UI_TEST(errors, ErrorsTest);

#include "errors_test.moc"
