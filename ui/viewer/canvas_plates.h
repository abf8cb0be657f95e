// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/signal_store.h"
#include "ui/viewer/overlay_plate.h"

class QLabel;

namespace ui {

class RatingWidget;

/// Stars at the bottom of the canvas, and whether the picture was picked or rejected.
class RatingPlate final : public OverlayPlate {
    Q_OBJECT
public:
    explicit RatingPlate(QWidget* parent = nullptr);
    RatingWidget& stars() { return *stars_; }
    void showPick(app::PickAnswer pick);  ///< nothing where it was taken back

private:
    RatingWidget* stars_;
    QLabel* pick_;
};

/// How far the drawing is, when it will be there, and how to stop it.
class ProgressPlate final : public OverlayPlate {
    Q_OBJECT
public:
    explicit ProgressPlate(QWidget* parent = nullptr);

    /// @param fraction  0 to 1; below 0: not known
    void showProgress(double fraction, const QString& text);
    QString text() const { return text_; }
    OverlayButton& cancelButton() { return *cancel_; }

Q_SIGNALS:
    void cancelled();

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    class Ring;
    Ring* ring_;
    QLabel* label_;
    OverlayButton* cancel_;
    QString text_;
};

/// Zoom in the corner: out, how much, in, 1:1, fit; and the way back to the other pictures of a batch.
class ZoomPlate final : public OverlayPlate {
    Q_OBJECT
public:
    explicit ZoomPlate(QWidget* parent = nullptr);

    void showZoom(double zoom, bool fits);
    void setBatchOffered(bool offered);

Q_SIGNALS:
    void zoomInWanted();
    void zoomOutWanted();
    void actualWanted();
    void fitWanted();
    void batchWanted();

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    OverlayButton* batch_;
    OverlayButton* out_;
    QLabel* percent_;
    OverlayButton* in_;
    OverlayButton* actual_;
    OverlayButton* fit_;
};

}  // namespace ui
