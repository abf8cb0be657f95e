// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

#include "app/prompt/token_counter.h"

namespace ui {

/// How much of a prompt the model reads, in a line below it. Says in words what it also says in colour.
class TokenLine final : public QLabel {
    Q_OBJECT
public:
    enum class State { unknown, fine, beyond_training, near_limit, cut, too_long, unavailable };

    explicit TokenLine(QWidget* parent = nullptr);

    void setTrainedTokens(int tokens);
    void setCount(const app::TokenCount& count);
    void setUnavailable();
    /// The prompt is longer than a request may carry at all.
    void setTooLong(bool too_long);
    State state() const { return state_; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();

    app::TokenCount count_;
    int trained_ = 0;
    bool counted_ = false;
    bool unavailable_ = false;
    bool too_long_ = false;
    State state_ = State::unknown;
};

}  // namespace ui
