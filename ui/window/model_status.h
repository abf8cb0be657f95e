// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "inference/api/model_info.h"
#include "inference/api/result.h"

class QLabel;
class QProgressBar;

namespace app {
class EngineThread;
}

namespace ui {

/// The model in the toolbar: its name once it is there, how far it has come before.
class ModelStatus final : public QWidget {
    Q_OBJECT
public:
    enum class State { loading, ready, failed };

    explicit ModelStatus(app::EngineThread& engine, QWidget* parent = nullptr);
    State state() const { return state_; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();

    app::EngineThread& engine_;
    State state_ = State::loading;
    double fraction_ = 0.0;
    QLabel* name_ = nullptr;
    QLabel* detail_ = nullptr;
    QProgressBar* progress_ = nullptr;
};

}  // namespace ui
