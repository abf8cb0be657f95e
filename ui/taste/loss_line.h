// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

namespace ui {

/// The training loss as one thin line, without axes: it should fall, and that is all one reads from it.
class LossLine final : public QWidget {
    Q_OBJECT
public:
    explicit LossLine(QWidget* parent = nullptr);

    void setLosses(const QList<double>& losses);  ///< oldest first

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    QList<double> losses_;
};

}  // namespace ui
