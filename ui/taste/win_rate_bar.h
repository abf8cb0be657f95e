// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "ui/taste/taste_facts.h"

namespace ui {

/// A win rate on a line from 0 to 100 %: the interval as a bar, the rate as a dot, chance as a tick in the middle.
class WinRateBar final : public QWidget {
    Q_OBJECT
public:
    explicit WinRateBar(QWidget* parent = nullptr);

    void setWinRate(const WinRate& rate);
    const WinRate& winRate() const { return rate_; }
    /// "Preferred to the model as it came in 72 % (64 to 79 %), judged on 96 pictures"
    static QString words(const WinRate& rate);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void refresh();

    WinRate rate_;
};

}  // namespace ui
