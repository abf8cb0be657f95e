// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QMargins>
#include <QWidget>

#include "ui/viewer/view_transform.h"

namespace app {
class ImageLoader;
}

namespace ui {

/// One picture on the canvas: checkerboard under real alpha, zoom at the pointer, drag to pan or to take it along.
class ImageView final : public QWidget {
    Q_OBJECT
public:
    /// @param slot  this view's place in the loader's scaler
    ImageView(app::ImageLoader& loader, int slot, QWidget* parent = nullptr);

    /// A null image clears the view. `draggable`: there is a file behind it.
    void setImage(const QImage& image, bool has_alpha, bool draggable);
    void setFrame(QSize pixels);  ///< an empty sheet of this size, until there is an image
    const QImage& image() const { return image_; }
    void setFitMargins(QMargins margins);  ///< kept free around a fitted picture
    void setFocusShown(bool shown);        ///< the canvas around it has the keyboard
    double zoom() const { return transform_.zoom(); }
    bool fits() const { return transform_.fits(); }
    QRectF pictureArea() const { return transform_.target(); }

public Q_SLOTS:
    void zoomIn();
    void zoomOut();
    void zoomFit();
    void zoomActual();

Q_SIGNALS:
    void zoomChanged();
    void dragWanted();
    void clicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void paintImage(QPainter& painter, const QRectF& target, const QRect& exposed);
    void updateView();
    void changed();
    void wantRendition();
    QSize deviceSize() const;
    void showCursor();

    app::ImageLoader& loader_;
    int slot_;
    QImage image_;
    bool has_alpha_ = false;
    bool draggable_ = false;
    QSize frame_;
    QMargins margins_;
    ViewTransform transform_;
    double view_ratio_ = 0.0;
    /// The fitted picture at the screen's own pixels, made off the GUI thread: painting it is a copy.
    QImage rendition_;
    qint64 rendition_of_ = 0;

    bool focus_shown_ = false;
    QPointF press_;
    QPointF last_;
    bool pressed_ = false;
    bool panning_ = false;
};

}  // namespace ui
