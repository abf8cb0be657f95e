// SPDX-License-Identifier: Apache-2.0
// Models as a designer meets them: the list, its cards, what is said when something goes wrong.
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/errors/message_strip.h"
#include "ui/inspector/fact_row.h"
#include "ui/inspector/inspector.h"
#include "ui/models/model_button.h"
#include "ui/models/model_card.h"
#include "ui/models/model_text.h"
#include "ui/models/models_panel.h"
#include "ui/prompt/composer.h"
#include "ui/queue/queue_list.h"
#include "ui/queue/queue_model.h"
#include "ui/queue/queue_panel.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"

#include <QAction>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>
#include <QUrl>

using namespace Qt::StringLiterals;
using inference::Error;
using inference::ErrorCode;
using ui_test::Studio;

namespace {

struct Opened {
    explicit Opened(Studio& opened_studio) : studio(opened_studio), window(*opened_studio) {
        window.resize(1200, 800);
        window.show();
        window.activateWindow();
        static_cast<void>(QTest::qWaitForWindowActive(&window));
    }
    QString message() { return window.findChild<ui::MessageStrip*>()->text(); }
    void pressMessageButton(const QString& text) {
        for (auto* button : window.findChild<ui::MessageStrip*>()->findChildren<QPushButton*>()) {
            if (button->text() == text) return QTest::mouseClick(button, Qt::LeftButton);
        }
        qFatal("the message has no button %s", qPrintable(text));
    }
    ui::ModelsPanel* panel() { return window.findChild<ui::ModelsPanel*>(); }
    ui::ModelButton& button() { return *window.findChild<ui::ModelButton*>(); }
    void openList() { QTest::mouseClick(&button(), Qt::LeftButton); }
    ui::ModelCard* card(const QString& name) {
        for (auto* one : panel()->findChildren<ui::ModelCard*>()) {
            if (one->findChild<QLabel*>()->text() == name) return one;
        }
        return nullptr;
    }
    QString fact(const QString& model, const QString& name) {
        for (const auto* row : card(model)->findChildren<ui::FactRow*>()) {
            if (row->accessibleName() == name && row->isVisible()) return row->value();
        }
        return {};
    }
    QPushButton* button(const QString& model, const QString& object_name) { return card(model)->findChild<QPushButton*>(object_name); }
    void drop(const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter({400, 300}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event({400, 300}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &event);
    }

    Studio& studio;
    ui::MainWindow window;
};

}  // namespace

class ModelsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        models_ = std::make_shared<tests::FakeModels>();
        dog_ = tests::FakeModels::model("Dog");
        dog_.script->model.native_sizes = dog_.description.native_sizes = {{24, 24}, {48, 24}};
        dog_folder_ = folder_.path() + u"/dog"_s;
        QDir().mkpath(dog_folder_);
        models_->put(dog_folder_, dog_);
    }
    void cleanup() {
        dog_.script->open();
        models_->finishHashing();
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    void aDroppedFolderIsShownBeforeItIsLoaded() {
        dog_.hashing_waits = true;
        models_->put(dog_folder_, dog_);
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        QVERIFY(opened.panel()->isVisible());
        QCOMPARE(opened.fact(u"Dog"_s, u"Built as"_s), u"FuseDiT · 12 layers of 1024"_s);
        QCOMPARE(opened.fact(u"Dog"_s, u"Reads with"_s), u"Gemma 3 · 18 layers of 640"_s);
        QCOMPARE(opened.fact(u"Dog"_s, u"Parameters"_s), u"text model 268, transformer 120, autoencoder 4.0 million"_s);
        QCOMPARE(opened.fact(u"Dog"_s, u"On disk"_s), u"796 MB · BF16, F16, F32"_s);
        QCOMPARE(opened.fact(u"Dog"_s, u"Draws best"_s), u"24 × 24, 48 × 24 · with transparency"_s);
        QCOMPARE(opened.fact(u"Dog"_s, u"Runs"_s), u"On the processor · float32"_s);
        QVERIFY(opened.fact(u"Dog"_s, u"Memory"_s).startsWith(u"about 600 MB of "_s));
        QCOMPARE(opened.fact(u"Dog"_s, u"A picture"_s), u"Not known before the first picture"_s);
        QTRY_COMPARE(opened.fact(u"Dog"_s, u"Identity"_s), u"Reading the files, 25 %"_s);
        QCOMPARE(opened.fact(u"Dog"_s, u"Folder"_s), dog_folder_);
        QCOMPARE(dog_.script->engines.load(), 0);
        models_->finishHashing();
        QTRY_COMPARE(opened.fact(u"Dog"_s, u"Identity"_s), u"id of Dog"_s);
        ui_test::grab(*opened.panel(), u"models-dark"_s);
    }

    void aDroppedIndexStandsForItsFolder() {
        Studio studio(models_);
        Opened opened(studio);
        opened.drop(dog_folder_ + u"/model_index.json"_s);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s));
        QCOMPARE(opened.fact(u"Dog"_s, u"Folder"_s), dog_folder_);
    }

    void whatIsNoModelIsRefusedInOneSentenceThatNamesFileAndField() {
        dog_.refusal = Error{ErrorCode::unsupported_model, dog_folder_.toStdString() + "/model_index.json: _class_name is \"Other\""};
        models_->put(dog_folder_, dog_);
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.message().contains(u"This version cannot run it: model_index.json: _class_name is \"Other\""_s));
        QVERIFY(opened.panel() == nullptr);
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        opened.pressMessageButton(u"Add a model…"_s);
        QVERIFY(opened.window.findChild<QFileDialog*>(u"add_model_dialog"_s));
    }

    void aDialogAddsAFolder() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        QTest::keyClick(&opened.window, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = opened.window.findChild<QFileDialog*>(u"add_model_dialog"_s);
        QVERIFY(dialog);
        Q_EMIT dialog->fileSelected(dog_folder_);
        dialog->close();
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s));
    }

    void switchesByTheKeyboardAndTheComposerFollows() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        studio->models().add(dog_folder_);
        QTRY_COMPARE(studio->models().entries().size(), std::size_t{2});
        Opened opened(studio);
        QTest::keyClick(&opened.window, Qt::Key_F6);
        QTRY_VERIFY(opened.panel() && opened.panel()->isVisible());
        ui::ModelCard* starter = opened.card(u"Starter"_s);
        ui::ModelCard* dog = opened.card(u"Dog"_s);
        QTRY_COMPARE(starter->statusText(), u"In use"_s);
        QVERIFY(starter->isOpen());
        QTest::keyClick(starter, Qt::Key_Down);
        QCOMPARE(opened.panel()->focusWidget(), dog);
        QTest::keyClick(dog, Qt::Key_Space);
        QVERIFY(dog->isOpen() && !starter->isOpen());
        QTest::keyClick(dog, Qt::Key_Return);
        QTRY_COMPARE(dog->statusText(), u"In use"_s);
        QCOMPARE(starter->statusText(), QString());
        QCOMPARE(opened.button().title(), u"Dog"_s);
        QCOMPARE(opened.button().detail(), u"on the processor"_s);
        bool chip = false;
        for (const auto* one : opened.window.findChild<ui::Composer*>()->findChildren<QPushButton*>()) chip |= one->text() == u"48 × 24"_s;
        QVERIFY(chip);
    }

    void aSizeOfTheOldModelGivesWayToTheNewOnesOwn() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        auto& composer = *opened.window.findChild<ui::Composer*>();
        auto state = composer.state();
        state.request.width = 32;  // the starter's second size
        state.request.height = 16;
        composer.setState(state);
        studio->models().add(dog_folder_);
        QTRY_COMPARE(studio->models().entries().size(), std::size_t{2});
        studio->modelSwitcher().use(studio->models().entries()[1].id);
        QTRY_COMPARE(opened.button().title(), u"Dog"_s);
        QTRY_VERIFY(!studio->modelSwitcher().wanted());
        QCOMPARE(composer.state().request.width, 0);
        composer.setPrompt(u"a dog"_s);
        composer.submit();
        QTRY_COMPARE(studio->library().items().size(), std::size_t{1});
        QCOMPARE(studio->library().items()[0].size, QSize(24, 24));
    }

    void loadingShowsHowFarItIsAndCanBeCancelled() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        dog_.script->close();
        QTest::mouseClick(opened.button(u"Dog"_s, u"use_model"_s), Qt::LeftButton);
        QTRY_COMPARE(opened.card(u"Dog"_s)->statusText(), u"Loading 50 %"_s);
        QCOMPARE(opened.button().title(), u"Dog"_s);
        QCOMPARE(opened.button().detail(), u"50 %"_s);
        QTest::mouseClick(opened.button(u"Dog"_s, u"cancel_model"_s), Qt::LeftButton);
        QTRY_COMPARE(opened.button().title(), u"Starter"_s);
        QCOMPARE(opened.card(u"Dog"_s)->statusText(), QString());
        QTRY_COMPARE(opened.card(u"Starter"_s)->statusText(), u"In use"_s);
        QVERIFY2(opened.message().isEmpty(), "what one cancels oneself is no failure");
    }

    void aModelThatFailsIsSaidAndTheOldOneStays() {
        dog_.script->load_error =
            Error{ErrorCode::corrupt_file, dog_folder_.toStdString() + "/vae/a.safetensors: tensor \"b\" holds values that are not finite"};
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        QTest::mouseClick(opened.button(u"Dog"_s, u"use_model"_s), Qt::LeftButton);
        QTRY_VERIFY(opened.message().contains(u"vae/a.safetensors: tensor \"b\""_s));
        QVERIFY(opened.message().startsWith(u"Dog was not loaded."_s));
        QVERIFY(opened.message().endsWith(u"Starter is still there."_s));
        QCOMPARE(opened.button().title(), u"Starter"_s);
        dog_.script->load_error.reset();
        opened.pressMessageButton(u"Try again"_s);
        QTRY_COMPARE(opened.button().title(), u"Dog"_s);
    }

    void aVanishedFolderIsShownSoAndComesBack() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        models_->take(dog_folder_);
        studio->models().refreshAll();
        QTRY_COMPARE(opened.card(u"Dog"_s)->statusText(), u"Missing"_s);
        QVERIFY(!opened.button(u"Dog"_s, u"use_model"_s)->isEnabled());
        ui_test::grab(*opened.panel(), u"models-missing"_s);
        models_->put(dog_folder_, dog_);
        // The open list looks by itself.
        QTRY_COMPARE_WITH_TIMEOUT(opened.card(u"Dog"_s)->statusText(), QString(), 10000);
        QVERIFY(opened.button(u"Dog"_s, u"use_model"_s)->isEnabled());
    }

    void aModelThatDoesNotFitIntoMemorySaysSoBeforeAnyoneTries() {
        dog_.description.load_bytes = 60'000'000'000;
        models_->put(dog_folder_, dog_);
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        QCOMPARE(opened.card(u"Dog"_s)->statusText(), u"Cannot be used"_s);
        QVERIFY(opened.card(u"Dog"_s)->accessibleName().contains(u"There is not enough memory: Dog needs at least 66.1 GB of memory"_s));
        QVERIFY(!opened.button(u"Dog"_s, u"use_model"_s)->isEnabled());
        QTest::keyClick(opened.card(u"Dog"_s), Qt::Key_Return);
        QVERIFY(!studio->modelSwitcher().wanted());
    }

    void aMissingTextModelCanBeChosen() {
        dog_.description.text_model_path = "/fake/text";
        dog_.description.problem = Error{ErrorCode::model_not_found, "/fake/text/model.safetensors: No such file or directory"};
        models_->put(dog_folder_, dog_);
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        QCOMPARE(opened.card(u"Dog"_s)->statusText(), u"Cannot be used"_s);
        QVERIFY(opened.card(u"Dog"_s)->accessibleName().contains(u"A file is missing: model.safetensors"_s));
        QVERIFY(!opened.button(u"Dog"_s, u"use_model"_s)->isVisible());
        dog_.description.problem.reset();
        models_->put(dog_folder_, dog_);
        QTest::mouseClick(opened.button(u"Dog"_s, u"choose_text_model"_s), Qt::LeftButton);
        auto* dialog = opened.window.findChild<QFileDialog*>(u"text_model_dialog"_s);
        QVERIFY(dialog);
        Q_EMIT dialog->fileSelected(u"/fake/other text"_s);
        dialog->close();
        QTRY_VERIFY(!opened.button(u"Dog"_s, u"use_model"_s)->isHidden());  // the list itself may have gone behind the dialog
        QCOMPARE(studio->models().entries()[1].location.text_model, u"/fake/other text"_s);
    }

    void removingNeverDeletesAndCanBeTakenBack() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        QVERIFY(!opened.button(u"Starter"_s, u"remove_model"_s)->isVisibleTo(opened.card(u"Starter"_s)));
        QTest::keyClick(opened.card(u"Dog"_s), Qt::Key_Delete);
        QTRY_VERIFY(opened.card(u"Dog"_s) == nullptr);
        QVERIFY(opened.message().contains(u"Dog is off the list. Its files stay where they are."_s));
        QVERIFY(QDir(dog_folder_).exists());
        opened.pressMessageButton(u"Put it back"_s);
        QTRY_VERIFY(opened.card(u"Dog"_s) != nullptr);
    }

    void aPictureNamesItsModelAndUseAgainOffersIt() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        studio->models().add(dog_folder_);
        QTRY_VERIFY(studio->models().findByIdentity("id of Dog"));
        auto request = tests::requestFor("a dog");
        request.model_id = "id of Dog";
        const QString path = studio->paths().images_dir + u"/dog.png"_s;
        tests::must(app::writeImage(path, tests::fakePixels(16, 16, 3, 1), request, {}));
        const auto item = tests::must(studio->library().add(path, request, {16, 16}, false, 1.0, 1));
        Opened opened(studio);
        auto& inspector = *opened.window.findChild<ui::Inspector*>();
        inspector.setItem(item);
        const auto shown = [&] {
            for (const auto* row : inspector.findChildren<ui::FactRow*>()) {
                if (row->accessibleName() == u"Model"_s) return row->value();
            }
            return QString();
        };
        QCOMPARE(shown(), u"Dog"_s);

        auto& composer = *opened.window.findChild<ui::Composer*>();
        composer.useAgain(request, ui::UseAgain::prompt);
        QVERIFY2(opened.message().isEmpty(), "words are any model's");
        composer.useAgain(request, ui::UseAgain::all);
        QVERIFY(opened.message().startsWith(u"This picture was drawn by Dog."_s));
        opened.pressMessageButton(u"Switch to Dog"_s);
        QTRY_COMPARE(opened.button().title(), u"Dog"_s);

        // Off the list it is still known by its name; one that was never met is said by its number.
        QVERIFY(studio->models().remove(studio->models().findByIdentity("id of Dog")->id).has_value());
        QTRY_COMPARE(opened.button().title(), u"Starter"_s);
        composer.useAgain(request, ui::UseAgain::all_but_seed);
        QTRY_VERIFY(opened.message().contains(u"drawn by Dog, which is not in the list any more"_s));
        QCOMPARE(shown(), u"Dog"_s);
        request.model_id = "0123456789abcdef";
        composer.useAgain(request, ui::UseAgain::all);
        QVERIFY(opened.message().contains(u"not known here (0123456789ab…)"_s));
    }

    void useAgainSaysWhichModelIsMissing() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        studio->models().add(dog_folder_);
        QTRY_VERIFY(studio->models().findByIdentity("id of Dog"));
        Opened opened(studio);
        models_->take(dog_folder_);
        studio->models().refreshAll();
        QTRY_VERIFY(app::isMissing(*studio->models().findByIdentity("id of Dog")));
        auto request = tests::requestFor("a dog");
        request.model_id = "id of Dog";
        opened.window.findChild<ui::Composer*>()->useAgain(request, ui::UseAgain::all);
        QVERIFY(opened.message().contains(u"drawn by Dog, which cannot be used now. There is no model in "_s + dog_folder_));
    }

    void aJobOfAnotherModelSaysWhatItWaitsForAndCanLoadIt() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        studio->models().add(dog_folder_);
        QTRY_VERIFY(studio->models().findByIdentity("id of Dog"));
        studio->queue().setPaused(true);
        const auto job = studio.submit(Studio::request(u"for the starter"_s));
        studio->modelSwitcher().use(studio->models().entries()[1].id);
        QTRY_VERIFY(studio->modelSwitcher().current() == studio->models().entries()[1].id);
        studio->queue().setPaused(false);
        ui::QueuePanel panel(*studio);
        panel.resize(360, 300);
        QVERIFY(ui_test::present(panel));
        auto& list = *panel.findChild<ui::QueueList*>();
        auto& model = *panel.findChild<ui::QueueModel*>();
        QCOMPARE(model.statusAt(0), u"Waits for Starter to be loaded"_s);
        QCOMPARE(studio->queue().find(job)->state, app::JobState::waiting);
        list.setCurrentIndex(model.index(0));
        QTest::keyClick(&list, Qt::Key_Return);
        QTRY_COMPARE(studio->queue().find(job)->state, app::JobState::done);
        QCOMPARE(studio->modelSwitcher().current(), std::optional(studio->models().starter().id));
    }

    void theLastModelThatVanishedIsSaidAtTheStart() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        studio->models().add(dog_folder_);
        QTRY_COMPARE(studio->models().entries().size(), std::size_t{2});
        studio->modelSwitcher().use(studio->models().entries()[1].id);
        QTRY_VERIFY(studio->modelSwitcher().current() == studio->models().entries()[1].id);
        studio.close();
        models_->take(dog_folder_);
        studio.open();
        Opened opened(studio);
        QTRY_VERIFY(opened.message().startsWith(u"Dog was used last but cannot be loaded. There is no model in "_s));
        QVERIFY(opened.message().endsWith(u"Starter takes its place."_s));
        QTRY_COMPARE(opened.button().title(), u"Starter"_s);
        QVERIFY2(!opened.message().isEmpty(), "the starter's arrival does not settle it");
    }

    void timeIsSaidOnceItIsKnown() {
        const auto& model = dog_.description;  // 2e12 operations a picture
        QCOMPARE(ui::timeText(model, 0), u"Not known before the first picture"_s);
        QCOMPARE(ui::timeText(model, 1e12), u"about 2.0 s"_s);
        QCOMPARE(ui::timeText(model, 1e11), u"about 20 s"_s);
        QCOMPARE(ui::timeText(model, 1e10), u"about 3.3 min"_s);
    }

    void everythingIsSaidInKoreanToo() {
        Studio studio(models_);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.drop(dog_folder_);
        QTRY_VERIFY(opened.panel() && opened.card(u"Dog"_s) && opened.card(u"Dog"_s)->isOpen());
        auto settings = studio->settings().settings();
        settings.appearance.language = u"ko"_s;
        settings.appearance.theme = app::Theme::light;
        studio->settings().update(settings);
        static const QRegularExpression hangul(u"[\\x{AC00}-\\x{D7A3}]"_s);
        QTRY_VERIFY(opened.button(u"Dog"_s, u"use_model"_s)->text().contains(hangul));
        for (const auto* row : opened.card(u"Dog"_s)->findChildren<ui::FactRow*>()) {
            if (row->isVisible()) QVERIFY2(row->accessibleName().contains(hangul), qPrintable(row->accessibleName()));
        }
        QVERIFY(opened.button().detail().contains(hangul));
        ui_test::grab(*opened.panel(), u"models-korean-light"_s);
    }

private:
    QTemporaryDir folder_;
    QString dog_folder_;
    std::shared_ptr<tests::FakeModels> models_;
    tests::FakeModels::Model dog_;
};

UI_TEST(models, ModelsTest);
#include "models_test.moc"
