// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

class QGridLayout;

namespace ui {

class Actions;

/// Every key on one page, made from the list of actions. Not modal.
class ShortcutWindow final : public QDialog {
    Q_OBJECT
public:
    explicit ShortcutWindow(const Actions& actions, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void fill();

    const Actions& actions_;
    QWidget* page_ = nullptr;
};

}  // namespace ui
