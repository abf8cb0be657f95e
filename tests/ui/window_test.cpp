// SPDX-License-Identifier: Apache-2.0
#include "app/library/own_pictures.h"
#include "tests/support/file_size_limit.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/errors/message_strip.h"
#include "ui/gallery/filmstrip.h"
#include "ui/gallery/job_tile.h"
#include "ui/gallery/library_view.h"
#include "ui/gallery/tile_view.h"
#include "ui/inspector/inspector.h"
#include "ui/prompt/composer.h"
#include "ui/queue/queue_panel.h"
#include "ui/rating/rating_widget.h"
#include "ui/settings/about_window.h"
#include "ui/settings/language.h"
#include "ui/settings/settings_popover.h"
#include "ui/theme/fold.h"
#include "ui/theme/theme.h"
#include "ui/viewer/image_view.h"
#include "ui/viewer/studio_canvas.h"
#include "ui/window/add_pictures_dialog.h"
#include "ui/window/main_window.h"
#include "ui/window/save_dialog.h"
#include "ui/window/shortcut_window.h"
#include "ui/window/toolbar.h"
#include "ui/window/welcome.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSlider>
#include <QSplitter>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>
#include <QUrl>

using namespace Qt::StringLiterals;
using ui_test::HeldJob;
using ui_test::Studio;

namespace {

struct Opened {
    explicit Opened(Studio& studio) : window(*studio) {
        window.show();
        window.activateWindow();
        active = QTest::qWaitForWindowActive(&window);
    }
    template <typename T> T& part(const QString& name = {}) { return *window.findChild<T*>(name); }
    QPlainTextEdit& prompt() { return part<QPlainTextEdit>(u"prompt"_s); }
    ui::Composer& composer() { return part<ui::Composer>(); }
    ui::StudioCanvas& canvas() { return part<ui::StudioCanvas>(); }
    ui::Inspector& inspector() { return part<ui::Inspector>(); }
    ui::Filmstrip& strip() { return part<ui::Filmstrip>(); }
    QString message() { return part<ui::MessageStrip>().text(); }
    QAction& action(const QString& text) {
        for (QAction* one : window.actions()) {
            if (one->text() == text) return *one;
        }
        qFatal("no action %s", qPrintable(text));
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, key, modifiers);
    }
    void drop(const QString& file) { drop(QStringList{file}, {400, 300}); }
    void drop(const QStringList& files, QPoint at) {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString& file : files) urls.append(QUrl::fromLocalFile(file));
        data.setUrls(urls);
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &enter);
        entered = enter.isAccepted();
        QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &event);
    }

    ui::MainWindow window;
    bool active = false;
    bool entered = false;
};

/// A picture that Fuselight did not make.
QString plainPicture(const Studio& studio, const QString& name) {
    const QString path = studio.folder() + u'/' + name;
    app::ExportOptions bare;
    bare.embed_request = false;
    tests::must(app::writeImage(path, tests::fakePixels(48, 32, 3, 1), {}, bare));
    return path;
}

bool inKorean(const QString& text) { return text.contains(QRegularExpression(u"[\\x{AC00}-\\x{D7A3}]"_s)); }

bool isPartOfAControl(const QWidget& widget) {
    for (const QWidget* parent = widget.parentWidget(); parent; parent = parent->parentWidget()) {
        if (qobject_cast<const QAbstractSpinBox*>(parent) || qobject_cast<const QComboBox*>(parent) || qobject_cast<const QLineEdit*>(parent))
            return true;
    }
    return false;
}

/// What a person can operate; parts inside a Qt control belong to that control.
QList<QWidget*> controls(const QWidget& root) {
    QList<QWidget*> found;
    for (auto* widget : root.findChildren<QWidget*>()) {
        if (isPartOfAControl(*widget)) continue;
        if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QLineEdit*>(widget) ||
            qobject_cast<QPlainTextEdit*>(widget) || qobject_cast<QComboBox*>(widget) || qobject_cast<QSlider*>(widget) ||
            qobject_cast<ui::RatingWidget*>(widget) || qobject_cast<QAbstractItemView*>(widget) || qobject_cast<QTextBrowser*>(widget))
            found.append(widget);
    }
    return found;
}

QString describe(const QWidget* widget) {
    QString path;
    for (; widget; widget = widget->parentWidget())
        path.prepend(u"/"_s + QString::fromLatin1(widget->metaObject()->className()) +
                     (widget->objectName().isEmpty() ? QString() : u"#"_s + widget->objectName()));
    return path;
}

}  // namespace

class WindowTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    // The first start.

    void theFirstStartGreetsWithSomethingToDraw() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        QVERIFY(opened.active);
        QVERIFY(opened.part<ui::Welcome>().isVisible());
        QVERIFY(opened.prompt().hasFocus());
        const auto cards = opened.window.findChildren<ui::ExampleCard*>();
        QCOMPARE(cards.size(), 6);
        for (const auto* card : cards) {
            QVERIFY2(QFile::exists(card->example().picture), qPrintable(card->example().picture));
            QVERIFY(!card->accessibleName().isEmpty());
        }
        QTest::mouseClick(cards.first(), Qt::LeftButton);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(studio.script->requests().front().prompt), cards.first()->example().prompt);
        QCOMPARE(studio.script->requests().front().seed, cards.first()->example().seed);
        QCOMPARE(opened.prompt().toPlainText(), cards.first()->example().prompt);
        QTRY_VERIFY(opened.window.currentItem().has_value());
        QVERIFY(opened.canvas().isVisible());
    }

    void aPromptFromTheCommandLineIsDrawn() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        opened.window.submitPrompt(u"three strawberries"_s);
        QCOMPARE(opened.prompt().toPlainText(), u"three strawberries"_s);
        QTRY_COMPARE(studio->library().items().size(), std::size_t{1});
        QCOMPARE(studio->library().items().front().prompt, u"three strawberries"_s);
    }

    // Commands.

    void everyCommandHasWordsAndNoKeyHasTwoMeanings() {
        Studio studio;
        Opened opened(studio);
        QMap<QString, QString> keys;
        QCOMPARE(opened.window.actions().size(), 41);
        for (const QAction* action : opened.window.actions()) {
            QVERIFY(!action->text().isEmpty());
            QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->text()));
            QVERIFY2(!action->icon().isNull(), qPrintable(action->text()));
            for (const QKeySequence& key : action->shortcuts()) {
                QVERIFY2(!keys.contains(key.toString()),
                         qPrintable(key.toString() + u": "_s + action->text() + u", "_s + keys.value(key.toString())));
                keys.insert(key.toString(), action->text());
            }
        }
        for (const QString& key :
             {u"Ctrl+Return"_s, u"Ctrl+Enter"_s, u"Esc"_s, u"Del"_s, u"Ctrl+Z"_s, u"Ctrl+Shift+Z"_s, u"Space"_s, u"E"_s,      u"U"_s,      u"0"_s,
              u"1"_s,           u"2"_s,          u"3"_s,   u"4"_s,   u"5"_s,      u"Left"_s,         u"Right"_s, u"Ctrl+0"_s, u"Ctrl+1"_s, u"F1"_s})
            QVERIFY2(keys.contains(key), qPrintable(key));
    }

    void theMenuHoldsEveryCommand() {
        Studio studio;
        Opened opened(studio);
        QList<QAction*> listed;
        const auto menus = opened.part<ui::Toolbar>().menu()->actions();
        QCOMPARE(menus.size(), 5);
        for (const QAction* entry : menus) {
            QVERIFY(entry->menu() != nullptr);
            listed.append(entry->menu()->actions());
        }
        for (QAction* action : opened.window.actions()) QVERIFY2(listed.contains(action), qPrintable(action->text()));
    }

    void theShortcutPageShowsThem() {
        Studio studio;
        Opened opened(studio);
        opened.key(Qt::Key_F1);
        auto* page = opened.window.findChild<ui::ShortcutWindow*>();
        QVERIFY(page != nullptr && page->isVisible());
        QVERIFY(!page->isModal());
        QStringList texts;
        for (const auto* label : page->findChildren<QLabel*>()) texts.append(label->text());
        QVERIFY(texts.contains(u"Rate 5 stars"_s));
        QVERIFY(texts.contains(u"Ctrl+Return or Ctrl+Enter"_s));
        ui_test::grab(*page, u"shortcuts_dark"_s);
    }

    void bothEnterKeysGenerateFromEveryField_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<QString>("field");
        for (const auto key : {Qt::Key_Return, Qt::Key_Enter}) {
            for (const QString& field : {u"prompt"_s, u"negative_prompt"_s, u"width"_s, u"images"_s, u"seed"_s, u"steps"_s})
                QTest::addRow("%s, %s", key == Qt::Key_Return ? "Return" : "Enter", qPrintable(field)) << static_cast<int>(key) << field;
        }
    }
    void bothEnterKeysGenerateFromEveryField() {
        QFETCH(int, key);
        QFETCH(QString, field);
        Studio studio;
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        for (auto* fold : opened.composer().findChildren<ui::Fold*>()) fold->setExpanded(true);
        auto& widget = opened.part<QWidget>(field);
        widget.setFocus();
        const QString before = opened.prompt().toPlainText();
        const auto modifiers = Qt::ControlModifier | (key == Qt::Key_Enter ? Qt::KeypadModifier : Qt::NoModifier);
        QTest::keyClick(QApplication::focusWidget(), static_cast<Qt::Key>(key), modifiers);
        QTRY_COMPARE(studio.script->requests().size(), std::size_t{1});
        QCOMPARE(opened.prompt().toPlainText(), before);  // no new line
    }

    void escapeLeavesTheTextFirstAndCancelsThen() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        HeldJob job(studio, Studio::request(u"x"_s));
        opened.prompt().setFocus();
        opened.key(Qt::Key_Escape);
        QVERIFY(!opened.prompt().hasFocus());
        QVERIFY(job.isHeld());
        opened.key(Qt::Key_Escape);
        QTRY_COMPARE(studio->queue().find(job.id)->state, app::JobState::cancelled);
    }

    void bareKeysAreLettersInATextFieldAndCommandsOutsideOne() {
        Studio studio;
        const app::ItemId id = studio.add(u"old"_s);
        Opened opened(studio);
        opened.prompt().setFocus();
        QTest::keyClicks(&opened.prompt(), u"g 5 ue p"_s);
        QCOMPARE(opened.prompt().toPlainText(), u"g 5 ue p"_s);
        QCOMPARE(studio.ratingOf(id), 0);
        QVERIFY(!opened.window.isLibraryShown());
        QVERIFY(opened.window.findChild<ui::SaveDialog*>() == nullptr);
        opened.key(Qt::Key_Delete);
        opened.key(Qt::Key_Left);
        QVERIFY(studio->library().find(id) != nullptr);
        for (const QString& field : {u"width"_s, u"seed"_s}) {
            opened.part<QWidget>(field).setFocus();
            opened.key(Qt::Key_5);
            QCOMPARE(studio.ratingOf(id), 0);
        }
        opened.canvas().setFocus();
        opened.key(Qt::Key_5);
        QCOMPARE(studio.ratingOf(id), 5);
        opened.key(Qt::Key_G);
        QVERIFY(opened.window.isLibraryShown());
        opened.key(Qt::Key_G);
        QVERIFY(!opened.window.isLibraryShown());
        opened.key(Qt::Key_P);
        QVERIFY(opened.prompt().hasFocus());
    }

    void useAgainByKeyBringsTheRequestBack() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.add(u"a red apple"_s, 99);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_U);
        QCOMPARE(opened.prompt().toPlainText(), u"a red apple"_s);
        QCOMPARE(opened.composer().state().request.seed, std::uint64_t{99});
        QVERIFY(opened.composer().state().seed_locked);
        opened.key(Qt::Key_U, Qt::ShiftModifier);
        QVERIFY(!opened.composer().state().seed_locked);
    }

    // Around the window.

    void everyControlHasAName_data() {
        QTest::addColumn<QString>("language");
        for (const QString& language : ui::availableLanguages()) QTest::newRow(qPrintable(language)) << language;
    }
    void everyControlHasAName() {
        QFETCH(QString, language);
        Studio studio;
        QVERIFY(studio.waitForModel());
        app::Settings settings = studio->settings().settings();
        settings.appearance.language = language;
        studio->settings().update(settings);
        studio.add(u"x"_s);
        Opened opened(studio);
        opened.key(Qt::Key_F4);  // the queue
        opened.window.findChild<ui::QueuePanel*>()->window()->hide();
        opened.key(Qt::Key_Comma, Qt::ControlModifier);
        opened.window.findChild<ui::SettingsPopover*>()->hide();
        opened.key(Qt::Key_F3);  // the library
        opened.key(Qt::Key_F1);
        QVERIFY(opened.window.findChild<ui::LibraryView*>() != nullptr);
        int seen = 0;
        for (QWidget* control : controls(opened.window)) {
            auto* accessible = QAccessible::queryAccessibleInterface(control);
            const bool named = accessible && !accessible->text(QAccessible::Name).trimmed().isEmpty();
            // The message's button and the tile of a running job are not there until they have something to say.
            const bool speaks_later = qobject_cast<QPushButton*>(control) || qobject_cast<ui::LiveTile*>(control);
            const bool waits = speaks_later && !control->isVisible();
            QVERIFY2(named || waits, qPrintable(describe(control)));
            ++seen;
        }
        QVERIFY(seen > 60);
    }

    void tabLeadsFromThePromptThroughTheNumbersToGenerate() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        QTRY_VERIFY(opened.part<QWidget>(u"width"_s).isEnabled());
        opened.prompt().setFocus();
        QStringList order;
        for (int i = 0; i < 40 && !order.contains(u"generate"_s); ++i) {
            opened.key(Qt::Key_Tab);
            QVERIFY(QApplication::focusWidget() != nullptr);
            QVERIFY2(opened.composer().isAncestorOf(QApplication::focusWidget()),
                     qPrintable(order.join(u' ') + describe(QApplication::focusWidget())));
            const auto* button = qobject_cast<QAbstractButton*>(QApplication::focusWidget());
            const QString name = QApplication::focusWidget()->objectName();
            order.append(name.isEmpty() && button ? button->text() : name);
        }
        QVERIFY2(order.contains(u"generate"_s), qPrintable(order.join(u' ')));
        int last = -1;
        for (const QString& name :
             {u"fold_header"_s, u"16 × 16"_s, u"width"_s, u"height"_s, u"swap_sides"_s, u"×1"_s, u"images"_s, u"seed"_s, u"generate"_s}) {
            const int at = static_cast<int>(order.indexOf(name));
            QVERIFY2(at > last, qPrintable(name + u" in "_s + order.join(u' ')));
            last = at;
        }
    }

    void theWholeWindowChangesItsLanguageAtOnce() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.add(u"x"_s);
        Opened opened(studio);
        const auto texts = [&opened] {
            QMap<const QWidget*, QString> all;
            for (const auto* button : opened.window.findChildren<QAbstractButton*>()) {
                if (!button->isHidden()) all.insert(button, button->text());
            }
            for (const auto* label : opened.window.findChildren<QLabel*>()) {
                if (!label->isHidden()) all.insert(label, label->text());
            }
            return all;
        };
        const auto english = texts();
        app::Settings settings = studio->settings().settings();
        settings.appearance.language = u"ko"_s;
        settings.appearance.theme = app::Theme::light;
        studio->settings().update(settings);
        // Windows hear of it from the event loop.
        QTRY_VERIFY(!ui::colors(&opened.window).is_dark);
        QTRY_VERIFY(inKorean(opened.part<QPushButton>(u"generate"_s).text()));
        const auto korean = texts();
        static const QRegularExpression letters(u"[A-Za-z]{3,}"_s);
        int changed = 0;
        for (auto entry = english.begin(); entry != english.end(); ++entry) {
            if (!entry.value().contains(letters) || entry.value() == u"Fake"_s || entry.value().contains(u".png"_s) ||
                entry.value() == u"fake-model"_s)
                continue;
            const QString now = korean.value(entry.key());
            QVERIFY2(now != entry.value(), qPrintable(describe(entry.key()) + u": "_s + now));
            ++changed;
        }
        QVERIFY(changed > 15);
        for (const QAction* action : opened.window.actions()) QVERIFY2(inKorean(action->text()), qPrintable(action->text()));
    }

    void libraryAndStudioShareTheCurrentPicture() {
        Studio studio;
        const app::ItemId old = studio.add(u"old"_s);
        const app::ItemId fresh = studio.add(u"new"_s);
        Opened opened(studio);
        QCOMPARE(opened.window.currentItem(), fresh);
        opened.canvas().setFocus();
        opened.key(Qt::Key_Right);
        QCOMPARE(opened.window.currentItem(), old);
        QCOMPARE(opened.inspector().item(), old);
        QCOMPARE(opened.strip().findChild<ui::TileView*>()->currentItem(), old);
        opened.key(Qt::Key_F3);
        auto& library = opened.part<ui::LibraryView>();
        QCOMPARE(library.selectedItems(), QList<app::ItemId>{old});
        QVERIFY(!opened.strip().isVisible());
        library.setCurrentItem(fresh);
        QCOMPARE(opened.inspector().item(), fresh);
        QTest::keyClick(library.findChild<ui::TileView*>(), Qt::Key_Return);
        QVERIFY(!opened.window.isLibraryShown());
        QCOMPARE(opened.window.currentItem(), fresh);
        QCOMPARE(opened.canvas().currentItem(), fresh);
    }

    void spaceShowsThePictureAloneAndEscapeTheRest() {
        Studio studio;
        studio.add(u"x"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_Space);
        QVERIFY(opened.window.isFullScreen());
        QVERIFY(!opened.composer().isVisible());
        QVERIFY(!opened.part<ui::Toolbar>().isVisible());
        QVERIFY(!opened.strip().isVisible());
        opened.key(Qt::Key_3);
        QCOMPARE(studio->library().items().front().rating, 3);
        opened.key(Qt::Key_Escape);
        QVERIFY(!opened.window.isFullScreen());
        QVERIFY(opened.composer().isVisible());
        QVERIFY(opened.strip().isVisible());
    }

    void aModelThatCannotBeLoadedIsSaidWithAButton() {
        Studio studio;
        studio.close();
        studio.script->load_error = inference::Error{inference::ErrorCode::model_not_found, "no transformer folder"};
        studio.open();
        Opened opened(studio);
        QTRY_VERIFY(opened.message().contains(u"A file is missing: no transformer folder"_s));
        studio.script->load_error.reset();
        for (auto* button : opened.part<ui::MessageStrip>().findChildren<QPushButton*>()) {
            if (button->text() == u"Try again"_s) QTest::mouseClick(button, Qt::LeftButton);
        }
        QVERIFY(studio.waitForModel());
        QVERIFY(opened.message().isEmpty());
    }

    void aPausedQueueIsSaidAndGoesOnByOneClick() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio->queue().setPaused(true);
        studio.submit(Studio::request(u"x"_s));
        Opened opened(studio);
        QVERIFY(opened.message().contains(u"paused"_s));
        QTest::mouseClick(opened.part<ui::MessageStrip>().findChild<QPushButton*>(), Qt::LeftButton);
        QTRY_COMPARE(studio->library().items().size(), std::size_t{1});
    }

    void aFailedJobIsSaidInOneSentence() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        studio.script->error = inference::Error{inference::ErrorCode::out_of_memory, "needs 48 GiB"};
        Opened opened(studio);
        opened.window.submitPrompt(u"huge"_s);
        QTRY_VERIFY(opened.message().contains(u"48 GiB"_s));
        QVERIFY(QApplication::activeModalWidget() == nullptr);
    }

    // Undo.

    void oneUndoStackCoversRatingDeletionAndPrompt() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId a = studio.add(u"a"_s);
        const app::ItemId b = studio.add(u"b"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_4);
        opened.key(Qt::Key_U);
        opened.key(Qt::Key_Delete);
        QVERIFY(studio->library().find(b) == nullptr);
        QCOMPARE(opened.window.currentItem(), a);
        QCOMPARE(opened.prompt().toPlainText(), u"b"_s);
        QCOMPARE(opened.action(u"Undo: Delete picture"_s).isEnabled(), true);
        opened.canvas().setFocus();
        opened.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(studio->library().find(b) != nullptr);
        opened.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(opened.prompt().toPlainText(), QString());
        opened.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(studio.ratingOf(b), 0);
        QVERIFY(!opened.action(u"Undo"_s).isEnabled());
        for (int i = 0; i < 3; ++i) opened.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(studio->library().find(b) == nullptr);
    }

    void ratingWithTheSameStarsLeavesUndoAndRedoAlone() {
        Studio studio;
        studio.add(u"a"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_4);
        opened.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(opened.window.undoStack().canRedo());
        opened.key(Qt::Key_0);  // it has none
        QVERIFY(opened.window.undoStack().canRedo());
    }

    void aRatingThatCannotBeStoredIsSaidWhereverItWasGiven() {
        Studio studio;
        const app::ItemId id = studio.add(u"a"_s);
        Opened opened(studio);
        const QList<QWidget*> places{&opened.canvas(), opened.canvas().findChild<ui::RatingWidget*>(),
                                     opened.inspector().findChild<ui::RatingWidget*>(), opened.strip().findChild<ui::TileView*>()};
        for (QWidget* place : places) {
            opened.part<ui::MessageStrip>().dismiss();
            {
                const tests::FileSizeLimit full(0);
                place->setFocus();
                QTest::keyClick(place, Qt::Key_4);
            }
            QVERIFY2(opened.message().contains(u"disk has room"_s), qPrintable(describe(place)));
            QCOMPARE(studio.ratingOf(id), 0);
        }
        QCOMPARE(opened.canvas().findChild<ui::RatingWidget*>()->rating(), 0);
        QCOMPARE(opened.inspector().findChild<ui::RatingWidget*>()->rating(), 0);
        QCOMPARE(opened.window.undoStack().count(), 0);
    }

    void theTrashIsNotEmptiedWithoutAnAnswer() {
        Studio studio;
        const app::ItemId id = studio.add(u"x"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_Delete);
        QCOMPARE(studio->library().trashCount(), 1);
        opened.key(Qt::Key_Comma, Qt::ControlModifier);
        Q_EMIT opened.part<ui::SettingsPopover>().emptyTrashRequested();
        auto* question = opened.window.findChild<QMessageBox*>(u"empty_trash_question"_s);
        QVERIFY(question != nullptr);
        QVERIFY(question->text().contains(u"1 picture?"_s));
        QTest::mouseClick(question->button(QMessageBox::Cancel), Qt::LeftButton);
        QCOMPARE(studio->library().trashCount(), 1);
        opened.part<ui::SettingsPopover>().hide();
        opened.window.undoStack().undo();
        QVERIFY(studio->library().find(id) != nullptr);
    }

    // Files.

    void aDroppedPictureBringsItsRequestBackAndUndoTheEarlierOne() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        auto request = Studio::request(u"a 딸기 on yellow"_s, 77);
        request.negative_prompt = "blur";
        request.num_inference_steps = 13;
        const QString file = studio.folder() + u"/dropped picture.png"_s;
        tests::must(app::writeImage(file, tests::fakePixels(16, 16, 4, 1), request, {}));
        Opened opened(studio);
        QTest::keyClicks(&opened.prompt(), u"mine"_s);
        opened.drop(file);
        QVERIFY(opened.entered);
        QTRY_COMPARE(opened.prompt().toPlainText(), u"a 딸기 on yellow"_s);
        const auto state = opened.composer().state();
        QCOMPARE(state.request.seed, std::uint64_t{77});
        QCOMPARE(state.request.num_inference_steps, 13);
        QCOMPARE(state.request.negative_prompt, std::string("blur"));
        QVERIFY(opened.message().contains(u"dropped picture.png"_s));
        opened.window.undoStack().undo();
        QCOMPARE(opened.prompt().toPlainText(), u"mine"_s);
    }

    void aDropThatBringsNothingSaysWhy_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("not a picture") << u"notes.txt"_s << QByteArray("hello") << u"not a picture that Fuselight can read"_s;
        QTest::newRow("damaged") << u"broken.png"_s << QByteArray("hello") << u"broken.png is damaged or not a picture"_s;
        QTest::newRow("nobody's") << u"plain.png"_s << QByteArray() << u"plain.png carries no prompt"_s;
    }
    void aDropThatBringsNothingSaysWhy() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        Studio studio;
        const QString path = studio.folder() + u'/' + name;
        if (bytes.isEmpty()) {
            app::ExportOptions bare;
            bare.embed_request = false;
            tests::must(app::writeImage(path, tests::fakePixels(8, 8, 3, 1), {}, bare));
        } else {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) > 0);
        }
        Opened opened(studio);
        QTest::keyClicks(&opened.prompt(), u"mine"_s);
        opened.drop(path);
        QTRY_VERIFY2(opened.message().contains(words), qPrintable(opened.message()));
        QCOMPARE(opened.prompt().toPlainText(), u"mine"_s);
        QCOMPARE(opened.window.undoStack().count(), 0);
    }

    void aPictureOfTheUsersOwnEntersTheLibraryWithWordsAndUndoTakesItOut() {
        Studio studio;
        const QString path = plainPicture(studio, u"holiday.png"_s);
        Opened opened(studio);
        opened.drop(path);
        QTRY_VERIFY(opened.message().contains(u"holiday.png carries no prompt"_s));
        auto* offer = opened.part<ui::MessageStrip>().findChild<QPushButton*>();
        QCOMPARE(offer->text(), u"Add to the library…"_s);
        offer->click();
        auto* dialog = opened.window.findChild<ui::AddPicturesDialog*>();
        QVERIFY(dialog);
        QTest::keyClicks(dialog->findChild<QLineEdit*>(), u"a beach"_s);
        ui_test::grab(*dialog, u"add_pictures"_s);
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(studio->library().items().size(), std::size_t{1});
        const app::ItemId id = studio->library().items().front().id;
        QCOMPARE(studio.item(id).prompt, u"a beach"_s);
        QTRY_COMPARE(opened.window.currentItem(), std::optional(id));
        QVERIFY(opened.message().contains(u"Added 1 picture"_s));
        opened.window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&opened.window));
        opened.canvas().setFocus();
        opened.key(Qt::Key_4);
        QCOMPARE(studio.ratingOf(id), 4);
        opened.key(Qt::Key_B);
        QVERIFY(opened.message().contains(u"was not drawn here"_s));
        ui_test::grab(opened.window, u"own_picture"_s);
        opened.window.undoStack().undo();  // the stars
        opened.window.undoStack().undo();
        QVERIFY(studio->library().items().empty());
        opened.window.undoStack().redo();
        QCOMPARE(studio->library().items().size(), std::size_t{1});
        QVERIFY(studio->ownPictures().isOwn(id));
        QVERIFY2(QFile::exists(path), "the original is nobody's to move");
    }

    void picturesDroppedIntoTheLibraryAreAddedAndBadOnesNamed() {
        Studio studio;
        const QString good = plainPicture(studio, u"good.png"_s);
        const QString bad = studio.folder() + u"/bad.png"_s;
        QFile file(bad);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello") > 0);
        file.close();
        Opened opened(studio);
        opened.key(Qt::Key_F3);
        opened.drop({good, bad}, {700, 400});
        auto* dialog = opened.window.findChild<ui::AddPicturesDialog*>();
        QVERIFY(dialog);
        dialog->accept();
        QTRY_VERIFY2(opened.message().contains(u"Damaged, too large or not a picture: bad.png."_s), qPrintable(opened.message()));
        QVERIFY(opened.message().contains(u"Added 1 picture"_s));
        QCOMPARE(studio->library().items().size(), std::size_t{1});
        QCOMPARE(studio->library().items().front().prompt, QString());
    }

    void whoeverChangesTheirMindAddsNothing() {
        Studio studio;
        const QString path = plainPicture(studio, u"x.png"_s);
        Opened opened(studio);
        opened.key(Qt::Key_F3);
        opened.drop({path}, {700, 400});
        auto* dialog = opened.window.findChild<ui::AddPicturesDialog*>();
        QVERIFY(dialog);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTest::qWait(50);
        QVERIFY(studio->library().items().empty());
        QCOMPARE(opened.window.undoStack().count(), 0);
    }

    void aPictureIsSavedInTheFormatThatWasChosen_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("alpha");
        QTest::newRow("png") << u"copy.png"_s << true;
        QTest::newRow("webp") << u"copy.webp"_s << true;
        QTest::newRow("tiff") << u"copy.tiff"_s << true;
        QTest::newRow("jpeg") << u"copy.jpg"_s << false;
    }
    void aPictureIsSavedInTheFormatThatWasChosen() {
        QFETCH(QString, name);
        QFETCH(bool, alpha);
        Studio studio;
        studio.add(u"a red apple"_s, tests::fakePixels(16, 16, 4, 3), 3);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_E);
        const QString target = studio.folder() + u'/' + name;
        QVERIFY(saveAs(opened, target));
        QTRY_VERIFY2(opened.message().contains(u"Saved as "_s + name), qPrintable(opened.message()));
        const auto pixels = app::readImage(target);
        QVERIFY(pixels.has_value());
        QCOMPARE(pixels->channels, alpha ? 4 : 3);
        const auto request = app::readEmbeddedRequest(target);
        QVERIFY(request.has_value());
        QCOMPARE(request->prompt, std::string("a red apple"));
        QCOMPARE(studio->settings().settings().image_export.directory, studio.folder());
    }

    void aColourBehindIsAskedForOnlyWhereAlphaIsLost() {
        ui::SaveDialog dialog({}, u"apple-7"_s, true);
        dialog.show();
        const auto asked = [&dialog] {
            for (const auto* label : dialog.findChildren<QLabel*>()) {
                if (label->text() == u"Behind transparent parts"_s) return label->isVisible();
            }
            return false;
        };
        QVERIFY(!asked());
        auto* name = dialog.findChild<QLineEdit*>(u"fileNameEdit"_s);
        name->setText(u"apple.jpg"_s);
        QVERIFY(asked());
        QCOMPARE(dialog.options().format, app::ImageFormat::jpeg);
        for (auto* swatch : dialog.findChildren<QAbstractButton*>()) {
            if (swatch->accessibleName() == u"Black"_s) QTest::mouseClick(swatch, Qt::LeftButton);
        }
        QCOMPARE(dialog.options().matte.rgb(), QColor(Qt::black).rgb());
        QCOMPARE(dialog.remember().matte, u"#000000"_s);
        ui_test::grab(dialog, u"save_dialog"_s);
        name->setText(u"apple.webp"_s);
        QVERIFY(!asked());
        ui::SaveDialog opaque({}, u"apple-7"_s, false);
        opaque.show();
        opaque.findChild<QLineEdit*>(u"fileNameEdit"_s)->setText(u"apple.jpg"_s);
        for (const auto* label : opaque.findChildren<QLabel*>()) QVERIFY(label->text() != u"Behind transparent parts"_s || !label->isVisible());
    }

    void aNameWithoutAnEndingGetsTheFormats() {
        app::Settings::Export remembered;
        remembered.format = u"webp"_s;
        ui::SaveDialog dialog(remembered, u"apple-7"_s, false);
        QVERIFY(dialog.path().endsWith(u"apple-7.webp"_s));
        dialog.findChild<QLineEdit*>(u"fileNameEdit"_s)->setText(u"pear"_s);
        QVERIFY2(dialog.path().endsWith(u"pear.webp"_s), qPrintable(dialog.path()));
        QCOMPARE(dialog.options().format, app::ImageFormat::webp);
    }

    void aSuggestedNameIsSafeOnEveryFileSystem() {
        QCOMPARE(ui::suggestedFileName(Studio::request(u"A red/apple: \"fresh\"?"_s, 5)), u"a-red-apple-fresh-5"_s);
        QCOMPARE(ui::suggestedFileName(Studio::request(u"../../etc/passwd"_s, 5)), u"etc-passwd-5"_s);
        QCOMPARE(ui::suggestedFileName(Studio::request(QString(), 5)), u"fuselight-5"_s);
        QCOMPARE(ui::suggestedFileName(Studio::request(u"노란 딸기"_s, 5)), u"노란-딸기-5"_s);
        QVERIFY(ui::suggestedFileName(Studio::request(u"x"_s.repeated(5000), 5)).size() < 60);
    }

    void aFolderThatCannotBeWrittenToGivesOneSentence() {
        if (!QFileInfo::exists(u"/sys/kernel"_s)) QSKIP("/sys is not mounted here, the one folder where root may not write");
        Studio studio;
        studio.add(u"x"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_E);
        QVERIFY(saveAs(opened, u"/sys/copy.png"_s));  // not even root writes there
        QTRY_VERIFY2(opened.message().contains(u"could not be read or written"_s), qPrintable(opened.message()));
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        QCOMPARE(studio->library().items().size(), std::size_t{1});
    }

    void aFullDiskGivesOneSentenceAndLeavesNoHalfFile() {
        Studio studio;
        studio.add(u"x"_s);
        Opened opened(studio);
        opened.canvas().setFocus();
        opened.key(Qt::Key_E);
        const QString target = studio.folder() + u"/copy.png"_s;
        {
            const tests::FileSizeLimit full(0);
            QVERIFY(saveAs(opened, target));
            QTRY_VERIFY2(opened.message().contains(u"disk has room"_s), qPrintable(opened.message()));
        }
        QVERIFY(QDir(studio.folder()).entryList({u"*copy*"_s}, QDir::Files | QDir::Hidden).isEmpty());
        // With room again the same command works.
        opened.action(u"Save as…"_s).trigger();
        QVERIFY(saveAs(opened, target));
        QTRY_VERIFY(QFile::exists(target));
    }

    // Tomorrow.

    void theSessionIsThereAfterARestart() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId old = studio.add(u"old"_s);
        studio.add(u"new"_s);
        QSize size;
        QList<int> columns;
        {
            Opened opened(studio);
            opened.window.resize(900, 640);
            opened.key(Qt::Key_F9);  // inspector away
            QCoreApplication::processEvents();
            opened.part<QSplitter>().setSizes({400, 500, 0});
            QTest::keyClicks(&opened.prompt(), u"half a sentence"_s);
            opened.canvas().setFocus();
            opened.key(Qt::Key_Right);
            size = opened.window.size();
            columns = opened.part<QSplitter>().sizes();
            opened.window.close();
        }
        studio.reopen();
        Opened opened(studio);
        QCOMPARE(opened.prompt().toPlainText(), u"half a sentence"_s);
        QCOMPARE(opened.window.size(), size);
        QCOMPARE(opened.part<QSplitter>().sizes().first(), columns.first());
        QVERIFY(!opened.inspector().isVisible());
        QCOMPARE(opened.window.currentItem(), old);
        QVERIFY(!opened.canvas().followsNewest());
    }

    void theLibraryIsOpenAgainWhenItWasOpen() {
        Studio studio;
        studio.add(u"x"_s);
        {
            Opened opened(studio);
            opened.key(Qt::Key_F3);
            opened.part<ui::LibraryView>().setThumbnailSide(208);
            opened.window.close();
        }
        studio.reopen();
        Opened opened(studio);
        QVERIFY(opened.window.isLibraryShown());
        QCOMPARE(opened.part<ui::LibraryView>().findChild<ui::TileView*>()->pictureSide(), 208);
    }

    void settingsFromAnotherScreenDoNotLoseTheWindow() {
        Studio studio;
        app::Settings settings = studio->settings().settings();
        settings.window.geometry = QByteArray("not a geometry");
        settings.window.columns = QByteArray("neither");
        settings.window.selected_item = 4711;
        studio->settings().update(settings);
        Opened opened(studio);
        QVERIFY(opened.window.isVisible());
        QVERIFY(opened.window.width() >= 900);
        QVERIFY(opened.composer().width() >= ui::theme::prompt_column_min);
    }

    void theWindowInBothThemes_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("dark");
        for (const bool dark : {true, false}) {
            for (const QString& language : ui::availableLanguages()) QTest::addRow("%s %d", qPrintable(language), dark) << language << dark;
        }
    }
    void theWindowInBothThemes() {
        QFETCH(QString, language);
        QFETCH(bool, dark);
        Studio studio;
        QVERIFY(studio.waitForModel());
        app::Settings settings = studio->settings().settings();
        settings.appearance.language = language;
        settings.appearance.theme = dark ? app::Theme::dark : app::Theme::light;
        studio->settings().update(settings);
        const QString name = u"_%1_%2"_s.arg(language, dark ? u"dark"_s : u"light"_s);
        Opened opened(studio);
        opened.window.resize(1440, 900);
        ui_test::grab(opened.window, u"window_empty"_s + name);
        for (std::uint64_t seed = 0; seed < 6; ++seed)
            studio.add(u"three strawberries on a yellow background"_s, tests::fakePixels(128, 128, 3, seed), seed);
        HeldJob job(studio, Studio::request(u"a red apple on a very long table with a blue cloth"_s, 3));
        QTRY_VERIFY(!opened.part<ui::ImageView>().image().isNull());
        ui_test::grab(opened.window, u"window_drawing"_s + name);
        QVERIFY(job.finish());
        QTRY_VERIFY(opened.window.currentItem().has_value());
        QVERIFY(studio->library().setRating(*opened.window.currentItem(), 4).has_value());
        ui_test::grab(opened.window, u"window_full"_s + name);
        // Nothing visible is cut at its side.
        for (const auto* button : opened.window.findChildren<QAbstractButton*>()) {
            if (!button->isVisible() || button->text().isEmpty() || qobject_cast<const ui::ExampleCard*>(button)) continue;
            QVERIFY2(button->width() >= button->fontMetrics().horizontalAdvance(button->text()), qPrintable(describe(button) + button->text()));
        }
    }

private:
    static bool saveAs(Opened& opened, const QString& target) {
        auto* dialog = opened.window.findChild<ui::SaveDialog*>();
        if (!dialog || !QTest::qWaitFor([dialog] { return dialog->isVisible(); })) return false;
        dialog->setDirectory(QFileInfo(target).absolutePath());
        dialog->findChild<QLineEdit*>(u"fileNameEdit"_s)->setText(target);
        dialog->findChild<QLineEdit*>(u"fileNameEdit"_s)->setFocus();
        QMetaObject::invokeMethod(dialog, "accept");
        return QTest::qWaitFor([&opened] { return opened.window.findChild<ui::SaveDialog*>() == nullptr; });
    }
};

UI_TEST(window, WindowTest);

#include "window_test.moc"
