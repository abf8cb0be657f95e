// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/taste/taste_facts.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace ui {

class FlatButton;
class LossLine;

/// The learning job: what it needs before it starts, how far it is, and pause, go on and cancel.
class TrainingCard final : public QWidget {
    Q_OBJECT
public:
    explicit TrainingCard(QWidget* parent = nullptr);

    void setFacts(const TrainingFacts& facts);

Q_SIGNALS:
    void startWanted();
    void pauseWanted();
    void resumeWanted();
    void cancelWanted();

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void keepFocus(bool open);

    TrainingFacts facts_;
    QLabel* title_;
    QLabel* detail_;
    QProgressBar* progress_;
    LossLine* losses_;
    QPushButton* start_;
    FlatButton* pause_;
    FlatButton* cancel_;
};

}  // namespace ui
