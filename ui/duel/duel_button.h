// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>

namespace ui {

/// One answer: what it says and, on a key cap below, the key that says it.
class DuelButton final : public QAbstractButton {
    Q_OBJECT
public:
    DuelButton(const char* icon_name, const char* key_icon_name, QWidget* parent = nullptr);

    void setWords(const QString& text, const QString& hint);
    void flash();  ///< as if it were pressed, for a moment: the answer came by key

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QIcon key_;
    int flashes_ = 0;
};

}  // namespace ui
