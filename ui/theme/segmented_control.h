// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace ui {

/// A few exclusive choices side by side on one plate.
class SegmentedControl final : public QWidget {
    Q_OBJECT
public:
    explicit SegmentedControl(QWidget* parent = nullptr);

    /// Adds a choice; `icon_name` may be null.
    int addSegment(const char* icon_name = nullptr);
    void setSegmentText(int index, const QString& text, const QString& tooltip = {});
    int current() const;
    void setCurrent(int index);  ///< quiet

Q_SIGNALS:
    void chosen(int index);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QButtonGroup* group_ = nullptr;
    QHBoxLayout* row_ = nullptr;
};

}  // namespace ui
