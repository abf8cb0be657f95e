// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/window/view.h"

class QMenu;

namespace app {
class Application;
}

namespace ui {

class Actions;
class FlatButton;
class ModelButton;
class QueueButton;
class SegmentedControl;

/// The bar on top: menu, model, the views, queue, inspector, settings.
class Toolbar final : public QWidget {
    Q_OBJECT
public:
    Toolbar(app::Application& application, Actions& actions, QWidget* parent = nullptr);

    QMenu* menu() const { return menu_; }
    QWidget* modelButton() const;
    QWidget* queueButton() const;
    QWidget* settingsButton() const;
    void setView(View view);

Q_SIGNALS:
    void viewChosen(ui::View view);
    void queueWanted();
    void modelsWanted();

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fillMenu();
    void centreSwitch();
    void retranslate();

    Actions& actions_;
    QMenu* menu_ = nullptr;
    FlatButton* menu_button_ = nullptr;
    ModelButton* model_ = nullptr;
    SegmentedControl* switch_ = nullptr;
    QueueButton* queue_ = nullptr;
    FlatButton* inspector_ = nullptr;
    FlatButton* settings_ = nullptr;
};

}  // namespace ui
