// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

class QLabel;
class QTextBrowser;

namespace ui {

/// What this program is, and whose work it stands on. Not modal.
class AboutWindow final : public QDialog {
    Q_OBJECT
public:
    explicit AboutWindow(QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    QLabel* title_ = nullptr;
    QLabel* version_ = nullptr;
    QTextBrowser* credits_ = nullptr;
};

}  // namespace ui
