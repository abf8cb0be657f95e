// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

namespace ui {

/// A small sheet below the button that opened it; a click elsewhere or Esc closes it.
class Popover : public QFrame {
    Q_OBJECT
public:
    explicit Popover(QWidget* parent = nullptr);
    /// Around a widget that it takes over.
    Popover(QWidget* content, QWidget* parent);

    /// Right edges aligned, inside the screen.
    void openBelow(const QWidget* anchor);

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace ui
