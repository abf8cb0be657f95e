// SPDX-License-Identifier: Apache-2.0
// MainWindow: what is shown, and what of it is remembered.
#include <QAbstractButton>
#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QUrl>
#include <utility>

#include "app/application.h"
#include "app/imaging/image_exporter.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/models/model_catalogue.h"
#include "app/paths/profile_paths.h"
#include "app/settings/settings_store.h"
#include "ui/duel/duel_session.h"
#include "ui/duel/duel_view.h"
#include "ui/errors/message_strip.h"
#include "ui/gallery/filmstrip.h"
#include "ui/gallery/library_view.h"
#include "ui/inspector/inspector.h"
#include "ui/models/model_messages.h"
#include "ui/models/models_panel.h"
#include "ui/prompt/composer.h"
#include "ui/queue/queue_panel.h"
#include "ui/settings/about_window.h"
#include "ui/settings/language.h"
#include "ui/settings/settings_popover.h"
#include "ui/taste/taste_controller.h"
#include "ui/taste/taste_page.h"
#include "ui/theme/popover.h"
#include "ui/theme/theme.h"
#include "ui/viewer/comparison.h"
#include "ui/viewer/studio_canvas.h"
#include "ui/window/actions.h"
#include "ui/window/main_window.h"
#include "ui/window/picture_files.h"
#include "ui/window/shortcut_window.h"
#include "ui/window/toolbar.h"

namespace ui {

namespace {
constexpr int queue_width = 360;
constexpr int queue_height = 440;

QStringList pictureFiles(const QMimeData& data) {
    QStringList files;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile() && app::imageFormatOf(url.toLocalFile())) files.append(url.toLocalFile());
    return files;
}

/// A folder, or the index of a model in it.
QString modelFolder(const QMimeData& data) {
    for (const QUrl& url : data.urls()) {
        const QFileInfo file(url.toLocalFile());
        if (url.isLocalFile() && (file.isDir() || file.fileName() == QStringLiteral("model_index.json"))) return file.absoluteFilePath();
    }
    return {};
}
}  // namespace

void MainWindow::makeLibrary() {
    library_ = new LibraryView(application_, undo_, centre_);
    library_->setThumbnailSide(application_.settings().settings().window.thumbnail_side);
    centre_->addWidget(library_);
    connect(library_, &LibraryView::itemActivated, this, [this](app::ItemId item) {
        showView(View::studio);
        setCurrent(item);
        canvas_->setFocus();
    });
    connect(library_, &LibraryView::selectionChanged, this, [this] {
        if (!isLibraryShown() || setting_current_) return;
        const auto chosen = library_->selectedItems();
        inspector_->setItem(chosen.isEmpty() ? std::nullopt : std::optional(chosen.constFirst()));
        updateActions();
    });
    connect(library_, &LibraryView::storageFailed, this, &MainWindow::reportStorage);
    connect(library_, &LibraryView::thumbnailSideChanged, this, [this](int side) {
        app::Settings settings = application_.settings().settings();
        settings.window.thumbnail_side = side;
        application_.settings().update(settings);
    });
}

/// What was looked at in the library is what the studio goes on with.
void MainWindow::leaveLibrary() {
    const auto chosen = library_->selectedItems();
    if (chosen.size() == 1) setCurrent(chosen.constFirst());
    else inspector_->setItem(current_);
}

void MainWindow::makeDuel() {
    duel_ = new DuelView(application_.library(), centre_);
    centre_->addWidget(duel_);
    duels_ = new DuelSession(application_.taste(), *duel_, this);
    connect(duel_, &DuelView::closeWanted, this, [this] { showView(View::studio); });
    connect(duels_, &DuelSession::storageFailed, this, &MainWindow::reportStorage);
}

