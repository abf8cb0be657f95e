// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "app/jobs/job.h"
#include "app/library/library_item.h"
#include "inference/api/generation_request.h"
#include "inference/api/result.h"

class QUndoStack;

namespace app {
class Application;
class ImageLoader;
}  // namespace app

namespace ui {

class BatchBoard;
class Comparison;
class ComparisonPlate;
class EmptyNotice;
class ImageView;
class ItemActions;
class ProgressPlate;
class RatingPlate;
class ZoomPlate;

/// What one looks at: the picture that is being drawn, a finished one, or the pictures of a batch side by side.
/// It follows the newest picture as long as that is what is looked at. Whoever went to an older one keeps it, whatever finishes.
class StudioCanvas final : public QWidget {
    Q_OBJECT
public:
    StudioCanvas(app::Application& application, QUndoStack& stack, QWidget* parent = nullptr);
    ~StudioCanvas() override;

    void setCurrentItem(std::optional<app::ItemId> item);  ///< nullopt: follow what is drawn now, or the newest picture
    std::optional<app::ItemId> currentItem() const { return current_; }
    bool followsNewest() const { return follows_; }
    /// The picture before and after the taste (Comparison); again, the other one of the two.
    void compare();
    bool leaveComparison();  ///< false: there was none
    const Comparison& comparison() const { return *comparison_; }
    void setFullScreenMode(bool full_screen);  ///< nothing but the picture; plates come while the pointer moves

public Q_SLOTS:
    void zoomIn();
    void zoomOut();
    void zoomFit();
    void zoomActual();

Q_SIGNALS:
    void currentItemChanged(std::optional<app::ItemId> item);
    void exportRequested(app::ItemId item);
    void emptyStateWanted(bool wanted);
    void storageFailed(inference::Error error);
    void said(QString sentence, QString next_step);           ///< why something that was asked for is not shown
    void modelMissing(inference::GenerationRequest request);  ///< for a comparison: another model drew the picture

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    enum class Scene { empty, drawing, board, picture };

    // What is shown.
    const app::Job* activeJob() const;
    bool isNewest(app::ItemId item) const;
    void follow();
    void showScene(Scene scene);
    void showPicture(app::ItemId item);
    void showBoard();
    void setCurrent(std::optional<app::ItemId> item);
    void refreshPicture();
    void refreshRating();
    void refreshProgress();
    void refreshEmptyState();
    void refreshComparison();
    void prefetchNeighbours();
    void loadCell(int cell);
    void keepFinishedCells();
    bool isCloserLook() const;

    // What happens elsewhere.
    void onJobChanged(app::JobId job);
    void onPreview();
    void onImageFinished(app::JobId job, int index, app::ItemId item);
    void onItemAdded(app::ItemId item);
    void onItemsRemoved(const QList<app::ItemId>& items);
    void onItemsRestored(const QList<app::ItemId>& items);
    void onRatingChanged(app::ItemId item, int stars);
    void onLoaded(const QString& path, const QImage& image);
    void onLoadFailed(const QString& path, const inference::Error& error);

    // Input.
    void step(int distance);
    void lookCloser(int cell);
    void backToBoard();
    void dragOut(app::ItemId item);
    void buildPlates();
    void connectServices();
    void connectComparison();
    void place();
    void retranslate();
    void showPlates(bool visible);

    app::Application& application_;
    app::ImageLoader* loader_;
    ItemActions* actions_;
    ImageView* view_;
    BatchBoard* board_;
    EmptyNotice* broken_;
    RatingPlate* rating_;
    ProgressPlate* progress_;
    ZoomPlate* zoom_;
    Comparison* comparison_;
    ComparisonPlate* before_after_;
    QTimer idle_;  ///< hides the plates in full screen

    Scene scene_ = Scene::empty;
    std::optional<app::ItemId> current_;
    int current_row_ = 0;                      ///< of current_ in the library: where to go on when it is deleted
    std::optional<app::ItemId> just_deleted_;  ///< it was looked at: undo shows it again
    std::optional<app::JobId> shown_job_;      ///< whose preview is on the canvas
    bool follows_ = true;
    bool full_screen_ = false;
    bool plates_visible_ = true;
    std::optional<bool> empty_told_;
    double load_fraction_ = -1.0;  ///< of the model, while it loads
};

}  // namespace ui
