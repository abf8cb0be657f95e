// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSize>

namespace ui {

/// Where a picture lies in its view: zoom in device pixels for each picture pixel (1.0 is 1:1 on any screen) and a place. As
/// long as `fits`, the picture is as large as the view allows and stays in its middle.
/// Points and sizes are in device-independent pixels unless they say otherwise.
class ViewTransform final {
public:
    static constexpr double smallest_zoom = 0.02;
    static constexpr double largest_zoom = 32.0;

    void setPicture(QSize pixels);            ///< a picture of another size is fitted anew
    void setView(QRectF area, double ratio);  ///< what pictures are fitted into, and device pixels for each point

    bool fits() const { return fits_; }
    double zoom() const { return zoom_; }
    QRectF target() const;  ///< where the whole picture lies
    bool canPan() const;

    void fit();
    void setZoom(double zoom, QPointF fixed);     ///< the picture's point under `fixed` stays there
    void zoomStep(int direction, QPointF fixed);  ///< to the next of the round values
    void pan(QPointF by);
    QPointF middle() const { return view_.center(); }

private:
    QSizeF scaledSize() const;
    void settle();

    QSize pixels_;
    QRectF view_;
    double ratio_ = 1.0;
    double zoom_ = 1.0;
    QPointF centre_;  ///< of the picture, in view points
    bool fits_ = true;
};

}  // namespace ui
