// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/popover.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace app {
class Application;
}

namespace ui {

class Caption;
class SegmentedControl;

/// What can be set, in one small sheet below its button. Every change acts at once.
class SettingsPopover final : public Popover {
    Q_OBJECT
public:
    explicit SettingsPopover(app::Application& application, QWidget* parent = nullptr);

Q_SIGNALS:
    void emptyTrashRequested();
    void imagesFolderRequested();
    void shortcutsRequested();
    void aboutRequested();

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void retranslate();

    app::Application& application_;
    bool refreshing_ = false;
    Caption* theme_caption_ = nullptr;
    Caption* language_caption_ = nullptr;
    Caption* folder_caption_ = nullptr;
    Caption* trash_caption_ = nullptr;
    SegmentedControl* theme_ = nullptr;
    QComboBox* language_ = nullptr;
    QLabel* folder_ = nullptr;
    QPushButton* open_folder_ = nullptr;
    QLabel* trash_ = nullptr;
    QPushButton* empty_trash_ = nullptr;
    QPushButton* shortcuts_ = nullptr;
    QPushButton* about_ = nullptr;
};

}  // namespace ui