void MainWindow::makeTaste() {
    taste_ = new TastePage(application_.library(), application_.thumbnails(), centre_);
    centre_->addWidget(taste_);
    auto* controller = new TasteController(application_, *taste_, this);
    connect(taste_, &TastePage::duelWanted, this, [this] { showView(View::duel); });
    connect(taste_, &TastePage::pictureWanted, this, [this](app::ItemId item) {
        showView(View::studio);
        setCurrent(item);
    });
    connect(controller, &TasteController::failed, this, &MainWindow::reportStorage);
    connect(controller, &TasteController::said, this,
            [this](const QString& sentence) { messages_->showMessage(MessageStrip::Kind::note, sentence); });
}

void MainWindow::showView(View view) {
    if (view != View::studio && picture_alone_) setPictureAlone(false);
    const View before = std::exchange(view_, view);
    switch (view) {
    case View::library:
        if (!library_) makeLibrary();
        if (current_) library_->setCurrentItem(*current_);
        centre_->setCurrentWidget(library_);
        library_->setFocus();
        break;
    case View::duel:
        if (!duel_) makeDuel();
        centre_->setCurrentWidget(duel_);
        duels_->begin();
        duel_->setFocus();
        break;
    case View::taste:
        if (!taste_) makeTaste();
        centre_->setCurrentWidget(taste_);
        taste_->setFocus();
        break;
    case View::studio:
    case View::count:
        if (before == View::studio) break;
        centre_->setCurrentWidget(canvas_);
        showWelcome(application_.library().items().empty() && application_.queue().jobs().empty());
        if (before == View::library) leaveLibrary();
        canvas_->setFocus();
        break;
    }
    toolbar_->setView(view);
    (*actions_)[Command::studio].setChecked(view == View::studio);
    (*actions_)[Command::library].setChecked(view == View::library);
    (*actions_)[Command::duel].setChecked(view == View::duel);
    (*actions_)[Command::taste].setChecked(view == View::taste);
    showColumns();
    updateActions();
    if (restored_) save_timer_.start();
}

/// The columns and the strip of this view.
void MainWindow::showColumns() {
    const bool beside = !picture_alone_ && (view_ == View::studio || view_ == View::library);
    composer_->setVisible(beside);
    inspector_->setVisible(beside && (*actions_)[Command::inspector].isChecked());
    filmstrip_->setVisible(!picture_alone_ && view_ == View::studio);
}

void MainWindow::showWelcome(bool wanted) {
    if (wanted && !welcome_) {
        welcome_ = new Welcome(centre_);
        centre_->addWidget(welcome_);
        connect(welcome_, &Welcome::exampleChosen, this, &MainWindow::drawExample);
    }
    if (view_ != View::studio) return;  // decided again when the studio comes back
    if (wanted) centre_->setCurrentWidget(welcome_);
    else centre_->setCurrentWidget(canvas_);
}

void MainWindow::showInspector(bool visible) {
    (*actions_)[Command::inspector].setChecked(visible);
    showColumns();
    if (restored_) save_timer_.start();
}

void MainWindow::setPictureAlone(bool alone) {
    if (alone == picture_alone_) {
        (*actions_)[Command::full_screen].setChecked(alone);
        return;
    }
    if (alone && view_ != View::studio) {
        const auto chosen = chosenItems();
        showView(View::studio);
        if (!chosen.isEmpty()) setCurrent(chosen.constFirst());
    }
    picture_alone_ = alone;
    (*actions_)[Command::full_screen].setChecked(alone);
    toolbar_->setVisible(!alone);
    showColumns();
    canvas_->setFullScreenMode(alone);
    if (alone) {
        was_maximized_ = isMaximized();
        showFullScreen();
        canvas_->setFocus();
    } else if (was_maximized_) {
        showMaximized();
    } else {
        showNormal();
    }
}

