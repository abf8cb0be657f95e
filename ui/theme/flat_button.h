// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QToolButton>

namespace ui {

/// A quiet button that shows its plate only under the pointer: an icon of 16 px, or icon and text. 28 px high.
class FlatButton : public QToolButton {
    Q_OBJECT
public:
    explicit FlatButton(QWidget* parent = nullptr);
    /// An icon alone; `name` is its accessible name and tooltip.
    FlatButton(const char* icon_name, const QString& name, QWidget* parent = nullptr);

    /// Accessible name and tooltip at once, for a button without text.
    void setName(const QString& name);
    void setIconName(const char* icon_name);
};

}  // namespace ui
