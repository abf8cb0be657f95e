// SPDX-License-Identifier: Apache-2.0
#include "ui/window/main_window.h"

#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextEdit>
#include <QVBoxLayout>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/models/model_catalogue.h"
#include "app/settings/settings_store.h"
#include "ui/duel/duel_session.h"
#include "ui/errors/message_strip.h"
#include "ui/gallery/filmstrip.h"
#include "ui/gallery/item_actions.h"
#include "ui/gallery/library_view.h"
#include "ui/inspector/inspector.h"
#include "ui/models/model_messages.h"
#include "ui/models/models_panel.h"
#include "ui/prompt/composer.h"
#include "ui/rating/rating_widget.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"
#include "ui/viewer/studio_canvas.h"
#include "ui/window/actions.h"
#include "ui/window/picture_files.h"
#include "ui/window/toolbar.h"

namespace ui {

namespace {

constexpr int default_width = 1440;
constexpr int default_height = 900;
constexpr int least_width = 900;
constexpr int least_height = 560;
constexpr int save_delay_ms = 300;

bool isTextField(const QWidget* widget) {
    return qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTextEdit*>(widget) ||
        qobject_cast<const QAbstractSpinBox*>(widget);
}

/// Whether the widget with the focus needs this key itself, before the window's bare keys see it.
bool focusNeedsKey(const QWidget* focus, const QKeyEvent& key) {
    if (!focus || (key.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))) return false;
    const bool function_key = key.key() >= Qt::Key_F1 && key.key() <= Qt::Key_F35;
    if (isTextField(focus)) return !function_key && (key.key() != Qt::Key_Escape || qobject_cast<const QAbstractSpinBox*>(focus));
    const bool arrow = key.key() >= Qt::Key_Left && key.key() <= Qt::Key_Down;
    if (qobject_cast<const QAbstractButton*>(focus)) return key.key() == Qt::Key_Space;
    if (qobject_cast<const QComboBox*>(focus)) return arrow || key.key() == Qt::Key_Space;
    if (qobject_cast<const QAbstractItemView*>(focus) || qobject_cast<const QAbstractSlider*>(focus)) return arrow;
    if (qobject_cast<const RatingWidget*>(focus)) return arrow;
    return false;
}

}  // namespace

