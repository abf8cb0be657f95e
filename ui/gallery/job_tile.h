// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <optional>

#include "app/jobs/job.h"

class QLabel;

namespace app {
class Application;
}

namespace ui {

class FlatButton;

/// The picture that is being drawn, first in the strip: its newest preview under a ring that fills.
class LiveTile final : public QAbstractButton {
    Q_OBJECT
public:
    explicit LiveTile(app::Application& application, QWidget* parent = nullptr);

    bool hasJob() const { return has_job_; }
    QSize sizeHint() const override;
    void setPictureSide(int side);

Q_SIGNALS:
    void hasJobChanged(bool has_job);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    const app::Job* job() const;

    app::Application& application_;
    int side_;
    int shown_percent_ = -2;
    int shown_waiting_ = -1;
    bool has_job_ = false;
};

/// A job that failed, as a tile: its sentence, and a button that tries again.
class FailedTile final : public QFrame {
    Q_OBJECT
public:
    explicit FailedTile(app::Application& application, QWidget* parent = nullptr);

    bool hasJob() const { return shown_.has_value(); }
    void setPictureSide(int side);

Q_SIGNALS:
    void hasJobChanged(bool has_job);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void showIcon();
    void retranslate();

    app::Application& application_;
    std::optional<app::JobId> shown_;
    QLabel* icon_;
    QLabel* sentence_;
    FlatButton* retry_;
    FlatButton* copy_;
    FlatButton* dismiss_;
};

}  // namespace ui
