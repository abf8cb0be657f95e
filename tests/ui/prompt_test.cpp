// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_table.h"
#include "app/feedback/taste_service.h"
#include "app/feedback/trial_service.h"
#include "app/library/database.h"
#include "app/paths/profile_paths.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/learned_studio.h"
#include "tests/ui/ui_test.h"
#include "ui/prompt/composer.h"
#include "ui/prompt/number_field.h"
#include "ui/prompt/prompt_edit.h"
#include "ui/prompt/prompt_editor.h"
#include "ui/prompt/seed_field.h"
#include "ui/prompt/size_picker.h"
#include "ui/prompt/token_line.h"
#include "ui/settings/language.h"
#include "ui/theme/fold.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <QToolButton>
#include <QUndoStack>

using namespace Qt::StringLiterals;
using ui_test::Studio;

namespace {

/// The prompt column as a window, with the ways a person reaches its parts.
struct Column {
    explicit Column(Studio& studio) : composer(*studio, undo) {
        composer.resize(320, 800);
        composer.show();
        composer.activateWindow();
    }
    ui::PromptEdit& prompt() { return *composer.findChild<ui::PromptEdit*>(u"prompt"_s); }
    ui::PromptEdit& negative() { return *composer.findChild<ui::PromptEdit*>(u"negative_prompt"_s); }
    ui::NumberField& number(const QString& name) { return *composer.findChild<ui::NumberField*>(name); }
    ui::SeedSpinBox& seed() { return *composer.findChild<ui::SeedSpinBox*>(u"seed"_s); }
    QToolButton& lock() { return *composer.findChild<QToolButton*>(u"seed_lock"_s); }
    QToolButton& dice() { return *composer.findChild<QToolButton*>(u"seed_dice"_s); }
    QPushButton& generate() { return *composer.findChild<QPushButton*>(u"generate"_s); }
    QPushButton& bestOf(int count) { return *composer.findChild<QPushButton*>(u"best_of_%1"_s.arg(count)); }
    QPushButton& cancel() { return *composer.findChild<QPushButton*>(u"cancel"_s); }
    ui::TokenLine& tokens() { return *composer.findChildren<ui::TokenLine*>(u"token_line"_s).constFirst(); }
    ui::Fold& fold() { return *composer.findChild<ui::PromptEditor*>()->findChild<ui::Fold*>(); }
    inference::GenerationRequest request() const { return composer.state().request; }

    QUndoStack undo;
    ui::Composer composer;
};

QStringList chipTexts(const QWidget& widget) {
    QStringList texts;
    for (const auto* chip : widget.findChild<ui::SizePicker*>()->findChildren<QPushButton*>()) texts.append(chip->text());
    return texts;
}

QPushButton* chip(const QWidget& widget, const QString& text) {
    for (auto* button : widget.findChildren<QPushButton*>()) {
        if (button->text() == text) return button;
    }
    return nullptr;
}

inference::ModelInfo modelOfSizes(std::vector<inference::ImageSize> sizes, int multiple) {
    inference::ModelInfo model;
    model.native_sizes = std::move(sizes);
    model.size_multiple = multiple;
    return model;
}

constexpr auto family = u"\U0001F468\u200D\U0001F469\u200D\U0001F467";  // one picture on the screen, eight UTF-16 units

}  // namespace

class PromptTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    // Words.

    void typedWordsAreCountedAndKept() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        QTest::keyClicks(&column.prompt(), u"a red apple"_s);
        QCOMPARE(column.request().prompt, std::string("a red apple"));
        QTRY_COMPARE(column.tokens().text(), u"4 of 256 tokens"_s);
        QCOMPARE(studio->settings().settings().composer.request.prompt, std::string("a red apple"));
    }

    void typingCanBeUndone() {
        Studio studio;
        Column column(studio);
        QTest::keyClicks(&column.prompt(), u"a red apple"_s);
        QTest::keyClick(&column.prompt(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(column.prompt().toPlainText().size() < 11);
        QTest::keyClick(&column.prompt(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(column.prompt().toPlainText(), u"a red apple"_s);
        QCOMPARE(column.request().prompt, std::string("a red apple"));
    }

    void wordsThatTheModelWillNotReadAreStruck() {
        Studio studio;
        studio.script->model.max_prompt_tokens = 4;
        studio.reopen();
        QVERIFY(studio.waitForModel());
        Column column(studio);
        QTest::keyClicks(&column.prompt(), u"one two three four five"_s);
        QTRY_COMPARE(column.prompt().cutAt(), 14);  // before "four"
        QVERIFY(column.tokens().text().startsWith(u"6 of 4 tokens"_s));
        const auto marks = column.prompt().extraSelections();
        QCOMPARE(marks.size(), 1);
        QVERIFY(marks.first().format.fontStrikeOut());
        QCOMPARE(marks.first().cursor.selectedText(), u"four five"_s);
        QCOMPARE(column.tokens().palette().color(QPalette::WindowText), ui::colors(&column.tokens()).danger);
        // Shortened, the mark goes.
        for (int i = 0; i < 10; ++i) QTest::keyClick(&column.prompt(), Qt::Key_Backspace);
        QTRY_COMPARE(column.prompt().cutAt(), -1);
        QVERIFY(column.prompt().extraSelections().isEmpty());
    }

    void anEmojiIsNeverCutInHalf() {
        Studio studio;
        studio.script->model.max_prompt_tokens = 3;
        studio.reopen();
        QVERIFY(studio.waitForModel());
        Column column(studio);
        const QString people = QStringView(family).toString();
        column.prompt().insertPlainText(people + u" "_s + people + u" "_s + people);
        QTRY_COMPARE(column.prompt().cutAt(), static_cast<int>(2 * (people.size() + 1)));
        QCOMPARE(column.prompt().extraSelections().first().cursor.selectedText(), people);
    }

    void countingThatCannotBeDoneIsSaid() {
        Studio studio([]() -> inference::Result<std::unique_ptr<inference::PromptTokenizer>> {
            return inference::failure(inference::ErrorCode::corrupt_file, "the vocabulary is damaged");
        });
        QVERIFY(studio.waitForModel());
        Column column(studio);
        QTest::keyClicks(&column.prompt(), u"a"_s);
        QTRY_VERIFY(column.tokens().text().startsWith(u"Words are not counted"_s));
    }

    void theNegativePromptIsFoldedUntilItIsWanted() {
        Studio studio;
        Column column(studio);
        QVERIFY(!column.fold().isExpanded());
        QVERIFY(!column.negative().isVisible());
        QTest::mouseClick(column.fold().findChild<QAbstractButton*>(u"fold_header"_s), Qt::LeftButton);
        QVERIFY(column.negative().isVisible());
        QTest::keyClicks(&column.negative(), u"blur"_s);
        QCOMPARE(column.request().negative_prompt, std::string("blur"));
        // Folded again, it still says that it is in use.
        auto* header = column.fold().findChild<QAbstractButton*>(u"fold_header"_s);
        QTest::mouseClick(header, Qt::LeftButton);
        QVERIFY2(header->text().contains(u"in use"_s), qPrintable(header->text()));
    }

    void aNegativePromptThatIsIgnoredSaysSo() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        column.number(u"guidance"_s).setValue(1.0);
        QVERIFY(column.negative().placeholderText().contains(u"no effect"_s));
        column.number(u"guidance"_s).setValue(3.0);
        QVERIFY(!column.negative().placeholderText().contains(u"no effect"_s));
    }

    void pastedTextIsPlain() {
        Studio studio;
        Column column(studio);
        auto* rich = new QMimeData;
        rich->setHtml(u"<h1>a <b>red</b> apple</h1>"_s);
        rich->setText(u"a red apple"_s);
        QApplication::clipboard()->setMimeData(rich);
        column.prompt().paste();
        QCOMPARE(column.prompt().toPlainText(), u"a red apple"_s);
        QCOMPARE(column.prompt().textCursor().charFormat().fontWeight(), static_cast<int>(QFont::Normal));
        auto* files = new QMimeData;
        files->setUrls({QUrl::fromLocalFile(u"/tmp/picture.png"_s)});
        QApplication::clipboard()->setMimeData(files);
        column.prompt().paste();
        QCOMPARE(column.prompt().toPlainText(), u"a red apple"_s);
    }

    void aHundredThousandCharactersAreSaidToBeTooMuchAndNothingIsLost() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        const QString text = u"apple "_s.repeated(100'000 / 6 + 1).left(100'000);
        column.prompt().insertPlainText(text);
        QTRY_VERIFY(column.tokens().text().startsWith(u"Too long"_s));
        QSignalSpy failed(&column.composer, &ui::Composer::submitFailed);
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<inference::Error>().code, inference::ErrorCode::invalid_request);
        QVERIFY(studio->queue().jobs().empty());
        QCOMPARE(column.prompt().toPlainText(), text);
        QTest::keyClick(&column.prompt(), Qt::Key_X);  // still a text field
        QCOMPARE(column.prompt().toPlainText().size(), 100'001);
    }

    void anyScriptReachesTheEngineAsItWasTyped_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QString();
        QTest::newRow("emoji") << QStringView(family).toString() + u" under a \U0001F308"_s;
        QTest::newRow("arabic") << u"تفاحة حمراء"_s;
        QTest::newRow("mixed direction") << u"a sign that says שלום in red"_s;
        QTest::newRow("korean") << u"노란 배경의 딸기 세 개"_s;
        QTest::newRow("control characters") << u"bell\u0007 escape\u001b[31m tab\tend"_s;
        QTest::newRow("lines") << u"one\ntwo\n\nthree"_s;
        QTest::newRow("combining marks") << u"e\u0301\u0323 Z\u0351\u036b\u0343"_s;
    }
    void anyScriptReachesTheEngineAsItWasTyped() {
        QFETCH(QString, text);
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        column.prompt().insertPlainText(text);
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(studio.script->requests().front().prompt), text);
        QTRY_COMPARE(studio->library().items().size(), std::size_t{1});
        QCOMPARE(studio->library().items().front().prompt, text);
    }

    void halfASurrogateDoesNotBringTheProgramDown() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        column.prompt().insertPlainText(QString(QChar(0xD83C)) + u"x"_s);
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_COMPARE(studio->library().items().size(), std::size_t{1});
    }

    void rightToLeftTextRunsRightToLeft() {
        Studio studio;
        Column column(studio);
        column.prompt().insertPlainText(u"שלום"_s);
        QCOMPARE(column.prompt().document()->firstBlock().textDirection(), Qt::RightToLeft);
        column.prompt().selectAll();
        QTest::keyClicks(&column.prompt(), u"apple"_s);
        QCOMPARE(column.prompt().document()->firstBlock().textDirection(), Qt::LeftToRight);
    }

    void earlierPromptsComeBackFromTheClock() {
        Studio studio;
        studio.add(u"salt & pepper"_s);
        studio.add(u"an apple"_s);
        studio.add(u"an apple"_s);
        Column column(studio);
        QTest::keyClicks(&column.prompt(), u"mine"_s);
        QMenu* menu = column.composer.findChild<ui::PromptEditor*>()->historyMenu();
        Q_EMIT menu->aboutToShow();
        const auto actions = menu->actions();
        QCOMPARE(actions.size(), 2);
        QCOMPARE(actions.at(0)->text(), u"an apple"_s);
        QCOMPARE(actions.at(1)->text(), u"salt && pepper"_s);
        actions.at(1)->trigger();
        QCOMPARE(column.prompt().toPlainText(), u"salt & pepper"_s);
        column.undo.undo();
        QCOMPARE(column.prompt().toPlainText(), u"mine"_s);
    }

    // Numbers.

    void sizesFollowTheModel() {
        ui::SizePicker picker;
        picker.setModel(modelOfSizes({{128, 128}}, 16));
        QWidget* parent = &picker;
        const auto texts = [parent] {
            QStringList all;
            for (const auto* one : parent->findChildren<QPushButton*>()) all.append(one->text());
            return all;
        };
        QCOMPARE(texts(), (QStringList{u"128 × 128"_s, u"160 × 112"_s, u"112 × 160"_s}));
        picker.setModel(modelOfSizes({{512, 512}, {768, 512}, {512, 768}, {256, 256}}, 8));
        QCOMPARE(texts(), (QStringList{u"512 × 512"_s, u"768 × 512"_s, u"512 × 768"_s}));
        QCOMPARE(picker.size(), (inference::ImageSize{0, 0}));  // still the model's own
    }

    void aSizeChipSetsBothSidesAndShowsWhichIsOn() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        QVERIFY(chipTexts(column.composer).startsWith(u"16 × 16"_s));
        QVERIFY(chip(column.composer, u"16 × 16"_s)->isChecked());
        QTest::mouseClick(chip(column.composer, u"32 × 16"_s), Qt::LeftButton);
        QCOMPARE(column.request().width, 32);
        QCOMPARE(column.request().height, 16);
        QVERIFY(chip(column.composer, u"32 × 16"_s)->isChecked());
        QVERIFY(!chip(column.composer, u"16 × 16"_s)->isChecked());
        QTest::mouseClick(column.composer.findChild<QToolButton*>(u"swap_sides"_s), Qt::LeftButton);
        QCOMPARE(column.request().width, 16);
        QCOMPARE(column.request().height, 32);
    }

    void aTypedSideSnapsToWhatTheModelCanMake_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<int>("taken");
        QTest::newRow("a multiple") << u"64"_s << 64;
        QTest::newRow("odd") << u"61"_s << 64;
        QTest::newRow("too small") << u"3"_s << 8;
        QTest::newRow("nothing") << u"0"_s << 8;
        QTest::newRow("digits past the largest side are not taken") << u"100000"_s << 1000;
        QTest::newRow("not a number") << u"-x"_s << 16;
    }
    void aTypedSideSnapsToWhatTheModelCanMake() {
        QFETCH(QString, typed);
        QFETCH(int, taken);
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        auto& width = column.number(u"width"_s);
        width.setFocus();
        width.selectAll();
        QTest::keyClicks(&width, typed);
        QTest::keyClick(&width, Qt::Key_Return);
        QCOMPARE(static_cast<int>(width.value()), taken);
        QCOMPARE(width.text(), QString::number(taken));
        QVERIFY(column.request().width == taken || (taken == 16 && column.request().width == 0));
    }

    void aNumberIsDraggedSideways() {
        ui::NumberField field;
        field.setRange(1, 100);
        field.setDecimals(0);
        field.setQuietly(20);
        QVERIFY(ui_test::present(field));
        QSignalSpy edited(&field, &ui::NumberField::edited);
        auto* line = field.findChild<QLineEdit*>();
        ui_test::drag(*line, {10, 10}, {10 + 60, 10});
        QCOMPARE(field.value(), 30.0);
        QVERIFY(edited.count() > 0);
        ui_test::drag(*line, {100, 10}, {100 - 6000, 10});
        QCOMPARE(field.value(), 1.0);
    }

    void aNumberIsTurnedWithTheWheel() {
        ui::NumberField field;
        field.setRange(0, 20);
        field.setDecimals(1);
        field.setSingleStep(0.1);
        field.setQuietly(3.0);
        QVERIFY(ui_test::present(field));
        ui_test::wheel(field, {5, 5}, 2);
        QCOMPARE(field.value(), 3.2);
        ui_test::wheel(field, {5, 5}, -3);
        QCOMPARE(field.value(), 2.9);
    }

    void aNumberIsTypedAndConfirmed() {
        ui::NumberField field;
        field.setRange(1, 200);
        field.setDecimals(0);
        field.setQuietly(25);
        QVERIFY(ui_test::present(field));
        QSignalSpy edited(&field, &ui::NumberField::edited);
        auto* line = field.findChild<QLineEdit*>();
        QTest::mouseClick(line, Qt::LeftButton);  // a click selects all
        QTest::keyClicks(&field, u"40"_s);
        QCOMPARE(edited.count(), 0);  // not before it is confirmed
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(field.value(), 40.0);
        QCOMPARE(edited.count(), 1);
        field.selectAll();
        QTest::keyClicks(&field, u"abc"_s);
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(field.value(), 40.0);
    }

    void escapeLeavesANumberAsItWas() {
        ui::NumberField field;
        field.setRange(1, 200);
        field.setDecimals(0);
        field.setQuietly(25);
        QVERIFY(ui_test::present(field));
        field.setFocus();
        field.selectAll();
        QTest::keyClicks(&field, u"77"_s);
        QTest::keyClick(&field, Qt::Key_Escape);
        QVERIFY(!field.hasFocus());
        QCOMPARE(field.value(), 25.0);
        QCOMPARE(field.text(), u"25"_s);
    }

    void aDoubleClickBringsTheModelsOwnBack() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        auto& steps = column.number(u"steps"_s);
        steps.setValue(40);
        QCOMPARE(column.request().num_inference_steps, 40);
        QTest::mouseDClick(steps.findChild<QLineEdit*>(), Qt::LeftButton);
        QCOMPARE(steps.value(), 4.0);
        QCOMPARE(column.request().num_inference_steps, 0);  // the next model's own, too
        auto& guidance = column.number(u"guidance"_s);
        guidance.setValue(7.5);
        QTest::mouseDClick(guidance.findChild<QLineEdit*>(), Qt::LeftButton);
        QCOMPARE(guidance.value(), 3.0);
        QVERIFY(column.request().guidance_scale < 0);
    }

    void numbersStayInTheirRange() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        for (const QString& name : {u"steps"_s, u"guidance"_s, u"images"_s, u"width"_s, u"height"_s}) {
            auto& field = column.number(name);
            field.setValue(1e9);
            QCOMPARE(field.value(), field.maximum());
            field.setValue(-5);
            QCOMPARE(field.value(), field.minimum());
            QVERIFY2(!field.toolTip().isEmpty(), qPrintable(name));
        }
        QCOMPARE(column.number(u"images"_s).maximum(), 1024.0);
        QCOMPARE(column.number(u"steps"_s).minimum(), 1.0);
    }

    void theSamplerIsChosenByKeyAndComesBackWithAPicture() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        auto& sampler = *column.composer.findChild<QComboBox*>(u"sampler"_s);
        QCOMPARE(sampler.currentText(), u"Euler"_s);
        ui::Fold* fine_tune = nullptr;
        for (QWidget* above = &sampler; above && !fine_tune; above = above->parentWidget()) fine_tune = qobject_cast<ui::Fold*>(above);
        QVERIFY(fine_tune);
        fine_tune->setExpanded(true);
        sampler.setFocus();
        QTest::keyClick(&sampler, Qt::Key_End);
        QCOMPARE(column.request().sampler, inference::Sampler::multistep2);
        auto old = tests::requestFor("pear");
        old.sampler = inference::Sampler::heun;
        column.composer.useAgain(old, ui::UseAgain::all);
        QCOMPARE(sampler.currentText(), u"Heun"_s);
        QCOMPARE(column.request().sampler, inference::Sampler::heun);
        column.undo.undo();
        QCOMPARE(sampler.currentText(), u"Multistep"_s);
    }

    void imageChipsSetHowManyAreDrawn() {
        Studio studio;
        Column column(studio);
        QTest::mouseClick(chip(column.composer, u"×4"_s), Qt::LeftButton);
        QCOMPARE(column.request().num_images, 4);
        QCOMPARE(column.request().batch_size, 4);
        QCOMPARE(column.number(u"images"_s).value(), 4.0);
        column.number(u"images"_s).setValue(3);
        QVERIFY(!chip(column.composer, u"×4"_s)->isChecked());
        QCOMPARE(column.request().num_images, 3);
    }

    // Candidates.

    void bestOfIsOffAndSaysWhyWhileTheTasteIsNotKnown() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        for (const int count : {1, 2, 4, 8}) {
            QVERIFY(!column.bestOf(count).isEnabled());
            QVERIFY2(column.bestOf(count).toolTip().contains(u"rate 12 more pictures"_s), qPrintable(column.bestOf(count).toolTip()));
        }
        QVERIFY(column.bestOf(1).isChecked());
        QCOMPARE(column.bestOf(4).accessibleName(), u"Best of 4"_s);
        const app::ItemId item = studio.add(u"x"_s);
        QVERIFY(studio->library().setRating(item, 4));
        QTRY_VERIFY2(column.bestOf(4).toolTip().contains(u"rate 11 more pictures"_s), qPrintable(column.bestOf(4).toolTip()));
        QCOMPARE(column.bestOf(4).accessibleDescription(), column.bestOf(4).toolTip());
    }

    void whatWasChosenIsKeptButNotAskedForWhileNobodyCanChoose() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        auto wanted = Studio::request(u"x"_s);
        wanted.candidates = 4;
        column.composer.setState({wanted, false});
        QVERIFY(column.bestOf(1).isChecked());
        QVERIFY(!column.bestOf(4).isChecked());
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(studio.script->requests().back().candidates, 1);
        QCOMPARE(studio->settings().settings().composer.request.candidates, 4);
    }

    void theBestOfFourIsAskedForOnceTheTasteIsKnown() {
        ui_test::Learned learned;
        QVERIFY(learned.studio.waitForModel());
        QVERIFY(learned.teach());
        auto& studio = learned.studio;
        Column column(studio);
        QVERIFY(column.bestOf(4).isEnabled());
        QVERIFY(!column.bestOf(4).toolTip().contains(u"does not know"_s));
        QTest::keyClicks(&column.prompt(), u"prompt 0"_s);
        QTest::mouseClick(&column.bestOf(4), Qt::LeftButton);
        QVERIFY(column.bestOf(4).isChecked());
        QVERIFY(!column.bestOf(1).isChecked());
        QVERIFY(column.generate().toolTip().contains(u"best of 4"_s));
        const std::size_t before = studio->library().items().size();
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_COMPARE(studio->library().items().size(), before + 1);
        const auto asked = studio.script->requests().back();
        QCOMPARE(asked.candidates, 4);
        const auto stored = tests::must(studio->library().request(studio->library().items().front().id));
        QCOMPARE(stored.candidates, 1);
        QVERIFY(stored.seed >= asked.seed && stored.seed < asked.seed + 4);
        const auto judge = studio->taste().judge();
        QVERIFY(judge);
        QCOMPARE(stored.seed, seedThatIsLikedBest(*judge, asked));
        // Used again it is this very picture that is asked for.
        column.composer.useAgain(stored, ui::UseAgain::all);
        QVERIFY(column.bestOf(1).isChecked());
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_COMPARE(studio->library().items().size(), before + 2);
        QCOMPARE(studio.script->requests().back().candidates, 1);
        const auto& items = studio->library().items();
        QVERIFY(tests::must(app::readImage(items[0].path)) == tests::must(app::readImage(items[1].path)));
    }

    void afterAStartBestOfIsOfferedWhileTheTasteIsStillRead() {
        ui_test::Learned learned;
        QVERIFY(learned.studio.waitForModel());
        QVERIFY(learned.teach());
        auto& studio = learned.studio;
        const auto wanted = Studio::request(u"prompt 0"_s);
        {
            Column column(studio);
            column.composer.setState({wanted, true});
            QTest::mouseClick(&column.bestOf(2), Qt::LeftButton);
        }
        studio.reopen();
        Column column(studio);  // neither the model nor the taste is there
        QVERIFY(column.bestOf(2).isEnabled());
        QVERIFY(column.bestOf(2).isChecked());
        const std::size_t before = studio->library().items().size();
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QCOMPARE(studio->queue().jobs().size(), std::size_t{1});
        QTRY_COMPARE_WITH_TIMEOUT(studio->library().items().size(), before + 1, 20000);
        QCOMPARE(studio.script->requests().back().candidates, 2);
    }

    // Seed.

    void anUnlockedSeedIsNewForEveryGenerate() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        QVERIFY(!column.lock().isChecked());
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        const auto first = column.seed().seed();
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QVERIFY(column.seed().seed() != first);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{2});
        QCOMPARE(studio.script->requests().front().seed, first);
    }

    void aLockedSeedStays() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        column.composer.setState({Studio::request(u"x"_s, 42), false});
        QTest::mouseClick(&column.lock(), Qt::LeftButton);
        QVERIFY(column.lock().isChecked());
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QCOMPARE(column.seed().seed(), std::uint64_t{42});
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(studio.script->requests().front().seed, std::uint64_t{42});
    }

    void theDiceRollOnce() {
        Studio studio;
        Column column(studio);
        column.composer.setState({Studio::request(u"x"_s, 42), true});
        QTest::mouseClick(&column.dice(), Qt::LeftButton);
        QVERIFY(column.seed().seed() != 42);
        QVERIFY(column.lock().isChecked());
        QCOMPARE(column.request().seed, column.seed().seed());
    }

    void aTypedSeedIsTheSeedThatIsDrawn() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        column.seed().setFocus();
        column.seed().selectAll();
        QTest::keyClicks(&column.seed(), u"18446744073709551615"_s);
        QVERIFY(column.lock().isChecked());
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(studio.script->requests().front().seed, std::uint64_t{18446744073709551615U});
    }

    void aSeedOutOfRangeIsNotTaken() {
        Studio studio;
        Column column(studio);
        column.composer.setState({Studio::request(u"x"_s, 42), false});
        column.seed().setFocus();
        column.seed().selectAll();
        QTest::keyClicks(&column.seed(), u"99999999999999999999"_s);  // the last digit does not fit
        QVERIFY(column.seed().seed() == 9999999999999999999U);
        column.seed().selectAll();
        QTest::keyClick(&column.seed(), Qt::Key_Delete);
        QTest::keyClick(&column.seed(), Qt::Key_Return);
        QCOMPARE(column.seed().text(), u"9999999999999999999"_s);  // nothing is no seed: the last one stays
        QTest::keyClicks(&column.seed(), u"-1"_s);
        QVERIFY(!column.seed().text().contains(u'-'));
    }

    void arrowsStepTheSeedAndStopAtItsEnds() {
        Studio studio;
        Column column(studio);
        column.composer.setState({Studio::request(u"x"_s, 0), false});
        QTest::keyClick(&column.seed(), Qt::Key_Down);
        QCOMPARE(column.seed().seed(), std::uint64_t{0});
        QTest::keyClick(&column.seed(), Qt::Key_Up);
        QCOMPARE(column.seed().seed(), std::uint64_t{1});
        column.seed().setSeed(18446744073709551615U);
        QTest::keyClick(&column.seed(), Qt::Key_Up);
        QCOMPARE(column.seed().seed(), std::uint64_t{18446744073709551615U});
    }

    // The whole column.

    void generateTakesWhatIsTypedButNotYetConfirmed() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        auto& steps = column.number(u"steps"_s);
        steps.setFocus();
        steps.selectAll();
        QTest::keyClicks(&steps, u"9"_s);
        QSignalSpy submitted(&column.composer, &ui::Composer::submitted);
        column.composer.submit();  // as by the key, which does not take the focus
        QCOMPARE(submitted.count(), 1);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(studio.script->requests().front().num_inference_steps, 9);
    }

    void aVersionOnTrialDrawsHalfOfEachBatchAndNoneOfALockedSeed() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const QString id(64, u'c');
        const QString folder = studio->paths().adaptersDir() + u'/' + id;
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + u"/adapter.safetensors"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        auto database = tests::must(app::Database::open(studio->paths().databaseFile()));
        app::AdapterRow row;
        row.id = id;
        row.model_id = "fake-model";
        row.manifest = "{}";
        row.created_at = QDateTime::currentDateTimeUtc();
        tests::must(app::AdapterTable(*database).insertAsCurrent(row));
        database.reset();
        studio->taste().reload();
        QVERIFY(studio->trials().trial());
        Column column(studio);
        auto state = column.composer.state();
        state.request.num_images = 4;
        state.seed_locked = false;
        column.composer.setState(state);
        QSignalSpy submitted(&column.composer, &ui::Composer::submitted);
        column.composer.submit();
        QCOMPARE(submitted.count(), 1);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{2});
        const auto requests = studio.script->requests();
        QCOMPARE(requests[0].num_images, 2);
        QCOMPARE(requests[1].seed, requests[0].seed + 2);
        QVERIFY(requests[0].adapters.empty() != requests[1].adapters.empty());
        state = column.composer.state();
        state.seed_locked = true;
        column.composer.setState(state);
        column.composer.submit();
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{3});
        QCOMPARE(studio.script->requests()[2].num_images, 4);
        QCOMPARE(studio.script->requests()[2].adapters.front().id, id.toStdString());
    }

    void cancelIsOfferedOnlyWhileSomethingDraws() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->close();
        Column column(studio);
        QVERIFY(!column.cancel().isEnabled());
        QTest::mouseClick(&column.generate(), Qt::LeftButton);
        QTRY_VERIFY(column.cancel().isEnabled());
        const app::JobId job = studio->queue().jobs().front().id;
        QTest::mouseClick(&column.cancel(), Qt::LeftButton);
        QTRY_COMPARE(studio->queue().find(job)->state, app::JobState::cancelled);
        QVERIFY(!column.cancel().isEnabled());
    }

    void whatIsComposedIsThereAfterARestart() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        app::Settings::Composer left;
        {
            Column column(studio);
            column.prompt().insertPlainText(u"딸기 three strawberries"_s);
            QTest::keyClicks(&column.negative(), u"blur"_s);
            QTest::mouseClick(chip(column.composer, u"32 × 16"_s), Qt::LeftButton);
            QTest::mouseClick(chip(column.composer, u"×2"_s), Qt::LeftButton);
            column.number(u"steps"_s).setValue(12);
            column.number(u"guidance"_s).setValue(4.5);
            QTest::keyClicks(&column.seed(), u"5"_s);
            left = column.composer.state();
        }
        studio.reopen();
        QVERIFY(studio.waitForModel());
        Column column(studio);
        QCOMPARE(column.prompt().toPlainText(), u"딸기 three strawberries"_s);
        QVERIFY(column.composer.state() == left);
        QVERIFY(column.fold().isExpanded());  // there is something in it
        QVERIFY(chip(column.composer, u"32 × 16"_s)->isChecked());
    }

    void valuesSetBeforeTheModelIsThereSurviveItsArrival() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        auto wanted = Studio::request(u"x"_s, 42);
        wanted.width = 32;
        wanted.height = 16;
        wanted.num_inference_steps = 17;
        {
            Column column(studio);
            column.composer.setState({wanted, true});
        }
        studio.reopen();
        Column column(studio);  // the model is still on its way
        QVERIFY(studio.waitForModel());
        QTRY_VERIFY(column.number(u"width"_s).isEnabled());
        QCOMPARE(column.request().width, 32);
        QCOMPARE(column.request().height, 16);
        QCOMPARE(column.request().num_inference_steps, 17);
    }

    void useAgainTakesWhatWasAskedFor_data() {
        QTest::addColumn<int>("parts");
        QTest::newRow("all") << static_cast<int>(ui::UseAgain::all);
        QTest::newRow("all but seed") << static_cast<int>(ui::UseAgain::all_but_seed);
        QTest::newRow("prompt") << static_cast<int>(ui::UseAgain::prompt);
        QTest::newRow("seed") << static_cast<int>(ui::UseAgain::seed);
        QTest::newRow("size") << static_cast<int>(ui::UseAgain::size);
    }
    void useAgainTakesWhatWasAskedFor() {
        QFETCH(int, parts);
        const auto wanted = static_cast<ui::UseAgain>(parts);
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        auto mine = Studio::request(u"mine"_s, 1);
        mine.candidates = 4;
        column.composer.setState({mine, false});
        const auto before = column.composer.state();
        auto old = Studio::request(u"old"_s, 99);
        old.negative_prompt = "blur";
        old.width = 32;
        old.num_inference_steps = 11;
        column.composer.useAgain(old, wanted);
        const auto now = column.composer.state();
        const bool everything = wanted == ui::UseAgain::all || wanted == ui::UseAgain::all_but_seed;
        const bool words = everything || wanted == ui::UseAgain::prompt;
        const bool seed = wanted == ui::UseAgain::all || wanted == ui::UseAgain::seed;
        QCOMPARE(now.request.prompt, words ? old.prompt : mine.prompt);
        QCOMPARE(now.request.negative_prompt, words ? old.negative_prompt : mine.negative_prompt);
        QCOMPARE(now.request.seed, seed ? old.seed : mine.seed);
        QCOMPARE(now.seed_locked, seed);
        QCOMPARE(now.request.width, everything || wanted == ui::UseAgain::size ? 32 : 16);
        QCOMPARE(now.request.num_inference_steps, everything ? 11 : 4);
        QCOMPARE(now.request.candidates, seed ? 1 : 4);  // a seed of one's own is one picture's
        QVERIFY(now.request.model_id.empty());           // any model may draw it
        column.undo.undo();
        QVERIFY(column.composer.state() == before);
        column.undo.redo();
        QVERIFY(column.composer.state() == now);
    }

    void replacingWithTheSameIsNothingToUndo() {
        Studio studio;
        Column column(studio);
        QTest::keyClicks(&column.prompt(), u"same"_s);
        column.composer.setPrompt(u"same"_s);
        QCOMPARE(column.undo.count(), 0);
    }

    void theColumnFitsItsWidthInEveryLanguage_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<int>("theme");
        for (const QString& language : ui::availableLanguages()) {
            for (const auto theme : {app::Theme::dark, app::Theme::light})
                QTest::addRow("%s %d", qPrintable(language), static_cast<int>(theme)) << language << static_cast<int>(theme);
        }
    }
    void theColumnFitsItsWidthInEveryLanguage() {
        QFETCH(QString, language);
        QFETCH(int, theme);
        ui::applyLanguage(*qApp, language);
        ui::applyTheme(*qApp, static_cast<app::Theme>(theme));
        Studio studio;
        QVERIFY(studio.waitForModel());
        Column column(studio);
        column.composer.resize(ui::theme::prompt_column_min, 800);
        column.fold().setExpanded(true);
        for (auto* fold : column.composer.findChildren<ui::Fold*>()) fold->setExpanded(true);
        QTest::keyClicks(&column.prompt(), u"three strawberries"_s);
        QTRY_VERIFY(!column.tokens().text().isEmpty());
        QCoreApplication::processEvents();
        for (const auto* button : column.composer.findChildren<QPushButton*>()) {
            if (!button->isVisible()) continue;
            const int needed = button->fontMetrics().horizontalAdvance(button->text());
            QVERIFY2(button->width() >= needed, qPrintable(button->text()));
            const int right = button->mapTo(&column.composer, QPoint(button->width(), 0)).x();
            QVERIFY2(right <= column.composer.width(), qPrintable(button->text()));
        }
        for (const auto* label : column.composer.findChildren<QLabel*>()) {
            if (!label->isVisible() || label->wordWrap()) continue;
            QVERIFY2(label->width() >= label->fontMetrics().horizontalAdvance(label->text()), qPrintable(label->text()));
        }
        ui_test::grab(column.composer, u"prompt_%1_%2"_s.arg(language, theme == static_cast<int>(app::Theme::light) ? u"light"_s : u"dark"_s));
    }

private:
    /// Of the seeds that a request with candidates for one image may choose from, by what the engine that learns paints for each.
    static std::uint64_t seedThatIsLikedBest(const app::PictureJudge& judge, inference::GenerationRequest asked) {
        tests::FakeLearningEngine painter(std::make_shared<tests::FakeScript>(), std::make_shared<tests::LearningScript>());
        std::vector<double> scores;
        inference::GenerationCallbacks callbacks;
        callbacks.judge = [&](const std::vector<inference::Candidate>& candidates) {
            if (scores.empty()) scores = judge(candidates);
            return std::vector<double>(candidates.size());
        };
        tests::must(painter.generate(asked, callbacks, {}));
        return asked.seed + static_cast<std::uint64_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    }
};

UI_TEST(prompt, PromptTest);

#include "prompt_test.moc"
