// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "app/feedback/evaluation_grid.h"

namespace ui {

/// Pictures in pairs, without and with a version, as many in a row as there is room for. Pointing at one says its prompt.
class PairGrid final : public QWidget {
    Q_OBJECT
public:
    static constexpr int side = 96;  ///< device-independent pixels of a picture

    explicit PairGrid(QWidget* parent = nullptr);

    void setPairs(const QList<app::EvaluationPair>& pairs);
    int count() const { return static_cast<int>(pairs_.size()); }

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    int columns(int width) const;
    QRect area(int index) const;  ///< of a pair

    QList<app::EvaluationPair> pairs_;
};

}  // namespace ui
