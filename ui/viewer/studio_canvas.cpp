// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/studio_canvas.h"

#include <algorithm>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/feedback/taste_service.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_loader.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "ui/errors/error_text.h"
#include "ui/gallery/empty_notice.h"
#include "ui/gallery/item_actions.h"
#include "ui/rating/rating_widget.h"
#include "ui/viewer/batch_board.h"
#include "ui/viewer/canvas_plates.h"
#include "ui/viewer/comparison.h"
#include "ui/viewer/comparison_plate.h"
#include "ui/viewer/drawing_text.h"
#include "ui/viewer/image_view.h"

namespace ui {

namespace {
bool fillsBoard(const app::Job& job) { return job.request.num_images >= 2 && job.request.num_images <= BatchBoard::most_cells; }
QSize pictureSize(const app::Job& job) { return {job.request.width, job.request.height}; }
}  // namespace

// What is shown.

const app::Job* StudioCanvas::activeJob() const { return application_.queue().runningOrNext(); }

bool StudioCanvas::isNewest(app::ItemId item) const {
    const auto& items = application_.library().items();
    if (items.empty()) return false;
    return items.front().id == item || (board_->cellOf(item) >= 0 && board_->cellOf(items.front().id) >= 0);
}

bool StudioCanvas::isCloserLook() const { return scene_ == Scene::picture && current_ && board_->count() > 1 && board_->cellOf(*current_) >= 0; }

void StudioCanvas::setCurrentItem(std::optional<app::ItemId> item) {
    if (!item) {
        follow();
        return;
    }
    if (item == current_ || !application_.library().find(*item)) return;
    just_deleted_.reset();
    follows_ = isNewest(*item);
    showPicture(*item);
    refreshProgress();
}

void StudioCanvas::follow() {
    comparison_->end();
    follows_ = true;
    const auto& items = application_.library().items();
    const app::Job* job = activeJob();
    const auto& live = application_.generation().livePreview();
    if (job && live.job == job->id && !live.images.empty()) {
        onPreview();
    } else if (job && scene_ != Scene::empty) {
        // What is on the canvas stays until there is something newer to see.
    } else if (job && items.empty()) {
        view_->setFrame(pictureSize(*job));
        shown_job_ = job->id;
        showScene(Scene::drawing);
        setCurrent(std::nullopt);
    } else if (items.empty()) {
        showScene(Scene::empty);
        setCurrent(std::nullopt);
    } else if (board_->finishedCells() > 1 && board_->cellOf(items.front().id) >= 0) {
        showBoard();
    } else {
        showPicture(items.front().id);
    }
    refreshProgress();
    refreshEmptyState();
}

void StudioCanvas::showScene(Scene scene) {
    scene_ = scene;
    view_->setVisible(scene != Scene::board);
    board_->setVisible(scene == Scene::board);
    if (scene == Scene::empty) view_->setFrame({});
    if (scene != Scene::picture) broken_->hide();
    refreshRating();
    place();
}

void StudioCanvas::showPicture(app::ItemId item) {
    showScene(Scene::picture);
    setCurrent(item);
    refreshPicture();
}

void StudioCanvas::showBoard() {
    showScene(Scene::board);
    if (current_ && board_->cellOf(*current_) >= 0) {
        board_->setCurrent(board_->cellOf(*current_));
        return;
    }
    int first = 0;
    while (first < board_->count() && !board_->cell(first).item) ++first;
    board_->setCurrent(first < board_->count() ? first : -1);
    setCurrent(first < board_->count() ? board_->cell(first).item : std::nullopt);
}

void StudioCanvas::setCurrent(std::optional<app::ItemId> item) {
    if (item) current_row_ = application_.library().indexOf(*item);
    if (item == current_) return;
    current_ = item;
    comparison_->lookAt(item);
    const app::LibraryItem* shown = item ? application_.library().find(*item) : nullptr;
    setAccessibleDescription(shown ? shown->prompt : QString());
    refreshRating();
    prefetchNeighbours();
    Q_EMIT currentItemChanged(current_);
}

void StudioCanvas::refreshPicture() {
    const app::LibraryItem* item = current_ ? application_.library().find(*current_) : nullptr;
    if (!item || scene_ != Scene::picture) return;
    const QImage image = loader_->image(item->path);
    // Until it is decoded the one before stays: a picture that follows in 20 ms needs no blank in between.
    if (image.isNull()) return;
    broken_->hide();
    view_->setImage(image, item->has_alpha, true);
}

void StudioCanvas::refreshRating() {
    const app::LibraryItem* item = current_ ? application_.library().find(*current_) : nullptr;
    rating_->stars().setRating(item ? item->rating : 0);
    rating_->showPick(item ? application_.taste().pickOf(item->id) : app::PickAnswer::taken_back);
    rating_->setVisible(item && scene_ == Scene::picture && plates_visible_ && progress_->isHidden());
    refreshComparison();
    zoom_->setBatchOffered(isCloserLook());
    zoom_->setVisible(scene_ == Scene::picture || scene_ == Scene::drawing ? plates_visible_ : false);
}

void StudioCanvas::refreshProgress() {
    const app::Job* job = follows_ && !isCloserLook() ? activeJob() : nullptr;
    if (job) {
        const auto& live = application_.generation().livePreview();
        const DrawingState state{job, live.job == job->id ? &live : nullptr, application_.engine().model().has_value(), load_fraction_};
        progress_->showProgress(drawingFraction(state), drawingText(state));
        progress_->adjustSize();
    }
    const bool was = !progress_->isHidden();
    progress_->setVisible(job != nullptr);
    if (was != (job != nullptr)) refreshRating();
    place();
}

void StudioCanvas::refreshComparison() {
    const bool shown = comparison_->state() != Comparison::State::none && scene_ == Scene::picture && plates_visible_;
    if (shown) before_after_->showText(comparisonText(*comparison_));
    before_after_->setVisible(shown);
}

void StudioCanvas::refreshEmptyState() {
    const bool wanted = scene_ == Scene::empty && application_.library().items().empty() && !activeJob();
    if (empty_told_ == wanted) return;
    empty_told_ = wanted;
    Q_EMIT emptyStateWanted(wanted);
}

void StudioCanvas::prefetchNeighbours() {
    if (!current_) return;
    const auto& items = application_.library().items();
    for (const int row : {current_row_ + 1, current_row_ - 1}) {
        if (row >= 0 && row < static_cast<int>(items.size())) loader_->prefetch(items[static_cast<size_t>(row)].path);
    }
}

void StudioCanvas::loadCell(int cell) {
    BatchBoard::Cell shown = board_->cell(cell);
    const app::LibraryItem* item = shown.item ? application_.library().find(*shown.item) : nullptr;
    if (!item) return;
    const QImage image = loader_->image(item->path);
    if (!image.isNull()) shown.image = image;  // else its last preview stands in
    shown.has_alpha = item->has_alpha;
    shown.rating = item->rating;
    board_->setCell(cell, shown);
}

void StudioCanvas::keepFinishedCells() {
    std::vector<BatchBoard::Cell> kept;
    for (int cell = 0; cell < board_->count(); ++cell) {
        const auto& item = board_->cell(cell).item;
        if (item && application_.library().find(*item)) kept.push_back(board_->cell(cell));
    }
    if (static_cast<int>(kept.size()) == board_->count()) return;
    const auto job = board_->job();
    if (kept.size() < 2 || !job) {
        board_->clear();
        return;
    }
    const QSize size = kept.front().image.size();
    board_->begin(*job, static_cast<int>(kept.size()), size);
    for (size_t cell = 0; cell < kept.size(); ++cell) board_->setCell(static_cast<int>(cell), kept[cell]);
}

// What happens elsewhere.

void StudioCanvas::onJobChanged(app::JobId id) {
    const app::Job* job = application_.queue().find(id);
    const bool ended = !job || app::isFinished(job->state);
    if (ended && board_->job() == id) {
        keepFinishedCells();
        if (scene_ == Scene::board && board_->count() > 1 && !current_) showBoard();
    }
    if (ended && shown_job_ == id) {
        shown_job_.reset();
        const bool nothing_left = scene_ == Scene::drawing || (scene_ == Scene::board && board_->count() == 0);
        if (nothing_left) {
            scene_ = Scene::empty;  // the preview of a job that left nothing behind
            follow();
        }
    }
    if (ended && follows_ && scene_ == Scene::picture && current_ && !activeJob()) follows_ = isNewest(*current_);
    if (job && scene_ == Scene::empty && follows_) follow();  // the very first drawing
    refreshProgress();
    refreshEmptyState();
}

void StudioCanvas::onPreview() {
    refreshProgress();
    const auto& live = application_.generation().livePreview();
    const app::Job* job = application_.queue().find(live.job);
    if (!follows_ || live.images.empty() || !job || job->state != app::JobState::running) return;
    if (!fillsBoard(*job)) {
        const QImage& image = live.images.front();
        view_->setImage(image, image.hasAlphaChannel(), false);
        if (scene_ == Scene::drawing && shown_job_ == job->id) return;
        shown_job_ = job->id;
        showScene(Scene::drawing);
        setCurrent(std::nullopt);
        return;
    }
    const bool begins = board_->job() != job->id;
    if (begins) board_->begin(job->id, job->request.num_images, live.images.front().size());
    for (int cell = live.first_image; cell < board_->count(); ++cell) {
        if (board_->cell(cell).item) continue;
        // Where there is no preview any more, the last one would be of a picture that is not on its way.
        const auto i = static_cast<size_t>(cell - live.first_image);
        BatchBoard::Cell shown;
        if (i < live.images.size()) {
            shown.image = live.images[i];
            shown.has_alpha = shown.image.hasAlphaChannel();
        } else if (board_->cell(cell).image.isNull()) {
            continue;
        }
        board_->setCell(cell, shown);
    }
    shown_job_ = job->id;
    if (isCloserLook() && !begins) return;  // they chose one of its pictures and stay with it
    if (begins || scene_ != Scene::board) {
        showScene(Scene::board);
        setCurrent(std::nullopt);
    }
}

void StudioCanvas::onImageFinished(app::JobId id, int index, app::ItemId item) {
    const app::Job* job = application_.queue().find(id);
    if (job && fillsBoard(*job)) {
        if (board_->job() != id && follows_) {
            board_->begin(id, job->request.num_images, pictureSize(*job));
            shown_job_ = id;
            showScene(Scene::board);
            setCurrent(std::nullopt);
        }
        if (board_->job() == id && index < board_->count()) {
            BatchBoard::Cell cell = board_->cell(index);
            cell.item = item;
            board_->setCell(index, cell);
            loadCell(index);
        }
        return;
    }
    if (!follows_) return;
    shown_job_.reset();
    showPicture(item);
    refreshProgress();
}

void StudioCanvas::onItemAdded(app::ItemId) {
    if (current_) current_row_ = application_.library().indexOf(*current_);
    if (scene_ == Scene::empty) follow();
    refreshEmptyState();
}

void StudioCanvas::onItemsRemoved(const QList<app::ItemId>& items) {
    const bool lost = current_ && items.contains(*current_);
    const int lost_cell = lost ? board_->cellOf(*current_) : -1;
    if (!activeJob() || board_->job() != activeJob()->id) keepFinishedCells();
    if (!lost) {
        if (current_) current_row_ = application_.library().indexOf(*current_);
        refreshRating();
        return;
    }
    just_deleted_ = current_;
    const auto& left = application_.library().items();
    if (scene_ == Scene::board && board_->count() > 1 && lost_cell >= 0) {
        const int cell = std::min(lost_cell, board_->count() - 1);
        board_->setCurrent(cell);
        setCurrent(board_->cell(cell).item);
    } else if (left.empty()) {
        scene_ = Scene::empty;
        follow();
    } else {
        const auto row = static_cast<size_t>(std::clamp(current_row_, 0, static_cast<int>(left.size()) - 1));
        follows_ = isNewest(left[row].id);
        showPicture(left[row].id);
    }
    refreshEmptyState();
}

void StudioCanvas::onItemsRestored(const QList<app::ItemId>& items) {
    if (just_deleted_ && items.contains(*just_deleted_)) {
        const app::ItemId back = *std::exchange(just_deleted_, std::nullopt);
        follows_ = isNewest(back);
        showPicture(back);
    } else if (scene_ == Scene::empty) {
        follow();
    }
    if (current_) current_row_ = application_.library().indexOf(*current_);
    refreshEmptyState();
}

void StudioCanvas::onRatingChanged(app::ItemId item, int stars) {
    if (current_ == item) rating_->stars().setRating(stars);
    const int index = board_->cellOf(item);
    if (index < 0) return;
    BatchBoard::Cell cell = board_->cell(index);
    cell.rating = stars;
    board_->setCell(index, cell);
}

void StudioCanvas::onLoaded(const QString& path, const QImage&) {
    const app::LibraryItem* item = current_ ? application_.library().find(*current_) : nullptr;
    if (item && item->path == path) refreshPicture();
    for (int cell = 0; cell < board_->count(); ++cell) {
        const auto& id = board_->cell(cell).item;
        const app::LibraryItem* shown = id ? application_.library().find(*id) : nullptr;
        if (shown && shown->path == path) loadCell(cell);
    }
}

void StudioCanvas::onLoadFailed(const QString& path, const inference::Error& error) {
    const app::LibraryItem* item = current_ ? application_.library().find(*current_) : nullptr;
    if (!item || item->path != path || scene_ != Scene::picture) return;
    view_->setFrame({});
    const ErrorText words = errorText(error);
    broken_->setWords("image-off", tr("This picture cannot be shown"), QString(words.sentence + QLatin1Char('\n') + path));
    broken_->show();
    broken_->lower();
    view_->lower();
}

}  // namespace ui
