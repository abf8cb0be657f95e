// SPDX-License-Identifier: Apache-2.0
// StudioCanvas: its parts, where they stand, and what keys and pointer do.

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDrag>
#include <QGuiApplication>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <algorithm>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/feedback/taste_service.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_loader.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "ui/gallery/empty_notice.h"
#include "ui/gallery/item_actions.h"
#include "ui/gallery/item_drag.h"
#include "ui/rating/rating_widget.h"
#include "ui/theme/theme.h"
#include "ui/viewer/batch_board.h"
#include "ui/viewer/canvas_plates.h"
#include "ui/viewer/comparison.h"
#include "ui/viewer/comparison_plate.h"
#include "ui/viewer/image_view.h"
#include "ui/viewer/studio_canvas.h"

namespace ui {

namespace {
constexpr int view_slot = 0;
constexpr int first_board_slot = 1;
constexpr int idle_ms = 2000;
constexpr int plate_height = theme::control_height + 2 * theme::space_xs;
}  // namespace

StudioCanvas::StudioCanvas(app::Application& application, QUndoStack& stack, QWidget* parent) :
    QWidget(parent), application_(application), loader_(new app::ImageLoader(this)),
    actions_(new ItemActions(application.library(), application.taste(), stack, this)), view_(new ImageView(*loader_, view_slot, this)),
    board_(new BatchBoard(*loader_, first_board_slot, this)), broken_(new EmptyNotice(this)), rating_(new RatingPlate(this)),
    progress_(new ProgressPlate(this)), zoom_(new ZoomPlate(this)), comparison_(new Comparison(application, this)),
    before_after_(new ComparisonPlate(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(theme::inspector_column, theme::inspector_column);
    setAttribute(Qt::WA_OpaquePaintEvent);
    broken_->hide();
    board_->hide();
    progress_->hide();
    before_after_->hide();
    buildPlates();
    connectServices();
    connectComparison();
    retranslate();
    follow();
}

StudioCanvas::~StudioCanvas() = default;

void StudioCanvas::buildPlates() {
    idle_.setSingleShot(true);
    idle_.setInterval(idle_ms);
    connect(&idle_, &QTimer::timeout, this, [this] { showPlates(false); });
    for (QWidget* surface : {static_cast<QWidget*>(view_), static_cast<QWidget*>(board_)}) {
        surface->setMouseTracking(true);
        surface->installEventFilter(this);
    }
    connect(view_, &ImageView::zoomChanged, this, [this] { zoom_->showZoom(view_->zoom(), view_->fits()); });
    connect(view_, &ImageView::dragWanted, this, [this] {
        if (current_) dragOut(*current_);
    });
    connect(zoom_, &ZoomPlate::zoomInWanted, this, &StudioCanvas::zoomIn);
    connect(zoom_, &ZoomPlate::zoomOutWanted, this, &StudioCanvas::zoomOut);
    connect(zoom_, &ZoomPlate::actualWanted, this, &StudioCanvas::zoomActual);
    connect(zoom_, &ZoomPlate::fitWanted, this, &StudioCanvas::zoomFit);
    connect(zoom_, &ZoomPlate::batchWanted, this, &StudioCanvas::backToBoard);
    connect(&rating_->stars(), &RatingWidget::ratingChosen, this, [this](int stars) {
        if (current_) actions_->rate({*current_}, stars);
        refreshRating();  // where it could not be stored, the stars go back
    });
    connect(progress_, &ProgressPlate::cancelled, this, [this] {
        if (const app::Job* job = activeJob()) application_.queue().cancel(job->id);
    });
    connect(board_, &BatchBoard::activated, this, &StudioCanvas::lookCloser);
    connect(board_, &BatchBoard::currentChanged, this, [this](int cell) {
        if (cell >= 0 && scene_ == Scene::board) setCurrent(board_->cell(cell).item);
    });
    connect(board_, &BatchBoard::rateWanted, this, [this](int cell, int stars) {
        board_->setCurrent(cell);
        if (const auto item = board_->cell(cell).item) actions_->rate({*item}, stars);
    });
    connect(board_, &BatchBoard::dragWanted, this, [this](int cell) {
        if (const auto item = board_->cell(cell).item) dragOut(*item);
    });
    connect(actions_, &ItemActions::storageFailed, this, &StudioCanvas::storageFailed);
}

void StudioCanvas::connectServices() {
    auto& queue = application_.queue();
    auto& library = application_.library();
    auto& generation = application_.generation();
    connect(&queue, &app::JobQueue::jobAdded, this, &StudioCanvas::onJobChanged);
    connect(&queue, &app::JobQueue::jobChanged, this, &StudioCanvas::onJobChanged);
    connect(&queue, &app::JobQueue::jobRemoved, this, &StudioCanvas::onJobChanged);
    connect(&queue, &app::JobQueue::pausedChanged, this, [this] {
        refreshProgress();
        refreshEmptyState();
    });
    connect(&generation, &app::GenerationService::livePreviewChanged, this, &StudioCanvas::onPreview);
    connect(&generation, &app::GenerationService::imageFinished, this, &StudioCanvas::onImageFinished);
    connect(&application_.engine(), &app::EngineThread::loadProgressed, this, [this](double fraction) {
        load_fraction_ = fraction;
        if (!progress_->isHidden()) refreshProgress();
    });
    connect(&library, &app::Library::itemAdded, this, &StudioCanvas::onItemAdded);
    connect(&library, &app::Library::itemsRemoved, this, &StudioCanvas::onItemsRemoved);
    connect(&library, &app::Library::itemsRestored, this, &StudioCanvas::onItemsRestored);
    connect(&library, &app::Library::ratingChanged, this, &StudioCanvas::onRatingChanged);
    connect(&application_.taste(), &app::TasteService::picksChanged, this, [this] {
        refreshRating();
        place();
    });
    connect(loader_, &app::ImageLoader::ready, this, &StudioCanvas::onLoaded);
    connect(loader_, &app::ImageLoader::failed, this, &StudioCanvas::onLoadFailed);
}

void StudioCanvas::connectComparison() {
    connect(comparison_, &Comparison::changed, this, [this] {
        // Nothing that is drawn meanwhile takes the place of what is compared.
        if (comparison_->state() == Comparison::State::waiting) follows_ = false;
        else if (comparison_->state() == Comparison::State::none && current_) follows_ = isNewest(*current_);
        refreshComparison();
        place();
    });
    connect(comparison_, &Comparison::wanted, this, [this](app::ItemId item) {
        follows_ = isNewest(item);
        showPicture(item);
    });
    connect(comparison_, &Comparison::said, this, &StudioCanvas::said);
    connect(comparison_, &Comparison::modelMissing, this, &StudioCanvas::modelMissing);
    connect(comparison_, &Comparison::failed, this, &StudioCanvas::storageFailed);
}

void StudioCanvas::compare() {
    if (!current_) return;
    if (scene_ == Scene::board) lookCloser(std::max(0, board_->cellOf(*current_)));
    if (full_screen_) {
        showPlates(true);
        idle_.start();
    }
    if (current_) comparison_->toggle(*current_);
}

bool StudioCanvas::leaveComparison() {
    if (comparison_->state() == Comparison::State::none) return false;
    comparison_->giveUp();
    return true;
}

void StudioCanvas::zoomIn() {
    if (scene_ == Scene::board && board_->current() >= 0) lookCloser(board_->current());
    view_->zoomIn();
}

void StudioCanvas::zoomOut() { view_->zoomOut(); }
void StudioCanvas::zoomFit() { view_->zoomFit(); }

void StudioCanvas::zoomActual() {
    if (scene_ == Scene::board && board_->current() >= 0) lookCloser(board_->current());
    view_->zoomActual();
}

void StudioCanvas::lookCloser(int cell) {
    const auto item = board_->cell(cell).item;
    if (!item) return;
    board_->setCurrent(cell);
    showPicture(*item);
    refreshProgress();
    refreshRating();
}

void StudioCanvas::backToBoard() {
    if (board_->count() < 2) return;
    showBoard();
    refreshProgress();
    setFocus(Qt::OtherFocusReason);
}

void StudioCanvas::step(int distance) {
    const auto& items = application_.library().items();
    if (items.empty()) return;
    const int from = current_ ? application_.library().indexOf(*current_) : -1;
    const int row = std::clamp(from + distance, 0, static_cast<int>(items.size()) - 1);
    setCurrentItem(items[static_cast<size_t>(row)].id);
}

bool StudioCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        // The window has these keys too; on the board they belong to its pictures.
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool bare = !(key->modifiers() & ~Qt::KeypadModifier);
        const bool arrow = key->key() >= Qt::Key_Left && key->key() <= Qt::Key_Down;
        const bool back = key->key() == Qt::Key_Escape && isCloserLook() && !full_screen_ && !application_.queue().running();
        const bool leaves = key->key() == Qt::Key_Escape && comparison_->state() != Comparison::State::none;
        if (bare && ((arrow && scene_ == Scene::board) || back || leaves)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void StudioCanvas::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int forward = isRightToLeft() ? -1 : 1;
    const bool board = scene_ == Scene::board;
    switch (event->key()) {
    case Qt::Key_Left: board ? board_->moveCurrent(-1, 0) : step(-forward); return;
    case Qt::Key_Right: board ? board_->moveCurrent(1, 0) : step(forward); return;
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (!board) break;
        board_->moveCurrent(0, event->key() == Qt::Key_Up ? -1 : 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (board) {
            lookCloser(std::max(0, board_->current()));
        } else if (isCloserLook()) {
            backToBoard();
        }
        return;
    case Qt::Key_Escape:
        if (leaveComparison()) return;
        if (!isCloserLook() || full_screen_) break;
        backToBoard();
        return;
    case Qt::Key_Delete:
        if (current_) actions_->trash({*current_});
        return;
    default: break;
    }
    if (event->key() >= Qt::Key_0 && event->key() <= Qt::Key_5 && current_) {
        actions_->rate({*current_}, event->key() - Qt::Key_0);
        return;
    }
    QWidget::keyPressEvent(event);
}

void StudioCanvas::contextMenuEvent(QContextMenuEvent* event) {
    const app::LibraryItem* item = current_ ? application_.library().find(*current_) : nullptr;
    if (!item) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon("save"), tr("Save as…"), this, [this, id = item->id] { Q_EMIT exportRequested(id); });
    menu->addAction(icon("copy"), tr("Copy picture"), this, [path = item->path, image = loader_->inMemory(item->path)] {
        QGuiApplication::clipboard()->setMimeData(pictureMimeData({path}, image));
    });
    menu->addSeparator();
    menu->addAction(icon("trash"), tr("Move to trash"), this, [this, id = item->id] { actions_->trash({id}); });
    menu->popup(event->globalPos());
}

void StudioCanvas::dragOut(app::ItemId id) {
    const app::LibraryItem* item = application_.library().find(id);
    if (!item) return;
    const QImage image = loader_->inMemory(item->path);
    auto* drag = new QDrag(this);
    drag->setMimeData(pictureMimeData({item->path}, image));
    drag->setPixmap(dragPixmap(image, 1, this));
    drag->exec(Qt::CopyAction);
}

void StudioCanvas::setFullScreenMode(bool full_screen) {
    full_screen_ = full_screen;
    if (full_screen) {
        idle_.start();
    } else {
        idle_.stop();
    }
    showPlates(true);
    place();
}

void StudioCanvas::showPlates(bool visible) {
    if (plates_visible_ == visible) return;
    plates_visible_ = visible;
    refreshRating();
    if (visible) {
        unsetCursor();
    } else {
        setCursor(Qt::BlankCursor);
    }
}

void StudioCanvas::place() {
    view_->setGeometry(rect());
    board_->setGeometry(rect());
    broken_->setGeometry(rect());
    // Room for the plates is kept under the picture: they do not cover it, and it does not move when they change.
    const int below = plate_height + 2 * theme::space_m;
    const QMargins margins = full_screen_ ? QMargins() : QMargins(theme::space_l, theme::space_l, theme::space_l, below);
    view_->setFitMargins(margins);
    board_->setMargins(margins);

    const int bottom = height() - theme::space_m;
    const auto centre = [this, bottom](QWidget* plate) {
        const QSize size = plate->sizeHint();
        plate->setGeometry((width() - size.width()) / 2, bottom - size.height(), size.width(), size.height());
    };
    centre(rating_);
    centre(progress_);
    const QSize corner = zoom_->sizeHint();
    const QWidget* middle = progress_->isHidden() ? static_cast<QWidget*>(rating_) : progress_;
    int left = width() - corner.width() - theme::space_m;
    if (isRightToLeft()) left = theme::space_m;
    QRect area(left, bottom - corner.height(), corner.width(), corner.height());
    // A narrow canvas has no room for both in one line.
    if (!middle->isHidden() && area.intersects(middle->geometry().adjusted(-theme::space_s, 0, theme::space_s, 0))) area.moveTop(theme::space_m);
    zoom_->setGeometry(area);
    const QSize label = before_after_->sizeHint();
    QRect top((width() - label.width()) / 2, theme::space_m, label.width(), label.height());
    if (top.intersects(area)) top.moveTop(area.bottom() + theme::space_s);
    before_after_->setGeometry(top);
}

void StudioCanvas::resizeEvent(QResizeEvent*) { place(); }

void StudioCanvas::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    // Whoever listens could not yet when the canvas was made.
    empty_told_.reset();
    refreshEmptyState();
}

void StudioCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), colors(this).canvas);
}

void StudioCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    view_->setFocusShown(event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason);
}

void StudioCanvas::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    view_->setFocusShown(false);
}

bool StudioCanvas::eventFilter(QObject* watched, QEvent* event) {
    if (full_screen_ && event->type() == QEvent::MouseMove) {
        showPlates(true);
        idle_.start();
    }
    return QWidget::eventFilter(watched, event);
}

void StudioCanvas::retranslate() { setAccessibleName(tr("Canvas")); }

void StudioCanvas::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        refreshProgress();
    }
    QWidget::changeEvent(event);
}

}  // namespace ui
