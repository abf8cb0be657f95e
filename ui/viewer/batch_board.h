// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>
#include <vector>

#include "app/jobs/job.h"
#include "app/library/library_item.h"
#include "ui/rating/star_row.h"

namespace app {
class ImageLoader;
}

namespace ui {

/// The two to four pictures of one job side by side: while they are drawn, and then to choose from.
class BatchBoard final : public QWidget {
    Q_OBJECT
public:
    static constexpr int most_cells = 4;

    struct Cell {
        std::optional<app::ItemId> item;  ///< once it is in the library
        QImage image;                     ///< the picture, or its newest preview
        bool has_alpha = false;
        int rating = 0;
    };

    /// @param first_slot  of most_cells places in the loader's scaler
    BatchBoard(app::ImageLoader& loader, int first_slot, QWidget* parent = nullptr);

    void begin(app::JobId job, int count, QSize picture);
    void clear();
    std::optional<app::JobId> job() const { return job_; }
    int count() const { return static_cast<int>(cells_.size()); }
    const Cell& cell(int index) const { return cells_.at(static_cast<size_t>(index)); }
    void setCell(int index, const Cell& cell);
    int cellOf(app::ItemId item) const;  ///< -1 when absent
    int finishedCells() const;

    int current() const { return current_; }  ///< -1: none
    void setCurrent(int index);
    void moveCurrent(int dx, int dy);

    void setMargins(QMargins margins);
    QRect cellArea(int index) const;
    StarRow stars(int index) const;

Q_SIGNALS:
    void currentChanged(int index);
    void activated(int index);
    void rateWanted(int index, int stars);
    void dragWanted(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    int columns() const;
    int cellAt(QPointF point) const;
    QRectF pictureArea(int index) const;
    void hover(QPointF point);
    void wantRendition(int index);
    QSize deviceSize(int index) const;

    app::ImageLoader& loader_;
    int first_slot_;
    std::optional<app::JobId> job_;
    QSize picture_;
    QMargins margins_;
    std::vector<Cell> cells_;
    std::vector<QImage> renditions_;
    std::vector<qint64> renditions_of_;
    int current_ = -1;
    int hovered_ = -1;
    int preview_ = -1;
    int pressed_cell_ = -1;
    int pressed_star_ = 0;
    QPointF press_;
};

}  // namespace ui
