// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/flat_button.h"

#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"

namespace ui {

FlatButton::FlatButton(QWidget* parent) : QToolButton(parent) {
    setAutoRaise(true);
    setIconSize({theme::icon_small, theme::icon_small});
    setMinimumSize(theme::control_height, theme::control_height);
    setFocusPolicy(Qt::TabFocus);  // a click leaves the keyboard where it was
}

FlatButton::FlatButton(const char* icon_name, const QString& name, QWidget* parent) : FlatButton(parent) {
    setIconName(icon_name);
    setName(name);
}

void FlatButton::setName(const QString& name) {
    setAccessibleName(name);
    setToolTip(name);
}

void FlatButton::setIconName(const char* icon_name) { setIcon(ui::icon(icon_name)); }

}  // namespace ui