void MainWindow::openQueue() {
    if (!queue_) {
        auto* panel = new QueuePanel(application_, nullptr);
        panel->setDrawnToCompare([this](app::JobId job) { return canvas_->comparison().drewFor(job); });
        panel->setMinimumSize(queue_width, queue_height);
        connect(panel, &QueuePanel::failed, this, [this](const inference::Error& error) { messages_->showError(error); });
        queue_ = new Popover(panel, this);
        queue_->setAccessibleName(tr("Queue"));
    }
    queue_->openBelow(toolbar_->queueButton());
}

void MainWindow::openModels() {
    if (!models_) {
        models_panel_ = new ModelsPanel(application_, nullptr);
        models_ = new Popover(models_panel_, this);
        models_->setAccessibleName(tr("Models"));
        connect(models_panel_, &ModelsPanel::addRequested, this, &MainWindow::addModel);
        connect(models_panel_, &ModelsPanel::textModelRequested, this, &MainWindow::chooseTextModel);
        connect(models_panel_, &ModelsPanel::removeRequested, model_messages_, &ModelMessages::remove);
    }
    models_->openBelow(toolbar_->modelButton());
    models_panel_->focusOpenCard();
}

void MainWindow::addModel() {
    if (models_) models_->hide();
    auto* dialog = new QFileDialog(this, tr("Choose the folder of a model"), application_.settings().settings().image_export.directory);
    dialog->setObjectName(QStringLiteral("add_model_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) { application_.models().add(folder); });
    dialog->open();
}

void MainWindow::chooseTextModel(app::ModelId model) {
    const app::ModelEntry* entry = application_.models().find(model);
    if (!entry) return;
    models_->hide();
    auto* dialog = new QFileDialog(this, tr("Choose the folder of the text model"), entry->location.text_model);
    dialog->setObjectName(QStringLiteral("text_model_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, pipeline = entry->location.pipeline](const QString& folder) { application_.models().add(pipeline, folder); });
    dialog->open();
}

void MainWindow::openSettings() {
    if (!settings_) {
        settings_ = new SettingsPopover(application_, this);
        connect(settings_, &SettingsPopover::emptyTrashRequested, this, &MainWindow::askToEmptyTrash);
        connect(settings_, &SettingsPopover::imagesFolderRequested, this, [this] { files_->showFolder(application_.paths().images_dir); });
        connect(settings_, &SettingsPopover::shortcutsRequested, this, &MainWindow::openShortcuts);
        connect(settings_, &SettingsPopover::aboutRequested, this, &MainWindow::openAbout);
    }
    settings_->openBelow(toolbar_->settingsButton());
}

void MainWindow::openShortcuts() {
    auto* window = findChild<ShortcutWindow*>();
    if (!window) window = new ShortcutWindow(*actions_, this);
    window->show();
    window->raise();
    window->activateWindow();
}

void MainWindow::openAbout() {
    auto* window = findChild<AboutWindow*>();
    if (!window) window = new AboutWindow(this);
    window->show();
    window->raise();
    window->activateWindow();
}

void MainWindow::askToEmptyTrash() {
    const int count = application_.library().trashCount();
    if (count == 0) return;
    auto* question = new QMessageBox(QMessageBox::NoIcon, tr("Empty the trash"), tr("Empty the trash of %n picture(s)?", nullptr, count),
                                     QMessageBox::Cancel, this);
    question->setObjectName(QStringLiteral("empty_trash_question"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(tr("The files go to the desktop's own trash. Fuselight can no longer bring them back by undo."));
    QAbstractButton* empty = question->addButton(tr("Empty trash"), QMessageBox::AcceptRole);
    connect(question, &QMessageBox::buttonClicked, this, [this, empty](QAbstractButton* chosen) {
        if (chosen != empty) return;
        undo_.clear();  // deletions in it could no longer be undone
        const auto emptied = application_.library().emptyTrash();
        if (emptied) messages_->showMessage(MessageStrip::Kind::note, tr("%n picture(s) moved to the desktop's trash.", nullptr, *emptied));
        else reportStorage(emptied.error());
    });
    question->open();
}

void MainWindow::updateActions() {
    const bool chosen = !chosenItems().isEmpty();
    for (const Command command :
         {Command::save_as, Command::show_file, Command::move_to_trash, Command::use_again, Command::use_again_new_seed, Command::use_prompt,
          Command::rate_0, Command::rate_1, Command::rate_2, Command::rate_3, Command::rate_4, Command::rate_5, Command::pick, Command::reject})
        (*actions_)[command].setEnabled(chosen);
    (*actions_)[Command::compare].setEnabled(view_ == View::studio && current_.has_value());
    for (const Command command : {Command::previous, Command::next, Command::zoom_in, Command::zoom_out, Command::zoom_fit, Command::zoom_actual})
        (*actions_)[command].setEnabled(view_ == View::studio);
}

void MainWindow::restoreSession() {
    const app::Settings::Window window = application_.settings().settings().window;
    if (!window.geometry.isEmpty()) restoreGeometry(window.geometry);
    if (!window.columns.isEmpty()) columns_->restoreState(window.columns);
    showInspector(window.inspector_visible);
    const bool empty = application_.library().items().empty() && application_.queue().jobs().empty();
    showWelcome(empty);
    const app::ItemId selected{window.selected_item};
    if (application_.library().find(selected)) setCurrent(selected);
    else setCurrent(canvas_->currentItem());
    showView(window.view == 1 ? View::library : View::studio);
    if (window.view != 1) composer_->focusPrompt();
    restored_ = true;
}

void MainWindow::saveSession() {
    save_timer_.stop();
    app::Settings settings = application_.settings().settings();
    if (!picture_alone_) {
        settings.window.geometry = saveGeometry();
        settings.window.columns = columns_->saveState();
    }
    settings.window.inspector_visible = (*actions_)[Command::inspector].isChecked();
    settings.window.view = isLibraryShown() ? 1 : 0;
    settings.window.selected_item = current_ ? current_->value : 0;
    application_.settings().update(settings);
}

void MainWindow::applySettings(const app::Settings& settings) {
    applyTheme(*qApp, settings.appearance.theme);
    applyLanguage(*qApp, settings.appearance.language);
}

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    if (event->type() == QEvent::WindowStateChange && picture_alone_ && !isFullScreen()) setPictureAlone(false);
    QMainWindow::changeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveSession();
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    // A picture that is dragged out of this window is not news to it.
    if (event->mimeData()->hasUrls() && !event->source()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QStringList files = pictureFiles(*event->mimeData());
    event->acceptProposedAction();
    const QString model = files.isEmpty() ? modelFolder(*event->mimeData()) : QString();
    // Into the library, or several at once: to be kept. One on the studio brings its settings, and where it has none, it can be kept.
    const bool on_prompt = composer_->isVisible() && composer_->rect().contains(composer_->mapFrom(this, event->position().toPoint()));
    if (!on_prompt && (files.size() > 1 || (files.size() == 1 && isLibraryShown()))) files_->addPictures(files);
    else if (!files.isEmpty()) openFiles(files);
    else if (!model.isEmpty()) application_.models().add(model);
    else
        messages_->showMessage(MessageStrip::Kind::warning, tr("This is not a picture that Fuselight can read."),
                               tr("Drop a PNG, WebP, TIFF or JPEG that Fuselight saved."));
}

void MainWindow::moveEvent(QMoveEvent* event) {
    QMainWindow::moveEvent(event);
    if (restored_ && isVisible()) save_timer_.start();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (restored_ && isVisible()) save_timer_.start();
}

void MainWindow::retranslate() {
    setWindowTitle(QStringLiteral("Fuselight"));
    actions_->retranslate();
    columns_->setAccessibleName(tr("Studio"));
    if (queue_) queue_->setAccessibleName(tr("Queue"));
    if (models_) models_->setAccessibleName(tr("Models"));
}

}  // namespace ui
