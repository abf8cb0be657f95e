// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPushButton>

namespace ui {

/// The primary button: its verb, and on the right the key that does the same.
class GenerateButton final : public QPushButton {
    Q_OBJECT
public:
    explicit GenerateButton(QWidget* parent = nullptr);
    void setKeyHint(const QString& hint);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString hint_;
};

}  // namespace ui
