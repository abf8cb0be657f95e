// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QToolButton>
#include <QWidget>

class QHBoxLayout;

namespace ui {

/// A translucent plate that floats over the canvas and carries controls; the same in both themes.
class OverlayPlate : public QWidget {
    Q_OBJECT
public:
    explicit OverlayPlate(QWidget* parent = nullptr);

    QHBoxLayout* row() { return row_; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;  ///< a click on the plate is not one on the picture under it
    void wheelEvent(QWheelEvent* event) override;

private:
    QHBoxLayout* row_;
};

/// A button on such a plate: an icon or a short text.
class OverlayButton final : public QToolButton {
    Q_OBJECT
public:
    explicit OverlayButton(const char* icon_name, QWidget* parent = nullptr);  ///< nullptr: a text

    void setName(const QString& name, const QString& hint = {});
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace ui
