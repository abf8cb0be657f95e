// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/caption.h"

#include "ui/theme/theme.h"

namespace ui {

Caption::Caption(QWidget* parent) : QLabel(parent) {
    setFont(theme::font(theme::text_caption));
    setForegroundRole(QPalette::PlaceholderText);
    setTextFormat(Qt::PlainText);
}

Caption::Caption(const QString& text, QWidget* parent) : Caption(parent) { setText(text); }

}  // namespace ui
