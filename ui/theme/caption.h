// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

namespace ui {

/// The small line above a section, in the secondary text colour of whatever theme is on.
class Caption final : public QLabel {
    Q_OBJECT
public:
    explicit Caption(QWidget* parent = nullptr);
    explicit Caption(const QString& text, QWidget* parent = nullptr);
};

}  // namespace ui
