// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace ui {

/// What stands where pictures would be: an icon, what is so, and what to do about it.
class EmptyNotice final : public QWidget {
    Q_OBJECT
public:
    explicit EmptyNotice(QWidget* parent = nullptr);

    void setWords(const char* icon_name, const QString& title, const QString& text);
    QPushButton* addButton();  ///< in a row under the text
    QString title() const;
    QString text() const;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refreshIcon();
    void fitWords();

    const char* icon_name_ = "images";
    QLabel* icon_;
    QLabel* title_;
    QLabel* text_;
    QHBoxLayout* buttons_;
};

}  // namespace ui