MainWindow::MainWindow(app::Application& application, QWidget* parent) : QMainWindow(parent), application_(application) {
    const app::Settings& settings = application_.settings().settings();
    applyLanguage(*qApp, settings.appearance.language);
    applyTheme(*qApp, settings.appearance.theme);
    setObjectName(QStringLiteral("main_window"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/app/fuselight.svg")));
    setMinimumSize(least_width, least_height);
    setAcceptDrops(true);
    save_timer_.setSingleShot(true);
    save_timer_.setInterval(save_delay_ms);
    connect(&save_timer_, &QTimer::timeout, this, &MainWindow::saveSession);
    build();
    connectParts();
    connectActions();
    connectServices();
    retranslate();
    restoreSession();
}

MainWindow::~MainWindow() {
    // The parts look at the undo stack and the services until they are gone; the stack is a member and would go first.
    delete takeCentralWidget();
}

void MainWindow::build() {
    resize(default_width, default_height);
    actions_ = new Actions(*this);
    item_actions_ = new ItemActions(application_.library(), application_.taste(), undo_, this);
    auto* all = new QWidget(this);
    toolbar_ = new Toolbar(application_, *actions_, all);
    messages_ = new MessageStrip(all);
    columns_ = new QSplitter(Qt::Horizontal, all);
    columns_->setChildrenCollapsible(false);
    composer_ = new Composer(application_, undo_, columns_);
    composer_->setMinimumWidth(theme::prompt_column_min);
    composer_->setMaximumWidth(theme::prompt_column_max);
    centre_ = new QStackedWidget(columns_);
    canvas_ = new StudioCanvas(application_, undo_, centre_);
    centre_->addWidget(canvas_);
    inspector_ = new Inspector(application_, undo_, columns_);
    inspector_->setMinimumWidth(theme::prompt_column_min);
    inspector_->setMaximumWidth(theme::prompt_column_max);
    columns_->addWidget(composer_);
    columns_->addWidget(centre_);
    columns_->addWidget(inspector_);
    columns_->setStretchFactor(0, 0);
    columns_->setStretchFactor(1, 1);
    columns_->setStretchFactor(2, 0);
    columns_->setSizes({theme::prompt_column, default_width - theme::prompt_column - theme::inspector_column, theme::inspector_column});
    filmstrip_ = new Filmstrip(application_, undo_, all);

    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(toolbar_);
    column->addWidget(messages_);
    column->addWidget(columns_, 1);
    column->addWidget(filmstrip_);
    setCentralWidget(all);
    files_ = new PictureFiles(application_, *composer_, *messages_, this);
    model_messages_ = new ModelMessages(application_, *messages_, this);
}

void MainWindow::connectParts() {
    connect(toolbar_, &Toolbar::viewChosen, this, &MainWindow::showView);
    connect(toolbar_, &Toolbar::queueWanted, this, &MainWindow::openQueue);
    connect(toolbar_, &Toolbar::modelsWanted, this, &MainWindow::openModels);
    connect(model_messages_, &ModelMessages::addWanted, this, &MainWindow::addModel);
    connect(composer_, &Composer::usedAgain, model_messages_, &ModelMessages::adviseFor);
    connect(canvas_, &StudioCanvas::currentItemChanged, this, &MainWindow::setCurrent);
    connect(canvas_, &StudioCanvas::emptyStateWanted, this, &MainWindow::showWelcome);
    connect(canvas_, &StudioCanvas::said, this,
            [this](const QString& sentence, const QString& next_step) { messages_->showMessage(MessageStrip::Kind::note, sentence, next_step); });
    connect(canvas_, &StudioCanvas::modelMissing, model_messages_, &ModelMessages::adviseFor);
    connect(canvas_, &StudioCanvas::exportRequested, this, [this](app::ItemId item) { files_->saveAs({item}); });
    connect(filmstrip_, &Filmstrip::currentItemChanged, this, [this](app::ItemId item) { setCurrent(item); });
    connect(filmstrip_, &Filmstrip::itemActivated, this, [this](app::ItemId item) {
        setCurrent(item);
        canvas_->setFocus();
    });
    connect(filmstrip_, &Filmstrip::liveTileActivated, this, [this] { canvas_->setCurrentItem(std::nullopt); });
    connect(files_, &PictureFiles::picturesAdded, this, [this](const QList<app::ItemId>& items) {
        item_actions_->keep(items);
        setCurrent(items.constLast());
    });
    connect(inspector_, &Inspector::useAgainRequested, this,
            [this](const inference::GenerationRequest& request, UseAgain parts) { composer_->useAgain(request, parts); });
    connect(inspector_, &Inspector::exportRequested, this, [this](app::ItemId item) { files_->saveAs({item}); });
    // Whoever could not store a rating or a deletion, it is said here.
    connect(item_actions_, &ItemActions::storageFailed, this, &MainWindow::reportStorage);
    connect(canvas_, &StudioCanvas::storageFailed, this, &MainWindow::reportStorage);
    connect(filmstrip_, &Filmstrip::storageFailed, this, &MainWindow::reportStorage);
    connect(inspector_, &Inspector::storageFailed, this, &MainWindow::reportStorage);
    connect(composer_, &Composer::submitted, this, [this] {
        showView(View::studio);
        // Whoever generates wants to see it draw.
        canvas_->setCurrentItem(std::nullopt);
        if (application_.queue().isPaused()) sayQueueIsPaused(tr("The queue is paused, so this waits."), {});
    });
    connect(composer_, &Composer::tastePageWanted, this, [this] { showView(View::taste); });
    connect(composer_, &Composer::submitFailed, this, [this](const inference::Error& error) { messages_->showError(error); });
    connect(columns_, &QSplitter::splitterMoved, &save_timer_, qOverload<>(&QTimer::start));
}

void MainWindow::connectActions() {
    const auto on = [this](Command command, auto&& run) { connect(&(*actions_)[command], &QAction::triggered, this, run); };
    on(Command::restore_settings, [this] { files_->askForSettings(); });
    on(Command::add_pictures, [this] { files_->askForPictures(); });
    on(Command::save_as, [this] { files_->saveAs(chosenItems()); });
    on(Command::show_file, [this] {
        if (const auto items = chosenItems(); !items.isEmpty()) files_->showInFolder(items.constFirst());
    });
    on(Command::settings, [this] { openSettings(); });
    on(Command::quit, [this] { close(); });
    on(Command::undo, [this] {
        if (view_ == View::duel) duels_->takeBack();
        else undo_.undo();
    });
    on(Command::redo, [this] { undo_.redo(); });
    on(Command::focus_prompt, [this] {
        setPictureAlone(false);
        composer_->focusPrompt();
    });
    on(Command::move_to_trash, [this] { moveChosenToTrash(); });
    on(Command::studio, [this] { showView(View::studio); });
    // The key that opens a view also leads back.
    for (const auto& [command, view] : {std::pair{Command::library, View::library}, {Command::duel, View::duel}, {Command::taste, View::taste}})
        on(command, [this, wanted = view] { showView(view_ == wanted ? View::studio : wanted); });
    on(Command::inspector, [this](bool visible) { showInspector(visible); });
    on(Command::queue, [this] { openQueue(); });
    on(Command::models, [this] { openModels(); });
    on(Command::add_model, [this] { addModel(); });
    on(Command::full_screen, [this] { setPictureAlone(!picture_alone_); });
    on(Command::zoom_in, [this] { canvas_->zoomIn(); });
    on(Command::zoom_out, [this] { canvas_->zoomOut(); });
    on(Command::zoom_fit, [this] { canvas_->zoomFit(); });
    on(Command::zoom_actual, [this] { canvas_->zoomActual(); });
    on(Command::generate, [this] { composer_->submit(); });
    on(Command::cancel, [this] { escape(); });
    on(Command::previous, [this] { step(-1); });
    on(Command::next, [this] { step(1); });
    for (int stars = 0; stars <= 5; ++stars) on(static_cast<Command>(static_cast<int>(Command::rate_0) + stars), [this, stars] { rate(stars); });
    on(Command::pick, [this] { item_actions_->pick(chosenItems(), app::PickAnswer::picked); });
    on(Command::reject, [this] { item_actions_->pick(chosenItems(), app::PickAnswer::rejected); });
    on(Command::compare, [this] {
        if (view_ == View::studio) canvas_->compare();
    });
    on(Command::use_again, [this] { useAgain(UseAgain::all); });
    on(Command::use_again_new_seed, [this] { useAgain(UseAgain::all_but_seed); });
    on(Command::use_prompt, [this] { useAgain(UseAgain::prompt); });
    on(Command::shortcuts, [this] { openShortcuts(); });
    on(Command::about, [this] { openAbout(); });

    const auto undo_names = [this] {
        actions_->setUndoText(undo_.canUndo() ? (undo_.undoText().isNull() ? QStringLiteral("") : undo_.undoText()) : QString());
        actions_->setRedoText(undo_.canRedo() ? (undo_.redoText().isNull() ? QStringLiteral("") : undo_.redoText()) : QString());
    };
    connect(&undo_, &QUndoStack::indexChanged, this, undo_names);
    undo_names();
}

void MainWindow::connectServices() {
    // What was added is shown before it is loaded.
    connect(&application_.models(), &app::ModelCatalogue::added, this, [this](app::ModelId model) {
        openModels();
        models_panel_->openCard(model);
    });
    connect(&application_.generation(), &app::GenerationService::jobFailed, this, [this](app::JobId job, const inference::Error& error) {
        if (error.code == inference::ErrorCode::cancelled) return;
        messages_->showError(error, tr("Try again"), [this, job] { application_.queue().retry(job); });
    });
    connect(&application_.queue(), &app::JobQueue::storageFailed, this, &MainWindow::reportStorage);
    connect(&application_.settings(), &app::SettingsStore::changed, this, &MainWindow::applySettings);
    connect(&application_.library(), &app::Library::itemsRemoved, this, [this] { updateActions(); });
    connect(qApp, &QGuiApplication::commitDataRequest, this, [this] { saveSession(); });
    if (application_.queue().isPaused() && application_.queue().waitingCount() > 0)
        sayQueueIsPaused(tr("Fuselight did not end properly last time, so the queue is paused."), tr("Nothing was lost."));
    connect(&application_.queue(), &app::JobQueue::pausedChanged, this, [this](bool paused) {
        if (!paused) messages_->retract(paused_message_);
    });
}

bool MainWindow::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (focusNeedsKey(QApplication::focusWidget(), *key)) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::event(event);
}

void MainWindow::setCurrent(std::optional<app::ItemId> item) {
    if (setting_current_) return;
    setting_current_ = true;
    current_ = item;
    if (canvas_->currentItem() != item) canvas_->setCurrentItem(item);
    filmstrip_->setCurrentItem(item.value_or(app::ItemId{}));
    if (item && library_) library_->setCurrentItem(*item);
    inspector_->setItem(item);
    setting_current_ = false;
    updateActions();
    if (restored_) save_timer_.start();
}

QList<app::ItemId> MainWindow::chosenItems() const {
    if (isLibraryShown()) return library_->selectedItems();
    if (view_ != View::studio) return {};
    return current_ ? QList<app::ItemId>{*current_} : QList<app::ItemId>{};
}

void MainWindow::step(int distance) {
    if (view_ != View::studio) return;
    const auto& items = application_.library().items();
    if (items.empty()) return;
    const int from = current_ ? application_.library().indexOf(*current_) : -1;
    const int to = qBound(0, from < 0 ? 0 : from + distance, static_cast<int>(items.size()) - 1);
    if (to != from) setCurrent(items[static_cast<std::size_t>(to)].id);
}

void MainWindow::rate(int stars) {
    const auto items = chosenItems();
    if (items.isEmpty()) return;
    item_actions_->rate(items, stars);
}

void MainWindow::moveChosenToTrash() {
    const auto items = chosenItems();
    if (items.isEmpty()) return;
    // The eye stays where it was: the next older picture, else the one before.
    std::optional<app::ItemId> neighbour;
    if (!isLibraryShown()) {
        const auto& all = application_.library().items();
        const auto at = static_cast<std::size_t>(application_.library().indexOf(items.constFirst()));
        if (at + 1 < all.size()) neighbour = all[at + 1].id;
        else if (at > 0 && at < all.size()) neighbour = all[at - 1].id;
    }
    item_actions_->trash(items);
    if (current_ && !application_.library().find(*current_)) setCurrent(neighbour);
}

void MainWindow::useAgain(UseAgain parts) {
    const auto items = chosenItems();
    if (items.isEmpty()) return;
    const auto request = application_.library().request(items.constFirst());
    if (request) composer_->useAgain(*request, parts);
    else reportStorage(request.error());
}

void MainWindow::escape() {
    QWidget* focus = QApplication::focusWidget();
    if (focus && isTextField(focus)) canvas_->setFocus();
    else if (view_ == View::studio && canvas_->leaveComparison()) return;
    else if (picture_alone_) setPictureAlone(false);
    else if (view_ == View::duel || view_ == View::taste) showView(View::studio);
    else composer_->cancelRunning();
}

void MainWindow::drawExample(const Example& example) {
    app::Settings::Composer next = composer_->state();
    inference::GenerationRequest request;
    request.prompt = example.prompt.toStdString();
    request.seed = example.seed;
    next.request = request;
    next.seed_locked = false;
    composer_->replace(next, tr("Example prompt"));
    composer_->submitAsIs();
}

void MainWindow::submitPrompt(const QString& prompt) {
    composer_->setPrompt(prompt);
    composer_->submit();
}

void MainWindow::openFiles(const QStringList& files) { files_->takeSettings(files); }

void MainWindow::raiseFromOtherInstance() {
    setWindowState((windowState() & ~Qt::WindowMinimized) | Qt::WindowActive);
    show();
    raise();
    activateWindow();
}

void MainWindow::sayQueueIsPaused(const QString& sentence, const QString& next_step) {
    paused_message_ = messages_->showMessage(MessageStrip::Kind::warning, sentence, next_step, tr("Go on drawing"),
                                             [this] { application_.queue().setPaused(false); });
}

void MainWindow::reportStorage(const inference::Error& error) { messages_->showError(error); }

}  // namespace ui
