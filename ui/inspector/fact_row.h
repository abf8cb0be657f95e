// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <functional>

class QHBoxLayout;
class QLabel;

namespace ui {

class FlatButton;

/// One line of the inspector: what, its value (selectable), and buttons that come under the pointer or with the keyboard.
class FactRow final : public QWidget {
    Q_OBJECT
public:
    explicit FactRow(QWidget* parent = nullptr);

    void setName(const QString& name);
    void setValue(const QString& value, const QString& whole = {});  ///< `whole`: the tooltip, where the value is a short form
    QString value() const { return value_; }
    FlatButton* addButton(const char* icon_name, std::function<void()> run);

protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showButtons();
    void showValue();
    void quietName();

    QLabel* name_;
    QLabel* label_;
    QHBoxLayout* row_;
    QString value_;
    QList<FlatButton*> buttons_;
};

}  // namespace ui
