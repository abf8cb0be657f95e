// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/viewer/overlay_plate.h"

class QLabel;

namespace ui {

/// Which of the two pictures of a comparison is looked at, or how far the other one is.
class ComparisonPlate final : public OverlayPlate {
    Q_OBJECT
public:
    explicit ComparisonPlate(QWidget* parent = nullptr);

    void showText(const QString& text);
    QString text() const;

protected:
    void changeEvent(QEvent* event) override;

private:
    void writeOnOverlay();

    QLabel* label_;
};

}  // namespace ui
